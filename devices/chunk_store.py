"""Chunks, stored byte for byte and never overwritten.

One recording's requests are taken one after another (its row is locked), which makes a batch's outcomes exact and
lets storage see all or nothing of it; recordings do not wait for each other. What is new of a running recording goes
in by ``devices.quick_store``; duplicates, conflicts, and recordings that are over are looked at here.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache, partial
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from msgspec import structs

from devices.access import get_agent_key
from devices.chunks import decode_chunk, unpack_envelopes
from devices.models import Chunk, ChunkConflict, Device, Recording
from devices.notices import announce_chunks
from devices.protocol import (
    Account,
    BadHash,
    ChunkResult,
    ChunksAnswer,
    Envelope,
    Manifest,
    Outcome,
    ProtocolError,
    merged,
)
from devices.quick_store import store_new
from devices.recordings import (
    MAX_MISSING_RANGES,
    account_of,
    find,
    lock,
    manifest_of,
    record_audit,
    to_ms,
)

_KNOWN = 4096  # manifests kept by each process; one is about a kilobyte


def take_chunks(
    *, key_sha256: str, uuid: UUID, manifest: Manifest, body: bytes, now: datetime
) -> ChunksAnswer:
    """Store the sound chunks of one request, byte for byte, and say what became of each.

    ``manifest``: what ``known_manifest`` gave for the key and the recording.

    Raises
    ------
    ProtocolError
        The body as a whole is not an array of envelopes.
    UnknownKey, NotFound
        The key is not good; its device has no such recording.
    """
    envelopes = unpack_envelopes(body)
    refused = [_refusal(envelope, manifest) for envelope in envelopes]
    if not any(refused) and len({envelope.seq for envelope in envelopes}) == len(envelopes):
        received = store_new(uuid=uuid, key_sha256=key_sha256, envelopes=envelopes, now=now)
        if received is not None:
            transaction.on_commit(partial(announce_chunks, uuid))
            results = tuple(ChunkResult(envelope.seq, Outcome.STORED) for envelope in envelopes)
            return _answer(results, Account.of_ranges(received), now)
    return _with_care(get_agent_key(key_sha256, now).device, uuid, envelopes, refused, now)


def take_chunks_of(*, device: Device, uuid: UUID, body: bytes, now: datetime) -> ChunksAnswer:
    """The same for a device that is at hand instead of its key; raises ProtocolError, NotFound."""
    envelopes = unpack_envelopes(body)
    manifest = manifest_of(find(device, uuid))
    refused = [_refusal(envelope, manifest) for envelope in envelopes]
    return _with_care(device, uuid, envelopes, refused, now)


@lru_cache(_KNOWN)
def known_manifest(key_sha256: str, uuid: UUID) -> Manifest:
    """The manifest of a recording of the key's device: it never changes, so it is read and checked once.

    That the key is still good is proven again with every write. Raises UnknownKey, NotFound.
    """
    return manifest_of(find(get_agent_key(key_sha256, timezone.now()).device, uuid))


def _refusal(envelope: Envelope, manifest: Manifest) -> ChunkResult | None:
    """Why this chunk is refused, or None."""
    try:
        decode_chunk(envelope, manifest)
    except BadHash as error:
        return ChunkResult(envelope.seq, Outcome.BAD_HASH, str(error))
    except ProtocolError as error:
        return ChunkResult(envelope.seq, Outcome.MALFORMED, str(error))
    return None


def _answer(results: tuple[ChunkResult, ...], account: Account, now: datetime) -> ChunksAnswer:
    return ChunksAnswer(
        results=results,
        highest_contiguous_seq=account.highest_contiguous_seq,
        missing=account.missing[:MAX_MISSING_RANGES],
        server_time_ms=to_ms(now),
    )


def _with_care(
    device: Device,
    uuid: UUID,
    envelopes: Sequence[Envelope],
    refused: Sequence[ChunkResult | None],
    now: datetime,
) -> ChunksAnswer:
    """Whatever is not the ordinary case, under the recording's lock."""
    with transaction.atomic():
        recording = lock(device, uuid)
        sorter = _Sorter(recording, now, envelopes)
        results = tuple(
            refusal or sorter.place(envelope) for envelope, refusal in zip(envelopes, refused, strict=True)
        )
        sorter.write()
        account = account_of(recording)
    return _answer(results, account, now)


class _Sorter:
    """Tells new chunks, duplicates and conflicts of one request apart, and writes them all at once."""

    def __init__(self, recording: Recording, now: datetime, envelopes: Sequence[Envelope]) -> None:
        self._recording = recording
        self._now = now
        self._held = hashes_of(recording, [envelope.seq for envelope in envelopes])
        self._new: list[Chunk] = []
        self._conflicts: list[ChunkConflict] = []

    def place(self, envelope: Envelope) -> ChunkResult:
        seq, sha256 = envelope.seq, envelope.sha256
        last_seq = self._recording.last_seq
        held = self._held.get(seq)
        if held is None and last_seq is not None and seq > last_seq:
            detail = f"The recording was closed with chunk {last_seq} as its last; this is {seq}."
            return ChunkResult(seq, Outcome.MALFORMED, detail)
        row = {"recording": self._recording, "received_at": self._now, **structs.asdict(envelope)}
        if held is None:
            self._held[seq] = sha256
            self._new.append(Chunk(**row))
            return ChunkResult(seq, Outcome.STORED)
        if held == sha256:
            return ChunkResult(seq, Outcome.DUPLICATE)
        self._conflicts.append(ChunkConflict(**row))
        detail = f"Other bytes are stored as chunk {seq}; both are kept for a person to look at."
        return ChunkResult(seq, Outcome.CONFLICT, detail)

    def write(self) -> None:
        ChunkConflict.objects.bulk_create(
            self._conflicts, ignore_conflicts=True
        )  # sent again, it is kept once
        if self._new:
            Chunk.objects.bulk_create(self._new)
            _note_arrival(self._recording, [chunk.seq for chunk in self._new], self._now)
            transaction.on_commit(partial(announce_chunks, self._recording.pk))


def hashes_of(recording: Recording, seqs: Sequence[int]) -> dict[int, bytes]:
    """The SHA-256 of each of these numbers that has arrived, whether its bytes are still here or in a file only."""
    rows = recording.chunks.filter(seq__in=seqs).values_list("seq", "sha256")
    held = {seq: bytes(sha256) for seq, sha256 in rows}
    if len(held) < len(set(seqs)):
        wanted = set(seqs)
        for pruned in recording.pruned.all():
            held |= {seq: sha256 for seq, sha256 in pruned.hashes().items() if seq in wanted}
    return held


def _note_arrival(recording: Recording, seqs: Sequence[int], now: datetime) -> None:
    """New samples: what was concluded from the old ones stands, and is concluded again with the new ones."""
    recording.received = merged([*recording.received, *((seq, seq) for seq in seqs)])
    recording.last_chunk_at = now
    recording.failure = ""
    changed = ["received", "last_chunk_at", "failure"]
    if recording.stored_at is not None and recording.late_chunks_at is None:
        recording.late_chunks_at = now
        changed += ["late_chunks_at"]
        record_audit("recording.late_chunks", recording, now)
    if recording.closed_at is not None and recording.last_seq is None:  # closed for silence, and it speaks
        recording.closed_at = recording.ended_at = None
        changed += ["closed_at", "ended_at"]
        record_audit("recording.resumed", recording, now)
    recording.save(update_fields=changed)
