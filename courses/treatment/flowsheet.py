"""The flowsheet as the page shows it: rows, stretches without one, and a form for the next with what the device gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import time_format
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from courses.models import Reading, Session
from courses.treatment import forms, tile
from courses.treatment.amended_values import NO_CORRECTIONS, Corrections, amended_html, found_at
from courses.treatment.reading_times import Standstill, Unread, next_due, unread
from eecp_clinic.markup import shown


@dataclass(frozen=True, slots=True)
class Cell:
    """``amended`` is what was corrected of it after signing, as markup."""

    text: str
    from_device: bool
    amended: str = ""

    @property
    def html(self) -> str:
        text = (
            f'<span class="from-device">{shown(self.text)}</span>' if self.from_device else shown(self.text)
        )
        return f"{text}{shown(self.amended)}"


@dataclass(frozen=True, slots=True)
class FlowRow:
    """``unread`` stands for a stretch without a reading, and then nothing else does."""

    at: datetime
    cells: tuple[Cell, ...] = ()
    note: str = ""
    note_amended: str = ""
    by: str = ""
    number: int | None = None
    struck: str = ""
    unread: str = ""

    @property
    def time(self) -> str:
        return time_format(localtime(self.at))

    @property
    def strike_label(self) -> str:
        """The same in each row's link would not say which row: 'Strike the reading of 10:14'."""
        return _("Strike the reading of %(time)s") % {"time": self.time}

    @property
    def cells_html(self) -> SafeString:
        return SafeString("".join(f'<td class="num">{cell.html}</td>' for cell in self.cells))


@dataclass(frozen=True, slots=True)
class DueText:
    """When the next reading is due, in words; ``light`` colours it."""

    text: str
    light: str


def flowsheet_of(session: Session, now: datetime) -> dict[str, Any]:
    """The rows, and the form for the next."""
    return {"readings": flow_rows(session), **entry_of(session, now)}


def entry_of(session: Session, now: datetime) -> dict[str, Any]:
    """A form for the next row; what the device gives stands beside it, marked and sealed."""
    given = tile.device_values(session, now) if session.is_running else None
    rows = session.readings.all()
    # Each next row has ids of its own: else htmx would put the focus back where the last row was left.
    ids = f"id_{len(rows)}_%s" if session.is_running else "id_%s"
    return {
        "reading_form": forms.ReadingForm(
            by_device=given is not None,
            over=not session.is_running,
            last=next((row for row in reversed(rows) if not row.is_struck), None),
            auto_id=ids,
        ),
        "device_row": device_row(given),
        "device_token": tile.sealed(session, given),
        "due": due_of(session, now),
        "now": now,
    }


def due_of(session: Session, now: datetime) -> DueText | None:
    """When the clinic wants the next row; None where the session does not run."""
    every = _every(session)
    if not session.is_running or session.started_at is None or every is None:
        return None
    due = next_due(session.started_at, _read_at(session), _standstills(session), every)
    if due is None:
        return DueText(_("Due after the pause"), "idle")
    values = {"time": time_format(localtime(due)), "minutes": abs(round((due - now).total_seconds() / 60))}
    if values["minutes"] == 0:
        return DueText(_("Due now (%(time)s)") % values, "look")
    if due < now:
        return DueText(_("Due %(time)s, late by %(minutes)d min") % values, "look")
    return DueText(_("Due %(time)s, in %(minutes)d min") % values, "idle")


def flow_rows(session: Session, corrections: Corrections = NO_CORRECTIONS) -> list[FlowRow]:
    """The flowsheet's rows by time; once the hour is over, also the stretches in which none was taken."""
    rows = [_row(reading, corrections) for reading in session.readings.all()]
    return sorted([*rows, *_unread(session)], key=lambda row: row.at)


def _row(reading: Reading, corrections: Corrections) -> FlowRow:
    place = f"readings/{reading.at.isoformat()}"
    pressure = (reading.systolic_mmhg, reading.diastolic_mmhg)
    values = {
        "pressure_mmhg": _text(reading.pressure_mmhg),
        "heart_rate_bpm": _text(reading.heart_rate_bpm),
        "ds_peak": _text(reading.ds_peak),
        "ds_area": _text(reading.ds_area),
        "inflation_ms": tile.signed(reading.inflation_ms) or "",
        "device_minutes": _text(reading.device_minutes),
        "bp": "/".join("–" if part is None else str(part) for part in pressure) if any(pressure) else "",
        "spo2_percent": _text(reading.spo2_percent),
    }
    return FlowRow(
        at=reading.at,
        cells=tuple(
            Cell(text, name in reading.from_device, _amended(corrections, place, name))
            for name, text in values.items()
        ),
        note=reading.note,
        note_amended=_amended(corrections, place, "note"),
        by=reading.recorded_by.signing_name,
        number=reading.pk,
        struck=struck_text(reading),
    )


def _amended(corrections: Corrections, place: str, name: str) -> str:
    if not corrections:
        return ""
    names = ("systolic_mmhg", "diastolic_mmhg") if name == "bp" else (name,)
    return amended_html(found_at(corrections, place, names), named=len(names) > 1)


def struck_text(row: Any) -> str:
    """'Struck 10:14 by Nora Nurse, RN: wrong patient'; empty where the row stands."""
    if row.struck_at is None or row.struck_by is None:
        return ""
    return _("Struck %(time)s by %(name)s: %(reason)s") % {
        "time": time_format(localtime(row.struck_at)),
        "name": row.struck_by.signing_name,
        "reason": row.struck_reason,
    }


def _unread(session: Session) -> list[FlowRow]:
    every = _every(session)
    if session.started_at is None or session.ended_at is None or every is None:
        return []
    found = unread(session.started_at, session.ended_at, _read_at(session), _standstills(session), every)
    # A moment later, so that it stands below the row with which it begins.
    after = timedelta(microseconds=1)
    return [FlowRow(at=one.start + after, unread=_unread_text(one, every)) for one in found]


def _unread_text(one: Unread, every: timedelta) -> str:
    return _(
        "No reading from %(from)s to %(to)s: %(treated)d min of treatment, one every %(every)d min wanted"
    ) % {
        "from": time_format(localtime(one.start)),
        "to": time_format(localtime(one.end)),
        "treated": one.treated.total_seconds() // 60,
        "every": every.total_seconds() // 60,
    }


def _every(session: Session) -> timedelta | None:
    """The interval that held when the session started, or None where it was not kept."""
    minutes = session.reading_interval_minutes
    return None if minutes is None else timedelta(minutes=minutes)


def _read_at(session: Session) -> list[datetime]:
    return [row.at for row in session.readings.all() if not row.is_struck]


def _standstills(session: Session) -> Sequence[Standstill]:
    return [(pause.started_at, pause.ended_at) for pause in session.pauses.all()]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def device_row(given: dict[str, Any] | None) -> dict[str, str]:
    """The device's values as the row shows them; "–" where it gives none."""
    values = dict(given or {})
    names = ("pressure_mmhg", "heart_rate_bpm", "ds_peak", "ds_area", "inflation_ms", "device_minutes")
    shown = {name: "–" if values.get(name) is None else str(values[name]) for name in names}
    return shown | {"inflation_ms": tile.signed(values.get("inflation_ms")) or "–"}
