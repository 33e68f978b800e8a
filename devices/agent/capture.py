"""From the source to the spool: every piece is numbered, written to the disk, and only then spoken of."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID, uuid4

import structlog

from devices.agent.health import Health, SourceState
from devices.agent.numbering import after, end_of, fresh
from devices.agent.sources.source import Began, Ended, Piece, Saw, Source, Step
from devices.agent.spool import Spool
from devices.agent.spooled import SpooledRecording, SpoolFull, Written
from devices.chunks import encode_chunk
from devices.protocol import Chunk, Envelope, Manifest
from devices.waveform import ChannelName

RESUME_WITHIN_MS = 10 * 60_000  # the server takes a recording for ended after fifteen minutes of silence
_TOGETHER_AT_FULL_SPEED = 32  # one write to the disk takes longer than making a chunk
_LOOK_FOR_ROOM_S = 1.0
_CLOCK_JUMP_MS = 1000

log = structlog.get_logger()


class OtherRecording(ValueError):
    """The spool holds something else under this UUID."""


@dataclass(slots=True)
class _Open:
    """The recording that is being captured; ``skip_to_s`` and ``began_s`` are for the pace of a replay."""

    uuid: UUID
    manifest: Manifest
    next_seq: int
    next_samples: dict[ChannelName, int]
    captured_s: float
    skip_to_s: float
    began_s: float


@dataclass(slots=True)
class Capture:
    """Takes what one source tells, until it ends or ``stop`` is set.

    Attributes
    ----------
    speed : seconds of device time a second at which a replay is played; None is as fast as the disk allows. A live
        source has its own pace.
    clock_ms : agent clock.
    captured : called after each write.
    say : a sentence for the operator.
    recording : UUID that the operator asked for; None makes one.
    patience_s : how long a replay waits for room in a full spool; a live source waits for ever.
    device_offset_ms : device clock less agent clock as last measured; None where the device has no clock of its own.
    dropped : samples that came twice, or past the longest recording, and were left out.
    """

    source: Source
    spool: Spool
    health: Health
    stop: threading.Event
    clock_ms: Callable[[], int]
    captured: Callable[[], None]
    say: Callable[[str], None]
    agent_version: str
    speed: float | None = None
    recording: UUID | None = None
    patience_s: float = 300.0
    device_offset_ms: int | None = None
    dropped: int = 0
    _open: _Open | None = None
    _waiting: list[Envelope] = field(default_factory=list)

    @property
    def uuid(self) -> UUID | None:
        """The recording that is being captured now."""
        return self._open.uuid if self._open else None

    def run(self) -> None:
        """Captures; raises OtherRecording, SpoolFull (of a replay), SourceError."""
        try:
            for step in self.source.steps(self.stop):
                if self.stop.is_set():
                    break
                self._take(step)
            self._write()
            if not self.source.is_live:
                self._end()
        finally:
            if not self.source.is_live:
                self.health.saw(SourceState.ENDED)
            self.captured()

    def _take(self, step: Step) -> None:
        match step:
            case Began():
                self._begin(step)
            case Piece():
                self._piece(step)
            case Saw(state, patient_connected):
                if self.health.saw(state, patient_connected):
                    log.info("source_state", state=state.value)
                if state is SourceState.IDLE:
                    self._end(is_over=False)
                    self._end_what_broke_off()
            case Ended():
                self._end()

    # Beginning and ending

    def _begin(self, began: Began) -> None:
        now_ms = self.clock_ms()
        known = self._known(began, now_ms)
        if self._open is not None and (known is None or known.uuid != self._open.uuid):
            self._end(is_over=False)
        if known is not None and known.is_over:
            return  # a live source shows again what was captured before
        self.device_offset_ms = None if began.clock_ms is None else began.clock_ms - now_ms
        offset_ms = self.device_offset_ms or 0
        if known is None:
            known = self._new(began, now_ms, offset_ms)
            self.say(f"Recording {known.uuid} begins.")
            log.info("recording_begun", recording=str(known.uuid), source=self.source.label)
        elif self._open is None:
            gap_s = self._skipped_s(known, now_ms)
            self.say(f"Recording {known.uuid} goes on after chunk {known.last_seq}.")
            log.warning("recording_resumed", recording=str(known.uuid), gap_s=round(gap_s, 3))
        if abs(offset_ms) > _CLOCK_JUMP_MS:
            log.warning("device_clock_off", offset_ms=offset_ms)
        if self._open is None:
            self._open = self._opened(known, now_ms)
        self._end_what_broke_off()

    def _known(self, began: Began, now_ms: int) -> SpooledRecording | None:
        """The recording of this run, where it was begun before and may go on."""
        if self.recording is not None:
            asked = self.spool.find(self.recording)
            if asked is not None and asked.is_over and asked.run == began.run and self._waits(asked):
                return asked  # it was captured whole, and only its sending was cut off
            if asked is not None and (asked.ended or not self._fits(asked, began)):
                raise OtherRecording(
                    f"The spool already holds recording {self.recording}, finished or from another source."
                    " Give another --recording, or none to have one made; 'eecp-agent send' sends what is there."
                )
            return asked
        known = self.spool.of_run(began.run)
        if known is None or not self._fits(known, began):
            return None
        if self.source.is_live:
            # The console itself says that it is the same run; what was closed in the meantime stays closed.
            return known if known.is_over or not known.ended else None
        is_recent = abs(now_ms - known.captured_at_ms) <= RESUME_WITHIN_MS
        return known if is_recent and not known.ended else None

    def _waits(self, known: SpooledRecording) -> bool:
        return any(recording.uuid == known.uuid for recording in self.spool.pending())

    def _fits(self, known: SpooledRecording, began: Began) -> bool:
        manifest = known.manifest
        return (manifest.source, manifest.channels, manifest.trigger_source) == (
            self.source.label,
            began.formats,
            began.trigger_source,
        )

    def _new(self, began: Began, now_ms: int, offset_ms: int) -> SpooledRecording:
        uuid = self.recording or uuid4()
        manifest = Manifest(
            started_at_ms=began.started_at_ms,
            clock_ms=now_ms + offset_ms,
            agent_version=self.agent_version,
            source=self.source.label,
            trigger_source=began.trigger_source,
            channels=began.formats,
        )
        self._when_there_is_room(
            partial(self.spool.begin, uuid, manifest, run=began.run, device_offset_ms=offset_ms)
        )
        return SpooledRecording(uuid, manifest, -1, began.started_at_ms, False, False, began.run, {}, now_ms)

    def _opened(self, known: SpooledRecording, now_ms: int) -> _Open:
        captured_s = (known.captured_to_ms - known.manifest.started_at_ms) / 1000
        return _Open(
            uuid=known.uuid,
            manifest=known.manifest,
            next_seq=known.last_seq + 1,
            next_samples=dict(known.next_samples),
            captured_s=captured_s,
            skip_to_s=captured_s + self._skipped_s(known, now_ms),
            began_s=time.monotonic(),
        )

    def _skipped_s(self, known: SpooledRecording, now_ms: int) -> float:
        """A replay at a pace stands for a device, and that ran on while the agent was away; a file waits."""
        if self.source.is_live or self.speed is None or known.last_seq < 0:
            return 0.0
        return max(0, now_ms - known.captured_at_ms) / 1000 * self.speed

    def _end(self, *, is_over: bool = True) -> None:
        self._write()
        if self._open is not None:
            self._when_there_is_room(partial(self.spool.end, self._open.uuid, is_over=is_over))
            log.info("recording_ended", recording=str(self._open.uuid), last_seq=self._open.next_seq - 1)
            self._open = None
            self.captured()

    def _end_what_broke_off(self) -> None:
        for recording in self.spool.unended():
            if recording.uuid != self.uuid:
                self._when_there_is_room(partial(end_broken_off, self.spool, recording, self.say))

    # Samples

    def _piece(self, piece: Piece) -> None:
        at = self._open
        if at is None:  # of a run that was captured before
            return
        formats = at.manifest.channels
        end_s = end_of(piece.blocks, formats)
        if not self.source.is_live and self._was_missed(piece, end_s):
            return
        blocks, dropped = fresh(piece.blocks, at.next_samples, at.manifest)
        if dropped:
            self._note_dropped(dropped)
        if not blocks and (piece.blocks or not piece.events):
            return  # what is held already, with its events
        self._waiting.append(encode_chunk(Chunk(at.next_seq, blocks, piece.events)))
        at.next_seq += 1
        at.next_samples = after(blocks, at.next_samples)
        at.captured_s = max(at.captured_s, end_of(blocks, formats))
        is_live_data = not self.source.can_wait if self.source.is_live else bool(self.speed)
        if is_live_data or len(self._waiting) >= _TOGETHER_AT_FULL_SPEED:
            self._write()

    def _note_dropped(self, samples: int) -> None:
        """Told at once, then each time it has become ten times as many: a faulty console must not fill the log."""
        before, self.dropped = self.dropped, self.dropped + samples
        if len(str(self.dropped)) > len(str(before)) or before == 0:
            log.warning("samples_left_out", samples=self.dropped)

    def _was_missed(self, piece: Piece, end_s: float) -> bool:
        """Waits until a replay's piece is due; whether its time is past, or ``stop`` came first."""
        at = self._open
        if at is None or (piece.blocks and end_s <= at.skip_to_s):
            return True
        if self.speed:
            due_s = at.began_s + (end_s - at.skip_to_s) / self.speed
            self.stop.wait(max(0.0, due_s - time.monotonic()))
        return self.stop.is_set()

    def _write(self) -> None:
        """What waits goes to the disk; where that is full, nothing more is read until there is room."""
        if self._open is None or not self._waiting:
            return
        written = Written(
            captured_to_ms=self._open.manifest.started_at_ms + round(1000 * self._open.captured_s),
            captured_at_ms=self.clock_ms(),
            next_samples=self._open.next_samples,
        )
        try:
            self._when_there_is_room(partial(self.spool.add, self._open.uuid, self._waiting, written))
        finally:
            self._waiting.clear()
        self.captured()

    def _when_there_is_room(self, write: Callable[[], None]) -> None:
        """Writes to the spool; while that is full, waits: a live source for ever, a replay for ``patience_s``."""
        give_up_s = time.monotonic() + self.patience_s
        before: tuple[SourceState, bool | None] | None = None
        while True:
            try:
                write()
            except SpoolFull as full:
                if before is None:
                    before = (self.health.state, self.health.patient_connected)
                    self._say_full(full)
                if self.stop.is_set() or (not self.source.is_live and time.monotonic() >= give_up_s):
                    raise
                self.stop.wait(
                    min(_LOOK_FOR_ROOM_S, max(0.0, give_up_s - time.monotonic()) or _LOOK_FOR_ROOM_S)
                )
            else:
                break
        if before is not None:
            self.health.saw(*before)
            self.say("There is room in the spool again; capturing goes on.")

    def _say_full(self, full: SpoolFull) -> None:
        self.health.saw(SourceState.SPOOL_FULL)
        log.error("spool_full", reason=str(full))
        self.say(f"Capturing has stopped: {full} Free some space or bring the server back.")


def end_broken_off(spool: Spool, recording: SpooledRecording, say: Callable[[str], None]) -> None:
    """A recording that gets nothing more ends where its last second was written."""
    spool.end(recording.uuid, is_over=False)
    log.warning("recording_broke_off", recording=str(recording.uuid))
    say(f"Recording {recording.uuid} broke off earlier; what was captured of it is sent now.")
