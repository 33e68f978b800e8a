"""What the payer's rule says about more sessions of one course, from what is on file."""

from datetime import datetime

from courses.models import Course, OutcomeMeasure
from courses.progress.extension import Asked, Finding, Payer, extension_findings
from patients.banner import primary_coverage
from patients.delivered import counted
from patients.models import Coverage, Notice, PlanDetermination, PriorAuthorization


def findings_for(course: Course, more: int, now: datetime) -> tuple[Finding, ...]:
    """The findings of an extension by ``more`` sessions, as they stand at ``now``."""
    day = course.clinic.day_of(now)
    coverage = primary_coverage(course.patient, day)
    before, latest = _classes(course)
    in_force = Notice.objects.filter(patient=course.patient).in_force_on(day)
    return extension_findings(
        Asked(
            more=more,
            ordered=course.sessions_ordered,
            payer=_payer(coverage),
            ccs_before=before,
            ccs_now=latest,
            has_notice=in_force.exclude(option=Notice.Option.NO_TREATMENT).exists(),
            has_approval=coverage is not None and _is_approved(coverage, more, now),
        )
    )


def _payer(coverage: Coverage | None) -> Payer | None:
    if coverage is None:
        return None
    return Payer(coverage.payer.kind) if coverage.payer.kind in set(Payer) else Payer.OTHER


def _classes(course: Course) -> tuple[int | None, int | None]:
    """CCS class before the course, and the last one measured after it began."""
    measured = list(
        OutcomeMeasure.objects.filter(course=course, ccs_class__isnull=False).order_by("measured_on")
    )
    baseline = OutcomeMeasure.Point.BASELINE
    before = next((one.ccs_class for one in measured if one.point == baseline), None)
    later = [one.ccs_class for one in measured if one.point != baseline]
    return before, later[-1] if later else None


def _is_approved(coverage: Coverage, more: int, now: datetime) -> bool:
    """Whether a prior authorization in force has sessions left for these, or the plan said yes to as many."""
    day = coverage.patient.clinic.day_of(now)
    authorizations = list(
        PriorAuthorization.objects.filter(
            coverage=coverage, starts_on__lte=day, ends_on__gte=day
        ).select_related("coverage__patient__clinic")
    )
    if any(
        (one.standing.left or 0) - (one.standing.booked or 0) >= more for one in counted(authorizations, now)
    ):
        return True
    return PlanDetermination.objects.filter(
        coverage=coverage,
        outcome=PlanDetermination.Outcome.APPROVED,
        sessions__gte=more,
        answered_on__lte=day,
    ).exists()
