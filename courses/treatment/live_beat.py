"""The averaged beat of the last minute, beside the figures of a running session."""

from datetime import datetime

from django.utils.translation import gettext as _

from courses.models import Session
from courses.treatment.report_pictures import Drawing, bands_of, beat_drawing
from courses.treatment.tile import STALE_AFTER_S, age_of
from devices.beat_file import from_plain
from devices.npz import NotArrays
from devices.pictures.beat import SMALL


def live_beat(session: Session, now: datetime) -> Drawing | None:
    """None where there is none, or where it is not of now."""
    recording = session.recording
    age_s = age_of(recording, now)
    if recording is None or recording.live is None or age_s is None or age_s > STALE_AFTER_S:
        return None
    kept, unassisted = recording.live.get("beat"), recording.live.get("unassisted")
    if kept is None:
        return None
    try:
        beat, behind = from_plain(kept), from_plain(unassisted) if unassisted else None
    except NotArrays:  # the worker is of another version than this process, for the minute of an update
        return None
    drawing = beat_drawing(
        "live-beat", _("The last minute, averaged"), beat, behind, bands_of({}), size=SMALL
    )
    return drawing if drawing.svg else None
