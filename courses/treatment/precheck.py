"""The check before the hour, gathered for its rules: today's signs, those of the days before, and what else must stand."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from courses.models import BodyMark, Session, VitalSigns
from courses.treatment.limit_rules import Sign, Tier
from courses.treatment.limits import COMPARE_DAYS, LimitFinding, Vitals, check_vitals
from courses.treatment.settling import limits_at
from courses.treatment.signs import Signs, check_signs
from courses.treatment.standing import standing_findings
from eecp_clinic.models import Clinic

#: Fields of the limits, and where the record keeps them.
RECORDED = {
    "systolic_mmhg": "systolic_mmhg",
    "diastolic_mmhg": "diastolic_mmhg",
    "heart_rate_bpm": "heart_rate_bpm",
    "spo2_percent": "spo2_percent",
    "respiratory_rate_bpm": "respiratory_rate",
    "weight_kg": "weight_kg",
    "angina_since_last": "angina_since_last",
    "nitroglycerin_since_last": "nitroglycerin_since_last",
    "inr": "inr",
    "inr_on": "inr_on",
}
#: Signs that are one column each.
SIGN_FIELDS = (
    Sign.RHYTHM,
    Sign.BREATH_SOUNDS,
    Sign.OEDEMA,
    Sign.MEDICINES_TAKEN,
    Sign.BLADDER_EMPTIED,
)
ANSWERS = {"yes": True, "no": False}


def vitals_of(row: VitalSigns, clinic: Clinic) -> Vitals:
    """The row as the limits take it; raises ImplausibleVitals."""
    values: dict[str, Any] = {field: getattr(row, name) for field, name in RECORDED.items()}
    values["anticoagulated"] = ANSWERS.get(row.anticoagulated)
    return Vitals(taken_on=clinic.day_of(row.recorded_at), **values)


def signs_of(row: VitalSigns, marks: Iterable[BodyMark], clinic: Clinic) -> Signs:
    """The row and the marks of its phase as the rules of signs take them."""
    found = {sign: frozenset([value]) for sign in SIGN_FIELDS if (value := getattr(row, sign.value))}
    kinds = frozenset(mark.kind for mark in marks if mark.phase == row.phase)
    if kinds or row.legs_examined:
        found[Sign.LEGS] = kinds
    return Signs(clinic.day_of(row.recorded_at), found)


def vitals_in(session: Session, phase: str) -> VitalSigns | None:
    """What was charted for one phase, from fetched rows where there are any."""
    return next((row for row in session.vital_signs.all() if row.phase == phase), None)


def start_findings(session: Session, now: datetime) -> tuple[LimitFinding, ...]:
    """Everything that a start rests on: what stands, and the patient's signs."""
    return (*standing_findings(session, now), *findings_for(session))


def findings_for(session: Session) -> tuple[LimitFinding, ...]:
    """What limits and signs say before this session; none where nothing was charted.

    They are judged by the limits that were in force when they were charted.
    """
    before = vitals_in(session, VitalSigns.Phase.BEFORE)
    if before is None:
        return ()
    clinic = session.course.clinic
    limits = limits_at(clinic, before.recorded_at)
    earlier = list(_earlier(session, before))
    last = earlier[0] if earlier else None
    last_signs = signs_of(last, last.session.body_marks.all(), clinic) if last else None
    signs = signs_of(before, session.body_marks.all(), clinic)
    return (
        *check_vitals(vitals_of(before, clinic), [vitals_of(row, clinic) for row in earlier], limits),
        *check_signs(signs, last_signs, limits),
    )


def _earlier(session: Session, before: VitalSigns) -> "Iterable[VitalSigns]":
    """The vital signs before former sessions that may be compared with, newest first."""
    return (
        VitalSigns.objects.filter(
            session__course__patient=session.course.patient_id,
            phase=VitalSigns.Phase.BEFORE,
            recorded_at__lt=before.recorded_at,
            recorded_at__gte=before.recorded_at - timedelta(days=COMPARE_DAYS + 1),
        )
        .exclude(session=session)
        .select_related("session")
        .prefetch_related("session__body_marks")
        .order_by("-recorded_at")
    )


def holds(findings: Iterable[LimitFinding]) -> list[LimitFinding]:
    """Those that say: do not treat."""
    return [finding for finding in findings if finding.tier is Tier.HOLD]


def last_vitals(session: Session) -> VitalSigns | None:
    """The vital signs before the patient's former session: shown beside the fields, never copied."""
    return (
        VitalSigns.objects.filter(
            session__course__patient=session.course.patient_id, phase=VitalSigns.Phase.BEFORE
        )
        .exclude(session=session)
        .prefetch_related("session__body_marks")
        .order_by("-recorded_at")
        .first()
    )
