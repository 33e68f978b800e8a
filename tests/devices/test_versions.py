"""A file that was made stands: what comes later makes another beside it, and chunks go only for a file that holds them."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from devices import storage, tasks
from devices.chunks import block_of, encode_chunk
from devices.models import Chunk, ChunkConflict, PrunedChunks, Recording, StoredFile
from devices.protocol import Chunk as ChunkContent
from devices.protocol import Envelope
from devices.records.wfdb_reading import read_wfdb
from devices.services import file_of, latest_report
from devices.storage import read_waveform
from devices.waveform import ChannelName
from eecp_clinic.models import AuditEvent
from tests.devices.wire import Sender, chunk, counts, outcomes

LATER = timedelta(days=31)


@pytest.fixture(autouse=True)
def _no_queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("devices.ingest.enqueue_finish", lambda uuid: None)
    yield


@pytest.fixture
def recording(agent: Sender) -> Recording:
    """Twelve seconds of which two never arrived, stored and judged."""
    agent.open()
    agent.send([chunk(seq) for seq in range(12) if seq not in {4, 5}])
    agent.close(11)
    return finished(Recording.objects.get())


def finished(recording: Recording) -> Recording:
    tasks.finish_recording(str(recording.pk))
    return Recording.objects.get(pk=recording.pk)


def overlapping(seq: int, first_s: int) -> Envelope:
    """A chunk under a number of its own that claims a second which belongs to another."""
    block = block_of(ChannelName.ECG, first_s * 250, counts(ChannelName.ECG, 0, 250))
    return encode_chunk(ChunkContent(seq, (block,)))


def test_late_chunk_leaves_the_first_file_and_its_report_as_they_were(
    agent: Sender, recording: Recording
) -> None:
    first, report = StoredFile.objects.get(), latest_report(recording)
    assert report is not None
    assert agent.send([chunk(4)]).status_code == 200
    waiting = Recording.objects.get()
    assert (waiting.is_verified, waiting.file_sha256) == (True, first.file_sha256)
    assert latest_report(waiting) is None  # it is being judged again
    assert finished(recording).file_sha256 != first.file_sha256
    assert [f.version for f in StoredFile.objects.all()] == [1, 2]
    assert file_of(report) == first
    assert storage.damages(Recording.objects.get()) == []


def test_version_of_a_file_cannot_be_changed_or_taken_away(recording: Recording) -> None:
    for refused in (lambda: StoredFile.objects.update(file_sha256="0" * 64), StoredFile.objects.get().delete):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            refused()


def test_late_chunks_in_a_row_are_audited_once(agent: Sender, recording: Recording) -> None:
    agent.send([chunk(4)])
    agent.send([chunk(5)])
    assert AuditEvent.objects.filter(action="recording.late_chunks").count() == 1


def test_sweep_finds_a_new_version_without_a_report(
    agent: Sender, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent.send([chunk(4)])
    storage.store(uuid=recording.pk, now=timezone.now())
    queued: list[object] = []
    monkeypatch.setattr(tasks, "enqueue_finish", queued.append)
    tasks.sweep_recordings()
    assert queued == [recording.pk]


def test_damage_of_an_earlier_version_is_named(
    agent: Sender, recording: Recording, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    agent.send([chunk(4)])
    finished(recording)
    (tmp_path / "media" / StoredFile.objects.get(version=1).file.name).unlink()
    with pytest.raises(CommandError, match="1 of 1 recordings failed"):
        call_command("verify_recordings")
    assert "is missing" in capsys.readouterr().err


def test_two_chunks_with_the_same_samples_are_a_conflict_and_no_failure(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(0), chunk(1)])
    assert outcomes(agent.send([overlapping(2, first_s=1)])) == ["stored"]
    agent.close(2)
    recording = finished(Recording.objects.get())
    assert (recording.is_verified, recording.failure) == (True, "")
    aside = ChunkConflict.objects.get()
    assert (aside.seq, aside.kind) == (2, ChunkConflict.Kind.SAMPLES)
    assert bytes(aside.data) == overlapping(2, first_s=1).data
    assert AuditEvent.objects.get(action="recording.stored").data["set_aside"] == [2]
    ecg = read_waveform(recording).channels[0]
    assert (ecg.samples[250:500] * 1000).round().tolist() == counts(ChannelName.ECG, 250, 250).tolist()


def test_the_first_that_was_committed_wins_whatever_its_number(agent: Sender) -> None:
    agent.open()
    agent.send([overlapping(2, first_s=1)])
    agent.send([chunk(0), chunk(1)])
    agent.close(2)
    finished(Recording.objects.get())
    assert ChunkConflict.objects.get().seq == 1


def test_overlap_is_shown_once_however_often_the_file_is_made(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(0), overlapping(1, first_s=0)])
    agent.close(3)
    finished(Recording.objects.get())
    agent.send([chunk(3)])
    finished(Recording.objects.get())
    assert ChunkConflict.objects.count() == 1


def test_chunks_stay_until_their_file_is_old(recording: Recording) -> None:
    tasks.prune_chunks()
    assert Chunk.objects.count() == 10


def test_pruned_recording_is_whole_and_told_as_before(
    agent: Sender, recording: Recording, capsys: pytest.CaptureFixture[str]
) -> None:
    before = agent.state().json()
    Recording.objects.update(verified_at=timezone.now() - LATER)
    tasks.prune_chunks()
    tasks.prune_chunks()
    assert (Chunk.objects.count(), PrunedChunks.objects.count()) == (0, 1)
    after = agent.state().json()
    assert before | {"server_time_ms": 0} == after | {"server_time_ms": 0}
    call_command("verify_recordings")
    assert AuditEvent.objects.filter(action="recording.chunks_pruned").count() == 1


def test_duplicates_and_conflicts_are_told_apart_after_pruning(agent: Sender, recording: Recording) -> None:
    storage.prune(uuid=recording.pk, now=timezone.now())
    assert outcomes(agent.send([chunk(0), chunk(1, shift=1)])) == ["duplicate", "conflict"]
    assert ChunkConflict.objects.get().seq == 1


def test_chunk_that_is_late_by_a_month_finds_its_place_in_the_file(
    agent: Sender, recording: Recording
) -> None:
    first = read_waveform(recording)
    storage.prune(uuid=recording.pk, now=timezone.now())
    assert outcomes(agent.send([chunk(4)])) == ["stored"]
    again = finished(recording)
    assert (again.is_verified, again.gap_seconds) == (True, 1)
    ecg = read_waveform(again).channels[0].samples
    assert (ecg[1000:1250] * 1000).round().tolist() == counts(ChannelName.ECG, 1000, 250).tolist()
    assert ecg[:1000].tolist() == first.channels[0].samples[:1000].tolist()
    storage.prune(uuid=recording.pk, now=timezone.now())
    assert PrunedChunks.objects.count() == 2
    assert storage.damages(Recording.objects.get()) == []


def test_chunks_of_a_damaged_file_are_not_let_go(recording: Recording, tmp_path: Path) -> None:
    (tmp_path / "media" / recording.file.name).write_bytes(b"other")
    assert storage.prune(uuid=recording.pk, now=timezone.now()) == 0
    assert Chunk.objects.count() == 10


def test_chunks_that_are_not_in_a_file_are_not_let_go(agent: Sender, recording: Recording) -> None:
    agent.send([chunk(4)])
    assert storage.prune(uuid=recording.pk, now=timezone.now()) == 0


def test_lost_chunk_is_noticed_before_a_file_is_made_without_it(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(0), chunk(1)])
    agent.close(1)
    Chunk.objects.filter(seq=1).delete()
    assert "are not in the database" in finished(Recording.objects.get()).failure


def test_earlier_version_can_be_taken_and_the_audit_trail_knows_which(
    agent: Sender, recording: Recording, nurse_client: Client
) -> None:
    agent.send([chunk(4)])
    finished(recording)
    address = reverse("devices:recording-file", args=[recording.pk])
    first, newest = StoredFile.objects.all()
    for query, stored in (({"version": "1"}, first), ({}, newest)):
        answer = nurse_client.get(address, query)
        assert hashlib.sha256(answer.content).hexdigest() == stored.file_sha256
        event = AuditEvent.objects.filter(action="recording.downloaded").latest("pk")
        assert event.data["file_sha256"] == stored.file_sha256
    for version in ("3", "0", "x", "9" * 9):
        assert nurse_client.get(address, {"version": version}).status_code == 404


def test_wfdb_record_holds_the_same_samples_and_marks(
    recording: Recording, nurse_client: Client, tmp_path: Path
) -> None:
    answer = nurse_client.get(reverse("devices:recording-file", args=[recording.pk]), {"as": "wfdb"})
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    (header,) = tmp_path.glob("*.hea")
    found = read_wfdb(header.with_suffix(""))
    stored = read_waveform(recording)
    for signal, channel in zip(found.signals, stored.channels, strict=True):
        assert signal.name == channel.name
        assert np.allclose(signal.samples, channel.samples, atol=0.02, equal_nan=True)
    texts = [mark.text for mark in found.marks]
    assert texts.count("trigger") == 10
    assert "gap ECG until 6 s" in texts
