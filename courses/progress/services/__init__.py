"""What people do while a course goes on: measure, review and decide, explain, keep a diary, supervise."""

from courses.progress.services.diary import diary_link_of, keep_day, make_diary_link, revoke_diary_link
from courses.progress.services.explaining import explain_exception, explain_exceptions
from courses.progress.services.outcomes import record_outcome
from courses.progress.services.reviews import sign_review
from courses.progress.services.supervision import begin_supervision, end_supervision, note_supervision
from courses.progress.services.supervision_logs import explain_gap, sign_log, sign_logs
from courses.progress.services.work_mail import switch_mail

__all__ = [
    "begin_supervision",
    "diary_link_of",
    "end_supervision",
    "explain_exception",
    "explain_exceptions",
    "explain_gap",
    "keep_day",
    "make_diary_link",
    "note_supervision",
    "record_outcome",
    "revoke_diary_link",
    "sign_log",
    "sign_logs",
    "sign_review",
    "switch_mail",
]
