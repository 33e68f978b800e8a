"""A clinic with courses that ended, for the tests of its figures."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from courses.models import Course, OutcomeMeasure, Session, TreatmentEvent
from devices.models import Device
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from tests import factories

#: A Monday; the courses below end on it.
ENDED_AT = datetime(2026, 10, 12, 15, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def ended_course(
    clinic: Clinic,
    physician: User,
    nurse: User,
    device: Device,
    number: int,
    *,
    state: str = Course.State.COMPLETED,
    ccs: tuple[int | None, int | None] = (3, 2),
    ds: float | None = 1.6,
    event: bool = False,
    missed: int = 0,
    minutes: str | None = "58.0",
) -> Course:
    """A course whose two sessions were given on one day, ``number`` hours into it or its neighbours."""
    patient = factories.make_patient(clinic, f"Sample{number}")
    over = state == Course.State.DISCONTINUED
    course = factories.make_course(
        patient,
        physician,
        state=state,
        ended_on=ENDED_AT.date(),
        end_reason="patient_wish" if over else "",
    )
    for place in range(2 + missed):
        starts = ENDED_AT - timedelta(days=number) + timedelta(hours=place)
        hour = factories.make_appointment(course, device, starts, state="missed" if place >= 2 else "done")
        if place < 2:
            recording = factories.make_recording(device, starts) if ds is not None else None
            report = factories.make_report(recording, ds_peak=ds, ds_area=ds) if recording else None
            session = factories.make_session(
                hour,
                nurse,
                Session.State.ENDED,
                recording=recording,
                gating_report=report,
                minutes_delivered=None if minutes is None else Decimal(minutes),
            )
            if event and place == 0:
                TreatmentEvent.objects.create(
                    session=session,
                    at=starts,
                    kind="skin",
                    severity="mild",
                    actions=["padded"],
                    recorded_by=nurse,
                    recorded_at=starts,
                )
            signature = factories.make_signature(clinic, nurse, Role.NURSE, f"session:{session.code}")
            session.signature, session.state = signature, Session.State.SIGNED
            session.save(update_fields=["signature", "state"])
    for point, value in zip(("baseline", "end"), ccs, strict=True):
        if value is not None:
            OutcomeMeasure.objects.create(
                course=course, point=point, measured_on=ENDED_AT.date(), ccs_class=value, recorded_by=nurse
            )
    return course
