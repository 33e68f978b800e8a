"""The vital signs of a session, gathered for the limits: today's, and those of the days before."""

from datetime import timedelta
from typing import Any

from courses.models import Session, VitalSigns
from courses.treatment.limit_rules import Tier
from courses.treatment.limits import COMPARE_DAYS, LimitFinding, Vitals, check_vitals
from courses.treatment.limits_file import packaged_limits
from eecp_clinic.models import Clinic

#: Fields of the limits, and where the record keeps them.
RECORDED = {
    "systolic_mmhg": "systolic_mmhg",
    "diastolic_mmhg": "diastolic_mmhg",
    "heart_rate_bpm": "heart_rate_bpm",
    "spo2_percent": "spo2_percent",
    "respiratory_rate_bpm": "respiratory_rate",
    "weight_kg": "weight_kg",
}


def vitals_of(row: VitalSigns, clinic: Clinic) -> Vitals:
    """The row as the limits take it; raises ImplausibleVitals."""
    values: dict[str, Any] = {field: getattr(row, name) for field, name in RECORDED.items()}
    return Vitals(taken_on=clinic.day_of(row.recorded_at), **values)


def vitals_in(session: Session, phase: str) -> VitalSigns | None:
    """What was charted for one phase, from fetched rows where there are any."""
    return next((row for row in session.vital_signs.all() if row.phase == phase), None)


def findings_for(session: Session) -> tuple[LimitFinding, ...]:
    """What the limits say about the vital signs before this session; none where none were charted."""
    before = vitals_in(session, VitalSigns.Phase.BEFORE)
    if before is None:
        return ()
    clinic = session.course.clinic
    earlier = VitalSigns.objects.filter(
        session__course__patient=session.course.patient_id,
        phase=VitalSigns.Phase.BEFORE,
        recorded_at__lt=before.recorded_at,
        recorded_at__gte=before.recorded_at - timedelta(days=COMPARE_DAYS + 1),
    ).exclude(session=session)
    return check_vitals(
        vitals_of(before, clinic), [vitals_of(row, clinic) for row in earlier], packaged_limits()
    )


def holds(findings: tuple[LimitFinding, ...]) -> list[LimitFinding]:
    """Those that say: do not treat."""
    return [finding for finding in findings if finding.tier is Tier.HOLD]


def last_vitals(session: Session) -> VitalSigns | None:
    """The vital signs before the patient's former session: shown beside the fields, never copied."""
    return (
        VitalSigns.objects.filter(
            session__course__patient=session.course.patient_id, phase=VitalSigns.Phase.BEFORE
        )
        .exclude(session=session)
        .order_by("-recorded_at")
        .first()
    )
