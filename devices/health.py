"""How a device is, in a word for colour and a sentence for people."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _

from devices.ages import in_words
from devices.clocks import warnings_of_clocks
from devices.models import AgentStatus, Device, Recording
from devices.protocol import SourceState

#: Three heartbeats missed.
SILENT_AFTER = timedelta(seconds=35)
STALE_AFTER = timedelta(seconds=5)
#: States in which something at the bedside keeps the signal from being good.
TROUBLES = frozenset(
    {
        SourceState.NO_SIGNAL,
        SourceState.UNPLUGGED,
        SourceState.CABLE_UNPLUGGED,
        SourceState.LEAD_OFF,
        SourceState.SPOOL_FULL,
    }
)
DISK_LIMIT_BYTES = 500 * 1024 * 1024


class SignalLine(NamedTuple):
    """``state`` is go, run, look, stop or idle (a colour); ``sentence`` says the same in words."""

    state: str
    sentence: str


def signal_line(device: Device, now: datetime) -> SignalLine:
    """What the agent of a device last said, and how long ago.

    Uses ``device.open_recordings`` where the caller prefetched it (see ``views``), and ``device.agent_status``.
    """
    if not device.is_active:
        return SignalLine("idle", _("Not in use"))
    status = status_of(device)
    recording = running(device)
    if recording is not None and recording.last_chunk_at is not None:
        # Chunks go on coming while a lead is off: what the agent sees of its console is worse news.
        if status is not None and now - status.at <= SILENT_AFTER and status.source_state in TROUBLES:
            return _line_of_source(status, now)
        return _line_of_recording(now - recording.last_chunk_at)
    if status is None:
        return SignalLine("idle", _("No agent has been heard of yet"))
    if now - status.at > SILENT_AFTER:
        return SignalLine("look", _("Agent silent for %(time)s") % {"time": in_words(now - status.at)})
    return _line_of_source(status, now)


def status_of(device: Device) -> AgentStatus | None:
    """The last heartbeat, or None."""
    return getattr(device, "agent_status", None)


def running(device: Device) -> Recording | None:
    """The recording that is open on a device, the newest of several."""
    found = getattr(device, "open_recordings", None)
    if found is None:
        found = list(device.recordings.open().order_by("-started_at")[:1])
    return found[0] if found else None


def _line_of_recording(age: timedelta) -> SignalLine:
    if age <= STALE_AFTER:
        return SignalLine("run", _("Running"))
    state = "look" if age <= SILENT_AFTER else "stop"
    return SignalLine(state, _("No signal for %(time)s") % {"time": in_words(age)})


def _line_of_source(status: AgentStatus, now: datetime) -> SignalLine:
    lines = {
        SourceState.OK: SignalLine("go", _("Ready")),
        SourceState.ENDED: SignalLine("go", _("Ready; the last recording has ended")),
        SourceState.IDLE: SignalLine("go", _("Ready; no treatment runs")),
        SourceState.NO_SIGNAL: SignalLine("look", _("The console gives no signal")),
        SourceState.UNPLUGGED: SignalLine("stop", _("The cable to the console is unplugged")),
        SourceState.CABLE_UNPLUGGED: SignalLine("stop", _("The cable to the console is unplugged")),
        SourceState.LEAD_OFF: SignalLine("look", _("An ECG lead is off")),
        SourceState.SPOOL_FULL: SignalLine("stop", _("The agent's disk is full; nothing is recorded")),
    }
    try:
        line = lines[SourceState(status.source_state)]
    except ValueError:
        return SignalLine("look", _("The agent reports a state that this server does not know"))
    if line.state == "go" or status.source_since is None:
        return line
    age = in_words(now - status.source_since)
    if status.source_state == SourceState.NO_SIGNAL:
        return SignalLine(line.state, _("No signal for %(time)s") % {"time": age})
    return SignalLine(line.state, _("%(what)s, for %(time)s") % {"what": line.sentence, "time": age})


def warnings_of(status: AgentStatus | None) -> list[str]:
    """What else somebody should look at: a full disk, a wrong clock."""
    if status is None:
        return []
    found = warnings_of_clocks(status)
    if status.disk_free_bytes is not None and status.disk_free_bytes < DISK_LIMIT_BYTES:
        found.append(
            _("Its disk has only %(size)s MB left; free some.") % {"size": status.disk_free_bytes // 2**20}
        )
    return found
