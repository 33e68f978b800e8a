"""Courses with hours behind them: signed, recorded, supervised, unless a test says otherwise."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from courses.models import Appointment, Course, Reading, Session
from courses.treatment.dose import delivered_in
from courses.treatment.services.signing import signed_content
from devices.models import Device
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from patients.eligibility.packaged import load_packaged
from tests import factories

#: The Monday after the one on which the factories' orders and decisions are signed.
FIRST_HOUR = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
A_FIGURE = {"unit": "1", "n": 4100, "coverage": 0.97, "reason": None}


@dataclass
class Given:
    """One course at one clinic, and who works there."""

    clinic: Clinic
    course: Course
    device: Device
    nurse: User
    physician: User

    def session(self, index: int, **fields: Any) -> Session:
        """The session of working day ``index`` (0 is the first Monday), signed and all in order."""
        start = FIRST_HOUR + timedelta(days=index + 2 * (index // 5))
        appointment = factories.make_appointment(
            self.course, self.device, start, state=Appointment.State.DONE
        )
        recording = fields.pop("recording", factories.make_recording(self.device, start, gap_seconds=0.0))
        report = fields.pop("gating_report", None)
        if report is None and recording is not None:
            report = factories.make_report(recording, report=a_report())
        supervised = fields.pop("supervised", True)
        if supervised:
            factories.make_supervision(self.clinic, self.physician, start - timedelta(minutes=30), hours=2)
        readings = fields.pop("readings", True)
        signed = fields.pop("signed", True)
        session = factories.make_session(
            appointment, self.nurse, Session.State.ENDED, recording=recording, gating_report=report, **fields
        )
        if readings:
            self.chart(session)
        return self.sign(session) if signed else session

    def chart(self, session: Session) -> None:
        for phase in ("before", "after"):
            factories.make_vitals(session, self.nurse, phase)
        assert session.started_at is not None
        Reading.objects.create(
            session=session,
            at=session.started_at + timedelta(minutes=10),
            pressure_mmhg=255,
            heart_rate_bpm=66,
            ds_peak=Decimal("1.31"),
            from_device=["pressure_mmhg", "heart_rate_bpm", "ds_peak"],
            recorded_by=self.nurse,
        )

    def sign(self, session: Session) -> Session:
        """Signed as the service signs it: the whole content, in the state that it then has."""
        session.refresh_from_db()
        session.state = Session.State.SIGNED
        content = signed_content(session, factories.MONDAY_NINE)
        content["minutes_not_known_because"] = delivered_in(session).reason
        session.signature = factories.make_signature(
            self.clinic, self.nurse, Role.NURSE, f"session:{session.code}", **content
        )
        session.save(update_fields=["signature", "state"])
        return session


def a_report(*, minutes: int = 60, capped: str = "") -> dict[str, Any]:
    """The JSON of a gating report with the parts that pages and packets read."""
    return {
        "minutes": [
            {"minute": m, "grade": "B" if m % 9 == 4 else "A", "ds_peak": 1.3 if m != 20 else None}
            for m in range(minutes)
        ],
        "findings": [{"code": "late", "sentence": capped, "cap": "C"}] if capped else [],
        "augmentation": {
            "ds_peak": {**A_FIGURE, "value": 1.31},
            "ds_area": {
                **A_FIGURE,
                "value": None,
                "reason": {"code": "x", "sentence": "The baseline was not steady."},
            },
        },
        "dose": {"effective_minutes": {**A_FIGURE, "value": 57.0, "unit": "min"}},
    }


def a_decision() -> dict[str, Any]:
    """A decision with one criterion, cited as the packaged policy cites it."""
    policy = load_packaged().find("ncd-20.20", FIRST_HOUR.date())
    criterion = policy.criteria[0]
    return {
        "summary": f"{policy.title}: all required criteria are met.",
        "findings": [
            {
                "criterion_id": criterion.id,
                "state": "met",
                "weight": "required",
                "not_met_means": "not_covered",
                "sentence": criterion.sentence,
                "fact": "CCS class III on 02-Nov-2026",
                "way_out": "",
                "citation": criterion.citation.to_dict(),
                "missing": [],
            }
        ],
        "missing": [],
        "what_if": [],
        "notice": {},
    }


def course_given(clinic: Clinic, nurse: User, physician: User, **order: Any) -> Given:
    patient = factories.make_patient(clinic)
    assessment = factories.make_assessment(patient, physician, decision=a_decision())
    signed_order = factories.make_order(patient, physician, assessment=assessment, **order)
    course = factories.make_course(patient, physician, order=signed_order)
    return Given(clinic, course, factories.make_device(clinic), nurse, physician)
