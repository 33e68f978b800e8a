"""Which recording belongs to which session: by device and by time, and never by guess.

A recording is bound to the session on its device that it shares time with, and which began no earlier than
``SLACK`` before and no later than the recording's end. What fits none stays in a list until a person attaches it,
and what a person detached is not bound to that session again.
"""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from courses.models import Session, SetAsideRecording
from courses.ordering.prescribed import pressure_at
from courses.treatment.locks import RUNNING, UNSIGNED, State, lock, note
from devices.clocks import began_at
from devices.models import Recording
from devices.services import prescribe
from eecp_clinic.errors import ClinicError, Conflict
from eecp_clinic.models import Clinic, User

logger = logging.getLogger(__name__)

#: The agent may begin this long before the session is started on screen. More would reach into the hour before.
SLACK = timedelta(minutes=10)
#: The sweep looks back this far; what is older waits for a person.
SWEEP_BACK = timedelta(days=14)


def unmatched_recordings(clinic: Clinic) -> QuerySet[Recording]:
    """What was recorded at the clinic and belongs to no session, newest first."""
    return (
        Recording.objects.filter(device__clinic=clinic, session__isnull=True)
        .select_related("device")
        .order_by("-started_at")
    )


def fits(recording: Recording, session: Session) -> bool:
    """Whether the two share time and began together; a recording from before the session is another's."""
    if session.started_at is None or not shares(recording, session):
        return False
    return began_at(recording) >= session.started_at - SLACK


def shares(recording: Recording, session: Session) -> bool:
    """Whether the device recorded while the session ran on it."""
    if session.started_at is None or session.device_id != recording.device_id:
        return False
    offset = recording.started_at - began_at(recording)
    session_end = session.ended_at + offset if session.ended_at else None
    return recording.overlaps(session.started_at + offset, session_end, timedelta())


@transaction.atomic
def bind_recording(*, recording: Recording, now: datetime) -> Session | None:
    """Bind a recording to the one session it fits; the session it is bound to, or None where none or several fit."""
    bound = Session.objects.filter(recording=recording).first()
    if bound is not None:
        return bound
    candidates = (
        Session.objects.filter(
            device=recording.device_id,
            recording__isnull=True,
            signature__isnull=True,
            state__in=[*RUNNING, State.ENDED],
        )
        .exclude(set_aside__recording=recording)
        .select_related("course")
    )
    fitting = [session for session in candidates if fits(recording, session)]
    return _bind(fitting[0], recording, actor=None, now=now) if len(fitting) == 1 else None


def bind_open_recording(*, session: Session, now: datetime) -> Session | None:
    """At the start: the recording that runs on the device already, if it fits."""
    running = Recording.objects.open().filter(device=session.device_id, session__isnull=True)
    running = running.exclude(set_aside_from__session=session)
    for recording in running.order_by("-started_at"):
        if fits(recording, session):
            return _bind(session, recording, actor=None, now=now)
    return None


def bind_all_unbound(now: datetime) -> int:
    """What lost announcements would have done; returns how many were bound."""
    recent = Q(opened_at__gte=now - SWEEP_BACK)
    waiting = Recording.objects.filter(recent, session__isnull=True)
    return sum(_bound(recording, now) for recording in waiting)


def _bound(recording: Recording, now: datetime) -> bool:
    """Each on its own: one that cannot be bound does not keep the others waiting."""
    try:
        return bind_recording(recording=recording, now=now) is not None
    except ClinicError as error:
        logger.info("recording %s was not bound: %s", recording.pk, error.code)
        return False


@transaction.atomic
def attach_recording(*, recording: Recording, session: Session, actor: User, now: datetime) -> Session:
    """A person says that this recording is of that session. Raises Conflict where either is taken or signed."""
    locked = lock(session, *UNSIGNED)
    if locked.started_at is None:
        raise Conflict(gettext("The session has not started. Choose one that ran."), code="not_started")
    SetAsideRecording.objects.filter(session=locked, recording=recording).delete()
    return _bind(locked, recording, actor=actor, now=now)


def _bind(session: Session, recording: Recording, *, actor: User | None, now: datetime) -> Session:
    """Lock both, look again, bind, and tell the analysis what was prescribed."""
    locked = lock(session, *UNSIGNED)
    taken = Recording.objects.select_for_update(no_key=True).get(pk=recording.pk)
    if locked.recording_id == taken.pk:
        return locked
    if locked.recording_id is not None or Session.objects.filter(recording=taken).exists():
        raise Conflict(
            gettext("The session has a recording already, or the recording a session. Load the page again."),
            code="bound",
        )
    locked.recording = taken
    locked.save(update_fields=["recording"])
    order = locked.course.order
    prescribed = pressure_at(locked.course, locked.started_at or now)
    prescribe(recording=taken, pressure_mmhg=prescribed, minutes=order.session_minutes)
    note(
        "session.recording_bound",
        locked,
        actor,
        now,
        recording=str(taken.pk),
        by="person" if actor else "device and time",
    )
    return locked
