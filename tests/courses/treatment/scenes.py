"""Sessions at each step, built by the services themselves."""

from datetime import datetime, timedelta
from typing import Any

from courses.models import Appointment, Course, Session, VitalSigns
from courses.treatment import services
from devices.models import Device, GatingReport, Recording
from eecp_clinic.models import User
from tests import factories

BEFORE: dict[str, Any] = {
    "systolic_mmhg": 128,
    "diastolic_mmhg": 72,
    "heart_rate_bpm": 66,
    "spo2_percent": 97,
    "weight_kg": "71.5",
}
AFTER: dict[str, Any] = {"systolic_mmhg": 124, "diastolic_mmhg": 70, "heart_rate_bpm": 64}
END: dict[str, Any] = {"skin_after": "intact", "symptoms": "none", "education": ["skin_care"]}


def make_hour(nurse: User, physician: User, now: datetime, **fields: Any) -> Appointment:
    """A booked hour of a planned course, beginning now."""
    clinic = physician.memberships.get().clinic
    course = factories.make_course(
        fields.pop("patient", None) or factories.make_patient(clinic),
        physician,
        state=fields.pop("course_state", Course.State.PLANNED),
    )
    known = Device.objects.filter(clinic=clinic).first()
    device = fields.pop("device", None) or known or factories.make_device(clinic)
    return factories.make_appointment(course, device, now, **fields)


def make_ready(nurse: User, physician: User, now: datetime, **vitals: Any) -> Session:
    """A draft with identity checked and vital signs charted."""
    session = services.open_session(
        appointment=make_hour(nurse, physician, now), actor=nurse, now=now - timedelta(minutes=5)
    )
    return prepare(session, nurse, now - timedelta(minutes=4), **vitals)


def prepare(session: Session, nurse: User, now: datetime, **vitals: Any) -> Session:
    services.chart_vitals(
        session=session, phase=VitalSigns.Phase.BEFORE, values=BEFORE | vitals, actor=nurse, now=now
    )
    return services.check_identity(session=session, checked=True, actor=nurse, now=now)


def make_running(nurse: User, physician: User, now: datetime) -> Session:
    return services.start_session(session=make_ready(nurse, physician, now), actor=nurse, now=now)


def make_ended(nurse: User, physician: User, now: datetime) -> Session:
    """A session of an hour with one reading, which ended but is not charted to the end."""
    session = make_running(nurse, physician, now)
    services.add_reading(
        session=session, values={"pressure_mmhg": 262}, actor=nurse, now=now + timedelta(minutes=20)
    )
    return services.end_session(
        session=session, stop_reason="completed", actor=nurse, now=now + timedelta(hours=1)
    )


def make_recorded(session: Session, **fields: Any) -> tuple[Recording, GatingReport]:
    """A stored recording of the session's hour, bound, with the report by what was ordered."""
    assert session.started_at is not None
    values: dict[str, Any] = {"gap_seconds": 0.0, "chunks_sha256": "cd" * 32} | fields
    recording = factories.make_recording(session.device, session.started_at, **values)
    services.bind_recording(recording=recording, now=session.started_at + timedelta(hours=1))
    report = factories.make_report(recording, config={"prescribed_pressure_mmhg": 260})
    return recording, report


def make_complete(nurse: User, physician: User, now: datetime) -> Session:
    """A session that lacks nothing but a recording and the signature."""
    session = make_ended(nurse, physician, now)
    later = now + timedelta(minutes=65)
    services.chart_vitals(session=session, phase=VitalSigns.Phase.AFTER, values=AFTER, actor=nurse, now=later)
    return services.chart_end(session=session, values=END, actor=nurse, now=later)


def make_signed(nurse: User, physician: User, now: datetime) -> Session:
    session = make_complete(nurse, physician, now)
    make_recorded(session)
    return services.sign_session(
        session=session, password=factories.PASSWORD, actor=nurse, now=now + timedelta(minutes=70)
    )
