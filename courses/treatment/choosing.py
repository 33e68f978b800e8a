"""Several recordings in one hour: what else was recorded, and a person who says which of them is the session's.

A session is signed with one recording, because one claim line stands for one verified file. An agent or a computer
that is started again goes on with the recording it had; a console that begins anew, or a second agent, makes another.
That one is shown until somebody chose, and named in what is signed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from courses.models import Session, SetAsideRecording
from courses.treatment.binding import SLACK, attach_recording
from courses.treatment.locks import UNSIGNED, lock, note
from devices.clocks import began_at
from devices.models import Recording
from devices.protocol import MAX_DURATION_S
from devices.services import prescribe
from eecp_clinic.errors import Conflict
from eecp_clinic.models import User
from eecp_clinic.roles import CLINICAL, require_role

_MILLISECOND = Value(timedelta(milliseconds=1), DurationField())
_BEGAN_AT = ExpressionWrapper(
    F("started_at")
    - ExpressionWrapper(Coalesce(F("clock_offset_ms"), Value(0)) * _MILLISECOND, DurationField()),
    DateTimeField(),
)
_LESS_IS_NOTHING = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class OtherRecording:
    """A recording of the session's device and time that is not the session's."""

    recording: Recording
    began_at: datetime
    sentence: str


def others_of(session: Session, now: datetime) -> list[OtherRecording]:
    """What else the device recorded while the session ran and belongs to no session, oldest first."""
    if session.started_at is None:
        return []
    start, end = session.started_at - SLACK, session.ended_at or now
    near = (
        Recording.objects.filter(device=session.device_id, session__isnull=True)
        .annotate(began=_BEGAN_AT)
        .filter(began__lt=end, began__gt=start - timedelta(seconds=MAX_DURATION_S))
        .filter(Q(ended_at=None) | Q(ended_at__gt=F("started_at")))
        .defer("manifest", "live")
        .order_by("began")
    )
    found = [(recording, _shared(recording, start, end, now)) for recording in near]
    return [
        OtherRecording(recording, began_at(recording), _sentence(session, recording, shared))
        for recording, shared in found
        if shared >= _LESS_IS_NOTHING or recording.is_open
    ]


def _shared(recording: Recording, start: datetime, end: datetime, now: datetime) -> timedelta:
    """How much of the recording lies between the two, by the server's clock."""
    began = began_at(recording)
    over = now if recording.ended_at is None else began + (recording.ended_at - recording.started_at)
    return min(over, end) - max(began, start)


def _sentence(session: Session, recording: Recording, shared: timedelta) -> str:
    if recording.is_open:
        if session.recording_id is None:
            return gettext("A recording runs on this device and belongs to no session.")
        return gettext("Another recording runs on this device in this hour.")
    minutes = max(1, round(shared / timedelta(minutes=1)))
    if session.recording_id is None:
        return gettext("A recording has %(n)d min of this hour and belongs to no session.") % {"n": minutes}
    return gettext("Another recording has %(n)d min of this hour.") % {"n": minutes}


@transaction.atomic
def choose_recording(*, session: Session, recording: Recording, actor: User, now: datetime) -> Session:
    """A person says that this recording is the session's; one that it had is set aside.

    Raises Conflict where the session is signed or has not started, or the recording is another session's.
    """
    locked = lock(session, *UNSIGNED)
    require_role(actor, locked.course.clinic, *CLINICAL)
    if locked.recording_id == recording.pk:
        return locked
    if locked.recording_id is not None:
        _set_aside(locked, actor, now)
    return attach_recording(recording=recording, session=locked, actor=actor, now=now)


@transaction.atomic
def detach_recording(*, session: Session, actor: User, now: datetime) -> Session:
    """A person says that the session's recording is not of it. Raises Conflict where it is signed or has none."""
    locked = lock(session, *UNSIGNED)
    require_role(actor, locked.course.clinic, *CLINICAL)
    if locked.recording_id is None:
        raise Conflict(
            gettext("No recording is bound to this session. Load the page again."), code="no_recording"
        )
    _set_aside(locked, actor, now)
    return locked


@transaction.atomic
def release_recording(*, recording: Recording, actor: User, now: datetime) -> None:
    """Before a recording goes to another device: its session loses it, or Conflict where that one is signed."""
    session = Session.objects.filter(recording=recording).first()
    if session is not None:
        _set_aside(lock(session, *UNSIGNED), actor, now)


def _set_aside(locked: Session, actor: User, now: datetime) -> None:
    recording = Recording.objects.select_for_update(no_key=True).get(session=locked)
    locked.recording = None
    locked.save(update_fields=["recording"])
    SetAsideRecording.objects.get_or_create(
        session=locked, recording=recording, defaults={"set_aside_by": actor, "set_aside_at": now}
    )
    prescribe(recording=recording, pressure_mmhg=None, minutes=None)  # another order's, or none's
    note("session.recording_detached", locked, actor, now, recording=str(recording.pk))
