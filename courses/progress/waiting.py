"""What waits for a physician: one list, the longest due first."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Hold, Review, Session, TreatmentOrder
from courses.progress.milestones import middle_due_since, summary_due_since
from courses.progress.services.reviews import OVER
from eecp_clinic.models import Clinic
from patients.models import EligibilityAssessment, Patient

#: An ended session is signed the same day; after this it stands in the physician's list too.
UNSIGNED_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Who and what waits, since when, and where it is done."""

    patient: Patient
    what: Any
    detail: str
    due_since: datetime
    action: Any
    url: str


def waiting(clinic: Clinic, now: datetime) -> list[Waiting]:
    """Everything that waits at this clinic, in a fixed number of queries."""
    found = [
        *_decisions(clinic),
        *_orders(clinic),
        *_reviews(clinic),
        *_unsigned_sessions(clinic, now),
        *_holds(clinic),
    ]
    return sorted(found, key=lambda item: item.due_since)


def _decisions(clinic: Clinic) -> Iterator[Waiting]:
    assessments = (
        EligibilityAssessment.objects.in_force()
        .filter(patient__clinic=clinic, signature__isnull=True)
        .defer("facts", "decision")
        .select_related("patient")
    )
    for assessment in assessments:
        url = reverse("patients:assessment", args=[assessment.patient.code, assessment.code])
        yield Waiting(
            assessment.patient, _("Coverage decision"), "", assessment.made_at, _("Read and sign"), url
        )


def _orders(clinic: Clinic) -> Iterator[Waiting]:
    orders = TreatmentOrder.objects.filter(patient__clinic=clinic, signature__isnull=True).select_related(
        "patient"
    )
    for order in orders:
        url = reverse("courses:order", args=[order.code])
        yield Waiting(order.patient, _("Order"), "", order.ordered_at, _("Read and sign"), url)


def _reviews(clinic: Clinic) -> Iterator[Waiting]:
    """Courses past their middle, or over, without the review that belongs there."""
    courses = Course.objects.of(clinic).select_related("patient", "order").prefetch_related("reviews")
    ends: defaultdict[int, list[datetime]] = defaultdict(list)
    sessions = Session.objects.of(clinic).completed().filter(ended_at__isnull=False).order_by("ended_at")
    for course_id, ended_at in sessions.values_list("course_id", "ended_at"):
        assert ended_at is not None  # noqa: S101  # filtered above
        ends[course_id].append(ended_at)
    for course in courses:
        kinds = {review.kind for review in course.reviews.all()}
        over, ended, total = course.state in OVER, ends[course.pk], course.sessions_ordered
        summary = summary_due_since(ended, is_over=over, reviewed=Review.Kind.FINAL in kinds)
        middle = None if over else middle_due_since(ended, total, reviewed=Review.Kind.MID_COURSE in kinds)
        for kind, since in ((Review.Kind.MID_COURSE, middle), (Review.Kind.FINAL, summary)):
            if since is not None:
                url = f"{reverse('courses:review', args=[course.code])}?kind={kind}"
                yield Waiting(
                    course.patient,
                    _review_name(kind),
                    f"{len(ended)}/{total}",
                    since,
                    _("Review and sign"),
                    url,
                )


def _review_name(kind: str) -> Any:
    return _("Mid-course review") if kind == Review.Kind.MID_COURSE else _("Course summary")


def _unsigned_sessions(clinic: Clinic, now: datetime) -> Iterator[Waiting]:
    sessions = (
        Session.objects.of(clinic)
        .filter(state=Session.State.ENDED, ended_at__lt=now - UNSIGNED_AFTER)
        .select_related("course__patient", "opened_by")
    )
    for session in sessions:
        assert session.ended_at is not None  # noqa: S101  # filtered above
        yield Waiting(
            session.course.patient,
            _("Session not signed"),
            f"{session.number or ''} · {session.opened_by.short_name}",
            session.ended_at,
            _("Open the session"),
            session.get_absolute_url(),
        )


def _holds(clinic: Clinic) -> Iterator[Waiting]:
    """Sessions that were held, until a physician has looked at them."""
    rows = Hold.objects.filter(session__course__clinic=clinic, seen_at=None)
    for hold in rows.select_related("session__course__patient", "held_by"):
        yield Waiting(
            hold.session.course.patient,
            _("Session held"),
            hold.held_by.short_name,
            hold.held_at,
            _("Look at the hold"),
            hold.session.get_absolute_url(),
        )
