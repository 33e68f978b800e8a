"""Recordings are stored, verified and judged, however often and in whatever order the tasks run."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pgtrigger
import pytest
from celery import current_app
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django.fixtures import Settings

from devices import files, notices, signals, storage, tasks
from devices.chunks import decode_chunk
from devices.edf import write_edf
from devices.gathering import gather
from devices.models import Chunk, Device, GatingReport, Recording
from devices.recordings import SILENCE, manifest_of
from devices.services import latest_report, prescribe
from devices.storage import read_waveform
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import AuditEvent
from tests import factories
from tests.devices.wire import Sender, chunk
from tests.factories import MONDAY_NINE


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be given to the broker."""
    found: list[str] = []
    for module in (notices, tasks):
        monkeypatch.setattr(module, "enqueue_finish", lambda uuid: found.append(str(uuid)))
    return found


@pytest.fixture
def recording(agent: Sender) -> Recording:
    """Twelve seconds, of which two never arrived, closed by the agent."""
    agent.open()
    agent.send([chunk(seq) for seq in range(12) if seq not in {4, 5}])
    agent.close(11)
    return Recording.objects.get()


def finished(recording: Recording) -> Recording:
    tasks.finish_recording(str(recording.pk))
    recording.refresh_from_db()
    return recording


def test_closed_recording_becomes_one_verified_file_with_a_report(recording: Recording) -> None:
    finished(recording)
    assert recording.is_verified
    assert recording.gap_seconds == 2
    with default_storage.open(recording.file.name) as file:
        assert hashlib.sha256(file.read()).hexdigest() == recording.file_sha256
    hashes = b"".join(bytes(c.sha256) for c in Chunk.objects.order_by("seq"))
    assert recording.chunks_sha256 == hashlib.sha256(hashes).hexdigest()
    report = latest_report(recording)
    assert report is not None
    assert report.grade == "not assessable"  # a drawing has no heart beat
    assert report.input_sha256 == recording.file_sha256
    assert AuditEvent.objects.filter(action="recording.stored").count() == 1


def test_file_holds_what_was_sent(recording: Recording) -> None:
    ecg = read_waveform(finished(recording)).channels[0]
    first = decode_chunk(chunk(0), manifest_of(recording)).blocks[0]
    assert (ecg.samples[:250] * 1000).round().tolist() == first.counts().tolist()
    assert bool((ecg.samples[1000:1500] != ecg.samples[1000:1500]).all())  # NaN: the two lost seconds


def test_finishing_twice_changes_nothing(recording: Recording) -> None:
    before = finished(recording).stored_at
    after = finished(recording).stored_at
    assert before == after
    assert GatingReport.objects.count() == 1
    assert len(default_storage.listdir("recordings/2026/11")[1]) == 1


def test_run_that_died_before_it_noted_the_file_is_repeated_without_a_second_file(
    recording: Recording,
) -> None:
    finished(recording)
    Recording.objects.update(stored_at=None, verified_at=None, file="", file_sha256="")
    assert finished(recording).is_verified
    assert len(default_storage.listdir("recordings/2026/11")[1]) == 1


def test_half_written_file_of_a_dead_run_is_not_taken_for_the_recording(
    recording: Recording, tmp_path: Path
) -> None:
    found = gather(recording)
    data = write_edf(found.waveform, found.gaps, found.manifest, recording.uuid, recording.started_at)
    name = files.save(recording, data, hashlib.sha256(data).hexdigest())
    (tmp_path / "media" / name).write_bytes(data[:1000])
    assert finished(recording).is_verified
    assert recording.file.name != name
    assert storage.damages(recording) == []


def test_report_is_announced_once_and_after_commit(
    recording: Recording, django_capture_on_commit_callbacks: Iterator[object]
) -> None:
    heard: list[int] = []

    def listen(report: GatingReport, **kwargs: object) -> None:
        heard.append(report.pk)

    signals.report_ready.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        finished(recording)
        assert heard == []
    finished(recording)
    assert heard == [GatingReport.objects.get().pk]


def test_prescription_told_later_makes_another_report(recording: Recording) -> None:
    finished(recording)
    prescribe(recording=recording, pressure_mmhg=260, minutes=60)
    finished(recording)
    assert GatingReport.objects.count() == 2
    newest = latest_report(recording)
    assert newest is not None
    assert newest.config["prescribed_pressure_mmhg"] == 260


def test_prescription_in_another_unit_is_refused(recording: Recording) -> None:
    with pytest.raises(InvalidInput, match="kPa"):
        prescribe(recording=recording, pressure_mmhg=35, minutes=60)


def test_late_chunk_gives_a_new_file_and_a_new_report(agent: Sender, recording: Recording) -> None:
    first = finished(recording).file_sha256
    agent.send([chunk(4), chunk(5)])
    finished(recording)
    assert recording.file_sha256 != first
    assert recording.gap_seconds == 0
    assert [r.input_sha256 for r in GatingReport.objects.order_by("pk")] == [first, recording.file_sha256]


def test_chunk_that_comes_while_the_file_is_made_is_not_forgotten(
    agent: Sender, recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathered = gather(recording)
    agent.send([chunk(4)])
    monkeypatch.setattr(storage, "gather", lambda recording: gathered)
    assert not storage.store(uuid=recording.pk, now=MONDAY_NINE)
    recording.refresh_from_db()
    assert recording.stored_at is None


def test_open_recording_is_not_stored(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(0)])
    assert finished(Recording.objects.get()).stored_at is None


def test_recording_without_samples_says_that_there_is_nothing_to_store(agent: Sender) -> None:
    agent.open()
    agent.close(-1)
    recording = finished(Recording.objects.get())
    assert recording.stored_at is None
    assert "no samples" in recording.failure


def test_file_store_that_gives_back_other_bytes_is_found_out(
    recording: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "read", lambda name: b"other")
    assert "other bytes" in finished(recording).failure
    assert recording.stored_at is None


def test_sweep_asks_once_for_what_is_due(recording: Recording, queued: list[str]) -> None:
    Recording.objects.update(last_chunk_at=timezone.now() - timedelta(minutes=1))
    tasks.sweep_recordings()
    tasks.sweep_recordings()
    assert queued == [str(recording.pk)]


def test_sweep_waits_until_late_chunks_have_stopped(recording: Recording, queued: list[str]) -> None:
    tasks.sweep_recordings()
    assert queued == []


def test_sweep_finds_a_stored_recording_without_a_report(device: Device, queued: list[str]) -> None:
    recording = factories.make_recording(device)
    factories.make_report(factories.make_recording(device, MONDAY_NINE - timedelta(days=1)))
    tasks.sweep_recordings()
    assert queued == [str(recording.pk)]


def test_sweep_leaves_what_can_never_be_stored(agent: Sender, queued: list[str]) -> None:
    agent.open()
    agent.close(-1)
    finished(Recording.objects.get())
    tasks.sweep_recordings()
    assert queued == []


def test_silent_recording_is_closed_at_its_last_sample(agent: Sender) -> None:
    agent.open()
    agent.send([chunk(0), chunk(1)])
    Recording.objects.update(last_chunk_at=timezone.now() - SILENCE - timedelta(seconds=1))
    tasks.sweep_recordings()
    tasks.sweep_recordings()
    recording = Recording.objects.get()
    assert recording.ended_at == MONDAY_NINE + timedelta(seconds=2)
    assert recording.last_seq is None
    assert AuditEvent.objects.filter(action="recording.closed_for_silence").count() == 1


def test_recording_heard_of_lately_stays_open(agent: Sender) -> None:
    agent.open()
    tasks.sweep_recordings()
    assert Recording.objects.get().is_open


def test_live_figures_are_of_the_running_recordings_only(
    agent: Sender, device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at_once(uuid: UUID, expires_s: float) -> None:
        tasks.refresh_figures_of(str(uuid))

    monkeypatch.setattr(tasks, "enqueue_figures", at_once)
    factories.make_recording(device)
    agent.open()
    agent.send([chunk(seq) for seq in range(5)])
    tasks.refresh_live_figures()
    running = Recording.objects.get(pk=agent.uuid)
    assert running.live is not None
    assert running.live["until_s"] == 5
    assert running.live["grade"] == "not assessable"
    first = running.live_at
    tasks.refresh_live_figures()
    running.refresh_from_db()
    assert running.live_at == first  # no new samples, no new figures
    assert Recording.objects.filter(live__isnull=False).count() == 1


def test_row_that_no_agent_made_has_no_figures_and_says_why_it_has_no_file(device: Device) -> None:
    recording = factories.make_recording(device, closed_at=None, ended_at=None, stored_at=None)
    tasks.refresh_figures_of(str(recording.pk))
    Recording.objects.update(closed_at=MONDAY_NINE)
    assert "no valid manifest" in finished(recording).failure
    assert recording.live is None


def test_lost_broker_delays_work_and_refuses_nothing(
    recording: Recording, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OperationalError

    monkeypatch.setattr(current_app, "send_task", refuse)
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    notices.enqueue_finish(recording.pk)
    notices.announce_chunks(recording.pk)
    notices.publish({recording.pk})


def test_verify_recordings_is_content_with_what_is_whole(
    recording: Recording, capsys: pytest.CaptureFixture[str]
) -> None:
    finished(recording)
    call_command("verify_recordings")
    assert "1 recordings checked" in capsys.readouterr().out


def test_verify_recordings_names_a_file_with_one_flipped_byte(
    recording: Recording, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "media" / finished(recording).file.name
    data = bytearray(path.read_bytes())
    data[5000] ^= 1
    path.write_bytes(data)
    with pytest.raises(CommandError, match="1 of 1 recordings failed"):
        call_command("verify_recordings")
    assert f"{recording.pk}: the file" in capsys.readouterr().err


def test_verify_recordings_names_a_missing_file_and_a_lost_chunk(
    recording: Recording, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "media" / finished(recording).file.name).unlink()
    Chunk.objects.filter(seq=3).delete()
    with pytest.raises(CommandError):
        call_command("verify_recordings", str(recording.pk))
    said = capsys.readouterr().err
    assert "is missing" in said
    assert "chunks are not those" in said


def test_verify_recordings_names_a_flipped_byte_in_a_chunk(
    recording: Recording, capsys: pytest.CaptureFixture[str]
) -> None:
    finished(recording)
    with pgtrigger.ignore("devices.Chunk:chunk_is_never_overwritten"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE devices_chunk SET data = set_byte(data, 9, get_byte(data, 9) # 1) WHERE seq = 2"
        )
    with pytest.raises(CommandError):
        call_command("verify_recordings")
    assert "chunk 2 does not have its SHA-256" in capsys.readouterr().err


def test_verify_recordings_names_a_report_whose_beats_are_damaged(
    recording: Recording, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    finished(recording)
    report = GatingReport.objects.get()
    (tmp_path / "media" / report.beats_file.name).write_bytes(b"other")
    with pytest.raises(CommandError, match="1 of 1 recordings failed"):
        call_command("verify_recordings")
    assert f"{recording.pk}: the report {report.code}" in capsys.readouterr().err
