"""Signing: the session with all that belongs to it becomes final, and the signature says what it stood for."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.models import Session
from courses.session_states import Event
from courses.signals import session_signed
from courses.treatment.charted_rows import SIGNED, rows_of
from courses.treatment.choosing import others_of
from courses.treatment.completeness import missing_in, next_hour, report_for
from courses.treatment.dose import delivered_in, minutes_of
from courses.treatment.locks import advance, lock_for, note
from courses.treatment.supervising import supervision_of
from devices.models import GatingReport, Recording
from eecp_clinic.errors import Conflict
from eecp_clinic.models import Signature, User
from eecp_clinic.roles import CLINICAL, require_role
from eecp_clinic.signing import sign
from patients.eligibility.wording import listed

MEANING = "Session performed and documented as shown"


@transaction.atomic
def sign_session(
    *, session: Session, password: str, actor: User, now: datetime, without_recording_reason: str = ""
) -> Session:
    """Fix minutes and report, sign, and let the database freeze all of it.

    Raises Conflict with the list of what is missing, or while the recording is being analysed; NotAllowed
    without the role; InvalidInput for a wrong password.
    """
    locked = lock_for(session, Event.SIGN)
    require_role(actor, locked.course.clinic, *CLINICAL)
    missing = missing_in(locked, next_hour(locked))
    if missing:
        raise Conflict(
            gettext("Not signed. Still missing: %(what)s.")
            % {"what": listed(item.sentence for item in missing)},
            code="incomplete",
            missing=missing,
        )
    locked.gating_report = report_for(locked, without_recording_reason)
    if locked.gating_report is None:
        locked.without_recording_reason = without_recording_reason.strip()
    dose = delivered_in(locked)
    locked.minutes_delivered = minutes_of(dose)
    locked.signature = sign(
        signer=actor,
        password=password,
        clinic=locked.course.clinic,
        roles=CLINICAL,
        meaning=MEANING,
        subject=f"session:{locked.code}",
        content=signed_content(locked, now) | {"minutes_not_known_because": dose.reason},
        now=now,
    )
    locked.full_clean()
    advance(locked, Event.SIGN, "signature", "gating_report", "minutes_delivered", "without_recording_reason")
    note("session.signed", locked, actor, now, number=locked.number)
    session_signed.send(sender=Session, session=locked)
    return locked


def signed_content(session: Session, now: datetime) -> dict[str, Any]:
    """All that the signature stands for, in plain values."""
    patient, order = session.course.patient, session.course.order
    return {
        "session": session.code,
        "number": session.number,
        "course": session.course.code,
        "order": order.code,
        "patient": {
            "code": patient.code,
            "mrn": patient.mrn,
            "family_name": patient.family_name,
            "given_name": patient.given_name,
            "birth_date": patient.birth_date,
        },
        "clinic": {"name": session.course.clinic.name, "npi": session.course.clinic.npi},
        "device": {"name": session.device.name, "serial": session.device.serial},
        "appointment": session.appointment.code,
        "started_at": session.started_at,
        "ended_at": session.ended_at,
        "stop_reason": session.stop_reason,
        "opened_by": session.opened_by.signing_name,
        "identity_checked": session.identity_checked,
        "skin_after": session.skin_after,
        "reading_interval_minutes": session.reading_interval_minutes,
        "stop_note": session.stop_note,
        "symptoms": session.symptoms,
        "education": session.education,
        "education_note": session.education_note,
        "left_how": session.left_how,
        "next_confirmed": session.next_confirmed,
        "comments": session.comments,
        **_charted(session),
        "recording": _recording(session.recording),
        # What else was recorded in this hour, and not chosen
        "other_recordings": [str(other.recording.pk) for other in others_of(session, now)],
        "report": _report(session.gating_report),
        "without_recording_reason": session.without_recording_reason,
        "minutes_delivered": session.minutes_delivered,
        "supervision": [
            {
                "name": period.practitioner.signing_name,
                "npi": period.practitioner.npi,
                "mode": period.mode,
                "from": period.started_at,
                "to": period.ended_at,
            }
            for period in supervision_of(session)
        ],
    }


def _charted(session: Session) -> dict[str, Any]:
    """The rows under the session, each with who wrote it."""
    return {part: _rows(rows_of(session, part)) for part in SIGNED}


def _rows(rows: Any) -> list[dict[str, Any]]:
    """Every column by its name; people by the name they sign with, signatures by their hash, and no row numbers."""
    found = []
    for row in rows:
        columns = {field.name: getattr(row, field.name) for field in row._meta.fields}
        people = {name: value.signing_name for name, value in columns.items() if isinstance(value, User)}
        hashes = {
            name: value.content_sha256 for name, value in columns.items() if isinstance(value, Signature)
        }
        found.append({**columns, **people, **hashes})
        for unused in ("id", "session"):
            del found[-1][unused]
    return found


def _recording(recording: Recording | None) -> dict[str, Any] | None:
    if recording is None:
        return None
    return {
        "uuid": recording.uuid,
        "file_sha256": recording.file_sha256,
        "chunks_sha256": recording.chunks_sha256,
        "started_at": recording.started_at,
        "ended_at": recording.ended_at,
        "clock_offset_ms": recording.clock_offset_ms,
        "gap_seconds": recording.gap_seconds,
    }


def _report(report: GatingReport | None) -> dict[str, Any] | None:
    if report is None:
        return None
    return {
        "code": report.code,
        "engine_version": report.engine_version,
        "config_sha256": report.config_sha256,
        "input_sha256": report.input_sha256,
        "report_sha256": report.report_sha256,
        "beats_sha256": report.beats_sha256,
        "grade": report.grade,
    }
