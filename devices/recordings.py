"""A recording's life on the server: what has arrived, and when it is over though nobody said so."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import msgspec
from django.db import transaction

from devices.chunks import decode_chunk
from devices.models import Chunk, Device, Recording
from devices.notices import enqueue_finish
from devices.protocol import Account, Envelope, Manifest, ProtocolError, RecordingState
from devices.protocol import Chunk as ChunkContent
from devices.signals import recording_closed
from eecp_clinic import audit
from eecp_clinic.errors import NotFound

MAX_MISSING_RANGES = 1000  # in one answer
#: A link may be lost for minutes and the agent still holds everything; after this nobody waits any longer.
SILENCE = timedelta(minutes=15)
_LAST_CHUNKS = 20  # events may come later than samples, so the very last chunk may hold none


def from_ms(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def to_ms(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def manifest_of(recording: Recording) -> Manifest:
    """The manifest as it was accepted; raises ProtocolError where the row was not made by an agent."""
    try:
        return msgspec.convert(recording.manifest, Manifest)
    except msgspec.ValidationError as error:
        raise ProtocolError(f"The recording has no valid manifest: {error}.") from error


def contents(chunks: Iterable[Chunk], manifest: Manifest) -> list[ChunkContent]:
    """What stored chunks hold, their hashes checked again; raises ProtocolError."""
    return [decode_chunk(Envelope(c.seq, bytes(c.sha256), bytes(c.data)), manifest) for c in chunks]


def lock(device: Device, uuid: UUID) -> Recording:
    """A recording of this device, locked until the transaction ends, or NotFound."""
    # NO KEY: rows that refer to the recording may be written meanwhile.
    found = Recording.objects.select_for_update(no_key=True).filter(pk=uuid, device=device).first()
    if found is None:
        raise unknown_recording()
    found.device = device
    return found


def find(device: Device, uuid: UUID) -> Recording:
    """A recording of this device, or NotFound."""
    found = Recording.objects.filter(pk=uuid, device=device).first()
    if found is None:
        raise unknown_recording()
    return found


def unknown_recording() -> NotFound:
    """The same for a recording of another device as for none."""
    return NotFound("There is no such recording. Send its manifest first.", code="unknown_recording")


def account_of(recording: Recording) -> Account:
    """Which chunks have arrived."""
    return Account.of_ranges(recording.received, recording.last_seq)


def state(recording: Recording, now: datetime) -> RecordingState:
    """What the agent is told; closed means by the agent, for only that is its last word."""
    account = account_of(recording)
    return RecordingState(
        highest_contiguous_seq=account.highest_contiguous_seq,
        missing=account.missing[:MAX_MISSING_RANGES],
        received=account.received,
        closed=recording.last_seq is not None,
        last_seq=recording.last_seq,
        server_time_ms=to_ms(now),
    )


def record_audit(action: str, recording: Recording, now: datetime, **data: object) -> None:
    """One line in the audit trail about what an agent, or its silence, did."""
    clinic = recording.device.clinic
    audit.record(action, subject=f"recording:{recording.pk}", actor=None, clinic=clinic, at=now, **data)


def close_silent(*, uuid: UUID, now: datetime) -> bool:
    """Close an open recording whose agent has said nothing for ``SILENCE``; its end is its last sample.

    Returns whether it was closed. Should the agent speak again, the recording is resumed.
    """
    with transaction.atomic():
        recording = (
            Recording.objects.select_for_update(no_key=True, of=("self",))
            .select_related("device__clinic")
            .get(pk=uuid)
        )
        heard = recording.last_chunk_at or recording.opened_at
        if recording.closed_at is not None or now - heard <= SILENCE:
            return False
        recording.closed_at = now
        recording.ended_at = last_sample_at(recording)
        recording.save(update_fields=["closed_at", "ended_at"])
        record_audit("recording.closed_for_silence", recording, now)
        transaction.on_commit(partial(recording_closed.send_robust, sender=Recording, recording=recording))
        transaction.on_commit(partial(enqueue_finish, uuid))
    return True


def last_sample_at(recording: Recording) -> datetime:
    """The end of the last sample that arrived, by the device's clock; the start where none did."""
    manifest = manifest_of(recording)
    rates = {channel.name: channel.rate_hz for channel in manifest.channels}
    last = contents(recording.chunks.order_by("-seq")[:_LAST_CHUNKS], manifest)
    ends = [(b.first_sample + b.count) / rates[b.channel] for chunk in last for b in chunk.blocks]
    return recording.started_at + timedelta(seconds=max(ends, default=0.0))
