"""The finished recording: one EDF+ file in the file store, read back and verified, with hashes that prove it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from devices.assembly import Gap, assemble
from devices.edf import CannotStore, gaps_in, read_edf_file, write_edf
from devices.models import Recording
from devices.protocol import Chunk, Manifest, ProtocolError
from devices.recordings import contents, manifest_of, record_audit
from devices.waveform import Waveform

#: About twelve hours of all channels at ordinary rates; more would only exhaust the worker's memory.
MAX_SAMPLES = 60_000_000
_FAILURE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Gathered:
    """All chunks of one recording as they were at one moment."""

    manifest: Manifest
    waveform: Waveform
    gaps: tuple[Gap, ...]
    chunk_count: int
    chunks_sha256: str


def store(*, uuid: UUID, now: datetime) -> bool:
    """Make, save and verify the file of a recording that is over. Running it twice is harmless.

    Returns whether the recording is stored; where it never can be, ``failure`` says why. A chunk that arrives
    meanwhile makes it False, and the next sweep begins again.
    """
    recording = Recording.objects.select_related("device__clinic").get(pk=uuid)
    if recording.closed_at is None:
        return False
    if recording.stored_at is not None:
        return True
    try:
        gathered = gather(recording)
        data = write_edf(
            gathered.waveform, gathered.gaps, gathered.manifest, recording.uuid, recording.started_at
        )
    except (CannotStore, ProtocolError) as error:
        _note_failure(recording, str(error))
        return False
    file_sha256 = hashlib.sha256(data).hexdigest()
    name = _save(recording, data, file_sha256)
    refusal = verify_file(name, file_sha256, gathered)
    if refusal:
        _note_failure(recording, refusal)
        return False
    return _conclude(recording, gathered, name, file_sha256, now)


def gather(recording: Recording) -> Gathered:
    """The recording put together from its chunks, their hashes checked; raises ProtocolError, CannotStore."""
    manifest = manifest_of(recording)
    rows = list(recording.chunks.order_by("seq"))
    chunks = contents(rows, manifest)
    _refuse_endless(manifest, chunks)
    waveform, gaps = assemble(manifest, chunks)
    return Gathered(manifest, waveform, gaps, len(rows), sha256_over(bytes(row.sha256) for row in rows))


def sha256_over(hashes: Iterable[bytes]) -> str:
    """One hash over the chunks' hashes in order of their numbers."""
    whole = hashlib.sha256()
    for value in hashes:
        whole.update(value)
    return whole.hexdigest()


def _refuse_endless(manifest: Manifest, chunks: Iterable[Chunk]) -> None:
    rates = {channel.name: channel.rate_hz for channel in manifest.channels}
    ends_s = [(b.first_sample + b.count) / rates[b.channel] for chunk in chunks for b in chunk.blocks]
    samples = max(ends_s, default=0.0) * sum(rates.values())
    if samples > MAX_SAMPLES:
        raise CannotStore(f"The recording spans {samples:.0f} samples; at most {MAX_SAMPLES} can be stored.")


def _save(recording: Recording, data: bytes, file_sha256: str) -> str:
    """The name under which the file is saved; the name holds its hash, so a second run finds the first's."""
    folder = f"recordings/{recording.started_at:%Y/%m}"
    name = f"{folder}/{recording.uuid}-{file_sha256[:12]}.edf"
    if default_storage.exists(name) and hashlib.sha256(_read(name)).hexdigest() == file_sha256:
        return name
    # Where a run died halfway the name is taken by a damaged file: the store then picks another name.
    return default_storage.save(name, ContentFile(data))


def _read(name: str) -> bytes:
    with default_storage.open(name) as file:
        data: bytes = file.read()
    return data


def verify_file(name: str, file_sha256: str, gathered: Gathered) -> str:
    """Why the saved file is not the recording, or ''. It is read back whole: hash, samples and events."""
    data = _read(name)
    if hashlib.sha256(data).hexdigest() != file_sha256:
        return "The file store gave back other bytes than it was given."
    try:
        found = read_edf_file(data, gathered.manifest)
    except CannotStore as error:
        return str(error)
    return "" if same(found, gathered.waveform) else "The file does not hold the samples that were sent."


def same(a: Waveform, b: Waveform) -> bool:
    """Whether two waveforms agree in every sample (which come from the same counts) and event."""
    return (
        [(c.name, c.rate_hz, c.samples.tobytes()) for c in a.channels]
        == [(c.name, c.rate_hz, c.samples.tobytes()) for c in b.channels]
        and [round(e.t_s * 1e6) for e in a.events] == [round(e.t_s * 1e6) for e in b.events]
        and [(e.kind, e.cuff) for e in a.events] == [(e.kind, e.cuff) for e in b.events]
    )


def _conclude(recording: Recording, gathered: Gathered, name: str, file_sha256: str, now: datetime) -> bool:
    with transaction.atomic():
        # The lock that chunk_store takes: either a late chunk is counted here, or it finds stored_at set.
        locked = Recording.objects.select_for_update(no_key=True).get(pk=recording.pk)
        if locked.closed_at is None or locked.chunks.count() != gathered.chunk_count:
            return False
        if locked.stored_at is not None:
            return True
        locked.file.name = name
        locked.file_sha256 = file_sha256
        locked.chunks_sha256 = gathered.chunks_sha256
        locked.gap_seconds = seconds_in(gathered.gaps)
        locked.stored_at = locked.verified_at = now
        locked.failure = ""
        locked.save(
            update_fields=[
                "file",
                "file_sha256",
                "chunks_sha256",
                "gap_seconds",
                "stored_at",
                "verified_at",
                "failure",
            ]
        )
        record_audit("recording.stored", recording, now, file_sha256=file_sha256)
    return True


def seconds_in(gaps: Iterable[Gap]) -> float:
    """Seconds in which at least one channel has a gap."""
    total, until = 0.0, 0.0
    for gap in sorted(gaps, key=lambda gap: gap.from_s):
        total += max(0.0, gap.to_s - max(gap.from_s, until))
        until = max(until, gap.to_s)
    return round(total, 6)


def _note_failure(recording: Recording, sentence: str) -> None:
    # Compare-and-set: a chunk that came meanwhile has cleared the way for another try.
    Recording.objects.filter(pk=recording.pk, last_chunk_at=recording.last_chunk_at).update(
        failure=sentence[:_FAILURE_LENGTH]
    )


def read_file(recording: Recording) -> bytes:
    """The file of a stored recording, its hash checked; raises CannotStore, FileNotFoundError."""
    data = _read(recording.file.name)
    if hashlib.sha256(data).hexdigest() != recording.file_sha256:
        raise CannotStore("The file is not the one that was stored: its SHA-256 differs.")
    return data


def read_waveform(recording: Recording) -> Waveform:
    """The waveform of a stored recording, from its file; raises as ``read_file`` does."""
    return read_edf_file(read_file(recording), manifest_of(recording))


def gaps_of(recording: Recording) -> tuple[tuple[float, float], ...] | None:
    """Seconds from the first sample, from and to, in which samples never arrived; None where that is not known."""
    if recording.stored_at is None or recording.gap_seconds is None:
        return None
    return gaps_in(_read(recording.file.name)) if recording.gap_seconds else ()


def damages(recording: Recording) -> list[str]:
    """Everything that no longer is as it was when the recording was stored, in sentences; none is good."""
    found = []
    hashes = []
    for chunk in recording.chunks.order_by("seq").iterator(chunk_size=500):
        hashes.append(bytes(chunk.sha256))
        if hashlib.sha256(bytes(chunk.data)).digest() != hashes[-1]:
            found.append(f"chunk {chunk.seq} does not have its SHA-256")
    if sha256_over(hashes) != recording.chunks_sha256:
        found.append("the chunks are not those that were stored")
    try:
        read_waveform(recording)
    except FileNotFoundError:
        found.append(f"the file {recording.file.name} is missing")
    except (CannotStore, OSError) as error:
        found.append(f"the file {recording.file.name}: {error}")
    return found
