"""What the running agent leaves in its folder for ``eecp-agent status``, and that command."""

from pathlib import Path

import msgspec

from devices.agent.clock import now_ms
from devices.agent.heartbeat import Vitals

_FILE = "status.json"
_OFF_MS = 1000  # clocks further apart than this are told
_STATES = {
    "ok": "delivers data",
    "ended": "has been played to its end",
    "idle": "is there and treats nobody",
    "no_signal": "gives no signal",
    "unplugged": "cannot be reached: cable, power or network",
    "lead_off": "reports that an ECG lead is off",
    "spool_full": "is not read, because the spool is full",
}


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The last heartbeat, and what the server does not need to know."""

    at_ms: int
    pid: int
    source: str
    server: str
    recording: str | None
    acknowledged: int
    refused: int
    trouble: str
    spool_max_bytes: int
    vitals: Vitals


_STATUS = msgspec.json.Decoder(Status)


def leave(folder: Path, status: Status) -> None:
    """Puts the status in the place of the last one, whole or not at all."""
    beside = folder / f".{_FILE}.new"
    beside.write_bytes(msgspec.json.encode(status))
    beside.replace(folder / _FILE)


def read(folder: Path) -> Status | None:
    """The last status; None where no agent ever ran here, or it cannot be read."""
    try:
        return _STATUS.decode((folder / _FILE).read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def in_words(status: Status, *, is_running: bool) -> list[str]:
    """What a person at the bedside wants to know, most important first."""
    vitals = status.vitals
    age_s = (now_ms() - status.at_ms) / 1000
    lines = [
        f"The agent (version {vitals.agent_version}) is running; it last reported {_age(age_s)} ago."
        if is_running
        else f"The agent is NOT running; it last reported {_age(age_s)} ago."
    ]
    state = _STATES.get(vitals.source_state, vitals.source_state)
    lines.append(f"The source ({status.source}) {state}, for {_age(vitals.source_since_s)}.")
    if status.recording:
        lines.append(f"Recording {status.recording} is being captured.")
    lines.append(
        f"Waiting for the server: {vitals.spool_unsent} chunks. The spool holds {vitals.spool_bytes / 1e6:.1f} MB of"
        f" {status.spool_max_bytes / 1e6:.0f} MB; the disk has {vitals.disk_free_bytes / 1e9:.1f} GB free."
    )
    lines.append(status.trouble or f"The server at {status.server} answers.")
    if status.refused:
        lines.append(
            f"The server refused {status.refused} chunks; 'eecp-agent send --refused-too' offers them again."
        )
    return lines + clock_lines(vitals)


def clock_lines(vitals: Vitals) -> list[str]:
    """A sentence for each clock that is more than a second off."""
    lines = []
    if vitals.server_offset_ms is not None and abs(vitals.server_offset_ms) > _OFF_MS:
        lines.append(
            f"This computer's clock is {_apart(-vitals.server_offset_ms)} the server's. Switch on its time service."
        )
    if vitals.device_offset_ms is not None and abs(vitals.device_offset_ms) > _OFF_MS:
        lines.append(
            f"The device's clock is {_apart(vitals.device_offset_ms)} this computer's. Set the device's clock."
        )
    return lines


def _apart(offset_ms: int) -> str:
    return f"{abs(offset_ms) / 1000:.1f} s {'ahead of' if offset_ms > 0 else 'behind'}"


def _age(seconds: float) -> str:
    if seconds < 120:
        return f"{max(0, seconds):.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"
