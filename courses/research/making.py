"""One course as a folder: tables, recordings, beats, and what they are. The same course gives the same bytes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from courses.models import Course
from courses.research import tables
from courses.research.columns import BEATS, IDENTIFYING, TABLES, dictionary_rows
from courses.research.edf_header import NotEdf, without_day
from courses.research.packing import Counted, Sink, plain_csv, to_csv, to_parquet
from courses.research.readme import readme
from courses.research.tables import Delivered, Row
from devices.edf import CannotStore
from devices.files import read_checked
from devices.report_files import DamagedReport, read_beats
from devices.services import file_of

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: how many sessions, and in sentences what could not be."""

    sessions: int
    missing: tuple[str, ...]


def write_course(course: Course, sink: Sink, *, deidentified: bool, progress: Progress) -> Written:
    """Put the whole folder into ``sink``, session by session, so that one recording is in memory at a time.

    A recording or its beats that cannot be read are left out and named; everything else is written all the same.
    """
    counted, missing = Counted(sink), list[str]()
    sessions = tables.delivered_in(course)
    first = tables.first_day_of(course, (one.session for one in sessions))
    rows: dict[str, list[Row]] = {name: [] for name in (*TABLES, *IDENTIFYING)}
    rows["course.csv"] = [tables.course_row(course, first)]
    rows["outcomes.csv"] = list(tables.outcome_rows(course, first))
    rows["changes.csv"] = list(tables.change_rows(course))
    rows["identity.csv"] = [tables.identity_row(course, first)]
    for done, one in enumerate(sessions, start=1):
        files = _files(one, counted, missing, deidentified=deidentified)
        rows["sessions.csv"].append(tables.session_row(one, files))
        for name, made in _by_session(one).items():
            rows[name].extend(made)
        progress(done, len(sessions))
    wanted = TABLES if deidentified else TABLES | IDENTIFYING
    for name, columns in wanted.items():
        counted.put(name, to_csv(columns, rows[name]))
    counted.put("data-dictionary.csv", plain_csv(dictionary_rows(wanted)))
    subject = tables.pseudonym_of(course)
    counted.put("README.md", readme(subject, len(sessions), missing, deidentified=deidentified).encode())
    counted.finish({"subject": subject, "deidentified": deidentified, "sessions": len(sessions)})
    return Written(len(sessions), tuple(missing))


def _by_session(one: Delivered) -> dict[str, list[Row]]:
    return {
        "vitals.csv": list(tables.vitals_rows(one)),
        "readings.csv": list(tables.reading_rows(one)),
        "events.csv": tables.event_rows(one),
        "minutes.csv": list(tables.minute_rows(one)),
        "notes.csv": tables.note_rows(one),
    }


def _files(one: Delivered, sink: Sink, missing: list[str], *, deidentified: bool) -> dict[str, str]:
    """Write the waves and the beats of one session; their names by kind."""
    written: dict[str, str] = {}

    def put(kind: str, name: str, data: bytes | None, why: str) -> None:
        if data is None:
            missing.append(_("Session %(n)d: %(why)s") % {"n": one.number, "why": why})
            return
        sink.put(name, data)
        written[kind] = name

    put("recording", f"recordings/{one.name}.edf", *_waves(one, deidentified=deidentified))
    put("beats", f"beats/{one.name}.parquet", *_beats(one))
    return written


def _waves(one: Delivered, *, deidentified: bool) -> tuple[bytes | None, str]:
    """The file that the session's report judged, or why there is none."""
    recording = one.session.recording
    if recording is None:
        return None, _("no recording is bound to it.")
    if recording.stored_at is None:
        return None, _("its recording is not stored yet.")
    stored = (file_of(one.report) if one.report else None) or recording
    try:
        data = read_checked(stored)
        return (without_day(data) if deidentified else data), ""
    except (CannotStore, FileNotFoundError, NotEdf):
        return None, _("the file of its recording is missing or has changed since it was stored.")


def _beats(one: Delivered) -> tuple[bytes | None, str]:
    if one.report is None:
        return None, _("no report was made, so there are no beats.")
    try:
        found = read_beats(one.report)
    except (DamagedReport, OSError):
        return None, _("the file of its beats is missing or damaged.")
    if found is None:
        return None, _("its report was made before beats were kept.")
    values: dict[str, Any] = {column.name: found.column(column.name) for column in BEATS}
    return to_parquet(BEATS, values), ""
