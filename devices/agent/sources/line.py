"""A console that speaks the line protocol, over whatever carries its bytes. The agent only listens: it never writes."""

import math
import time
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Event
from typing import Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from devices.agent.health import SourceState
from devices.agent.sources.line_protocol import (
    Data,
    Finished,
    Header,
    LineReader,
    Marked,
    Message,
    Status,
)
from devices.agent.sources.source import PIECE_S, Began, Ended, Piece, Saw, SourceError, Step
from devices.chunks import block_of
from devices.protocol import Block, ChunkEvent
from devices.waveform import ChannelName

SILENT_AFTER_S = 5.0
TELL_AGAIN_S = 60.0  # how often a header is handed on for the sake of its clock
MOST_EARLY_MESSAGES = 2000  # of a run whose header has not come yet; ten seconds of a busy console
_LOOK_S = 3.0

log = structlog.get_logger()


class LineLost(Exception):
    """The cable is out, or nobody listens at the other end."""


class Line(Protocol):
    """An open line."""

    def read(self) -> bytes:
        """What has come; empty after a fifth of a second without anything. Raises LineLost."""


class Connector(Protocol):
    def __call__(self) -> AbstractContextManager[Line]:
        """Opens the line; raises LineLost."""


class Gathering:
    """Samples and events until they make a piece of ``PIECE_S``."""

    def __init__(self, header: Header) -> None:
        self._rates = {form.name: form.rate_hz for form in header.formats}
        self._counts: dict[ChannelName, list[tuple[int, NDArray[np.int16]]]] = {}
        self._events: list[ChunkEvent] = []
        self._from_s = math.inf

    def add(self, message: Data | Marked) -> None:
        if isinstance(message, Marked):
            self._events.append(message.event)
        elif message.channel in self._rates:
            rate = self._rates[message.channel]
            self._counts.setdefault(message.channel, []).append((message.first_sample, message.counts))
            self._from_s = min(self._from_s, message.first_sample / rate)

    def has_room_for(self, message: Data | Marked) -> bool:
        """Whether the piece stays within its length; an event goes with whatever is there."""
        if isinstance(message, Marked) or message.channel not in self._rates:
            return True
        return message.first_sample / self._rates[message.channel] < self._from_s + PIECE_S - 1e-9

    def taken(self) -> Piece | None:
        """All that was gathered, or None where that is nothing; begins anew."""
        blocks = tuple(block for name in self._counts for block in self._joined(name))
        events = tuple(self._events)
        self._counts, self._events, self._from_s = {}, [], math.inf
        return Piece(blocks, events) if blocks or events else None

    def _joined(self, name: ChannelName) -> Iterator[Block]:
        parts = sorted(self._counts[name], key=lambda part: part[0])
        start, together = parts[0][0], [parts[0][1]]
        end = start + parts[0][1].size
        for first, counts in parts[1:]:
            if first != end:
                yield block_of(name, start, np.concatenate(together))
                start, together, end = first, [], first
            together.append(counts)
            end += counts.size
        yield block_of(name, start, np.concatenate(together))


@dataclass(slots=True)
class LineSource:
    """The console at the end of a line; goes on for ever, connecting again whenever the line was lost."""

    label: str
    connect: Connector
    reader: LineReader = field(default_factory=LineReader)
    is_live: bool = True
    can_wait: bool = False
    _header: Header | None = None
    _gathering: Gathering | None = None
    _early: deque[Data | Marked] = field(default_factory=lambda: deque(maxlen=MOST_EARLY_MESSAGES))
    _told_s: float = -math.inf
    _is_unsure: bool = True  # nothing has said how the console is since it could be heard (again)
    _faults_told: int = 0

    def steps(self, stop: Event) -> Iterator[Step]:
        wait_s = 0.5
        while not stop.is_set():
            try:
                with self.connect() as line:
                    wait_s = 0.5
                    yield from self._listen(line, stop)
            except LineLost as lost:
                log.info("line_lost", reason=str(lost))
            yield from self._flush()
            if not stop.is_set():
                yield Saw(SourceState.UNPLUGGED)
            stop.wait(wait_s)
            wait_s = min(2 * wait_s, 5.0)

    def _listen(self, line: Line, stop: Event) -> Iterator[Step]:
        heard_s = flushed_s = time.monotonic()
        self._is_unsure = True
        while not stop.is_set():
            messages = self.reader.feed(line.read())
            now_s = time.monotonic()
            if messages:
                heard_s = now_s
            elif now_s - heard_s >= SILENT_AFTER_S:
                heard_s = now_s
                self._is_unsure = True
                yield Saw(SourceState.NO_SIGNAL)
            for message in messages:
                yield from self._take(message, now_s)
            if now_s - flushed_s >= PIECE_S:
                flushed_s = now_s
                yield from self._flush()
            self._tell_faults()

    def _take(self, message: Message, now_s: float) -> Iterator[Step]:
        match message:
            case Header():
                yield from self._head(message, now_s)
            case Status(state, patient_connected):
                if state is SourceState.IDLE:  # the run is over, and its last line was lost
                    yield from self._flush()
                    self._header = self._gathering = None
                self._is_unsure = False
                yield Saw(state, patient_connected)
            case Finished(run):
                if self._header is not None and run == self._header.run:
                    yield from self._flush()
                    self._header = self._gathering = None
                    yield Ended()
            case Data() | Marked():
                yield from self._gather(message)

    def _head(self, header: Header, now_s: float) -> Iterator[Step]:
        is_same = self._header is not None and _name(header) == _name(self._header)
        if is_same and now_s - self._told_s < TELL_AGAIN_S:
            return
        yield from self._flush()
        self._told_s = now_s
        yield Began(
            _name(header), header.started_at_ms, header.formats, header.trigger_source, header.clock_ms
        )
        if not is_same:
            self._header, self._gathering = header, Gathering(header)
        early = [message for message in self._early if message.run == header.run]
        self._early.clear()
        for message in early:
            yield from self._gather(message)

    def _gather(self, message: Data | Marked) -> Iterator[Step]:
        if self._gathering is None or self._header is None or message.run != self._header.run:
            # The header of this run was lost on the way, or the agent came in the middle: it is repeated soon.
            self._early.append(message)
            return
        if self._is_unsure:  # a console that only sends data is well
            self._is_unsure = False
            yield Saw(SourceState.OK)
        if not self._gathering.has_room_for(message):
            yield from self._flush()
        self._gathering.add(message)

    def _flush(self) -> Iterator[Step]:
        piece = self._gathering.taken() if self._gathering else None
        if piece is not None:
            yield piece

    def _tell_faults(self) -> None:
        """Told at once, then each time they have become ten times as many."""
        counts = self.reader.counts
        faults = counts.damaged + counts.unusable
        if faults > 0 and (self._faults_told == 0 or faults >= 10 * self._faults_told):
            self._faults_told = faults
            log.warning("lines_lost", **counts._asdict(), last_fault=self.reader.last_fault)

    def look(self) -> str:
        """Listens for three seconds."""
        reader, until_s = LineReader(), time.monotonic() + _LOOK_S
        try:
            with self.connect() as line:
                while time.monotonic() < until_s and not reader.counts.good:
                    reader.feed(line.read())
        except LineLost as lost:
            raise SourceError(f"{lost} Check the cable and the console.") from lost
        if reader.counts.good:
            return "The console is there and speaks."
        if reader.counts.damaged or reader.counts.unusable:
            raise SourceError(
                "Something speaks on the line, but not this protocol"
                f" ({reader.last_fault or 'every line is damaged'}). Check the speed of the line and the console."
            )
        raise SourceError(
            "The line is open, but nothing comes. Is the console on, and its export switched on?"
        )


def _name(header: Header) -> str:
    return f"{header.run}@{header.started_at_ms}"
