"""Start, pause, resume, end: what is allowed from where, who overrides a hold, and how sessions are numbered."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models.fields.json import KeyTransform

from courses.models import Appointment, Course, HoldOverride, Session, VitalSigns
from courses.treatment import services
from devices.models import MaintenanceWindow
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, User
from tests import factories
from tests.courses.treatment import scenes

Act = Callable[[Session, User, datetime], Any]

ACTS: dict[str, Act] = {
    "start": lambda s, by, at: services.start_session(session=s, actor=by, now=at),
    "pause": lambda s, by, at: services.pause_session(session=s, reason="bathroom", actor=by, now=at),
    "resume": lambda s, by, at: services.resume_session(session=s, actor=by, now=at),
    "end": lambda s, by, at: services.end_session(session=s, stop_reason="pain", actor=by, now=at),
    "reading": lambda s, by, at: services.add_reading(
        session=s, values={"spo2_percent": 96}, actor=by, now=at
    ),
    "vitals before": lambda s, by, at: services.chart_vitals(
        session=s, phase="before", values=scenes.BEFORE, actor=by, now=at
    ),
    "vitals after": lambda s, by, at: services.chart_vitals(
        session=s, phase="after", values=scenes.AFTER, actor=by, now=at
    ),
    "chart end": lambda s, by, at: services.chart_end(
        session=s, values={"symptoms": "none"}, actor=by, now=at
    ),
    "identity": lambda s, by, at: services.check_identity(session=s, checked=True, actor=by, now=at),
    "hold": lambda s, by, at: services.hold_session(session=s, reason="fever", actor=by, now=at),
    "sign": lambda s, by, at: services.sign_session(session=s, password=factories.PASSWORD, actor=by, now=at),
}

ALLOWED = {
    "draft": {"vitals before", "identity", "hold", "start"},
    "in_progress": {"vitals before", "identity", "pause", "reading", "end"},
    "paused": {"vitals before", "identity", "resume", "reading", "end"},
    "ended": {"vitals before", "identity", "vitals after", "chart end", "reading", "sign"},
    "signed": set[str](),
}


@pytest.mark.parametrize(
    ("state", "act"), [(s, a) for s, allowed in ALLOWED.items() for a in ACTS if a not in allowed]
)
def test_act_that_the_state_does_not_allow_is_refused(
    state: str, act: str, nurse: User, physician: User, now: datetime
) -> None:
    session = factories.make_session(scenes.make_hour(nurse, physician, now), nurse, state)
    with pytest.raises(Conflict) as refusal:
        ACTS[act](session, nurse, now + timedelta(hours=2))
    assert refusal.value.code in {"state", "signed"}
    session.refresh_from_db()
    assert session.state == state


def test_whole_way_from_start_to_end(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_running(nurse, physician, now)
    assert (session.state, session.started_at) == ("in_progress", now)
    paused = services.pause_session(
        session=session, reason="bathroom", actor=nurse, now=now + timedelta(minutes=20)
    )
    assert paused.state == "paused"
    services.resume_session(session=session, actor=nurse, now=now + timedelta(minutes=24))
    ended = services.end_session(
        session=session, stop_reason="completed", actor=nurse, now=now + timedelta(minutes=64)
    )
    pause = ended.pauses.get()
    assert ((pause.ended_at or now) - pause.started_at) == timedelta(minutes=4)
    assert (ended.state, ended.number) == ("ended", 1)
    assert Appointment.objects.get(session=ended).state == "done"
    assert ended.course.state == Course.State.ACTIVE


def test_end_closes_a_pause_that_is_open(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_running(nurse, physician, now)
    services.pause_session(session=session, reason="pain", actor=nurse, now=now + timedelta(minutes=5))
    end = now + timedelta(minutes=9)
    services.end_session(session=session, stop_reason="leg_or_back_pain", actor=nurse, now=end)
    assert session.pauses.get().ended_at == end


def test_end_needs_a_coded_reason(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_running(nurse, physician, now)
    with pytest.raises(InvalidInput, match="Choose why"):
        services.end_session(session=session, stop_reason="tired", actor=nurse, now=now + timedelta(hours=1))


def test_pause_needs_a_reason(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_running(nurse, physician, now)
    with pytest.raises(InvalidInput, match="why the session is paused"):
        services.pause_session(session=session, reason=" ", actor=nurse, now=now)


def test_last_ordered_session_completes_the_course(nurse: User, physician: User, now: datetime) -> None:
    patient = factories.make_patient(physician.memberships.get().clinic)
    order = factories.make_order(patient, physician, sessions=2)
    course = factories.make_course(patient, physician, order=order)
    device = factories.make_device(course.clinic)
    first = factories.make_appointment(course, device, now - timedelta(days=1))
    factories.make_session(first, nurse, Session.State.SIGNED)
    hour = factories.make_appointment(course, device, now)
    session = services.open_session(appointment=hour, actor=nurse, now=now)
    scenes.prepare(session, nurse, now)
    services.start_session(session=session, actor=nurse, now=now)
    ended = services.end_session(
        session=session, stop_reason="completed", actor=nurse, now=now + timedelta(hours=1)
    )
    course.refresh_from_db()
    assert (ended.number, course.state, course.ended_on) == (2, "completed", course.clinic.day_of(now))


def test_start_without_identity_check_is_refused(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now)
    services.check_identity(session=session, checked=False, actor=nurse, now=now)
    with pytest.raises(InvalidInput, match="Identity is not checked"):
        services.start_session(session=session, actor=nurse, now=now)


def test_start_without_blood_pressure_is_refused(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now, systolic_mmhg=None, diastolic_mmhg=None)
    with pytest.raises(InvalidInput, match="Measure and save"):
        services.start_session(session=session, actor=nurse, now=now)


def test_hold_by_vital_signs_stops_the_nurse(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now, systolic_mmhg=188)
    with pytest.raises(NotAllowed, match=r"Hold: Systolic pressure is 188 mmHg.*ask a physician"):
        services.start_session(session=session, actor=nurse, now=now, override_reason="feels well")
    assert not HoldOverride.objects.exists()


def test_physician_overrides_a_hold_with_a_reason_that_is_kept(
    nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_ready(nurse, physician, now, systolic_mmhg=188)
    services.start_session(
        session=session, actor=physician, now=now, override_reason="Examined; 172 by hand cuff"
    )
    kept = HoldOverride.objects.get(session=session)
    assert (kept.decided_by, kept.reason) == (physician, "Examined; 172 by hand cuff")
    assert kept.findings[0]["code"] == "systolic_high"
    event = AuditEvent.objects.get(action="session.hold_overridden")
    assert event.data == {"codes": ["systolic_high"]}


def test_physician_without_a_reason_does_not_override(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now, systolic_mmhg=188)
    with pytest.raises(InvalidInput, match="give the reason"):
        services.start_session(session=session, actor=physician, now=now)


def test_weight_gain_since_yesterday_holds(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now, weight_kg="73.0")
    yesterday = factories.make_appointment(session.course, session.device, now - timedelta(days=1))
    former = factories.make_session(yesterday, nurse, Session.State.ENDED)
    factories.make_vitals(former, nurse)
    VitalSigns.objects.filter(session=former).update(recorded_at=now - timedelta(days=1))
    with pytest.raises(NotAllowed, match=r"Weight has changed by \+1.5 kg"):
        services.start_session(session=session, actor=nurse, now=now)


def test_second_session_on_the_same_day_is_refused(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now)
    morning = factories.make_appointment(session.course, session.device, now - timedelta(hours=2))
    factories.make_session(morning, nurse, Session.State.ENDED)
    with pytest.raises(Conflict, match="1 session a day"):
        services.start_session(session=session, actor=nurse, now=now)


def test_device_that_treats_somebody_else_is_refused(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now)
    other = factories.make_course(factories.make_patient(session.course.clinic, "Other"), physician)
    earlier = factories.make_appointment(other, session.device, now - timedelta(hours=1))
    factories.make_session(earlier, nurse, Session.State.IN_PROGRESS)
    with pytest.raises(Conflict, match="runs on this device"):
        services.start_session(session=session, actor=nurse, now=now)


def test_device_under_maintenance_is_refused(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now)
    MaintenanceWindow.objects.create(
        device=session.device, during=(now - timedelta(hours=1), now + timedelta(hours=1)), reason="valves"
    )
    with pytest.raises(Conflict, match="not in use"):
        services.start_session(session=session, actor=nurse, now=now)


def test_audit_names_codes_and_no_free_text(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_running(nurse, physician, now)
    services.pause_session(session=session, reason="SAMPLE Joan is sick", actor=nurse, now=now)
    texts = AuditEvent.objects.annotate(t=KeyTransform("reason", "data")).values_list("t", flat=True)
    assert set(texts) == {None}
