"""An hour that was cut short is given again, so that the course keeps its full hours."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from courses.models import Course, Session, SessionRepeat
from courses.signals import session_amended
from courses.treatment.locks import note
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import CLINICAL, require_role


@transaction.atomic
def give_again(*, session: Session, reason: str, actor: User, now: datetime) -> SessionRepeat:
    """The course gets one session more in place of this one. Raises NotAllowed, InvalidInput (no reason), Conflict
    (the session runs, had its full time, is given again already, or a newer course goes on).
    """
    course = Course.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=session.course_id)
    require_role(actor, course.clinic, *CLINICAL)
    locked = Session.objects.select_related("course__clinic").get(pk=session.pk)
    _refuse(locked, course)
    if not reason.strip():
        sentence = gettext("Say why the hour is given again.")
        raise InvalidInput(sentence, code="reason_missing", fields={"reason": [sentence]})
    repeat = SessionRepeat(session=locked, reason=reason.strip()[:200], decided_by=actor, decided_at=now)
    repeat.full_clean()
    repeat.save(force_insert=True)
    course.repeated_sessions += 1
    if course.state == Course.State.COMPLETED:
        course.state, course.ended_on = Course.State.ACTIVE, None
    try:
        with transaction.atomic():
            course.save(update_fields=["repeated_sessions", "state", "ended_on"])
    except IntegrityError as error:
        raise Conflict(
            gettext("A newer course of this patient goes on. The hour cannot be given again in this one."),
            code="newer_course",
        ) from error
    note("session.given_again", locked, actor, now, number=locked.number)
    session_amended.send(sender=Session, session=locked)
    return repeat


def _refuse(session: Session, course: Course) -> None:
    over = {Session.State.ENDED, Session.State.SIGNED}
    if session.state not in over or session.stop_reason == Session.StopReason.COMPLETED:
        raise Conflict(
            gettext("Only an hour that ended early is given again. This one runs, or had its full time."),
            code="not_short",
        )
    if SessionRepeat.objects.filter(session=session).exists():
        raise Conflict(gettext("This hour is given again already. Book its make-up."), code="repeated")
    if course.state == Course.State.DISCONTINUED:
        raise Conflict(
            gettext("This course was stopped. Write a new order to give more sessions."), code="course_over"
        )
