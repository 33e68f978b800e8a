"""The session of a booked hour: opened when the patient is here."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from courses.models import Appointment, Course, Session
from courses.scheduling.agenda import spoken
from courses.scheduling.services.attendance import mark_arrived
from courses.treatment.locks import State, note
from eecp_clinic.errors import Conflict
from eecp_clinic.models import User
from eecp_clinic.roles import CLINICAL, require_role

OPEN_TO = (Appointment.State.BOOKED, Appointment.State.ARRIVED)


@transaction.atomic
def open_session(*, appointment: Appointment, actor: User, now: datetime) -> Session:
    """The session of this hour: the one there is, or a new draft; the patient counts as arrived.

    Raises Conflict where the hour, the order or the course does not allow a session today, and NotAllowed for
    whoever does not treat.
    """
    course = Course.objects.select_for_update(no_key=True).get(pk=appointment.course_id)
    hour = (
        Appointment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("course__clinic", "course__order", "device")
        .get(pk=appointment.pk)
    )
    require_role(actor, hour.course.clinic, *CLINICAL)
    known = Session.objects.filter(appointment=hour).select_related("course__clinic").first()
    if known is not None:
        return known
    _refuse_hour(hour, now)
    _refuse_course(course)
    if hour.state == Appointment.State.BOOKED:
        mark_arrived(appointment=hour, actor=actor, now=now)
    session = Session(
        course=hour.course, appointment=hour, device=hour.device, opened_by=actor, state=State.DRAFT
    )
    try:
        with transaction.atomic():
            session.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            gettext("Somebody else opened this session in this moment. Load the page again.")
        ) from error
    note("session.opened", session, actor, now, appointment=hour.code)
    return session


def _refuse_hour(hour: Appointment, now: datetime) -> None:
    if hour.state not in OPEN_TO:
        raise Conflict(
            gettext("This hour is marked: %(state)s. Undo that on the day's board, or book another hour.")
            % {"state": str(hour.get_state_display()).lower()},
            code="hour",
        )
    day, today = hour.course.clinic.day_of(hour.starts_at), hour.course.clinic.day_of(now)
    if day != today:
        raise Conflict(
            gettext(
                "This hour is booked for %(day)s and a session is opened on its own day. Today is %(today)s: "
                "book an hour for today, or open it then."
            )
            % {"day": spoken(day), "today": spoken(today)},
            code="day",
        )


def _refuse_course(course: Course) -> None:
    """Without a signed order there is no treatment, and a course that is over or on hold gives none."""
    if not course.order.is_signed:
        raise Conflict(
            gettext(
                "No signed order for this course, and a session needs one. Ask the ordering physician to sign it."
            ),
            code="order_unsigned",
        )
    if course.state not in {Course.State.PLANNED, Course.State.ACTIVE}:
        raise Conflict(
            gettext("This course is: %(state)s. A physician has to decide before it goes on.")
            % {"state": str(course.get_state_display()).lower()},
            code="course",
        )
    done = Session.objects.filter(course=course).completed().count()
    if done >= course.sessions_ordered:
        raise Conflict(
            gettext("All %(count)d ordered sessions are done. Another needs a new order.")
            % {"count": course.sessions_ordered},
            code="course_complete",
        )
