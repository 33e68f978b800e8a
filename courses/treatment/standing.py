"""The facts beside the patient's signs that a start rests on: order, coverage, approval, supervision, review."""

from collections.abc import Callable
from datetime import date, datetime

from courses.models import Course, Session, SupervisionPeriod, TreatmentRules
from courses.treatment.gates import ApprovalState, Standing, check_standing
from courses.treatment.limits import LimitFinding
from courses.treatment.settling import gates_of
from courses.treatment.supervising import supervising
from patients.banner import primary_coverage
from patients.delivered import counted
from patients.models import Coverage, PriorAuthorization

#: Since when a review of a course is overdue; None is not. A later stage knows, and registers itself.
ReviewOverdue = Callable[[Course], datetime | None]
_review_overdue: list[ReviewOverdue] = []


def register(review_overdue: ReviewOverdue) -> ReviewOverdue:
    """Have ``review_overdue`` asked; a later one takes the place of an earlier."""
    _review_overdue[:] = [review_overdue]
    return review_overdue


def standing_findings(session: Session, now: datetime) -> tuple[LimitFinding, ...]:
    """What stands and what does not, each as the clinic has settled that it counts."""
    rules = TreatmentRules.objects.in_force(session.course.clinic, now)
    return check_standing(standing_of(session, now), gates_of(rules))


def standing_of(session: Session, now: datetime) -> Standing:
    course, order = session.course, session.course.order
    clinic = course.clinic
    today = clinic.day_of(now)
    coverage = primary_coverage(course.patient, today)
    state, approval = _approval(coverage, now)
    periods = supervising(clinic, now)
    modes = {period.mode for period in periods}
    return Standing(
        today=today,
        order=f"{order.ordered_by.signing_name}, {clinic.day_of(order.ordered_at):%d-%b-%Y}",
        order_signed=order.is_signed,
        coverage=coverage.payer.name if coverage else "",
        approval_state=state,
        approval=approval,
        supervisors=tuple(period.practitioner.signing_name for period in periods),
        only_by_audio_video=modes == {SupervisionPeriod.Mode.AUDIO_VIDEO},
        review_overdue_since=_overdue_since(course, today),
    )


def _approval(coverage: Coverage | None, now: datetime) -> tuple[ApprovalState, str]:
    """The best of the approvals under the coverage that pays first; many payers ask for none."""
    if coverage is None:
        return ApprovalState.NONE_ON_FILE, "none on file."
    rows = PriorAuthorization.objects.filter(coverage=coverage).select_related("coverage__patient__clinic")
    found = counted(list(rows), now)
    if not found:
        return ApprovalState.NONE_ON_FILE, "none on file."
    today = coverage.patient.clinic.day_of(now)
    for each in found:
        standing = each.standing
        if standing.starts_on <= today <= standing.ends_on and (standing.left is None or standing.left > 0):
            return ApprovalState.IN_FORCE, f"{each.authorization.number}. {each.finding.sentence}"
    newest = max(found, key=lambda each: each.standing.ends_on)
    return ApprovalState.SPENT, f"{newest.authorization.number}. {newest.finding.sentence}"


def _overdue_since(course: Course, today: date) -> date | None:
    """The day since when a review is overdue: one that became so today is not, as nobody could look yet."""
    since = _review_overdue[0](course) if _review_overdue else None
    day = course.clinic.day_of(since) if since else None
    return day if day is not None and day < today else None
