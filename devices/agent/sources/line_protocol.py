"""The line protocol of ``docs/agent-sources.md``: bytes of a serial or TCP line to messages. Pure.

A line is ``$BODY*CRC32`` and a line feed. Whatever noise does, at most the lines that it touched are lost, and they are
counted; no byte sequence makes the reader fail, and it never holds more than one line.
"""

import re
import zlib
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from devices.agent.health import SourceState
from devices.protocol import (
    MAX_DURATION_S,
    NOT_MEASURED,
    ChannelFormat,
    ChunkEvent,
    EpochMs,
    TriggerSource,
)
from devices.waveform import ChannelName

VERSION = "1"
MAX_LINE_BYTES = 8192
_BREAK = re.compile(
    rb"\r?\n|(?=\$)"
)  # a new line begins at its dollar sign even where the line feed was lost
_SOUND = re.compile(rb"\$([\x20-\x23\x25-\x29\x2b-\x7e]*)\*([0-9A-F]{8})")
_RUN = re.compile(r"[0-9A-Za-z_-]{4,32}")
_COUNT = re.compile(r"-|-?[0-9]{1,5}")
_NUMBER = re.compile(r"[0-9]{1,15}")
_STATES = {
    state.value: state
    for state in (SourceState.OK, SourceState.IDLE, SourceState.LEAD_OFF, SourceState.NO_SIGNAL)
}
_CONNECTED = {"1": True, "0": False, "-": None}


@dataclass(frozen=True, slots=True)
class Header:
    """``$H``: a run is on; repeated at least every two seconds."""

    run: str
    started_at_ms: int
    clock_ms: int
    trigger_source: TriggerSource
    formats: tuple[ChannelFormat, ...]


@dataclass(frozen=True, slots=True)
class Data:
    """``$D``: consecutive counts of one channel of a run."""

    run: str
    channel: ChannelName
    first_sample: int
    counts: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Marked:
    """``$E``: a trigger or a valve."""

    run: str
    event: ChunkEvent


@dataclass(frozen=True, slots=True)
class Status:
    """``$S``: how the console is."""

    state: SourceState
    patient_connected: bool | None


@dataclass(frozen=True, slots=True)
class Finished:
    """``$X``: the run is over."""

    run: str


Message = Header | Data | Marked | Status | Finished


class Unusable(ValueError):
    """A line that came whole and means nothing: the console is at fault, not the cable."""


class Counts(NamedTuple):
    """Lines read, lines that noise damaged, and lines that came whole and mean nothing."""

    good: int
    damaged: int
    unusable: int


class LineReader:
    """Put bytes in as they come, get messages out."""

    def __init__(self) -> None:
        self._pending = b""
        self._is_in_step = False  # the first line after connecting is rarely whole, and no damage
        self._good = self._damaged = self._unusable = 0
        self.last_fault = ""

    @property
    def counts(self) -> Counts:
        return Counts(self._good, self._damaged, self._unusable)

    def feed(self, data: bytes) -> list[Message]:
        """The messages of the lines that these bytes complete, in order."""
        *lines, self._pending = _BREAK.split(self._pending + data)
        if len(self._pending) > MAX_LINE_BYTES:
            lines.append(self._pending)
            self._pending = b""
        return [message for line in lines if line and (message := self._read(line)) is not None]

    def _read(self, line: bytes) -> Message | None:
        was_in_step, self._is_in_step = self._is_in_step, True
        sound = _SOUND.fullmatch(line)
        if sound is None or len(line) > MAX_LINE_BYTES or zlib.crc32(sound[1]) != int(sound[2], 16):
            self._damaged += was_in_step
            return None
        try:
            message = message_of(sound[1].decode("ascii"))
        except ValueError as error:
            self._unusable += 1
            self.last_fault = str(error)
            return None
        self._good += 1
        return message


def message_of(body: str) -> Message:
    """What the text between ``$`` and ``*`` says; raises Unusable."""
    fields = body.split(",")
    match fields:
        case ["H", version, run, started, clock, trigger, channels]:
            if version != VERSION:
                raise Unusable(f"The console speaks version {version} of the line protocol, not {VERSION}.")
            return _header(_run(run), started, clock, trigger, channels)
        case ["D", run, channel, first, counts]:
            return _data(_run(run), channel, first, counts)
        case ["E", run, t_us, kind, cuff]:
            return Marked(_run(run), _converted([_number(t_us), kind, cuff], ChunkEvent))
        case ["S", state, connected] if state in _STATES and connected in _CONNECTED:
            return Status(_STATES[state], _CONNECTED[connected])
        case ["X", run]:
            return Finished(_run(run))
    raise Unusable(f"A line of kind '{fields[0][:20]}' with {len(fields) - 1} fields is not known.")


def line_of(body: str) -> bytes:
    """The body as it travels; what a console does, for simulated ones."""
    data = body.encode("ascii")
    return b"$%s*%08X\r\n" % (data, zlib.crc32(data))


def _header(run: str, started: str, clock: str, trigger: str, channels: str) -> Header:
    formats = []
    for channel in channels.split(" "):
        name, _, rest = channel.partition(":")
        unit, _, rates = rest.partition(":")
        rate, _, scale = rates.partition(":")
        try:
            formats.append(
                {"name": name, "unit": unit, "rate_hz": float(rate), "counts_per_unit": float(scale)}
            )
        except ValueError:
            raise Unusable(f"The channel '{channel}' is not NAME:UNIT:RATE:COUNTS_PER_UNIT.") from None
    names = [form["name"] for form in formats]
    if len(names) != len(set(names)):
        raise Unusable("The header gives a channel twice.")
    return Header(
        run,
        _converted(_number(started), EpochMs),
        _converted(_number(clock), EpochMs),
        _converted(trigger, TriggerSource),
        _converted(formats, tuple[ChannelFormat, ...]),
    )


def _data(run: str, channel: str, first: str, counts: str) -> Data:
    numbers = counts.split(" ")
    if not all(_COUNT.fullmatch(number) for number in numbers):
        raise Unusable("The counts of a data line must be whole numbers, or - for not measured.")
    values = np.array([NOT_MEASURED if number == "-" else int(number) for number in numbers], dtype=np.int64)
    held = np.clip(values, NOT_MEASURED, 32767).astype(np.int16)
    held[(held == NOT_MEASURED) & (np.array(numbers) != "-")] = NOT_MEASURED + 1  # saturated, not unmeasured
    first_sample = _number(first)
    if first_sample > MAX_DURATION_S * 4000:
        raise Unusable(f"Sample {first_sample} lies past the longest recording.")
    return Data(run, _converted(channel, ChannelName), first_sample, held)


def _run(text: str) -> str:
    if not _RUN.fullmatch(text):
        raise Unusable("A run is named by 4 to 32 letters, digits, - and _.")
    return text


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise Unusable(f"'{text[:20]}' is not a whole number.")
    return int(text)


def _converted(value: object, kind: Any) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise Unusable(f"{error}.") from None
