"""Holds: the patient is not treated today, the physicians are told, and one of them looks at it or releases it."""

from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from courses.models import Appointment, Course, Hold, HoldNotice, Session
from courses.session_states import Event
from courses.treatment.hold_mail import enqueue
from courses.treatment.locks import lock_for, note, set_appointment
from courses.treatment.precheck import holds, start_findings
from devices.models import Device
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import CLINICAL, Role, require_role


@transaction.atomic
def hold_session(*, session: Session, reason: str, actor: User, now: datetime) -> Session:
    """Do not treat today: the hour is given back with the reason, and every physician of the clinic is told.

    Only before the start; what was charted stays. Raises InvalidInput without a reason.
    """
    locked = lock_for(session, Event.HOLD)
    require_role(actor, locked.course.clinic, *CLINICAL)
    if not reason.strip():
        sentence = gettext("Say why the patient is not treated today.")
        raise InvalidInput(sentence, code="reason_missing", fields={"reason": [sentence]})
    found = holds(start_findings(locked, now))
    hold = Hold(session=locked, reason=reason.strip()[:300], held_by=actor, held_at=now)
    hold.findings = [
        {"code": f.code, "fact": f.fact, "rule": f.rule, "limits_version": f.source.version} for f in found
    ]
    _insert(hold)
    HoldNotice.objects.bulk_create(
        HoldNotice(hold=hold, practitioner=physician) for physician in physicians_of(locked.course.clinic)
    )
    set_appointment(locked.appointment, Appointment.State.HELD, reason=reason.strip()[:200])
    note(
        "session.held", locked, actor, now, appointment=locked.appointment.code, codes=[f.code for f in found]
    )
    transaction.on_commit(partial(enqueue, hold.pk))
    return locked


def physicians_of(clinic: Clinic) -> list[User]:
    """Who is told of a hold: whoever is a physician here and can still log in."""
    found = User.objects.filter(
        memberships__clinic=clinic, memberships__role=Role.PHYSICIAN, is_active=True
    ).exclude(email="")
    return list(found.distinct().order_by("pk"))


def open_hold(session: Session) -> Hold:
    """The hold that stands. Raises Conflict where there is none."""
    found = Hold.objects.filter(session=session, released_at=None).first()
    if found is None:
        raise Conflict(gettext("This session is not held. Load the page again."), code="not_held")
    return found


@transaction.atomic
def see_hold(*, hold: Hold, answer: str, actor: User, now: datetime) -> Hold:
    """A physician has looked at a hold; an answer is for the nurse. Raises Conflict where another has already."""
    locked = _locked(hold)
    require_role(actor, locked.session.course.clinic, Role.PHYSICIAN)
    if locked.seen_at is not None:
        raise Conflict(
            gettext("%(who)s has looked at this hold already. Load the page again.")
            % {"who": locked.seen_by.signing_name if locked.seen_by else ""},
            code="seen",
        )
    locked.seen_by, locked.seen_at, locked.answer = actor, now, answer.strip()[:300]
    locked.save(update_fields=["seen_by", "seen_at", "answer"])
    note("session.hold_seen", locked.session, actor, now)
    return locked


@transaction.atomic
def release_hold(*, session: Session, answer: str, actor: User, now: datetime) -> Session:
    """A physician takes the hold back, with a reason, on the same day and while the hour is still free.

    What the limits say stays: a start against them still needs the physician's override.
    """
    Device.objects.select_for_update().get(
        pk=session.device_id
    )  # as in booking: course and device, then the hour
    locked = lock_for(session, Event.RELEASE)
    clinic = locked.course.clinic
    require_role(actor, clinic, Role.PHYSICIAN)
    if not answer.strip():
        sentence = gettext("Say why the hold is released.")
        raise InvalidInput(sentence, code="reason_missing", fields={"answer": [sentence]})
    _refuse_release(locked, now)
    try:
        with transaction.atomic():
            set_appointment(locked.appointment, Appointment.State.ARRIVED)
    except IntegrityError as error:
        raise Conflict(
            gettext("The hour was given to somebody else in the meantime. Book another hour to treat."),
            code="just_taken",
        ) from error
    hold = Hold.objects.select_for_update().filter(session=locked, released_at=None).first()
    if hold is not None:
        hold.released_at, hold.answer = now, answer.strip()[:300]
        hold.seen_by, hold.seen_at = actor, now
        hold.save(update_fields=["released_at", "answer", "seen_by", "seen_at"])
    note("session.hold_released", locked, actor, now)
    return locked


def _refuse_release(session: Session, now: datetime) -> None:
    clinic, hour = session.course.clinic, session.appointment
    if hour.state != Appointment.State.HELD or clinic.day_of(hour.starts_at) != clinic.day_of(now):
        raise Conflict(
            gettext("A hold is released on its own day only, while its hour is held. Book another hour."),
            code="hold_is_past",
        )


def _insert(hold: Hold) -> None:
    hold.full_clean(exclude=["findings"], validate_constraints=False)
    try:
        with transaction.atomic():
            hold.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(gettext("This hour is on hold already."), code="held") from error


def _locked(hold: Hold) -> Hold:
    """Course, session and hold, in the order in which everything else takes them."""
    Course.objects.select_for_update(no_key=True).get(sessions=hold.session_id)
    return (
        Hold.objects.select_for_update(of=("self",))
        .select_related("session__course__clinic", "seen_by")
        .get(pk=hold.pk)
    )
