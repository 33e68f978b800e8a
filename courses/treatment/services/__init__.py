"""Every change of state in this stage, one function each."""

from courses.treatment.binding import attach_recording, bind_recording
from courses.treatment.choosing import choose_recording, detach_recording
from courses.treatment.services.amending import amend_session
from courses.treatment.services.charting import add_reading, chart_end, chart_vitals, check_identity
from courses.treatment.services.countersigning import countersign_sessions
from courses.treatment.services.happenings import change_setting, record_event, say_outcome, strike
from courses.treatment.services.holding import hold_session, open_hold, release_hold, see_hold
from courses.treatment.services.marking import mark_legs
from courses.treatment.services.opening import open_session
from courses.treatment.services.repeating import give_again
from courses.treatment.services.replaying import note_replay
from courses.treatment.services.running import end_session, pause_session, resume_session, start_session
from courses.treatment.services.settling import settle_limit, settle_rules
from courses.treatment.services.signing import sign_session

__all__ = [
    "add_reading",
    "amend_session",
    "attach_recording",
    "bind_recording",
    "change_setting",
    "chart_end",
    "chart_vitals",
    "check_identity",
    "choose_recording",
    "countersign_sessions",
    "detach_recording",
    "end_session",
    "give_again",
    "hold_session",
    "mark_legs",
    "note_replay",
    "open_hold",
    "open_session",
    "pause_session",
    "record_event",
    "release_hold",
    "resume_session",
    "say_outcome",
    "see_hold",
    "settle_limit",
    "settle_rules",
    "sign_session",
    "start_session",
    "strike",
]
