"""An imported file under the wrong device: moved, matched anew, and left alone once a signed session has it."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from courses.models import Session
from courses.treatment import binding
from devices.models import Device, Recording, RecordingImport
from devices.moving import move_import
from eecp_clinic.errors import Conflict
from eecp_clinic.models import AuditEvent, User
from tests import factories
from tests.courses.treatment import scenes


def imported(recording: Recording, by: User, now: datetime) -> Recording:
    RecordingImport.objects.create(
        clinic=recording.device.clinic,
        device=recording.device,
        uploaded_by=by,
        uploaded_at=now,
        sha256="ab" * 32,
        found={},
        recording=recording,
    )
    return recording


@pytest.fixture
def wrong(nurse: User, physician: User) -> Device:
    clinic = nurse.memberships.get().clinic
    factories.make_device(clinic)  # the one on which the session runs
    return factories.make_device(clinic, "Device 9")


def test_moved_recording_finds_the_session_of_its_new_device(
    nurse: User,
    physician: User,
    now: datetime,
    wrong: Device,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    session = scenes.make_ended(nurse, physician, now)
    recording = imported(factories.make_recording(wrong, now), nurse, now)
    with django_capture_on_commit_callbacks(execute=True):
        move_import(recording=recording, device=session.device, actor=nurse, now=now)
    assert Session.objects.get(recording=recording) == session
    assert RecordingImport.objects.get().device == session.device
    events = AuditEvent.objects.filter(action="recording.moved", actor=nurse)
    assert {event.subject for event in events} == {f"device:{wrong.code}", f"device:{session.device.code}"}


def test_session_that_is_not_signed_loses_the_recording(
    nurse: User, physician: User, now: datetime, wrong: Device
) -> None:
    session = scenes.make_ended(nurse, physician, now)
    recording = imported(factories.make_recording(session.device, now), nurse, now)
    binding.bind_recording(recording=recording, now=now + timedelta(hours=2))
    move_import(recording=recording, device=wrong, actor=nurse, now=now)
    session.refresh_from_db()
    assert session.recording is None
    assert AuditEvent.objects.filter(action="session.recording_detached", actor=nurse).count() == 1


def test_recording_of_a_signed_session_stays(
    nurse: User, physician: User, now: datetime, wrong: Device
) -> None:
    session = scenes.make_signed(nurse, physician, now)
    assert session.recording is not None
    recording = imported(session.recording, nurse, now)
    with pytest.raises(Conflict, match="signed"):
        move_import(recording=recording, device=wrong, actor=nurse, now=now)
    assert Recording.objects.get(pk=recording.pk).device == session.device


def test_recording_of_an_agent_stays(nurse: User, now: datetime, wrong: Device) -> None:
    device = factories.make_device(wrong.clinic, "Device 8")
    with pytest.raises(Conflict, match="Only an imported file"):
        move_import(recording=factories.make_recording(wrong, now), device=device, actor=nurse, now=now)


def test_recording_is_not_moved_to_where_it_is(nurse: User, now: datetime, wrong: Device) -> None:
    recording = imported(factories.make_recording(wrong, now), nurse, now)
    with pytest.raises(Conflict, match="of this device already"):
        move_import(recording=recording, device=wrong, actor=nurse, now=now)


def test_person_moves_it_on_its_page(nurse_client: Client, nurse: User, now: datetime, wrong: Device) -> None:
    right = factories.make_device(wrong.clinic, "Device 8")
    recording = imported(factories.make_recording(wrong, now), nurse, now)
    url = reverse("devices:move-recording", args=[recording.pk])
    assert url in nurse_client.get(wrong.get_absolute_url()).content.decode()
    assert "Device 8" in nurse_client.get(url).content.decode()
    answer = nurse_client.post(url, {"device": right.code})
    assert answer["Location"].startswith(right.get_absolute_url())
    assert Recording.objects.get().device == right
    assert nurse_client.post(url, {"device": "nowhere"}).status_code == 422
