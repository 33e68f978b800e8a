"""What is over and stands, of an ended or signed session: its recording and report, its flowsheet, how it ended early."""

from typing import Any

from courses.models import Session, SessionRepeat
from courses.treatment import forms
from courses.treatment.amended_values import NO_CORRECTIONS, Corrections
from courses.treatment.flowsheet import flow_rows
from courses.treatment.happenings import happenings_shown
from courses.treatment.ready_page import short_of
from courses.treatment.report_section import brief_of
from courses.treatment.supervising import supervision_of
from devices.clocks import note_for_page
from devices.models import GatingReport
from devices.services import reports_of_all


def hour_of(session: Session, corrections: Corrections = NO_CORRECTIONS) -> dict[str, Any]:
    """What is over and stands: recording, report, supervision."""
    return {
        **analysis_of(session),
        "supervision": supervision_of(session),
        "readings": flow_rows(session, corrections),
        "happenings": happenings_shown(session),
        **_short(session),
    }


def analysis_of(session: Session) -> dict[str, Any]:
    """The recording and its report, or that one is waited for."""
    newest = newest_report(session)
    report = session.gating_report or newest
    return {
        "recording": session.recording,
        "clock_note": note_for_page(session.recording),
        "report": brief_of(report) if report else None,
        "report_waits": report is None and session.recording is not None and not session.recording.failure,
        "newer_report": newest if report and newest and newest.pk != report.pk else None,
    }


def _short(session: Session) -> dict[str, Any]:
    """Of a session that ended early: what the clinic's rule says, and whether it is given again."""
    short = short_of(session)
    if short is None:
        return {"short": None}
    repeat = SessionRepeat.objects.filter(session=session).select_related("decided_by").first()
    return {"short": short, "repeat": repeat, "repeat_form": forms.RepeatForm()}


def newest_report(session: Session) -> GatingReport | None:
    """The newest report of the file as it is stored now; None where there is none yet."""
    recording = session.recording
    if recording is None or recording.stored_at is None:
        return None
    found = reports_of_all(recording)
    # Beside the one that a session was signed with, a newer one is only named.
    return (found if session.gating_report is None else found.defer("report", "config")).first()
