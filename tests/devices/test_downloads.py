"""What a person downloads is the recording: every sample, event and gap, with a trace of who took it."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
import wfdb
from django.test import Client
from django.urls import reverse

from devices import downloads
from devices.models import Device, Recording
from devices.records.recording import recording_of
from devices.records.start import edf_start, wfdb_start
from devices.records.wfdb_reading import read_wfdb
from devices.storage import read_waveform, same
from eecp_clinic.errors import Conflict
from eecp_clinic.models import AuditEvent, User
from tests import factories
from tests.devices.records.samples import waveform
from tests.devices.stored import store_waveform
from tests.factories import MONDAY_NINE


@pytest.fixture
def recording(device: Device) -> Recording:
    return store_waveform(device, waveform())


def unpacked(data: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
        [header] = [name for name in archive.namelist() if name.endswith(".hea")]
    return folder / header.removesuffix(".hea")


def test_wfdb_holds_every_sample_and_event_of_the_stored_file(recording: Recording, tmp_path: Path) -> None:
    found = recording_of(read_wfdb(unpacked(downloads.as_wfdb(recording, recording).data, tmp_path)))
    assert same(found.waveform, read_waveform(recording))
    assert found.notes == ()


def test_wfdb_is_read_by_the_format_s_own_package(recording: Recording, tmp_path: Path) -> None:
    base = unpacked(downloads.as_wfdb(recording, recording).data, tmp_path)
    record = wfdb.rdrecord(str(base), smooth_frames=False)
    ecg = record.e_p_signal[record.sig_name.index("ECG")]
    stored = read_waveform(recording).channels[0].samples
    np.testing.assert_allclose(ecg[: stored.size], stored, equal_nan=True, atol=1e-9)
    assert record.base_datetime == MONDAY_NINE.replace(tzinfo=None)
    marks = wfdb.rdann(str(base), "eecp")
    assert marks.aux_note[0].strip("\x00") == "trigger"


def test_both_forms_say_when_the_recording_began_and_name_no_patient(
    recording: Recording, tmp_path: Path
) -> None:
    edf = downloads.as_edf(recording, recording)
    assert edf_start(edf.data) == MONDAY_NINE
    base = unpacked(downloads.as_wfdb(recording, recording).data, tmp_path)
    header = base.with_suffix(".hea").read_text()
    assert wfdb_start(header) == MONDAY_NINE
    assert str(recording.pk) in header
    assert recording.file_sha256 in header


def test_same_recording_gives_the_same_bytes(recording: Recording) -> None:
    assert downloads.as_wfdb(recording, recording) == downloads.as_wfdb(recording, recording)


def test_download_as_wfdb_stands_in_the_audit_trail(
    physician_client: Client, physician: User, recording: Recording
) -> None:
    answer = physician_client.get(reverse("devices:recording-file", args=[recording.pk]), {"as": "wfdb"})
    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'Z-{str(recording.pk)[:8]}.zip"')
    event = AuditEvent.objects.get(action="recording.downloaded")
    assert (event.actor, event.data) == (
        physician,
        {"recording": str(recording.pk), "form": "wfdb", "file_sha256": recording.file_sha256},
    )


def test_recording_without_a_file_is_refused_as_wfdb_too(nurse_client: Client, device: Device) -> None:
    running = factories.make_recording(device, stored_at=None)
    answer = nurse_client.get(reverse("devices:recording-file", args=[running.pk]), {"as": "wfdb"})
    assert answer.status_code == 404
    assert not AuditEvent.objects.filter(action="recording.downloaded").exists()


def test_file_that_is_not_the_manifest_s_is_refused(recording: Recording) -> None:
    recording.manifest = {"channels": []}
    with pytest.raises(Conflict, match="Download it as EDF"):
        downloads.as_wfdb(recording, recording)
