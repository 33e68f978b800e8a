"""What a device agent and the server say to each other; ``docs/agent-protocol.md`` says it in words.

Both sides import this module and it knows neither: the messages with their limits, and the account of what
has arrived. The coding of a chunk is in ``devices.chunks``, putting chunks together in ``devices.assembly``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Any, TypeVar, cast

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from devices.waveform import UNITS, ChannelName, Cuff, EventKind

CHUNKS_CONTENT_TYPE = "application/vnd.eecp.chunks.v1+msgpack"
PROBLEM_CONTENT_TYPE = "application/problem+json"

MAX_BODY_BYTES = 1024 * 1024
MAX_CHUNKS_A_BODY = 64
MAX_CHUNK_BYTES = (
    256 * 1024
)  # one chunk, packed and also unpacked; a second of all channels takes about 2 KiB
MAX_DURATION_S = (
    12 * 3600
)  # a session is one hour; this bounds what a faulty agent can make a server allocate
MAX_SEQ = 1_000_000
MAX_CLOCK_NOTES = 120
MAX_SINCE_S = 366 * 24 * 3600
NOT_MEASURED = -32768

Seq = Annotated[int, Meta(ge=0, le=MAX_SEQ)]
SeqOrNone = Annotated[int, Meta(ge=-1, le=MAX_SEQ)]  # -1 where there is no chunk at all
# Milliseconds since 1970 in UTC, from 2000 to 2100: a clock given in seconds or microseconds is refused.
EpochMs = Annotated[int, Meta(ge=946_684_800_000, le=4_102_444_800_000)]
# What a clock shows, right or wrong: only ever compared with another.
ShownMs = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Label = Annotated[str, Meta(min_length=1, max_length=80)]


class ProtocolError(ValueError):
    """A message that cannot be taken; says why, and what it must look like."""

    code = "malformed"


class BadHash(ProtocolError):
    """The bytes are not those that the sender meant."""

    code = "bad_hash"


class TooLargeBody(ProtocolError):
    """More than is accepted in one request."""

    code = "too_large"


class TriggerSource(StrEnum):
    """What the console triggers on; metrics about R waves apply to the first alone."""

    R_WAVE = "r_wave"
    PULSE_WAVE = "pulse_wave"
    IMPEDANCE = "impedance"


class Outcome(StrEnum):
    """What became of one chunk."""

    STORED = "stored"
    DUPLICATE = "duplicate"  # the same bytes were there already: a success
    CONFLICT = "conflict"  # other bytes are there under this number; both are kept for a person to see
    BAD_HASH = "bad_hash"
    MALFORMED = "malformed"


class SourceState(StrEnum):
    """What the agent sees of its console."""

    OK = "ok"
    ENDED = "ended"
    IDLE = "idle"  # the console answers and no treatment runs
    NO_SIGNAL = "no_signal"
    UNPLUGGED = "unplugged"
    LEAD_OFF = "lead_off"
    SPOOL_FULL = "spool_full"
    CABLE_UNPLUGGED = "cable_unplugged"  # as agents up to 0.1 call UNPLUGGED


class ChannelFormat(msgspec.Struct, frozen=True):
    """How the counts of one channel are to be read: value = count / counts_per_unit."""

    name: ChannelName
    unit: str
    rate_hz: Annotated[float, Meta(gt=0, le=4000)]
    counts_per_unit: Annotated[float, Meta(gt=0, le=1e6)]

    def __post_init__(self) -> None:
        if self.unit != UNITS[self.name]:
            raise ValueError(
                f"{self.name} is sent in {UNITS[self.name]}, not in {self.unit}: convert it first"
            )


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a recording is, told once before its first chunk."""

    started_at_ms: EpochMs  # device clock at sample 0 of every channel
    clock_ms: EpochMs  # device clock while sending, from which the server takes the offset
    agent_version: Annotated[str, Meta(min_length=1, max_length=40)]
    source: Label  # what kind of source; never anything about a patient
    trigger_source: TriggerSource
    channels: Annotated[tuple[ChannelFormat, ...], Meta(min_length=1, max_length=len(ChannelName))]

    def __post_init__(self) -> None:
        names = [channel.name for channel in self.channels]
        if len(names) != len(set(names)):
            raise ValueError("a channel is given twice")

    def describes_same_recording(self, other: "Manifest") -> bool:
        """Whether both are the same manifest; ``clock_ms`` is the time of telling and does not count."""
        return msgspec.structs.replace(self, clock_ms=other.clock_ms) == other

    def format_of(self, name: ChannelName) -> ChannelFormat | None:
        return next((channel for channel in self.channels if channel.name == name), None)


class Block(msgspec.Struct, frozen=True):
    """Consecutive samples of one channel: ``count`` little-endian int16 from sample ``first_sample``."""

    channel: ChannelName
    first_sample: Annotated[int, Meta(ge=0)]
    count: Annotated[int, Meta(ge=1)]
    data: bytes

    def __post_init__(self) -> None:
        if len(self.data) != 2 * self.count:
            raise ValueError(
                f"{self.channel}: {self.count} samples take {2 * self.count} bytes, not {len(self.data)}"
            )

    def counts(self) -> NDArray[np.int16]:
        return np.frombuffer(self.data, dtype="<i2")


class ChunkEvent(msgspec.Struct, frozen=True, array_like=True):
    """One event, ``t_us`` microseconds after sample 0."""

    t_us: Annotated[int, Meta(ge=0, le=MAX_DURATION_S * 1_000_000)]
    kind: EventKind
    cuff: Cuff = Cuff.NONE


class Chunk(msgspec.Struct, frozen=True):
    """A numbered piece of a recording, about one second of it."""

    seq: Seq
    blocks: tuple[Block, ...]
    events: tuple[ChunkEvent, ...] = ()


class Envelope(msgspec.Struct, frozen=True, array_like=True):
    """A chunk as it travels and is stored: ``data`` byte for byte, with its SHA-256."""

    seq: Seq
    sha256: Annotated[bytes, Meta(min_length=32, max_length=32)]
    data: bytes


class ChunkResult(msgspec.Struct, frozen=True):
    seq: int
    outcome: Outcome
    detail: str = ""


class ChunksAnswer(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[ChunkResult, ...]
    highest_contiguous_seq: SeqOrNone
    missing: tuple[tuple[int, int], ...]
    server_time_ms: int


class RecordingState(msgspec.Struct, frozen=True, kw_only=True):
    highest_contiguous_seq: SeqOrNone
    missing: tuple[tuple[int, int], ...]
    received: int
    closed: bool
    last_seq: SeqOrNone | None  # what the close said; null until then
    server_time_ms: int


class ClockNote(msgspec.Struct, frozen=True, array_like=True):
    """One measurement of the clocks of device, agent and server while a recording ran; None is not known."""

    at_ms: ShownMs  # agent clock
    device_offset_ms: ShownMs | None  # device clock less agent clock
    server_offset_ms: ShownMs | None  # server clock less agent clock
    round_trip_ms: Annotated[int, Meta(ge=0, le=2**31)] | None  # the server's is true to half of it


class Close(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    last_seq: SeqOrNone
    ended_at_ms: EpochMs
    # Not told by agents up to 0.2
    clocks: Annotated[tuple[ClockNote, ...], Meta(max_length=MAX_CLOCK_NOTES)] = ()


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    agent_version: Annotated[str, Meta(min_length=1, max_length=40)]
    clock_ms: ShownMs  # a computer that lost its clock (1970) says so, and is told to a person
    spool_unsent: Annotated[int, Meta(ge=0)]
    source_state: SourceState
    disk_free_bytes: Annotated[int, Meta(ge=0)]
    # Not told by agents up to 0.1: None is not known.
    source_since_s: Annotated[float, Meta(ge=0, le=MAX_SINCE_S)] | None = None
    spool_bytes: Annotated[int, Meta(ge=0)] | None = None
    patient_connected: bool | None = None
    server_offset_ms: ShownMs | None = None  # server clock less agent clock, by the middle of a request
    round_trip_ms: Annotated[int, Meta(ge=0, le=2**31)] | None = None
    device_offset_ms: ShownMs | None = None  # device clock less agent clock


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """The code of a device's page, as a person typed it."""

    code: Annotated[str, Meta(min_length=1, max_length=40)]


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was made for an agent, and the name of the device that it is for."""

    key: Annotated[str, Meta(min_length=1, max_length=200)]
    device: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal of a whole request (RFC 9457) with a stable ``code``."""

    status: int
    code: str
    title: str = ""
    detail: str = ""
    type: str = "about:blank"


Message = TypeVar(
    "Message", Manifest, Close, Heartbeat, ChunksAnswer, RecordingState, Enrolment, NewKey, Problem
)
# Made while the module is loaded, here and wherever else a message is read: msgspec (0.22) shows a type to other threads
# before it has learnt all of its fields, and a process in which two threads read the first message of a kind at the same
# time ends with SIGSEGV.
_DECODERS: dict[type, msgspec.json.Decoder[Any]] = {
    message: msgspec.json.Decoder(message) for message in Message.__constraints__
}


def decode_json(body: bytes, message: type[Message]) -> Message:
    """A JSON message, checked; raises ProtocolError. Fields that are not known are ignored."""
    try:
        return cast(Message, _DECODERS[message].decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProtocolError(f"This is not a valid {message.__name__.lower()}: {error}.") from None


def encode_json(message: msgspec.Struct) -> bytes:
    return msgspec.json.encode(message)


def merged(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Ranges of whole numbers, both ends included, in order and joined where they touch or overlap."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Account:
    """Which chunks have arrived.

    Attributes
    ----------
    highest_contiguous_seq : int
        The last of the unbroken run from 0; -1 where chunk 0 is missing.
    missing : tuple of (int, int)
        Ranges, both ends included, of numbers not received below the highest received or stated one.
    received : int
        How many different chunks.
    """

    highest_contiguous_seq: int
    missing: tuple[tuple[int, int], ...]
    received: int

    @classmethod
    def of(cls, seqs: Iterable[int], last_seq: int | None = None) -> "Account":
        """From the numbers received in any order, and the last number where the close has stated it."""
        return cls.of_ranges(merged((seq, seq) for seq in seqs), last_seq)

    @classmethod
    def of_ranges(cls, ranges: Sequence[tuple[int, int]], last_seq: int | None = None) -> "Account":
        """From ascending ranges that do not touch, both ends included."""
        known = [(-1, -1), *ranges]
        if last_seq is not None and last_seq >= known[-1][1]:
            known.append((last_seq + 1, last_seq + 1))
        missing = tuple((a[1] + 1, b[0] - 1) for a, b in pairwise(known) if b[0] - a[1] > 1)
        highest = missing[0][0] - 1 if missing else (ranges[-1][1] if ranges else -1)
        return cls(highest, missing, sum(last - first + 1 for first, last in ranges))

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing; says it of the whole only where ``last_seq`` was given."""
        return not self.missing
