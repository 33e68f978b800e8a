"""Taking a session in hand: locked, and in a state that allows what is to be done."""

from datetime import datetime

from django.utils.translation import gettext

from courses import session_states as states
from courses.models import Appointment, Course, Session
from courses.session_states import Event, ForbiddenTransition
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from patients.eligibility.wording import listed

State = Session.State
OVER = (State.ENDED,)
RUNNING = (State.IN_PROGRESS, State.PAUSED)
UNSIGNED = (State.DRAFT, *RUNNING, *OVER)


#: Hours that were given back: a draft of one of them is held, whatever the reason.
GIVEN_BACK = (Appointment.State.HELD, Appointment.State.CANCELLED, Appointment.State.MISSED)


def stand_of(session: Session) -> states.State:
    """Where the session stands in the one table of states; its hour says whether it is held."""
    if session.state == State.DRAFT and session.appointment.state in GIVEN_BACK:
        return states.State.HELD
    return states.State(session.state)


def lock_for(session: Session, event: Event) -> Session:
    """The session as it is now, locked, where ``event`` may happen. Raises Conflict where it may not."""
    found = lock(session, *State.values)
    try:
        states.after(stand_of(found), event)
    except ForbiddenTransition as error:
        raise _forbidden(found, error) from error
    return found


def advance(locked: Session, event: Event, *fields: str) -> None:
    """Let a session that ``lock_for`` gave go where ``event`` leads, and save it with ``fields``."""
    locked.state = states.STORED[states.after(stand_of(locked), event)]
    locked.save(update_fields=["state", *fields])


def _forbidden(session: Session, error: ForbiddenTransition) -> Conflict:
    if error.state is states.State.HELD and error.event is Event.HOLD:
        return Conflict(gettext("This hour is on hold already."), code="held")
    if error.state is states.State.HELD:
        return Conflict(
            gettext(
                "This hour is on hold and was given back. Book another hour to treat, or let a physician "
                "release the hold."
            ),
            code="held",
        )
    wanted = dict.fromkeys(states.STORED[state] for state in error.allowed_in)
    return _wrong_state(session, tuple(wanted))


def lock(session: Session, *wanted: str) -> Session:
    """The session as it is in the database now, locked until the transaction ends.

    The course is locked before it, always in this order, so that two ends at once wait instead of deadlocking
    and number the sessions one after the other. Raises Conflict where the session is in none of ``wanted``.
    What is an event of the session takes ``lock_for``; this is for the rest, such as its recordings.
    """
    Course.objects.select_for_update(no_key=True).get(pk=session.course_id)
    found = (
        Session.objects.select_for_update(of=("self",), no_key=True)
        .select_related("course__clinic", "course__order", "course__patient", "appointment", "device")
        .get(pk=session.pk)
    )
    if found.state not in wanted:
        raise _wrong_state(found, wanted)
    return found


def _wrong_state(session: Session, needed: tuple[str, ...]) -> Conflict:
    if session.is_signed:
        return Conflict(
            gettext("This session is signed and cannot change any more; nothing was saved."), code="signed"
        )
    wanted = listed((str(State(state).label).lower() for state in needed), joiner=gettext("or"))
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
