"""The sessions that wait for a countersignature as a physician reads them, one row each."""

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from courses.models import Amendment, Session, VitalSigns
from courses.treatment.amend_forms import CountersignForm
from courses.treatment.tile import LIGHTS

#: As many as one person reads in one go; the others follow when these are signed.
AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class CountersignRow:
    """``value`` names the session and what was shown of it; pressures as 'before → after'."""

    session: Session
    value: str
    is_ticked: bool
    pressures: str
    grade: str
    light: str
    amendments: tuple[Amendment, ...]


def rows_of(waiting: QuerySet[Session], form: CountersignForm) -> list[CountersignRow]:
    """Every row is ticked until the physician unticks it; a refused form keeps what was chosen."""
    sessions = (
        waiting.select_related(
            "course__patient", "course__order", "course__clinic", "device", "signature", "gating_report"
        )
        .defer("gating_report__report", "gating_report__config", "signature__content")
        .prefetch_related(Prefetch("amendments", Amendment.objects.order_by("made_at")), "vital_signs")
    )[:AT_ONCE]
    chosen = set(form.data.getlist("sessions")) if form.is_bound else None  # type: ignore[attr-defined]
    return [_row(session, chosen) for session in sessions]


def _row(session: Session, chosen: set[str] | None) -> CountersignRow:
    amendments = tuple(session.amendments.all())
    value = f"{session.code}.{len(amendments)}"
    grade = session.gating_report.grade if session.gating_report else ""
    return CountersignRow(
        session=session,
        value=value,
        is_ticked=chosen is None or value in chosen,
        pressures=" → ".join(_pressure(session, phase) for phase in VitalSigns.Phase.values),
        grade=grade,
        light=LIGHTS.get(grade, "idle"),
        amendments=amendments,
    )


def _pressure(session: Session, phase: str) -> str:
    row = next((row for row in session.vital_signs.all() if row.phase == phase), None)
    if row is None or row.systolic_mmhg is None or row.diastolic_mmhg is None:
        return "–"
    return f"{row.systolic_mmhg}/{row.diastolic_mmhg}"
