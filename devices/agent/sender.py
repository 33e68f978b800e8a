"""What is in the spool goes to the server: the live recording first, older ones beside it."""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import msgspec
import structlog

from devices.agent.backoff import Backoff
from devices.agent.server import BodyTooLarge, RecordingRefused, RecordingUnknown, Server, ServerAway
from devices.agent.spool import Spool
from devices.agent.spooled import SpooledRecording, SpoolFull
from devices.protocol import (
    MAX_BODY_BYTES,
    MAX_CHUNKS_A_BODY,
    MAX_CLOCK_NOTES,
    ChunkResult,
    Close,
    Envelope,
    EpochMs,
    Outcome,
    RecordingState,
)

_BATCH_BYTES = MAX_BODY_BYTES - 1024
_NEWEST_IN_A_BATCH = 4  # so that the screen is live again at once, whatever waits
_MOST_RANGES_TOLD = 1000  # the server names no more missing ranges than these
_TRIES_AFTER_BAD_HASH = 3
_LOOK_FOR_ROOM_S = 1.0

log = structlog.get_logger()


@dataclass(slots=True)
class Sender:
    """Sends until told otherwise; knows of time only what it is given.

    Attributes
    ----------
    clock_ms : agent clock, milliseconds since 1970.
    say : a sentence for the operator.
    acknowledged, refused : chunks, since this agent started.
    trouble : why nothing can be sent now; empty where that is not so.
    """

    spool: Spool
    server: Server
    backoff: Backoff
    clock_ms: Callable[[], int]
    say: Callable[[str], None]
    acknowledged: int = 0
    refused: int = 0
    trouble: str = ""
    _opened: set[UUID] = field(default_factory=set)
    _in_doubt: set[UUID] = field(default_factory=set)
    _bad_hashes: Counter[tuple[UUID, int]] = field(default_factory=Counter)
    _batch_size: int = MAX_CHUNKS_A_BODY

    def try_once(self) -> tuple[bool, float]:
        """One batch of each recording that waits, the live one first: whether anything moved, and seconds to wait
        before the next try.

        Raises CannotSend.
        """
        moved = False
        try:
            for recording in self.spool.pending():
                moved |= self._serve(recording)
        except ServerAway as away:
            wait_s = self.backoff.wait_s(away.retry_after_s)
            log.warning("server_away", reason=str(away), wait_s=round(wait_s, 2))
            if not self.trouble:
                self.say(f"{away} Everything is kept here and sent when it answers again.")
            self.trouble = str(away)
            return moved, wait_s
        except SpoolFull as full:
            # What the server has acknowledged cannot be noted, so it is sent once more: a duplicate does no harm.
            log.warning("acknowledged_and_not_noted", reason=str(full))
            return moved, _LOOK_FOR_ROOM_S
        if self.trouble:
            self.say("The server answers again.")
        self.trouble = ""
        self.backoff.reset()
        return moved, 0.0

    def _serve(self, recording: SpooledRecording) -> bool:
        """The next step of one recording; whether there was one."""
        try:
            return self._step(recording)
        except RecordingUnknown as unknown:
            if recording.uuid in self._opened:
                self._opened.discard(recording.uuid)
                return True
            self._give_up(recording.uuid, str(unknown))
        except (RecordingRefused, BodyTooLarge) as refused:
            self._give_up(recording.uuid, str(refused))
        except ServerAway:
            self._in_doubt.add(recording.uuid)
            raise
        return False

    def _step(self, recording: SpooledRecording) -> bool:
        uuid = recording.uuid
        if uuid not in self._opened:
            manifest = msgspec.structs.replace(recording.manifest, clock_ms=self._device_clock_ms(recording))
            self._agree(uuid, self.server.open_recording(uuid, manifest))
            self._opened.add(uuid)
        elif uuid in self._in_doubt:
            self._agree(uuid, self.server.state_of(uuid))
        batch = self.spool.unsent(
            uuid, most=self._batch_size, most_bytes=_BATCH_BYTES, newest=self._newest(recording)
        )
        if batch:
            self._send(uuid, batch)
            return True
        if recording.ended:
            self._close(recording)
            return True
        return False

    def _device_clock_ms(self, recording: SpooledRecording) -> int:
        """The device's clock now; as it was when the recording began, where this computer's has been lost since."""
        clock_ms = self.clock_ms() + self.spool.device_offset_ms(recording.uuid)
        try:
            return msgspec.convert(clock_ms, EpochMs)
        except msgspec.ValidationError:
            return recording.manifest.clock_ms

    def _newest(self, recording: SpooledRecording) -> int:
        return 0 if recording.ended else min(_NEWEST_IN_A_BATCH, self._batch_size // 2)

    def _agree(self, uuid: UUID, state: RecordingState) -> None:
        """Goes on where the server's own account says."""
        self.spool.agree(uuid, received_to=_received_to(state), missing=state.missing)
        self._in_doubt.discard(uuid)

    def _send(self, uuid: UUID, batch: Sequence[Envelope]) -> None:
        try:
            answer = self.server.send_chunks(uuid, batch)
        except BodyTooLarge as too_large:
            if len(batch) == 1:
                self._refuse(uuid, batch[0].seq, str(too_large))
            self._batch_size = max(1, len(batch) // 2)
            return
        done = [r.seq for r in answer.results if r.outcome in (Outcome.STORED, Outcome.DUPLICATE)]
        self.spool.acknowledge(uuid, done)
        self.acknowledged += len(done)
        log.debug("sent", recording=str(uuid), chunks=len(batch), acknowledged=len(done))
        sent = {envelope.seq: envelope for envelope in batch}
        for result in answer.results:
            if result.seq in sent and result.outcome not in (Outcome.STORED, Outcome.DUPLICATE):
                self._not_stored(uuid, sent[result.seq], result)
        unanswered = sent.keys() - {result.seq for result in answer.results}
        if unanswered:
            raise ServerAway(f"The server did not say what became of {len(unanswered)} chunks.")

    def _not_stored(self, uuid: UUID, envelope: Envelope, result: ChunkResult) -> None:
        if result.outcome is Outcome.BAD_HASH and hashlib.sha256(envelope.data).digest() == envelope.sha256:
            self._bad_hashes[uuid, envelope.seq] += 1
            if self._bad_hashes[uuid, envelope.seq] < _TRIES_AFTER_BAD_HASH:
                return
        self._refuse(uuid, envelope.seq, f"{result.outcome}: {result.detail}")

    def _refuse(self, uuid: UUID, seq: int, detail: str) -> None:
        self.spool.refuse(uuid, seq, detail)
        self.refused += 1
        log.error("chunk_refused", recording=str(uuid), seq=seq, reason=detail)
        self.say(
            f"The server refused chunk {seq} of recording {uuid} ({detail}). It stays in {self.spool.folder}."
        )

    def _give_up(self, uuid: UUID, detail: str) -> None:
        self.spool.settle(uuid, "refused", detail)
        self.refused += 1
        log.error("recording_refused", recording=str(uuid), reason=detail)
        self.say(f"The server refused recording {uuid}: {detail} It stays in {self.spool.folder}.")

    def _close(self, recording: SpooledRecording) -> None:
        clocks = tuple(self.spool.clock_notes(recording.uuid, MAX_CLOCK_NOTES))
        close = Close(last_seq=recording.last_seq, ended_at_ms=recording.captured_to_ms, clocks=clocks)
        self.server.close_recording(recording.uuid, close)
        self.spool.settle(recording.uuid, "closed")
        log.info("recording_closed", recording=str(recording.uuid), last_seq=recording.last_seq)
        self.say(f"Recording {recording.uuid} is closed; its last chunk is {recording.last_seq}.")


def _received_to(state: RecordingState) -> int:
    """The highest number of which the server's account speaks: it has all up to it that it does not call missing."""
    if len(state.missing) >= _MOST_RANGES_TOLD:
        return state.missing[-1][1]
    return state.received + sum(stop - start + 1 for start, stop in state.missing) - 1
