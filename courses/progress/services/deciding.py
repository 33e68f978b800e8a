"""What a signed decision does to the course: hold, go on, new pressure target, more sessions, stop."""

from datetime import datetime

from django.utils.translation import gettext

from courses.models import Course, Review, Session
from courses.ordering.stopping import stop_course
from courses.progress.decisions import Decided, Standing, problems
from eecp_clinic import audit
from eecp_clinic.errors import Conflict
from eecp_clinic.models import User
from patients.services import records

Decision = Review.Decision


def decided_in(review: Review) -> Decided:
    return Decided(
        decision=review.decision,
        pressure_target_mmhg=review.pressure_target_mmhg,
        timing=review.timing,
        extra_sessions=review.extra_sessions,
        end_reason=review.end_reason,
    )


def refuse(review: Review) -> None:
    """Raises InvalidInput, each sentence beneath its field, where the decision is not whole."""
    course = review.course
    standing = Standing(
        state=course.state,
        sessions_ordered=course.sessions_ordered,
        pressure_target_mmhg=course.pressure_target_mmhg,
    )
    found: records.Problems = {}
    for name, sentence in problems(decided_in(review), standing):
        found.setdefault(name, []).append(gettext(sentence))
    if found:
        raise records.refusal(found)


def carry_out(review: Review, actor: User, now: datetime) -> None:
    """Inside the transaction of the signature; the course is locked. The order itself is never changed."""
    course = review.course
    if review.decision == Decision.STOP:
        stop_course(course=course, reason=review.end_reason, actor=actor, now=now)
        return
    before = (course.state, course.extra_sessions, course.pressure_changed_mmhg, course.ended_on)
    if review.pressure_target_mmhg is not None:
        course.pressure_changed_mmhg = review.pressure_target_mmhg
    if review.extra_sessions is not None:
        course.extra_sessions += review.extra_sessions
    course.state = _state_after(review)
    if course.state not in {Course.State.COMPLETED, Course.State.DISCONTINUED}:
        course.ended_on = None
    if before == (course.state, course.extra_sessions, course.pressure_changed_mmhg, course.ended_on):
        return
    course.full_clean(validate_unique=False)
    course.save(update_fields=["state", "extra_sessions", "pressure_changed_mmhg", "ended_on"])
    audit.record(
        "course.decided",
        subject=f"course:{course.code}",
        actor=actor,
        clinic=course.clinic,
        at=now,
        review=review.code,
        decision=review.decision,
        state=course.state,
        sessions=course.sessions_ordered,
        pressure_target_mmhg=course.pressure_target_mmhg,
    )


def _state_after(review: Review) -> str:
    """Hold holds; every other decision ends a hold, and an extension takes a completed course up again."""
    course = review.course
    if review.decision == Decision.HOLD:
        if Session.objects.running().filter(course=course).exists():
            raise Conflict(
                gettext("A session of this course is running. End that session, then hold the course."),
                code="session_running",
            )
        return Course.State.ON_HOLD
    if review.decision == Decision.EXTEND and course.state == Course.State.COMPLETED:
        if Course.objects.going_on().filter(patient=course.patient_id).exists():
            raise Conflict(
                gettext("The patient has a newer course. Extend that one, or end it first."),
                code="newer_course",
            )
        return Course.State.ACTIVE
    if course.state == Course.State.ON_HOLD:
        has_begun = Session.objects.filter(course=course, started_at__isnull=False).exists()
        return Course.State.ACTIVE if has_begun else Course.State.PLANNED
    return course.state
