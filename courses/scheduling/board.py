"""The day's board: a column a device, a row an hour."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, Q

from courses.models import Appointment
from courses.scheduling.calendar import closures, day_bounds, hours_on, opening_hours, special_hours
from courses.scheduling.cards import Card, appointments_between, card_of
from courses.scheduling.services.attendance import undoable
from devices.health import SignalLine, signal_line
from devices.models import Device, MaintenanceWindow, Recording
from eecp_clinic.models import Clinic

#: The rhythm of free rows where nothing is booked: a session of an hour, as EECP is given.
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Column:
    """``signal`` only where the day is today: it tells of this moment."""

    name: str
    url: str
    signal: SignalLine | None


@dataclass(frozen=True, slots=True)
class Cell:
    """Cards, a maintenance, an hour that goes on from the row above (``is_taken``), or nothing: a free hour."""

    cards: list[Card]
    maintenance: MaintenanceWindow | None
    is_taken: bool

    @property
    def is_free(self) -> bool:
        """Nothing stands here; a missed hour is free too, though it shows its card."""
        return not self.cards and self.maintenance is None and not self.is_taken


@dataclass(frozen=True, slots=True)
class Row:
    starts_at: datetime
    is_now: bool
    is_past: bool
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Board:
    day: date
    is_today: bool
    closed: str
    columns: list[Column]
    rows: list[Row]
    cards: list[Card]


def board_of(clinic: Clinic, day: date, now: datetime, *, clinical: bool = True) -> Board:
    """Everything the board of ``day`` shows; ``clinical`` as for a card. A fixed number of queries."""
    start, end = day_bounds(clinic, day)
    appointments = list(appointments_between(clinic, start, end, now))
    events = undoable(appointments, now)
    cards = {
        row.pk: card_of(
            row,
            now,
            clinical=clinical,
            can_undo=row.code in events and (clinical or events[row.code].action == "appointment.arrived"),
        )
        for row in appointments
    }
    devices = _devices(clinic, {row.device_id for row in appointments})
    is_today = day == clinic.day_of(now)
    closed = {closure.day: closure.name for closure in closures(clinic, day, day)}
    return Board(
        day=day,
        is_today=is_today,
        closed=closed.get(day, ""),
        columns=[
            Column(d.name, d.get_absolute_url(), signal_line(d, now) if is_today else None) for d in devices
        ],
        rows=_rows(clinic, day, now, appointments, cards, devices, is_open=day not in closed),
        cards=list(cards.values()),
    )


def _devices(clinic: Clinic, booked: set[int]) -> list[Device]:
    """Devices in use, and those out of use that still have a booking that day."""
    opened = Prefetch("recordings", Recording.objects.open().order_by("-started_at"), "open_recordings")
    return list(
        Device.objects.of(clinic)
        .filter(Q(is_active=True) | Q(pk__in=booked))
        .select_related("agent_status")
        .prefetch_related(opened)
        .order_by("name")
    )


def _rows(
    clinic: Clinic,
    day: date,
    now: datetime,
    appointments: Sequence[Appointment],
    cards: dict[int, Card],
    devices: Sequence[Device],
    *,
    is_open: bool,
) -> list[Row]:
    starts = row_starts(clinic, day, [row.starts_at for row in appointments], is_open=is_open)
    by_place: dict[tuple[datetime, int], list[Card]] = defaultdict(list)
    for appointment in appointments:
        by_place[appointment.starts_at, appointment.device_id].append(cards[appointment.pk])
    start, end = day_bounds(clinic, day)
    windows = list(
        MaintenanceWindow.objects.filter(device__in=devices, during__overlap=(start, end)).order_by("during")
    )
    taken = [row for row in appointments if row.state != Appointment.State.MISSED]
    rows = []
    for place, moment in enumerate(starts):
        after = starts[place + 1] if place + 1 < len(starts) else moment + HOUR
        cells = [
            Cell(
                cards=by_place[moment, device.pk],
                maintenance=_maintenance(windows, device, moment),
                is_taken=any(
                    row.device_id == device.pk and row.starts_at < moment + HOUR and row.ends_at > moment
                    for row in taken
                ),
            )
            for device in devices
        ]
        rows.append(Row(moment, moment <= now < after, after <= now, cells))
    return rows


def _maintenance(
    windows: Sequence[MaintenanceWindow], device: Device, moment: datetime
) -> MaintenanceWindow | None:
    for window in windows:
        begins, ends = window.during.lower, window.during.upper
        overlaps = (begins is None or begins < moment + HOUR) and (ends is None or ends > moment)
        if window.device_id == device.pk and overlaps:
            return window
    return None


def row_starts(
    clinic: Clinic, day: date, booked: Sequence[datetime], *, is_open: bool = True
) -> list[datetime]:
    """The hours of the board: every start that is booked, and free ones in the clinic's rhythm between them."""
    step = HOUR + timedelta(minutes=clinic.turnaround_minutes)
    starts = set(booked)
    stretches = hours_on(day, opening_hours(clinic), special_hours(clinic, day, day)) if is_open else []
    for opening, closing in stretches:
        moment = datetime.combine(day, opening, clinic.zone)
        closes = datetime.combine(day, closing, clinic.zone)
        while moment + HOUR <= closes:
            near = [start for start in booked if moment <= start < moment + step]
            if not near:
                starts.add(moment)
            moment = max(near).astimezone(clinic.zone) + step if near else moment + step
    return sorted(starts)
