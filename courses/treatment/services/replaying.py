"""Looking at waves changes nothing, but the audit trail knows who did."""

from datetime import datetime

from courses.models import Session
from eecp_clinic import audit
from eecp_clinic.models import User


def note_replay(*, session: Session, actor: User, now: datetime) -> None:
    """One line for one opening of a session's waves; the tiles that it fetches are of the same opening."""
    audit.record(
        "session.replayed",
        subject=f"session:{session.code}",
        actor=actor,
        clinic=session.course.clinic,
        at=now,
        recording=str(session.recording_id),
    )
