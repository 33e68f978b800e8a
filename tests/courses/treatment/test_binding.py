"""A recording finds its session by device and time, never by guess; the rest waits for a person."""

from datetime import datetime, timedelta

import pytest

from courses.models import Session
from courses.tasks import sweep
from courses.treatment import binding, services
from devices.models import Recording
from devices.signals import recording_opened
from eecp_clinic.errors import Conflict
from eecp_clinic.models import AuditEvent, User
from tests import factories
from tests.courses.treatment import scenes

MINUTE = timedelta(minutes=1)


def open_recording(session: Session, started_at: datetime, **fields: object) -> Recording:
    """One that still runs."""
    values: dict[str, object] = {"closed_at": None, "ended_at": None, "stored_at": None, "verified_at": None}
    return factories.make_recording(session.device, started_at, **{**values, **fields})  # type: ignore[arg-type]


@pytest.fixture
def running(nurse: User, physician: User, now: datetime) -> Session:
    return scenes.make_running(nurse, physician, now)


def test_recording_that_begins_in_the_hour_is_bound_and_told_the_prescription(
    running: Session, now: datetime
) -> None:
    recording = open_recording(running, now + MINUTE)
    assert binding.bind_recording(recording=recording, now=now + MINUTE) == running
    running.refresh_from_db()
    recording.refresh_from_db()
    assert running.recording == recording
    assert (recording.prescribed_pressure_mmhg, recording.prescribed_minutes) == (260, 60)
    assert AuditEvent.objects.filter(action="session.recording_bound").count() == 1


def test_recording_that_began_before_the_start_is_bound_at_the_start(
    nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_ready(nurse, physician, now)
    recording = open_recording(session, now - 3 * MINUTE)
    assert binding.bind_recording(recording=recording, now=now - MINUTE) is None
    assert services.start_session(session=session, actor=nurse, now=now).recording == recording


def test_announcement_binds(running: Session, now: datetime) -> None:
    recording = open_recording(running, now + MINUTE)
    recording_opened.send_robust(sender=Recording, recording=recording)
    assert Session.objects.get(recording=recording) == running


def test_sweep_binds_what_no_announcement_reached(running: Session, now: datetime) -> None:
    recent = datetime.now(tz=now.tzinfo)
    Session.objects.filter(pk=running.pk).update(started_at=recent - 5 * MINUTE)
    recording = open_recording(running, recent - 4 * MINUTE)
    sweep()
    assert Session.objects.get(recording=recording) == running
    sweep()
    assert AuditEvent.objects.filter(action="session.recording_bound").count() == 1


def test_recording_that_arrives_hours_late_is_bound_by_its_own_time(
    nurse: User, physician: User, now: datetime
) -> None:
    ended = scenes.make_ended(nurse, physician, now)
    recording = factories.make_recording(ended.device, now, opened_at=now + timedelta(hours=6))
    assert binding.bind_recording(recording=recording, now=now + timedelta(hours=6)) == ended


def test_wrong_clock_is_allowed_for_by_its_measured_offset(running: Session, now: datetime) -> None:
    offset = timedelta(days=400)
    recording = open_recording(
        running, now + MINUTE + offset, clock_offset_ms=offset // timedelta(milliseconds=1)
    )
    assert binding.bind_recording(recording=recording, now=now + 2 * MINUTE) == running


def test_recording_of_another_device_is_not_bound(running: Session, now: datetime) -> None:
    other = factories.make_device(running.course.clinic, "Device 2")
    recording = factories.make_recording(other, now)
    assert binding.bind_recording(recording=recording, now=now) is None
    assert list(binding.unmatched_recordings(running.course.clinic)) == [recording]


@pytest.mark.parametrize(
    ("begins", "minutes"),
    [(-90, 80), (-70, 60), (-11, 60), (61, 60)],
    ids=["before", "just before", "long before", "after"],
)
def test_recording_of_another_time_is_not_bound(
    begins: int, minutes: int, nurse: User, physician: User, now: datetime
) -> None:
    ended = scenes.make_ended(nurse, physician, now)
    recording = factories.make_recording(ended.device, now + begins * MINUTE, minutes=minutes)
    assert binding.bind_recording(recording=recording, now=now + timedelta(hours=3)) is None


def test_second_recording_of_a_session_waits_in_the_list(running: Session, now: datetime) -> None:
    first, second = open_recording(running, now), open_recording(running, now + 20 * MINUTE)
    binding.bind_recording(recording=first, now=now)
    assert binding.bind_recording(recording=second, now=now + 20 * MINUTE) is None
    assert binding.bind_recording(recording=first, now=now) == running
    assert list(binding.unmatched_recordings(running.course.clinic)) == [second]


def test_signed_session_takes_no_recording(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_complete(nurse, physician, now)
    services.sign_session(
        session=session,
        password=factories.PASSWORD,
        actor=nurse,
        now=now + timedelta(hours=2),
        without_recording_reason="agent was off",
    )
    recording = factories.make_recording(session.device, now)
    assert binding.bind_recording(recording=recording, now=now + timedelta(hours=3)) is None
    with pytest.raises(Conflict, match="signed"):
        services.attach_recording(recording=recording, session=session, actor=nurse, now=now)


def test_person_attaches_what_did_not_fit(nurse: User, physician: User, now: datetime) -> None:
    ended = scenes.make_ended(nurse, physician, now)
    recording = factories.make_recording(ended.device, now - 30 * MINUTE, minutes=90)
    services.attach_recording(recording=recording, session=ended, actor=nurse, now=now)
    event = AuditEvent.objects.get(action="session.recording_bound")
    assert (event.actor, event.data["by"]) == (nurse, "person")


def test_recording_is_not_attached_twice(nurse: User, physician: User, now: datetime) -> None:
    ended = scenes.make_ended(nurse, physician, now)
    scenes.make_recorded(ended)
    other = factories.make_recording(ended.device, now)
    with pytest.raises(Conflict, match="has a recording already"):
        services.attach_recording(recording=other, session=ended, actor=nurse, now=now)
