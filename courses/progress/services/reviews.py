"""A physician's review of a course: it exists only signed."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.models import Course, OutcomeMeasure, Review, Session
from courses.progress.services.outcomes import MEASURES
from eecp_clinic import audit, signing
from eecp_clinic.codes import new_code
from eecp_clinic.errors import Conflict
from eecp_clinic.models import User
from eecp_clinic.roles import Role
from patients.services import records

OVER = (Course.State.COMPLETED, Course.State.DISCONTINUED)


@transaction.atomic
def sign_review(
    *, course: Course, kind: str, text: str, decision: str, password: str, actor: User, now: datetime
) -> Review:
    """Write and sign in one act. Raises NotAllowed (role), InvalidInput (password, text), Conflict (too early, twice)."""
    locked = (
        Course.objects.select_for_update(of=("self",)).select_related("clinic", "patient").get(pk=course.pk)
    )
    _refuse(locked, kind)
    review = Review(
        code=new_code(),
        course=locked,
        kind=kind,
        sessions_done=Session.objects.filter(course=locked, ended_at__lte=now).completed().count(),
        text=text.strip(),
        decision=decision,
        reviewed_at=now,
    )
    _check(review)
    review.signature = signing.sign(
        signer=actor,
        password=password,
        clinic=locked.clinic,
        roles=(Role.PHYSICIAN,),
        meaning=gettext("Reviewed the course and decided how it goes on"),
        subject=f"review:{review.code}",
        content=content_of(review),
        now=now,
    )
    review.save(force_insert=True)
    audit.record(
        "review.signed",
        subject=f"review:{review.code}",
        actor=actor,
        clinic=locked.clinic,
        at=now,
        course=locked.code,
        kind=kind,
        decision=decision,
    )
    return review


def _refuse(course: Course, kind: str) -> None:
    if kind == Review.Kind.FINAL and course.state not in OVER:
        raise Conflict(
            gettext(
                "The course is not over, so it cannot be summed up yet. Write a progress review, or end the course "
                "first."
            ),
            code="course_goes_on",
        )
    if kind != Review.Kind.PROGRESS and Review.objects.filter(course=course, kind=kind).exists():
        raise Conflict(
            gettext("This review was signed before. Write a progress review where there is more to say."),
            code="reviewed",
        )


def _check(review: Review) -> None:
    if not review.text:
        raise records.refusal({"text": [gettext("Say how the patient is doing before you sign.")]})
    if review.kind not in Review.Kind.values:
        raise records.refusal({"kind": [gettext("Choose what kind of review this is.")]})
    if review.decision not in Review.Decision.values:
        raise records.refusal({"decision": [gettext("Decide how the course goes on.")]})


def content_of(review: Review) -> dict[str, Any]:
    """What the physician signs: the words, the decision, and the outcomes as they stood."""
    outcomes = OutcomeMeasure.objects.filter(course=review.course).order_by("measured_on", "point")
    return {
        "review": review.code,
        "course": review.course.code,
        "patient": {"code": review.course.patient.code, "mrn": review.course.patient.mrn},
        "kind": review.kind,
        "sessions_done": review.sessions_done,
        "text": review.text,
        "decision": review.decision,
        "reviewed_at": review.reviewed_at,
        "outcomes": [
            {"point": o.point, "measured_on": o.measured_on, **{name: getattr(o, name) for name in MEASURES}}
            for o in outcomes
        ],
    }
