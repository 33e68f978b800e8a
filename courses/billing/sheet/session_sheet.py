"""One signed session, from the database to its sheet in the packet."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet

from courses.billing.charted import change_of, education_of, event_of, examined_of, override_of, struck_of
from courses.billing.packet.gating_evidence import figures_of, findings_of, minutes_of
from courses.billing.packet.session_evidence import (
    Amended,
    Gating,
    Pause,
    Picture,
    Reading,
    Recorded,
    SessionSheet,
    Signed,
    Supervision,
    Vitals,
)
from courses.billing.supervised import Supervised
from courses.billing.supervision import SupervisionPeriod, supervision_gaps
from courses.intervals import Interval
from courses.models import Course, Session, VitalSigns
from courses.models import Reading as ReadingRow
from courses.treatment.charted_rows import prefetches, rows_of
from courses.treatment.report_section import paper_drawings
from courses.treatment.signed_page import AmendmentShown, amendments_shown
from devices.models import GatingReport, Recording, StoredFile
from eecp_clinic.models import Clinic, Signature
from eecp_clinic.signing import is_intact

_VITALS = (
    ("systolic_mmhg", "mmHg"),
    ("diastolic_mmhg", "mmHg"),
    ("heart_rate_bpm", "bpm"),
    ("spo2_percent", "%"),
    ("respiratory_rate", "/min"),
    ("weight_kg", "kg"),
    ("angina_since_last", ""),
    ("nitroglycerin_since_last", ""),
    ("skin", ""),
)
_MODES = {"onsite": "on site", "av": "live audio and video"}


def _how(period: SupervisionPeriod, clinic: Clinic) -> str:
    """'on site'; what was written down later than it happened says when."""
    mode = _MODES.get(period.mode, period.mode)
    if period.written_late is None:
        return mode
    return f"{mode}, written down {clinic.local(period.written_late):%d-%b-%Y %H:%M}"


def signed_sessions(course: Course, until: datetime) -> QuerySet[Session]:
    """The sessions that were signed by ``until``, with everything their sheets show."""
    return with_all_of_it(Session.objects.filter(course=course, signature__signed_at__lte=until))


def with_all_of_it(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Signed sessions with everything their sheets show, in the order of the course."""
    return (
        sessions.filter(signature__isnull=False)
        .select_related(
            "course__clinic",
            "course__patient",
            "course__order__ordered_by",
            "course__order__signature",
            "course__order__assessment__coverage__payer",
            "appointment",
            "signature",
            "device",
            "opened_by",
            "recording",
            "gating_report",
        )
        .prefetch_related(*prefetches(), Prefetch("recording__files", StoredFile.objects.order_by("version")))
        .order_by("number")
    )


def signed(what: str, signature: Signature) -> Signed:
    return Signed(
        what=what,
        name=signature.name,
        credentials=signature.credentials,
        meaning=signature.meaning,
        signed_at=signature.signed_at,
        authentication=signature.authentication,
        content_sha256=signature.content_sha256,
        intact=is_intact(signature),
    )


def sheet_of(
    session: Session, around: Supervised, until: datetime | None = None, *, drawn: bool = True
) -> SessionSheet:
    """The sheet with what was written beside it by ``until``; all of it without one. ``drawn``: with its pictures."""
    assert session.signature is not None  # noqa: S101  # only signed sessions are asked for
    order = session.course.order
    supervision = around.supervision(session)
    gaps: tuple[Interval, ...] = ()
    if session.started_at and session.ended_at:
        gaps = supervision_gaps(Interval(session.started_at, session.ended_at), supervision)
    return SessionSheet(
        number=session.number or 0,
        code=session.code,
        device=f"{session.device.name}, {session.device.model or 'model not known'}, {session.device.serial}",
        started_at=session.started_at,
        ended_at=session.ended_at,
        minutes=session.minutes_delivered,
        ordered_minutes=order.session_minutes,
        gated_minutes=session.gating_report.effective_minutes if session.gating_report else None,
        stop_reason=session.get_stop_reason_display(),
        identity_checked=session.identity_checked,
        skin_after=session.skin_after,
        symptoms=session.symptoms,
        comments=session.comments,
        opened_by=session.opened_by.signing_name,
        vitals=tuple(_vitals(row, session) for row in rows_of(session, "vital_signs")),
        readings=tuple(_reading(row) for row in rows_of(session, "readings")),
        pauses=tuple(Pause(p.started_at, p.ended_at, p.reason) for p in rows_of(session, "pauses")),
        supervision=tuple(
            Supervision(p.practitioner, p.npi, _how(p, session.course.clinic), p.start, p.end)
            for p in supervision
        ),
        unsupervised=tuple((gap.start, gap.end) for gap in gaps),
        recording=_recorded(session.recording, session.gating_report) if session.recording else None,
        without_recording_reason=session.without_recording_reason,
        gating=_gating(session.gating_report, drawn=drawn) if session.gating_report else None,
        stop_note=session.stop_note,
        education=education_of(session),
        left_how=str(session.get_left_how_display()),
        next_confirmed=session.next_confirmed,
        events=tuple(event_of(row) for row in rows_of(session, "events")),
        changes=tuple(change_of(row) for row in rows_of(session, "changes")),
        overrides=tuple(override_of(row) for row in rows_of(session, "hold_overrides")),
        signature=signed(f"Session {session.number}", session.signature),
        amendments=tuple(_amended(shown, session) for shown in amendments_shown(session, until)),
        countersignatures=_countersignatures(session, until),
    )


def _amended(shown: AmendmentShown, session: Session) -> Amended:
    return Amended(
        code=shown.code,
        kind=shown.kind,
        what=shown.what,
        original=shown.original,
        corrected=shown.corrected,
        happened_at=shown.happened_at,
        text=shown.text,
        reason=shown.reason,
        made_at=shown.made_at,
        signature=signed(f"{shown.kind}, session {session.number}", shown.signature),
        path=shown.path,
    )


def _countersignatures(session: Session, until: datetime | None) -> tuple[Signed, ...]:
    signatures = [row.signature for row in rows_of(session, "countersignatures")]
    return tuple(
        signed(f"Session {session.number}", signature)
        for signature in signatures
        if until is None or signature.signed_at <= until
    )


def _vitals(row: VitalSigns, session: Session) -> Vitals:
    values = tuple(
        (str(VitalSigns._meta.get_field(name).verbose_name), _with_unit(getattr(row, name), unit))  # type: ignore[union-attr]
        for name, unit in _VITALS
    )
    return Vitals(
        phase=row.phase,
        values=values,
        recorded_by=row.recorded_by.signing_name,
        recorded_at=row.recorded_at,
        examined=examined_of(row),
        marks=tuple(str(mark) for mark in rows_of(session, "body_marks") if mark.phase == row.phase),
    )


def _with_unit(value: Any, unit: str) -> str:
    if value is None or value == "":
        return ""
    text = f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
    return f"{text} {unit}" if unit else text


def _reading(row: ReadingRow) -> Reading:
    return Reading(
        at=row.at,
        pressure_mmhg=row.pressure_mmhg,
        heart_rate_bpm=row.heart_rate_bpm,
        systolic_mmhg=row.systolic_mmhg,
        diastolic_mmhg=row.diastolic_mmhg,
        spo2_percent=row.spo2_percent,
        ds_peak=row.ds_peak,
        note=row.note,
        by_device=tuple(sorted(row.from_device)),
        recorded_by=row.recorded_by.signing_name,
        ds_area=row.ds_area,
        device_minutes=row.device_minutes,
        struck=struck_of(row),
    )


def _recorded(recording: Recording, report: GatingReport | None) -> Recorded:
    """The recording as it was when its report was made: samples that came later made another version of the file."""
    judged = next(
        (file for file in recording.files.all() if report and file.file_sha256 == report.input_sha256),
        recording,
    )
    return Recorded(
        uuid=str(recording.uuid),
        started_at=recording.started_at,
        ended_at=judged.ended_at,
        gap_seconds=judged.gap_seconds,
        file_sha256=judged.file_sha256,
        chunks_sha256=judged.chunks_sha256,
        verified_at=recording.verified_at,
    )


def _gating(report: GatingReport, *, drawn: bool) -> Gating:
    drawings, note = paper_drawings(report) if drawn else ([], "")
    return Gating(
        code=report.code,
        engine_version=report.engine_version,
        config_sha256=report.config_sha256,
        input_sha256=report.input_sha256,
        made_at=report.made_at,
        grade=report.grade,
        figures=figures_of(report.report),
        findings=findings_of(report.report),
        minutes=minutes_of(report.report),
        pictures=tuple(Picture(d.name, d.title, str(d.svg), d.alt, d.note) for d in drawings),
        pictures_missing=note,
    )
