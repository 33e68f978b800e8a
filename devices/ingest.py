"""What agents send, taken in: ``docs/agent-protocol.md`` in code. No analysis is done here.

Every function commits before it returns, so that an answer is a promise. Chunks are taken in
``devices.chunk_store``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import msgspec
from django.db import transaction

from devices.edf import CannotStore, refuse_what_cannot_be_stored
from devices.models import AgentStatus, Device, Recording
from devices.notices import enqueue_finish
from devices.protocol import Close, Heartbeat, Manifest, ProtocolError, RecordingState, decode_json
from devices.recordings import find, from_ms, lock, manifest_of, record_audit, state, to_ms
from devices.signals import recording_closed, recording_opened
from eecp_clinic.errors import Conflict

_MAX_DISK_BYTES = 2**62
_MAX_SPOOL = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Opened:
    """A recording, and whether this very request made it."""

    recording: Recording
    is_new: bool


def open_recording(*, device: Device, uuid: UUID, body: bytes, now: datetime) -> Opened:
    """Begin a recording, or find it begun.

    Raises
    ------
    ProtocolError
        The manifest is not valid, or no file could be made of such a recording.
    Conflict
        The UUID is taken by another manifest, or by another device (the answer does not tell which).
    """
    manifest = _manifest_from(body)
    with transaction.atomic():
        recording, is_new = Recording.objects.get_or_create(
            uuid=uuid,
            defaults={
                "device": device,
                "manifest": msgspec.to_builtins(manifest),
                "started_at": from_ms(manifest.started_at_ms),
                "clock_offset_ms": manifest.clock_ms - to_ms(now),
                "opened_at": now,
            },
        )
        if recording.device_id != device.pk or not manifest_of(recording).describes_same_recording(manifest):
            raise Conflict(
                "Another recording bears this UUID already. Keep this one and give it a new UUID.",
                code="manifest_conflict",
            )
        if is_new:
            record_audit("recording.opened", recording, now)
            transaction.on_commit(
                partial(recording_opened.send_robust, sender=Recording, recording=recording)
            )
    return Opened(recording, is_new)


def _manifest_from(body: bytes) -> Manifest:
    manifest = decode_json(_without_nul(body), Manifest)
    try:
        refuse_what_cannot_be_stored(manifest)
    except CannotStore as error:
        raise ProtocolError(str(error)) from error
    return manifest


def _without_nul(body: bytes) -> bytes:
    # JSON can spell the character NUL and no text column can hold it.
    if b"\\u0000" in body or b"\x00" in body:
        raise ProtocolError("The message holds the character NUL; leave it out.")
    return body


def close_recording(*, device: Device, uuid: UUID, body: bytes, now: datetime) -> RecordingState:
    """The agent says which chunk is the last; chunks below it may still come.

    Raises
    ------
    ProtocolError
        The message is not valid, or contradicts what was received.
    NotFound, Conflict
        No such recording; it was closed with other words.
    """
    close = decode_json(body, Close)
    ended_at = from_ms(close.ended_at_ms)
    with transaction.atomic():
        recording = lock(device, uuid)
        if recording.last_seq is not None:
            if (recording.last_seq, recording.ended_at) != (close.last_seq, ended_at):
                raise Conflict(
                    f"The recording was closed with chunk {recording.last_seq} as its last.",
                    code="close_conflict",
                )
            return state(recording, now)
        _refuse_contradiction(recording, close)
        recording.last_seq = close.last_seq
        recording.ended_at = ended_at
        recording.closed_at = recording.closed_at or now
        recording.clocks = msgspec.to_builtins(close.clocks)
        recording.save(update_fields=["last_seq", "ended_at", "closed_at", "clocks"])
        record_audit("recording.closed", recording, now, last_seq=close.last_seq)
        transaction.on_commit(partial(recording_closed.send_robust, sender=Recording, recording=recording))
        transaction.on_commit(partial(enqueue_finish, uuid))
        return state(recording, now)


def _refuse_contradiction(recording: Recording, close: Close) -> None:
    if from_ms(close.ended_at_ms) < recording.started_at:
        raise ProtocolError("The recording would end before it began; ended_at_ms is on the device clock.")
    highest = recording.received[-1][1] if recording.received else -1
    if highest > close.last_seq:
        raise ProtocolError(f"Chunk {highest} was received, so {close.last_seq} cannot be the last.")


def state_of(*, device: Device, uuid: UUID, now: datetime) -> RecordingState:
    """What has arrived; NotFound where this device has no such recording."""
    return state(find(device, uuid), now)


def take_heartbeat(*, device: Device, body: bytes, now: datetime) -> None:
    """Remember how the agent of a device is; raises ProtocolError."""
    beat = decode_json(_without_nul(body), Heartbeat)
    since_s = beat.source_since_s
    if max(beat.disk_free_bytes, beat.spool_bytes or 0) > _MAX_DISK_BYTES or beat.spool_unsent > _MAX_SPOOL:
        raise ProtocolError("No computer has so much room on its disk or so many chunks.")
    AgentStatus.objects.update_or_create(
        device=device,
        defaults={
            "at": now,
            "agent_version": beat.agent_version,
            "source_state": beat.source_state.value,
            "source_since": None if since_s is None else now - timedelta(seconds=since_s),
            "patient_connected": beat.patient_connected,
            "spool_unsent": beat.spool_unsent,
            "spool_bytes": beat.spool_bytes,
            "disk_free_bytes": beat.disk_free_bytes,
            # What the agent measured is true to half of a round trip; the rest of this took one way.
            "clock_offset_ms": beat.clock_ms - to_ms(now)
            if beat.server_offset_ms is None
            else -beat.server_offset_ms,
            "clock_round_trip_ms": beat.round_trip_ms,
            "device_offset_ms": beat.device_offset_ms,
        },
    )
