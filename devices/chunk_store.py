"""Chunks, stored byte for byte and never overwritten.

One recording's requests are taken one after another (its row is locked), which makes a batch's outcomes exact and
lets storage see all or nothing of it; recordings do not wait for each other.
"""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.db import transaction

from devices.chunks import decode_chunk, unpack_envelopes
from devices.models import Chunk, ChunkConflict, Device, Recording
from devices.notices import announce_chunks
from devices.protocol import BadHash, ChunkResult, ChunksAnswer, Envelope, Manifest, Outcome, ProtocolError
from devices.recordings import MAX_MISSING_RANGES, account_of, lock, manifest_of, record_audit, to_ms


def take_chunks(*, device: Device, uuid: UUID, body: bytes, now: datetime) -> ChunksAnswer:
    """Store the sound chunks of one request, byte for byte, and say what became of each.

    Raises
    ------
    ProtocolError
        The body as a whole is not an array of envelopes.
    NotFound
        This device has no such recording.
    """
    envelopes = unpack_envelopes(body)
    with transaction.atomic():
        recording = lock(device, uuid)
        manifest = manifest_of(recording)
        checked = [_check(envelope, manifest, recording.last_seq) for envelope in envelopes]
        sound = [envelope for envelope, refusal in zip(envelopes, checked, strict=True) if refusal is None]
        stored = iter(_store(recording, sound, now))
        results = tuple(refusal or next(stored) for refusal in checked)
        if any(result.outcome == Outcome.STORED for result in results):
            _note_arrival(recording, now)
            transaction.on_commit(partial(announce_chunks, uuid))
        account = account_of(recording)
    return ChunksAnswer(
        results=results,
        highest_contiguous_seq=account.highest_contiguous_seq,
        missing=account.missing[:MAX_MISSING_RANGES],
        server_time_ms=to_ms(now),
    )


def _check(envelope: Envelope, manifest: Manifest, last_seq: int | None) -> ChunkResult | None:
    """Why this chunk is refused, or None."""
    try:
        decode_chunk(envelope, manifest)
    except BadHash as error:
        return ChunkResult(envelope.seq, Outcome.BAD_HASH, str(error))
    except ProtocolError as error:
        return ChunkResult(envelope.seq, Outcome.MALFORMED, str(error))
    if last_seq is not None and envelope.seq > last_seq:
        detail = f"The recording was closed with chunk {last_seq} as its last; this is {envelope.seq}."
        return ChunkResult(envelope.seq, Outcome.MALFORMED, detail)
    return None


def _store(recording: Recording, envelopes: list[Envelope], now: datetime) -> list[ChunkResult]:
    """One read and one insert for the whole batch; the lock on the recording keeps both true."""
    held = {
        seq: bytes(sha256)
        for seq, sha256 in recording.chunks.filter(seq__in=[e.seq for e in envelopes]).values_list(
            "seq", "sha256"
        )
    }
    new: list[Chunk] = []
    conflicts: list[ChunkConflict] = []
    results: list[ChunkResult] = []
    for envelope in envelopes:
        seq, sha256, data = envelope.seq, envelope.sha256, envelope.data
        if seq not in held:
            held[seq] = sha256
            new.append(Chunk(recording=recording, seq=seq, sha256=sha256, data=data, received_at=now))
            results.append(ChunkResult(seq, Outcome.STORED))
        elif held[seq] == sha256:
            results.append(ChunkResult(seq, Outcome.DUPLICATE))
        else:
            conflicts.append(
                ChunkConflict(recording=recording, seq=seq, sha256=sha256, data=data, received_at=now)
            )
            detail = f"Other bytes are stored as chunk {seq}; both are kept for a person to look at."
            results.append(ChunkResult(seq, Outcome.CONFLICT, detail))
    Chunk.objects.bulk_create(new)
    ChunkConflict.objects.bulk_create(conflicts, ignore_conflicts=True)  # sent again, it is kept once
    return results


def _note_arrival(recording: Recording, now: datetime) -> None:
    """New samples: what was concluded from the old ones is concluded again."""
    recording.last_chunk_at = now
    recording.failure = ""
    changed = ["last_chunk_at", "failure"]
    if recording.stored_at is not None:
        recording.stored_at = recording.verified_at = None
        changed += ["stored_at", "verified_at"]
        record_audit("recording.late_chunks", recording, now)
    if recording.closed_at is not None and recording.last_seq is None:  # closed for silence, and it speaks
        recording.closed_at = recording.ended_at = None
        changed += ["closed_at", "ended_at"]
        record_audit("recording.resumed", recording, now)
    recording.save(update_fields=changed)
