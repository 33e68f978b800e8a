"""The rows of a research export, by the columns of ``columns.py``; nothing here knows whether names go with them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Prefetch
from django.utils.crypto import salted_hmac

from courses.models import (
    Course,
    OutcomeMeasure,
    Pause,
    Reading,
    Session,
    SettingChange,
    TreatmentEvent,
    VitalSigns,
)
from courses.progress.outcome_table import changes_of
from courses.progress.sessions import SessionFigures
from courses.research.columns import MINUTES, OUTCOMES, READINGS, VITALS, Column
from devices.clocks import began_at
from devices.models import GatingReport
from devices.services import latest_report

_OLDEST_TOLD = 90
#: Columns of a report that the course's page shows, by the same names.
_OF_REPORT = (
    "engine_version",
    "config_sha256",
    "grade",
    "effective_minutes",
    "ds_peak",
    "ds_area",
    *(one.name for one in fields(SessionFigures)),
)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Delivered:
    """One session of the export, with the report that stands for it, if there is one."""

    session: Session
    report: GatingReport | None
    number: int
    zero: datetime  # from which t_s counts
    day: int

    @property
    def name(self) -> str:
        return f"session-{self.number:02d}"

    def t_s(self, at: datetime) -> float:
        return round((at - self.zero).total_seconds(), 3)


def pseudonym_of(course: Course) -> str:
    """Steady for this installation, and not to be turned back without its secret key."""
    mac = salted_hmac("courses.research.subject", course.code, algorithm="sha256")
    return f"S-{mac.hexdigest()[:10]}"


def delivered_in(course: Course) -> list[Delivered]:
    """The sessions that ended, in their order, with everything that their rows need."""
    sessions = list(
        Session.objects.filter(course=course, number__isnull=False)
        .completed()
        .select_related("recording", "gating_report")
        .prefetch_related(
            Prefetch("vital_signs", VitalSigns.objects.order_by("-phase")),
            Prefetch("readings", Reading.objects.filter(struck_at=None).order_by("at")),
            Prefetch("treatment_events", TreatmentEvent.objects.filter(struck_at=None).order_by("at", "pk")),
            Prefetch("setting_changes", SettingChange.objects.filter(struck_at=None).order_by("at", "pk")),
            Prefetch("pauses", Pause.objects.order_by("started_at")),
        )
        .order_by("number")
    )
    first = first_day_of(course, sessions)
    return [_delivered(course, session, first) for session in sessions]


def first_day_of(course: Course, sessions: Iterable[Session]) -> date | None:
    days = [course.clinic.day_of(s.started_at) for s in sessions if s.started_at is not None]
    return min(days, default=None)


def _delivered(course: Course, session: Session, first: date | None) -> Delivered:
    recording, started = session.recording, session.started_at
    if started is None or first is None or session.number is None:
        raise ValueError(f"session {session.code} ended without having begun")  # a constraint refuses it
    report = session.gating_report or (latest_report(recording) if recording else None)
    zero = began_at(recording) if recording else started
    return Delivered(session, report, session.number, zero, (course.clinic.day_of(started) - first).days)


def course_row(course: Course, first: date | None) -> Row:
    order, patient = course.order, course.patient
    age = patient.age_on(first) if first else None
    return {
        "subject": pseudonym_of(course),
        "age_years": None if age is None else min(age, _OLDEST_TOLD),
        "sex": patient.get_sex_display()
        if patient.sex == "X"
        else {"U": "unknown"}.get(patient.sex, patient.sex),
        "sessions_ordered": order.sessions,
        "minutes_ordered": order.session_minutes,
        "pressure_target_mmhg": order.pressure_target_mmhg,
        "diagnoses": order.diagnoses,
        "state": course.state,
        "end_reason": course.end_reason,
    }


def session_row(one: Delivered, files: Mapping[str, str]) -> Row:
    """``files``: what was written for this session, by kind (recording, beats)."""
    session, recording, report = one.session, one.session.recording, one.report
    row: Row = {
        "session": one.number,
        "day": one.day,
        "state": session.state,
        "duration_min": _minutes(session),
        "minutes_delivered": session.minutes_delivered,
        "stop_reason": session.stop_reason,
        "zero": "recording" if recording else "session",
        "recording": files.get("recording", ""),
        "beats": files.get("beats", ""),
    }
    if recording is not None:
        row["gap_s"] = recording.gap_seconds
        row["clock_offset_ms"] = recording.clock_offset_ms
    if report is not None:
        row["recording_s"] = report.report.get("duration_s")
        for name in _OF_REPORT:
            row[name] = getattr(report, name)
    return row


def _minutes(session: Session) -> float | None:
    if session.started_at is None or session.ended_at is None:
        return None
    return round((session.ended_at - session.started_at) / timedelta(minutes=1), 2)


def vitals_rows(one: Delivered) -> Iterator[Row]:
    for vitals in one.session.vital_signs.all():
        yield {"session": one.number, **_taken(vitals, VITALS)}


def reading_rows(one: Delivered) -> Iterator[Row]:
    for reading in one.session.readings.all():
        yield {"session": one.number, "t_s": one.t_s(reading.at), **_taken(reading, READINGS)}


def event_rows(one: Delivered) -> list[Row]:
    """What happened, what was set otherwise and where it stood still, in order of time."""
    rows: list[Row] = []
    for event in one.session.treatment_events.all():
        said = {
            "what": event.kind,
            "severity": event.severity,
            "actions": event.actions,
            "outcome": event.outcome,
        }
        rows.append({"t_s": one.t_s(event.at), "kind": "event", **said})
    for change in one.session.setting_changes.all():
        values = {"from_value": change.from_value, "to_value": change.to_value, "unit": change.unit}
        rows.append({"t_s": one.t_s(change.at), "kind": "change", "what": change.what, **values})
    for pause in one.session.pauses.all():
        length = (pause.ended_at - pause.started_at).total_seconds() if pause.ended_at else None
        rows.append({"t_s": one.t_s(pause.started_at), "kind": "pause", "length_s": length})
    return [{"session": one.number, **row} for row in sorted(rows, key=lambda row: row["t_s"])]


def minute_rows(one: Delivered) -> Iterator[Row]:
    names = [column.name for column in MINUTES if column.name != "session"]
    for minute in one.report.report.get("minutes", []) if one.report else []:
        yield {"session": one.number, **{name: minute.get(name) for name in names}}


def outcome_rows(course: Course, first: date | None) -> Iterator[Row]:
    for outcome in OutcomeMeasure.objects.filter(course=course).order_by("measured_on", "point"):
        day = None if first is None else (outcome.measured_on - first).days
        yield {**_taken(outcome, OUTCOMES), "day": day}


def change_rows(course: Course) -> Iterator[Row]:
    """The change of each measure, as the page of the course tells it; nothing before there are two looks."""
    for change in changes_of(OutcomeMeasure.objects.filter(course=course)).values():
        yield {
            "measure": change.code,
            "before": change.baseline,
            "now": change.now,
            "gain": change.gain,
            "unit": change.unit,
            "direction": str(change.direction),
            "sentence": change.sentence,
        }


def note_rows(one: Delivered) -> list[Row]:
    """Everything that people wrote in their own words; only for an export that names the patient."""
    session, end = one.session, one.session.ended_at
    found = [(r.at, "reading", r.note) for r in session.readings.all()]
    found += [(e.at, "event", e.note) for e in session.treatment_events.all()]
    found += [(c.at, "change", c.why) for c in session.setting_changes.all()]
    found += [(p.started_at, "pause", p.reason) for p in session.pauses.all()]
    if end is not None:
        found += [(end, name, getattr(session, name)) for name in ("symptoms", "skin_after", "comments")]
    return [
        {"session": one.number, "t_s": one.t_s(at), "kind": kind, "text": text}
        for at, kind, text in sorted(found)
        if text
    ]


def identity_row(course: Course, first: date | None) -> Row:
    patient = course.patient
    return {
        "course": course.code,
        "mrn": patient.mrn,
        "family_name": patient.family_name,
        "given_name": patient.given_name,
        "birth_date": patient.birth_date,
        "first_session": first,
    }


def _taken(thing: object, columns: Iterable[Column]) -> Row:
    """The columns that are fields of the row by the same name."""
    return {
        column.name: getattr(thing, column.name)
        for column in columns
        if hasattr(thing, column.name) and column.name != "session"
    }
