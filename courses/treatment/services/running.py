"""Start, pause, resume and end of the hour."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext, ngettext

from courses.models import Appointment, Course, Pause, Session, VitalSigns
from courses.session_states import Event
from courses.treatment.binding import bind_open_recording
from courses.treatment.locks import advance, lock_for, note, set_appointment
from courses.treatment.precheck import holds, start_findings, vitals_in
from courses.treatment.services.overriding import override
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import CLINICAL, require_role


@transaction.atomic
def start_session(
    *, session: Session, actor: User, now: datetime, override_reason: str = "", password: str = ""
) -> Session:
    """Begin the treatment.

    A hold stops it; a physician may override with a reason, which is kept and listed, and an overdue review with the
    password too.
    Raises InvalidInput (not ready), NotAllowed (hold), Conflict (device, patient or order do not allow it).
    """
    locked = lock_for(session, Event.START)
    require_role(actor, locked.course.clinic, *CLINICAL)
    _refuse_unready(locked)
    _refuse_day(locked, now)
    _refuse_device(locked, now)
    found = holds(start_findings(locked, now))
    if found:
        override(
            session=locked,
            found=found,
            reason=override_reason.strip(),
            password=password,
            actor=actor,
            now=now,
        )
    locked.started_at = now
    locked.reading_interval_minutes = locked.course.clinic.reading_interval_minutes
    try:
        with transaction.atomic():
            advance(locked, Event.START, "started_at", "reading_interval_minutes")
    except IntegrityError as error:
        raise _taken() from error
    set_appointment(locked.appointment, Appointment.State.IN_PROGRESS)
    if locked.course.state == Course.State.PLANNED:
        _set_course(locked.course, Course.State.ACTIVE)
    note("session.started", locked, actor, now, overridden=[finding.code for finding in found])
    return bind_open_recording(session=locked, now=now) or locked


def _refuse_unready(session: Session) -> None:
    if not session.identity_checked:
        raise InvalidInput(
            gettext("Identity is not checked. Ask for name and date of birth, tick the box and save."),
            code="identity",
        )
    before = vitals_in(session, VitalSigns.Phase.BEFORE)
    needed = (before.systolic_mmhg, before.diastolic_mmhg, before.heart_rate_bpm) if before else (None,)
    if None in needed:
        raise InvalidInput(
            gettext("Blood pressure or heart rate before the session is not known. Measure and save them."),
            code="vitals_missing",
        )


def _refuse_day(session: Session, now: datetime) -> None:
    """No more sessions on one clinic day than the order says, and the course must still be going on."""
    course, clinic = session.course, session.course.clinic
    if course.state not in {Course.State.PLANNED, Course.State.ACTIVE}:
        raise Conflict(
            gettext("This course is: %(state)s. A physician has to decide before it goes on.")
            % {"state": str(course.get_state_display()).lower()},
            code="course",
        )
    others = Session.objects.filter(
        course__patient=course.patient_id, started_at__gte=now - timedelta(days=2)
    ).exclude(pk=session.pk)
    today = [s for s in others if s.started_at and clinic.day_of(s.started_at) == clinic.day_of(now)]
    if any(other.is_running for other in today):
        raise Conflict(gettext("This patient has a session running. End it first."), code="patient_running")
    allowed = course.order.sessions_per_day
    if len(today) >= allowed:
        raise Conflict(
            ngettext(
                "The order allows %(allowed)d session a day, and it was given today. Book another day.",
                "The order allows %(allowed)d sessions a day, and they were given today. Book another day.",
                allowed,
            )
            % {"allowed": allowed},
            code="day_full",
        )


def _refuse_device(session: Session, now: datetime) -> None:
    device = session.device
    if not device.is_active or device.maintenance_windows.filter(during__contains=now).exists():
        raise Conflict(
            gettext("%(device)s is not in use at this time. Move the appointment to another device.")
            % {"device": device.name},
            code="device_down",
        )
    if Session.objects.running().filter(device=device).exclude(pk=session.pk).exists():
        raise _taken()


def _taken() -> Conflict:
    return Conflict(
        gettext(
            "Another session runs on this device or for this patient. End it first, or use another device."
        ),
        code="running",
    )


@transaction.atomic
def pause_session(*, session: Session, reason: str, actor: User, now: datetime) -> Session:
    """Stop the clock of the session, with the reason."""
    locked = lock_for(session, Event.PAUSE)
    if not reason.strip():
        raise InvalidInput(
            gettext("Say why the session is paused."),
            code="reason_missing",
            fields={"reason": [gettext("Say why the session is paused.")]},
        )
    Pause.objects.create(session=locked, started_at=now, reason=reason.strip()[:200], paused_by=actor)
    advance(locked, Event.PAUSE)
    note("session.paused", locked, actor, now)
    return locked


@transaction.atomic
def resume_session(*, session: Session, actor: User, now: datetime) -> Session:
    """Go on after a pause."""
    locked = lock_for(session, Event.RESUME)
    locked.pauses.filter(ended_at__isnull=True).update(ended_at=now, resumed_by=actor)
    advance(locked, Event.RESUME)
    note("session.resumed", locked, actor, now)
    return locked


@transaction.atomic
def end_session(
    *, session: Session, stop_reason: str, actor: User, now: datetime, stop_note: str = ""
) -> Session:
    """The hour is over: a reason, the next number of the course, and the course completed with the last one.

    A pause that is open ends with it, and nobody resumed it.
    """
    locked = lock_for(session, Event.END)
    if stop_reason not in Session.StopReason.values:
        sentence = gettext("Choose why the session ended.")
        raise InvalidInput(sentence, code="stop_reason", fields={"stop_reason": [sentence]})
    if locked.started_at is None or now <= locked.started_at:
        raise InvalidInput(gettext("The session cannot end before it started. Check the server's clock."))
    locked.pauses.filter(ended_at__isnull=True).update(ended_at=now)
    given = Session.objects.filter(course=locked.course_id).aggregate(last=Max("number"))["last"] or 0
    locked.number = given + 1
    locked.ended_at, locked.stop_reason, locked.stop_note = now, stop_reason, stop_note.strip()[:200]
    advance(locked, Event.END, "number", "ended_at", "stop_reason", "stop_note")
    set_appointment(locked.appointment, Appointment.State.DONE)
    done = Session.objects.filter(course=locked.course_id).completed().count()
    if done >= locked.course.sessions_ordered:
        locked.course.ended_on = locked.course.clinic.day_of(now)
        _set_course(locked.course, Course.State.COMPLETED)
    note("session.ended", locked, actor, now, number=locked.number, stop_reason=stop_reason)
    return locked


def _set_course(course: Course, state: str) -> None:
    course.state = state
    course.save(update_fields=["state", "ended_on"])
