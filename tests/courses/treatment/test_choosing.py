"""Several recordings in one hour: none vanishes, a person chooses, and a signed session keeps the one it has."""

from datetime import datetime, timedelta

import pytest

from courses.models import Session, SetAsideRecording
from courses.treatment import binding, services
from courses.treatment.choosing import others_of
from devices.models import Recording
from eecp_clinic.errors import Conflict, NotAllowed
from eecp_clinic.models import AuditEvent, Signature, User
from tests import factories
from tests.courses.treatment import scenes

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def ended(nurse: User, physician: User, now: datetime) -> Session:
    """A session whose console was started again after forty minutes: two recordings, the first is bound."""
    session = scenes.make_ended(nurse, physician, now)
    first = factories.make_recording(session.device, now, minutes=40)
    binding.bind_recording(recording=first, now=now + HOUR)
    session.refresh_from_db()
    return session


@pytest.fixture
def second(ended: Session, now: datetime) -> Recording:
    return factories.make_recording(ended.device, now + 48 * MINUTE, minutes=12)


def test_second_recording_of_the_hour_is_named_with_its_minutes(
    ended: Session, second: Recording, now: datetime
) -> None:
    [other] = others_of(ended, now + HOUR)
    assert (other.recording, other.sentence) == (second, "Another recording has 12 min of this hour.")


def test_second_recording_that_runs_is_named(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_running(nurse, physician, now)
    binding.bind_recording(recording=factories.make_recording(session.device, now, minutes=5), now=now)
    factories.make_recording(session.device, now + 6 * MINUTE, ended_at=None, closed_at=None, stored_at=None)
    session.refresh_from_db()
    [other] = others_of(session, now + 7 * MINUTE)
    assert other.sentence == "Another recording runs on this device in this hour."


def test_recordings_of_other_hours_devices_and_sessions_are_not_named(ended: Session, now: datetime) -> None:
    factories.make_recording(ended.device, now - 3 * HOUR)
    factories.make_recording(ended.device, now + 61 * MINUTE)
    factories.make_recording(factories.make_device(ended.course.clinic, "Device 2"), now)
    assert others_of(ended, now + 3 * HOUR) == []


def test_wrong_clock_is_allowed_for(ended: Session, now: datetime) -> None:
    away = timedelta(days=400)
    factories.make_recording(
        ended.device, now + away + 5 * MINUTE, minutes=20, clock_offset_ms=away // timedelta(milliseconds=1)
    )
    assert len(others_of(ended, now + HOUR)) == 1


def test_person_chooses_the_other_and_the_first_is_set_aside(
    ended: Session, second: Recording, nurse: User, now: datetime
) -> None:
    first = ended.recording
    chosen = services.choose_recording(session=ended, recording=second, actor=nurse, now=now + 2 * HOUR)
    assert chosen.recording == second
    assert [other.recording for other in others_of(chosen, now + 2 * HOUR)] == [first]
    assert SetAsideRecording.objects.get().recording == first
    actions = AuditEvent.objects.filter(subject=f"session:{ended.code}", actor=nurse).values_list(
        "action", flat=True
    )
    assert {"session.recording_detached", "session.recording_bound"} <= set(actions)
    second.refresh_from_db()
    assert second.prescribed_pressure_mmhg == 260
    assert first is not None
    first.refresh_from_db()
    assert first.prescribed_pressure_mmhg is None


def test_detached_recording_is_not_bound_again_by_device_and_time(
    ended: Session, nurse: User, now: datetime
) -> None:
    recording = ended.recording
    assert recording is not None
    services.detach_recording(session=ended, actor=nurse, now=now + HOUR)
    assert binding.bind_recording(recording=recording, now=now + HOUR) is None
    assert recording in binding.unmatched_recordings(ended.course.clinic)
    services.attach_recording(recording=recording, session=ended, actor=nurse, now=now + HOUR)
    assert not SetAsideRecording.objects.exists()


def test_detached_running_recording_is_not_bound_at_the_start_of_that_session(
    nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_running(nurse, physician, now)
    recording = factories.make_recording(session.device, now, ended_at=None, closed_at=None, stored_at=None)
    binding.bind_recording(recording=recording, now=now)
    services.detach_recording(session=session, actor=nurse, now=now + MINUTE)
    session.refresh_from_db()
    assert binding.bind_open_recording(session=session, now=now + MINUTE) is None


def test_nothing_can_be_detached_where_nothing_is_bound(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ended(nurse, physician, now)
    with pytest.raises(Conflict, match="No recording is bound"):
        services.detach_recording(session=session, actor=nurse, now=now)


def test_recording_of_another_session_cannot_be_chosen(
    ended: Session, nurse: User, physician: User, now: datetime
) -> None:
    patient = factories.make_patient(ended.course.clinic, given_name="Tilda")
    device = factories.make_device(ended.course.clinic, "Device 2")
    other = scenes.make_hour(nurse, physician, now, patient=patient, device=device)
    theirs = factories.make_recording(device, now)
    factories.make_session(other, nurse, Session.State.ENDED, recording=theirs)
    with pytest.raises(Conflict, match="has a recording already"):
        services.choose_recording(session=ended, recording=theirs, actor=nurse, now=now + HOUR)
    ended.refresh_from_db()
    assert ended.recording is not None


def test_who_does_not_treat_cannot_choose(
    ended: Session, second: Recording, biller: User, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        services.choose_recording(session=ended, recording=second, actor=biller, now=now)
    with pytest.raises(NotAllowed):
        services.detach_recording(session=ended, actor=biller, now=now)


def test_signed_session_keeps_its_recording_and_names_the_others(
    nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_complete(nurse, physician, now)
    scenes.make_recorded(session)
    other = factories.make_recording(session.device, now + 5 * MINUTE, minutes=12)
    session.refresh_from_db()
    services.sign_session(session=session, password=factories.PASSWORD, actor=nurse, now=now + 2 * HOUR)
    assert str(other.pk) in Signature.objects.latest("pk").content
    with pytest.raises(Conflict, match="signed"):
        services.detach_recording(session=session, actor=nurse, now=now)
    with pytest.raises(Conflict, match="signed"):
        services.choose_recording(session=session, recording=other, actor=nurse, now=now)
