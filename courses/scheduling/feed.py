"""The week as a calendar in the browser asks for it: hours, closed days and maintenance, in the clinic's wall time.

The calendar knows no time zones, so every moment goes out as the clinic's clock shows it, and comes back so.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext

from courses.models import Appointment
from courses.scheduling.calendar import closures, day_bounds, maintenance, opening_hours
from courses.scheduling.cards import appointments_between, card_of
from devices.models import Device
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import Clinic

LONGEST = timedelta(days=42)


def hours_of(
    clinic: Clinic, first: date, last: date, now: datetime, *, clinical: bool
) -> list[dict[str, Any]]:
    """Every taken hour from ``first`` to ``last`` with what its place in the calendar shows. Constant queries."""
    start, end = day_bounds(clinic, first)[0], day_bounds(clinic, last)[1]
    rows = appointments_between(clinic, start, end, now).exclude(state=Appointment.State.MISSED)
    return [_hour(row, now, clinical=clinical) for row in rows]


def shut_of(clinic: Clinic, devices: list[Device], first: date, last: date) -> list[dict[str, Any]]:
    """What nobody can book: closed days on all devices, maintenance on one."""
    start, end = day_bounds(clinic, first)[0], day_bounds(clinic, last)[1]
    codes = [device.code for device in devices]
    shut = [
        _background(
            f"closed-{closure.day}",
            datetime.combine(closure.day, time()),
            datetime.combine(closure.day + timedelta(days=1), time()),
            closure.name,
            codes,
        )
        for closure in closures(clinic, first, last)
    ]
    down = maintenance(devices, start, end)
    for device in devices:
        for number, window in enumerate(down[device.pk]):
            begins, ends = _wall(clinic, window.start), _wall(clinic, window.end)
            code = f"maintenance-{device.code}-{number}"
            shut.append(_background(code, begins, ends, gettext("Maintenance"), [device.code]))
    return shut


def frame_of(clinic: Clinic, shown: Collection[date]) -> dict[str, Any]:
    """Which weekdays and hours the calendar shows: the days that the week's table shows, and the opening hours."""
    hours = opening_hours(clinic)
    weekdays = {day.weekday() for day in shown}
    return {
        # The calendar counts from Sunday, 0.
        "hiddenDays": [day for day in range(7) if (day - 1) % 7 not in weekdays],
        "slotMinTime": f"{min((row.opens for row in hours), default=time(8)):%H:%M}",
        "slotMaxTime": f"{max((row.closes for row in hours), default=time(18)):%H:%M}",
    }


def asked_days(start: str, end: str) -> tuple[date, date]:
    """The days a calendar asks for; ``end`` is the day after the last. Raises InvalidInput."""
    try:
        first, after = (datetime.fromisoformat(text).date() for text in (start, end))
    except ValueError:
        first = after = date.min
    if not date(2000, 1, 1) <= first < after <= date(2999, 12, 31) or after - first > LONGEST:
        raise InvalidInput(gettext("The address names no days. Open the week again."))
    return first, after - timedelta(days=1)


def moment_of(clinic: Clinic, wall: str) -> datetime:
    """A wall time such as 2026-11-23T09:15 as a moment. Raises InvalidInput, also where the clocks leave it out."""
    try:
        local = datetime.fromisoformat(wall)
    except ValueError:
        local = None
    if local is None or local.tzinfo is not None:
        raise InvalidInput(gettext("Give the new hour as a day and a time."), code="no_moment")
    moment = local.replace(tzinfo=clinic.zone).astimezone(UTC)
    if _wall(clinic, moment) != local:
        raise InvalidInput(
            gettext("The clocks leave that time out on that day. Choose another hour."), code="no_moment"
        )
    return moment


def _hour(row: Any, now: datetime, *, clinical: bool) -> dict[str, Any]:
    clinic = row.course.clinic
    card = card_of(row, now, clinical=clinical)
    movable = clinical and row.state == Appointment.State.BOOKED and row.starts_at > now
    return {
        "id": row.code,
        "resourceIds": [row.device.code],
        "start": _wall(clinic, row.starts_at).isoformat(timespec="minutes"),
        "end": _wall(clinic, row.ends_at).isoformat(timespec="minutes"),
        "title": card.who,
        "editable": movable,
        "classNames": ["hour", f"is-{card.light}"],
        "extendedProps": {
            "url": card.url,
            "label": card.session_label,
            "chip": card.chip,
            "version": row.version,
            "patient": card.patient_code,
        },
    }


def _background(code: str, start: datetime, end: datetime, title: str, devices: list[str]) -> dict[str, Any]:
    return {
        "id": code,
        "resourceIds": devices,
        "start": start.isoformat(timespec="minutes"),
        "end": end.isoformat(timespec="minutes"),
        "title": title,
        "display": "background",
        "editable": False,
    }


def _wall(clinic: Clinic, moment: datetime) -> datetime:
    return clinic.local(moment).replace(tzinfo=None)
