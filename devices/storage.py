"""The finished recording: one EDF+ file in the file store, read back and verified, with hashes that prove it.

What arrives later makes another version of the file beside the first; a version is never changed or taken away,
so what was signed with it can be shown with it.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from devices import files
from devices.assembly import Gap
from devices.edf import CannotStore, gaps_in, read_edf_file, write_edf
from devices.gathering import Gathered, gather, hashes_of_pruned, keep_aside, sha256_over
from devices.models import PrunedChunks, Recording, StoredFile
from devices.protocol import ProtocolError
from devices.recordings import manifest_of, record_audit
from devices.running import Running, from_plain, running_in, to_plain
from devices.waveform import Waveform

_FAILURE_LENGTH = 200
#: So long the chunks stay beside their verified file; a late one finds its neighbours as they came.
KEPT = timedelta(days=30)


def store(*, uuid: UUID, now: datetime) -> bool:
    """Make, save and verify the file of a recording that is over. Running it twice is harmless.

    Returns whether all that has arrived is stored; where it never can be, ``failure`` says why. A chunk that
    arrives meanwhile makes it False, and the next sweep begins again.
    """
    recording = Recording.objects.select_related("device__clinic").get(pk=uuid)
    if recording.closed_at is None:
        return False
    if recording.stored_at is not None and recording.late_chunks_at is None:
        return True
    try:
        gathered = gather(recording)
        data = write_edf(
            gathered.waveform, gathered.gaps, gathered.manifest, recording.uuid, recording.started_at
        )
        file_sha256 = hashlib.sha256(data).hexdigest()
        name = files.save(recording, data, file_sha256)
        refusal = verify_file(name, file_sha256, gathered)
    except (CannotStore, ProtocolError) as error:
        refusal = str(error)
    if refusal:
        _note_failure(recording, refusal)
        return False
    return _conclude(recording, gathered, name, file_sha256, now)


def verify_file(name: str, file_sha256: str, gathered: Gathered) -> str:
    """Why the saved file is not the recording, or ''. It is read back whole: hash, samples and events."""
    data = files.read(name)
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
        if locked.closed_at is None or locked.received != gathered.received:
            return False
        if locked.stored_at is not None and locked.late_chunks_at is None:
            return True
        version = StoredFile.objects.create(
            recording=locked,
            version=locked.files.count() + 1,
            file=name,
            file_sha256=file_sha256,
            chunks_sha256=gathered.chunks_sha256,
            received=gathered.received,
            ended_at=locked.ended_at,
            gap_seconds=seconds_in(gathered.gaps),
            stored_at=now,
        )
        _point_to(locked, version, gathered.waveform)
        aside = keep_aside(locked, gathered.set_aside)
        record_audit(
            "recording.stored",
            recording,
            now,
            file_sha256=file_sha256,
            version=version.version,
            set_aside=aside,
        )
    return True


def _point_to(recording: Recording, version: StoredFile, waveform: Waveform) -> None:
    """The recording's own columns are those of its newest file."""
    recording.file.name = version.file.name
    recording.file_sha256 = version.file_sha256
    recording.chunks_sha256 = version.chunks_sha256
    recording.gap_seconds = version.gap_seconds
    recording.running = to_plain(running_in(waveform.events))
    recording.stored_at = recording.verified_at = version.stored_at
    recording.late_chunks_at = None
    recording.failure = ""
    fields = ["file", "file_sha256", "chunks_sha256", "gap_seconds", "running", "stored_at", "verified_at"]
    recording.save(update_fields=[*fields, "late_chunks_at", "failure"])


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
    return files.read_checked(recording)


def read_waveform(recording: Recording) -> Waveform:
    """The waveform of a stored recording, from its file; raises as ``read_file`` does."""
    return read_edf_file(read_file(recording), manifest_of(recording))


def gaps_of(recording: Recording) -> tuple[tuple[float, float], ...] | None:
    """Seconds from the first sample, from and to, in which samples never arrived; None where that is not known."""
    if recording.stored_at is None or recording.gap_seconds is None:
        return None
    return gaps_in(files.read(recording.file.name)) if recording.gap_seconds else ()


def running_of(recording: Recording) -> tuple[Running, ...] | None:
    """When the cuffs worked, by the events in the newest file; None where that is not known."""
    if recording.stored_at is None:
        return None
    if recording.running is not None:
        return from_plain(recording.running)
    return running_in(read_waveform(recording).events) if recording.file else None


def prune(*, uuid: UUID, now: datetime) -> int:
    """Let the bytes of chunks go that a verified file holds; how many. Their hashes stay.

    The file is read back and everything verified again first, under the recording's lock; what fails, or is not
    wholly in a file, keeps its chunks.
    """
    with transaction.atomic():
        recording = (
            Recording.objects.select_for_update(no_key=True, of=("self",))
            .select_related("device__clinic")
            .get(pk=uuid)
        )
        newest = recording.files.order_by("version").last()
        whole = newest is not None and newest.received == recording.received and not recording.is_open
        if newest is None or not whole or recording.late_chunks_at is not None or damages(recording):
            return 0
        hashes = dict(recording.chunks.order_by("seq").values_list("seq", "sha256"))
        if not hashes:
            return 0
        PrunedChunks.objects.create(
            recording=recording,
            file=newest,
            seqs=list(hashes),
            sha256s=b"".join(bytes(value) for value in hashes.values()),
            pruned_at=now,
        )
        recording.chunks.all().delete()
        record_audit("recording.chunks_pruned", recording, now, chunks=len(hashes), version=newest.version)
    return len(hashes)


def damages(recording: Recording) -> list[str]:
    """Everything that no longer is as it was when the recording was stored, in sentences; none is good."""
    found = []
    hashes = hashes_of_pruned(recording)
    for chunk in recording.chunks.order_by("seq").iterator(chunk_size=500):
        hashes[chunk.seq] = bytes(chunk.sha256)
        if hashlib.sha256(bytes(chunk.data)).digest() != hashes[chunk.seq]:
            found.append(f"chunk {chunk.seq} does not have its SHA-256")
    versions: list[StoredFile | Recording] = list(recording.files.order_by("version"))
    for stored in versions or [recording]:
        found += _damages_of_file(stored, recording, hashes)
    return found


def _damages_of_file(
    stored: StoredFile | Recording, recording: Recording, hashes: dict[int, bytes]
) -> list[str]:
    """One version against its own hashes, and against those of the chunks that it was made of."""
    found = []
    label = f"version {stored.version}: " if isinstance(stored, StoredFile) and stored.version > 1 else ""
    within = {seq: value for seq, value in hashes.items() if _holds(stored, seq)}
    if sha256_over(within) != stored.chunks_sha256:
        found.append(f"{label}the chunks are not those that were stored")
    try:
        read_edf_file(files.read_checked(stored), manifest_of(recording))
    except FileNotFoundError:
        found.append(f"{label}the file {stored.file.name} is missing")
    except (CannotStore, ProtocolError, OSError) as error:
        found.append(f"{label}the file {stored.file.name}: {error}")
    return found


def _holds(stored: StoredFile | Recording, seq: int) -> bool:
    return any(first <= seq <= last for first, last in stored.received)
