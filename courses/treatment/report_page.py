"""The page of one report of a session's recording."""

from datetime import datetime
from typing import Any

from courses.models import Session
from courses.treatment.page import banner_of
from courses.treatment.report_section import ReportSection
from devices.clocks import note_for_page


def report_context(session: Session, section: ReportSection, now: datetime) -> dict[str, Any]:
    """The page of one report, which need not be the one that the session was signed with."""
    signed_with = session.gating_report
    return {
        "session": session,
        "patient": session.course.patient,
        "device": session.device,
        "banner": banner_of(session, now),
        "recording": session.recording,
        "clock_note": note_for_page(session.recording),
        "report": section,
        "signed_with": signed_with if signed_with and signed_with.code != section.code else None,
        "is_signed_with": signed_with is not None and signed_with.code == section.code,
    }
