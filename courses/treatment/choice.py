"""What the session's page shows of its recording and of the others of its hour."""

from datetime import datetime, timedelta
from typing import Any

from courses.models import Session
from courses.treatment.choosing import OtherRecording, others_of
from devices.clocks import began_at
from devices.models import Recording

_MINUTE = timedelta(minutes=1)


def choice_of(session: Session, now: datetime) -> dict[str, Any]:
    """The session's recording and the others of its hour; ``choice`` tells one state of them from another."""
    recording, others = session.recording, others_of(session, now)
    ended = recording.ended_at if recording is not None else None
    return {
        "recording": recording,
        "recording_began_at": began_at(recording) if recording is not None else None,
        "recording_minutes": round((ended - recording.started_at) / _MINUTE) if recording and ended else None,
        "others": others,
        "choice": "".join(f"{shown.pk}{shown.is_open:d}" for shown in _shown_in(recording, others)),
    }


def _shown_in(recording: Recording | None, others: list[OtherRecording]) -> list[Recording]:
    return [*([recording] if recording is not None else []), *(other.recording for other in others)]
