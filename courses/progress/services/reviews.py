"""A physician's review of a course: it exists only signed."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.models import Course, OutcomeMeasure, Review, Session
from courses.progress.payer_rule import findings_for
from courses.progress.services import deciding
from courses.progress.services.outcomes import MEASURES, NOTHING
from eecp_clinic import audit, signing
from eecp_clinic.codes import new_code
from eecp_clinic.errors import Conflict
from eecp_clinic.models import User
from eecp_clinic.roles import Role
from patients.services import records

OVER = (Course.State.COMPLETED, Course.State.DISCONTINUED)


@transaction.atomic
def sign_review(
    *,
    course: Course,
    kind: str,
    text: str,
    decision: str,
    password: str,
    actor: User,
    now: datetime,
    pressure_target_mmhg: int | None = None,
    timing: str = "",
    extra_sessions: int | None = None,
    end_reason: str = "",
) -> Review:
    """Write, sign and carry out in one act; what the decision changes holds for every later session.

    Raises NotAllowed (role), InvalidInput (password, text, what the decision needs), Conflict (too early, twice,
    a session is running).
    """
    locked = (
        Course.objects.select_for_update(of=("self",))
        .select_related("clinic", "patient", "order")
        .get(pk=course.pk)
    )
    _refuse(locked, kind)
    review = Review(
        code=new_code(),
        course=locked,
        kind=kind,
        sessions_done=Session.objects.filter(course=locked, ended_at__lte=now).completed().count(),
        text=text.strip(),
        decision=decision,
        pressure_target_mmhg=pressure_target_mmhg,
        timing=timing.strip(),
        extra_sessions=extra_sessions,
        end_reason=end_reason,
        reviewed_at=now,
    )
    _check(review)
    deciding.refuse(review)
    if extra_sessions is not None:
        review.payer_findings = [asdict(finding) for finding in findings_for(locked, extra_sessions, now)]
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
    deciding.carry_out(review, actor, now)
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
        **_changes(review),
        "reviewed_at": review.reviewed_at,
        "outcomes": [
            {
                "point": o.point,
                "measured_on": o.measured_on,
                **{name: getattr(o, name) for name in MEASURES if getattr(o, name) not in NOTHING},
            }
            for o in outcomes
        ],
    }


def _changes(review: Review) -> dict[str, Any]:
    """What the decision changes, where it changes something."""
    names = ("pressure_target_mmhg", "timing", "extra_sessions", "end_reason", "payer_findings")
    return {name: getattr(review, name) for name in names if getattr(review, name)}
