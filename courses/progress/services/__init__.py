"""What people do while a course goes on: measure, review, supervise."""

from courses.progress.services.outcomes import record_outcome
from courses.progress.services.reviews import sign_review
from courses.progress.services.supervision import begin_supervision, end_supervision, note_supervision

__all__ = ["begin_supervision", "end_supervision", "note_supervision", "record_outcome", "sign_review"]
