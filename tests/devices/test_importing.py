"""A console's file becomes a recording like any other, once, when a person has looked at it."""

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO

import numpy as np
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings

from devices import downloads, importing, ingest, tasks
from devices.models import Chunk, Device, GatingReport, Recording, RecordingImport
from devices.protocol import TriggerSource
from devices.records.given import Given
from devices.storage import damages, read_file, read_waveform, store
from devices.waveform import Channel, ChannelName, EventKind, Waveform
from eecp_clinic.errors import InvalidInput, NotFound
from eecp_clinic.models import AuditEvent, User
from tests import factories
from tests.devices.given_files import edf_of, wfdb_of, zip_of
from tests.devices.records.samples import waveform
from tests.devices.stored import store_waveform
from tests.devices.test_views import text

NOW = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
START = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)  # nine in the morning in Chicago, in summer time
WAVE = waveform(61.0)


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows a close is run here, by hand."""
    monkeypatch.setattr(ingest, "enqueue_finish", lambda recording: None)


@pytest.fixture
def taken(device: Device, nurse: User) -> RecordingImport:
    return importing.take_file(device=device, given=edf_of(WAVE), actor=nurse, now=NOW)


def confirmed(taken: RecordingImport, actor: User, started_at: datetime = START) -> Recording:
    return importing.confirm(
        taken=taken, started_at=started_at, trigger_source=TriggerSource.R_WAVE, actor=actor, now=NOW
    )


def upload(client: Client, device: Device, files: list[Given], **headers: str) -> object:
    sent = [SimpleUploadedFile(file.name, file.data) for file in files]
    return client.post(reverse("devices:import", args=[device.code]), {"files": sent}, headers=headers)


@pytest.mark.parametrize("files", [edf_of(WAVE), wfdb_of(WAVE), zip_of(wfdb_of(WAVE)), zip_of(edf_of(WAVE))])
def test_what_was_found_is_shown_and_confirmed(
    nurse_client: Client, device: Device, files: list[Given]
) -> None:
    page = nurse_client.get(upload(nurse_client, device, files)["Location"])  # type: ignore[index]
    assert "1 min 01 s" in text(page)
    assert "60 triggers, 180 inflations, 180 deflations" in text(page)
    assert "CUFF_HIP" in text(page)
    assert not Recording.objects.exists()
    answer = nurse_client.post(
        page.request["PATH_INFO"], {"started_at": "2026-03-09T09:00:00", "trigger_source": "r_wave"}
    )
    recording = Recording.objects.get()
    assert answer["Location"].endswith(f"#recording-{recording.pk}")
    assert recording.started_at == START
    assert recording.ended_at == START + timedelta(seconds=61)
    assert recording.clock_offset_ms == 0 or abs(recording.clock_offset_ms or 9) < 10
    assert (recording.last_seq, Chunk.objects.count()) == (60, 61)


@pytest.mark.parametrize("files", [wfdb_of(WAVE), zip_of(wfdb_of(WAVE))])
def test_every_sample_and_event_of_the_file_is_stored_and_judged(
    device: Device, nurse: User, files: list[Given]
) -> None:
    taken = importing.take_file(device=device, given=files, actor=nurse, now=NOW)
    recording = confirmed(taken, nurse)
    tasks.finish_recording(str(recording.pk))
    recording.refresh_from_db()
    assert recording.is_verified
    assert damages(recording) == []
    stored = read_waveform(recording)
    for channel in WAVE.channels:
        found = stored.channel(channel.name)
        assert found is not None
        np.testing.assert_allclose(found.samples, channel.samples, atol=0.011, equal_nan=True)
    assert stored.event_times_s(EventKind.TRIGGER).size == 60
    assert GatingReport.objects.get().recording == recording


def test_start_is_read_in_the_zone_of_the_clinic(taken: RecordingImport) -> None:
    assert taken.started_at == START


def test_start_that_was_corrected_is_taken_and_audited(taken: RecordingImport, nurse: User) -> None:
    later = START + timedelta(hours=1)
    assert confirmed(taken, nurse, later).started_at == later
    event = AuditEvent.objects.get(action="recording.imported")
    assert event.actor == nurse
    assert event.data["start_corrected"] is True
    assert event.data["sha256"] == taken.sha256


def test_recording_that_would_end_in_the_future_is_refused(
    nurse_client: Client, taken: RecordingImport
) -> None:
    far = {"started_at": "2099-03-09T09:00:00", "trigger_source": "r_wave"}
    answer = nurse_client.post(taken.get_absolute_url(), far)
    assert answer.status_code == 422
    assert "would end in the future" in text(answer)
    assert "2099-03-09T09:00:00" in text(answer)
    assert not Recording.objects.exists()


@pytest.mark.parametrize("values", [{}, {"started_at": "soon"}, {"started_at": "2026-03-09T09:00:00"}])
def test_nothing_is_assumed_of_what_was_not_said(
    nurse_client: Client, taken: RecordingImport, values: dict[str, str]
) -> None:
    assert nurse_client.post(taken.get_absolute_url(), values).status_code in (200, 422)
    assert not Recording.objects.exists()


def test_name_in_a_file_is_kept_nowhere(taken: RecordingImport, nurse: User) -> None:
    recording = confirmed(taken, nurse)
    store(uuid=recording.pk, now=NOW)
    recording.refresh_from_db()
    assert b"Joan" in edf_of(WAVE)[0].data
    kept = read_file(recording) + b"".join(bytes(chunk.data) for chunk in Chunk.objects.all())
    assert b"Joan" not in kept
    assert "Joan" not in str(list(RecordingImport.objects.values())) + str(list(AuditEvent.objects.values()))


def test_same_file_is_recognised_and_leads_to_its_recording(
    nurse_client: Client, taken: RecordingImport, device: Device, nurse: User
) -> None:
    recording = confirmed(taken, nurse)
    answer = upload(nurse_client, device, edf_of(WAVE, name="again.edf"))
    assert answer["Location"].endswith(f"#recording-{recording.pk}")  # type: ignore[index]
    assert "at your clinic already" in text(nurse_client.get(device.get_absolute_url()))
    assert Recording.objects.count() == 1
    assert RecordingImport.objects.count() == 1


def test_same_record_in_a_zip_is_the_same_file(device: Device, nurse: User) -> None:
    confirmed(importing.take_file(device=device, given=wfdb_of(WAVE), actor=nurse, now=NOW), nurse)
    with pytest.raises(importing.ImportedBefore):
        importing.take_file(device=device, given=zip_of(wfdb_of(WAVE)), actor=nurse, now=NOW)


def test_file_that_was_uploaded_twice_is_confirmed_once(
    taken: RecordingImport, device: Device, nurse: User
) -> None:
    second = importing.take_file(device=device, given=edf_of(WAVE), actor=nurse, now=NOW)
    first = confirmed(taken, nurse)
    for again in (taken, second):
        with pytest.raises(importing.ImportedBefore) as refused:
            confirmed(again, nurse)
        assert refused.value.recording == first
    assert Recording.objects.count() == 1


def test_download_of_our_own_is_not_taken_for_a_new_recording(device: Device, nurse: User) -> None:
    recording = store_waveform(device, WAVE)
    recording.files.create(
        version=1, file=recording.file.name, file_sha256=recording.file_sha256, received=(), stored_at=NOW
    )
    given = Given("a.edf", downloads.as_edf(recording, recording).data)
    with pytest.raises(importing.ImportedBefore):
        importing.take_file(device=device, given=[given], actor=nurse, now=NOW)


def test_same_file_at_another_clinic_is_its_own(taken: RecordingImport, nurse: User, outsider: User) -> None:
    confirmed(taken, nurse)
    other = factories.make_device(factories.make_clinic(name="Third Example Clinic"))
    again = importing.take_file(device=other, given=edf_of(WAVE), actor=outsider, now=NOW)
    assert confirmed(again, outsider).device == other


def short(**changes: object) -> list[Given]:
    ecg = Channel(ChannelName.ECG, 250.0, np.sin(np.arange(2500) / 40))
    return edf_of(Waveform((ecg,)), **changes)  # type: ignore[arg-type]


def renamed(name: str) -> Callable[[], list[Given]]:
    return lambda: [Given(name, short()[0].data)]


def bomb() -> list[Given]:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("session.edf", bytes(50_000_000))
    return [Given("bomb.zip", packed.getvalue())]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (lambda: [Given("a.edf", b"")], "neither an EDF file nor a WFDB record"),
        (lambda: [Given("a.edf", b"MZ" * 500)], "neither an EDF file nor a WFDB record"),
        (lambda: [Given("a.edf", short()[0].data[:-100])], "not a whole EDF"),
        (lambda: [Given("a.dat", b"x")], "neither an EDF file nor a WFDB record"),
        (lambda: wfdb_of(WAVE)[1:2], "neither an EDF file nor a WFDB record"),
        (lambda: wfdb_of(WAVE)[:2], "None of the files is a header"),
        (lambda: wfdb_of(WAVE)[2:], "signal file session.dat is not there"),
        (lambda: short() + short(), "same name"),
        (renamed("../\n"), "no usable name"),
        (bomb, "holds more than can be taken"),
        (lambda: [Given("a.zip", b"PK\x03\x04" + b"x" * 50)], "cannot be unpacked"),
        (lambda: zip_of([]), "holds 0 files"),
        (lambda: [Given("a.hea", b"x")], "names no sampling frequency"),
    ],
)
def test_what_is_no_whole_record_is_refused_in_words(
    device: Device, nurse: User, files: Callable[[], list[Given]], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence) as refused:
        importing.take_file(device=device, given=files(), actor=nurse, now=NOW)
    assert "/" not in refused.value.message
    assert not RecordingImport.objects.exists()


def test_name_with_folders_stays_in_its_own(device: Device, nurse: User) -> None:
    given = renamed("..\\..\\etc/passwd.edf")()
    assert importing.take_file(device=device, given=given, actor=nurse, now=NOW).found["kind"] == "EDF"


def test_refusal_is_a_fragment_that_leaves_the_chosen_files(nurse_client: Client, device: Device) -> None:
    answer = upload(nurse_client, device, [Given("a.edf", b"no")], **{"HX-Request": "true"})
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "data-refusal" in text(answer)


def test_upload_by_htmx_is_led_to_the_confirmation(nurse_client: Client, device: Device) -> None:
    answer = upload(nurse_client, device, short(), **{"HX-Request": "true"})
    assert answer["HX-Redirect"] == RecordingImport.objects.get().get_absolute_url()  # type: ignore[index]


def test_upload_that_is_too_large_is_refused_and_not_read(
    nurse_client: Client, device: Device, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES = 4000
    answer = upload(nurse_client, device, short())
    assert answer.status_code == 413  # type: ignore[attr-defined]
    assert "At most" in text(answer)
    assert answer.wsgi_request.FILES.getlist("files") == []  # type: ignore[attr-defined]


def test_upload_without_a_file_is_refused(nurse_client: Client, device: Device) -> None:
    answer = nurse_client.post(reverse("devices:import", args=[device.code]))
    assert (answer.status_code, "No file was chosen" in text(answer)) == (422, True)


def test_recording_of_the_same_time_is_pointed_out(
    nurse_client: Client, device: Device, taken: RecordingImport
) -> None:
    assert "already. If it is the same session" not in text(nurse_client.get(taken.get_absolute_url()))
    factories.make_recording(device, START - timedelta(minutes=30))
    assert "already. If it is the same session" in text(nurse_client.get(taken.get_absolute_url()))


def test_file_that_is_discarded_leaves_nothing(
    nurse: User,
    taken: RecordingImport,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    name = taken.chunks.name
    with django_capture_on_commit_callbacks(execute=True):
        importing.discard(taken=taken, actor=nurse, now=NOW)
    assert not default_storage.exists(name)
    with pytest.raises(NotFound):
        confirmed(taken, nurse)


def test_recording_is_not_discarded_with_its_file(taken: RecordingImport, nurse: User) -> None:
    confirmed(taken, nurse)
    with pytest.raises(importing.ImportedBefore):
        importing.discard(taken=taken, actor=nurse, now=NOW)
    assert Recording.objects.count() == 1


def test_file_that_nobody_confirmed_is_forgotten_after_a_day_and_twice_is_once(
    taken: RecordingImport,
) -> None:
    assert importing.forget_unconfirmed(now=NOW + timedelta(hours=23)) == 0
    assert importing.forget_unconfirmed(now=NOW + timedelta(days=1)) == 1
    assert importing.forget_unconfirmed(now=NOW + timedelta(days=1)) == 0
    assert not RecordingImport.objects.exists()


def test_file_of_another_device_is_not_there(
    nurse_client: Client, device: Device, taken: RecordingImport
) -> None:
    other = factories.make_device(device.clinic, "Device 2")
    address = reverse("devices:import-confirm", args=[other.code, taken.code])
    assert nurse_client.get(address).status_code == 404
