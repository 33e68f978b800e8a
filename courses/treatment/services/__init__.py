"""Every change of state in this stage, one function each."""

from courses.treatment.binding import attach_recording, bind_recording
from courses.treatment.choosing import choose_recording, detach_recording
from courses.treatment.services.amending import amend_session
from courses.treatment.services.charting import add_reading, chart_end, chart_vitals, check_identity
from courses.treatment.services.countersigning import countersign_sessions
from courses.treatment.services.opening import hold_session, open_session
from courses.treatment.services.replaying import note_replay
from courses.treatment.services.running import end_session, pause_session, resume_session, start_session
from courses.treatment.services.signing import sign_session

__all__ = [
    "add_reading",
    "amend_session",
    "attach_recording",
    "bind_recording",
    "chart_end",
    "chart_vitals",
    "check_identity",
    "choose_recording",
    "countersign_sessions",
    "detach_recording",
    "end_session",
    "hold_session",
    "note_replay",
    "open_session",
    "pause_session",
    "resume_session",
    "sign_session",
    "start_session",
]
