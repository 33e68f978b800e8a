"""Taking a session in hand: locked, and in a state that allows what is to be done."""

from datetime import datetime

from django.utils.translation import gettext

from courses.models import Appointment, Course, Session
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from patients.eligibility.wording import listed

State = Session.State
OVER = (State.ENDED,)
RUNNING = (State.IN_PROGRESS, State.PAUSED)
UNSIGNED = (State.DRAFT, *RUNNING, *OVER)


def lock(session: Session, *states: str) -> Session:
    """The session as it is in the database now, locked until the transaction ends.

    The course is locked before it, always in this order, so that two ends at once wait instead of deadlocking
    and number the sessions one after the other. Raises Conflict where the session is in none of ``states``.
    """
    Course.objects.select_for_update(no_key=True).get(pk=session.course_id)
    found = (
        Session.objects.select_for_update(of=("self",), no_key=True)
        .select_related("course__clinic", "course__order", "course__patient", "appointment", "device")
        .get(pk=session.pk)
    )
    if found.state not in states:
        raise _wrong_state(found, states)
    return found


def _wrong_state(session: Session, states: tuple[str, ...]) -> Conflict:
    if session.is_signed:
        return Conflict(
            gettext("This session is signed and cannot change any more; nothing was saved."), code="signed"
        )
    wanted = listed((str(State(state).label).lower() for state in states), joiner=gettext("or"))
    return Conflict(
        gettext(
            "This session is now: %(state)s. What you asked for needs it to be: %(wanted)s. Nothing was saved; "
            "load the page again to see where it stands."
        )
        % {"state": str(session.get_state_display()).lower(), "wanted": wanted},
        code="state",
    )


def moment_within(session: Session, at: datetime | None, now: datetime) -> datetime:
    """``at``, or this moment where none is given; raises InvalidInput where it lies outside the session."""
    moment = at or now
    if session.started_at is None or not session.started_at <= moment <= (session.ended_at or now):
        sentence = gettext("The time must lie between start and end of the session. Correct it.")
        raise InvalidInput(sentence, code="time_outside", fields={"time": [sentence]})
    return moment


def set_appointment(appointment: Appointment, state: str, *, reason: str = "") -> None:
    """Let the booked hour follow the session; its version tells open calendars that it changed."""
    appointment.state = state
    appointment.reason = reason
    appointment.version += 1
    appointment.save(update_fields=["state", "reason", "version"])


def note(action: str, session: Session, actor: User | None, now: datetime, **data: object) -> None:
    """One line of the audit trail about a session."""
    audit.record(
        action, subject=f"session:{session.code}", actor=actor, clinic=session.course.clinic, at=now, **data
    )
