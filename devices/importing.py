"""A console's file becomes a recording like any other: read, shown, confirmed, and taken in as an agent's chunks are.

Nothing of a file is kept but its samples and events: its name and its header may name a patient, and recordings
never do.
"""

import json
import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from msgspec import msgpack, to_builtins

from devices import files, ingest
from devices.agent.cutting import cut, formats_of
from devices.chunk_store import take_chunks_of
from devices.chunks import encode_chunk, pack_envelopes
from devices.edf import CannotStore, refuse_what_cannot_be_stored
from devices.models import Device, Recording, RecordingImport, StoredFile
from devices.protocol import (
    MAX_BODY_BYTES,
    MAX_CHUNKS_A_BODY,
    MAX_DURATION_S,
    Close,
    Envelope,
    Manifest,
    Outcome,
    ProtocolError,
    TriggerSource,
    decode_json,
    encode_json,
)
from devices.recordings import to_ms
from devices.records.content import BadRecord
from devices.records.given import Given, Read, read_given
from devices.records.saving import signals_of
from devices.records.storing import gain_for
from devices.waveform import ChannelName, EventKind, Waveform
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput, NotFound
from eecp_clinic.models import User

#: What nobody confirmed is forgotten after this.
FORGOTTEN_AFTER = timedelta(days=1)
_VERSION = "import 1"
_LOWEST_SCALE = 0.01  # counts per unit that a file of ours can say
#: A console's clock may be a little ahead of ours.
_AHEAD = timedelta(minutes=5)
_BODIES = msgpack.Decoder(list[bytes])


class ImportedBefore(Conflict):
    """The same file is a recording already; ``recording`` is which."""

    default_code = "imported_before"

    def __init__(self, recording: Recording) -> None:
        super().__init__(
            _("This file is at your clinic already, as a recording of %(device)s. It was not taken again.")
            % {"device": recording.device},
        )
        self.recording = recording


def take_file(*, device: Device, given: Sequence[Given], actor: User, now: datetime) -> RecordingImport:
    """Read what a person gave and keep its chunks until they are confirmed.

    Raises
    ------
    InvalidInput
        It is no record that can be stored; the sentence says why.
    ImportedBefore
        The same file is a recording of this clinic.
    """
    try:
        read = read_given(given, settings.UPLOAD_MAX_BYTES)
        manifest, bodies = _chunked(read)
    except (BadRecord, CannotStore, ProtocolError) as error:
        raise InvalidInput(str(error), code="bad_record") from error
    _refuse_known(device, read.sha256)
    with transaction.atomic():
        taken = RecordingImport(
            clinic=device.clinic,
            device=device,
            uploaded_by=actor,
            uploaded_at=now,
            sha256=read.sha256,
            found=_found(read, manifest),
            started_at=_aware(read.started_at, device),
        )
        taken.chunks.save(f"imports/{taken.code}.chunks", ContentFile(msgpack.encode(bodies)), save=False)
        taken.save()
        _audit("recording.import_uploaded", taken, actor, now, sha256=read.sha256)
    return taken


def _chunked(read: Read) -> tuple[Manifest, list[bytes]]:
    """The manifest, its clock still to be set, and the body of each request that an agent would send."""
    waveform = read.recording.waveform
    if waveform.duration_s > MAX_DURATION_S:
        raise BadRecord(
            f"The record lasts {waveform.duration_s / 3600:.1f} hours; at most {MAX_DURATION_S // 3600} can be "
            "taken. Give the hours of one session."
        )
    scales = _scales(waveform)
    # Through the decoder, which knows every limit.
    manifest = decode_json(
        encode_json(
            Manifest(
                started_at_ms=to_ms(datetime(2000, 1, 2, tzinfo=UTC)),
                clock_ms=to_ms(datetime(2000, 1, 2, tzinfo=UTC)),
                agent_version=_VERSION,
                source=f"file {read.kind}",
                trigger_source=TriggerSource.R_WAVE,
                channels=formats_of(waveform, scales),
            )
        ),
        Manifest,
    )
    refuse_what_cannot_be_stored(manifest)
    return manifest, _bodies([encode_chunk(chunk) for chunk in cut(waveform, scales=scales)])


def _scales(waveform: Waveform) -> Mapping[ChannelName, float]:
    """Counts per unit of each channel: the finest in which its values fit."""
    scales = {}
    for channel, signal in zip(waveform.channels, signals_of(waveform), strict=True):
        scale = gain_for(signal)
        if scale < _LOWEST_SCALE:
            raise BadRecord(f"{channel.name} reaches {np.nanmax(np.abs(channel.samples)):g} {channel.unit}.")
        scales[channel.name] = scale
    return scales


def _bodies(envelopes: Sequence[Envelope]) -> list[bytes]:
    bodies: list[bytes] = []
    batch: list[Envelope] = []
    size = 0
    for envelope in envelopes:
        length = len(envelope.data) + 64
        if batch and (len(batch) == MAX_CHUNKS_A_BODY or size + length > MAX_BODY_BYTES - 1024):
            bodies.append(pack_envelopes(batch))
            batch, size = [], 0
        batch.append(envelope)
        size += length
    return [*bodies, pack_envelopes(batch)] if batch else bodies


def _found(read: Read, manifest: Manifest) -> dict[str, Any]:
    """What the confirmation shows: figures and the reader's own sentences."""
    waveform, sources = read.recording.waveform, read.recording.sources
    missing = {c.name: round(float(np.isnan(c.samples).sum()) / c.rate_hz, 4) for c in waveform.channels}
    return {
        "kind": read.kind,
        "duration_s": waveform.duration_s,
        "last_seq": math.ceil(waveform.duration_s - 1e-9) - 1,
        "channels": [
            {
                "name": source.channel.value,
                "called": source.name,
                "unit": source.unit,
                "rate_hz": source.rate_hz,
                "missing_s": missing[source.channel],
            }
            for source in sources
        ],
        "events": {kind.value: int(waveform.event_times_s(kind).size) for kind in EventKind},
        "left_out": list(read.recording.left_out),
        "notes": [note.sentence for note in read.recording.notes],
        "manifest": to_builtins(manifest),
    }


def _aware(start: datetime | None, device: Device) -> datetime | None:
    if start is None or start.tzinfo is not None:
        return start
    return start.replace(tzinfo=device.clinic.zone)


def _refuse_known(device: Device, sha256: str) -> None:
    """Refuses a file that was imported before, and one that was downloaded from here."""
    known = RecordingImport.objects.filter(
        clinic=device.clinic, sha256=sha256, recording__isnull=False
    ).select_related("recording__device")
    own = StoredFile.objects.filter(
        recording__device__clinic=device.clinic, file_sha256=sha256
    ).select_related("recording__device")
    found = known.first() or own.first()
    if found is not None and found.recording is not None:
        raise ImportedBefore(found.recording)


def confirm(
    *,
    taken: RecordingImport,
    started_at: datetime,
    trigger_source: TriggerSource,
    actor: User,
    now: datetime,
) -> Recording:
    """Take the chunks in, as from an agent whose clock is right. All of it or nothing.

    Raises
    ------
    InvalidInput
        It would have ended in the future.
    ImportedBefore, NotFound
        Somebody confirmed the same file first; it was discarded.
    """
    duration = timedelta(seconds=taken.found["duration_s"])
    if started_at + duration > now + _AHEAD:
        raise InvalidInput(
            _("With this start the recording would end in the future. Give the time of its first sample."),
            code="in_the_future",
        )
    try:
        with transaction.atomic():
            locked = _lock(taken)
            recording = _take_in(locked, started_at, trigger_source, now)
            locked.recording = recording
            name, locked.chunks.name = locked.chunks.name, ""
            locked.save(update_fields=["recording", "chunks"])
            _audit(
                "recording.imported",
                locked,
                actor,
                now,
                recording=str(recording.pk),
                sha256=locked.sha256,
                started_at=started_at.isoformat(),
                start_corrected=started_at != locked.started_at,
            )
            transaction.on_commit(lambda: locked.chunks.storage.delete(name))
    except IntegrityError as error:
        _refuse_known(taken.device, taken.sha256)
        raise Conflict(_("This file was just taken by somebody else. Load the page again.")) from error
    return recording


def _lock(taken: RecordingImport) -> RecordingImport:
    """The import while it waits, locked."""
    locked = (
        RecordingImport.objects.select_for_update(of=("self",))
        .select_related("device__clinic", "clinic", "recording__device")
        .filter(pk=taken.pk)
        .first()
    )
    if locked is None:
        raise NotFound(_("This file was discarded. Upload it again."))
    if locked.recording is not None:
        raise ImportedBefore(locked.recording)
    return locked


def _take_in(
    taken: RecordingImport, started_at: datetime, trigger_source: TriggerSource, now: datetime
) -> Recording:
    device, uuid = taken.device, Recording().pk
    told = taken.found["manifest"] | {
        "started_at_ms": to_ms(started_at),
        "clock_ms": to_ms(now),
        "trigger_source": trigger_source.value,
    }
    opened = ingest.open_recording(device=device, uuid=uuid, body=json.dumps(told).encode(), now=now)
    for body in _BODIES.decode(files.read(taken.chunks.name)):
        answer = take_chunks_of(device=device, uuid=uuid, body=body, now=now)
        if any(result.outcome is not Outcome.STORED for result in answer.results):
            raise ValueError(f"the chunks of {taken} are not what was kept of it")
    ended_at = started_at + timedelta(seconds=taken.found["duration_s"])
    close = Close(last_seq=taken.found["last_seq"], ended_at_ms=to_ms(ended_at))
    ingest.close_recording(device=device, uuid=uuid, body=encode_json(close), now=now)
    # Its opening is announced after the commit too: by then it must be seen to have ended, not to run on.
    opened.recording.refresh_from_db()
    return opened.recording


def discard(*, taken: RecordingImport, actor: User, now: datetime) -> None:
    """Forget a file that was not confirmed; raises ImportedBefore, NotFound."""
    with transaction.atomic():
        locked = _lock(taken)
        _audit("recording.import_discarded", locked, actor, now, sha256=locked.sha256)
        _forget(locked)


def forget_unconfirmed(*, now: datetime) -> int:
    """Forget what nobody confirmed within ``FORGOTTEN_AFTER``; how many."""
    old = RecordingImport.objects.filter(recording=None, uploaded_at__lte=now - FORGOTTEN_AFTER)
    count = 0
    with transaction.atomic():
        for taken in old.select_for_update(skip_locked=True):
            _forget(taken)
            count += 1
    return count


def _forget(taken: RecordingImport) -> None:
    storage, name = taken.chunks.storage, taken.chunks.name
    taken.delete()
    transaction.on_commit(lambda: storage.delete(name))


def overlapping(taken: RecordingImport, started_at: datetime) -> list[Recording]:
    """Recordings of the device that cover some of the same time, oldest first: perhaps the agent's own of that hour."""
    end = started_at + timedelta(seconds=taken.found["duration_s"])
    others = taken.device.recordings.filter(started_at__lt=end).exclude(ended_at__lte=started_at)
    return list(others.order_by("started_at"))


def _audit(action: str, taken: RecordingImport, actor: User, now: datetime, **data: object) -> None:
    subject = f"device:{taken.device.code}"
    audit.record(action, subject=subject, actor=actor, clinic=taken.clinic, at=now, **data)
