"""The hours before and after a repair, as boxes on lanes: a lane a device and day that is touched."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from courses.scheduling.disruptions import Proposal
from courses.scheduling.plan import Slot
from eecp_clinic.models import Clinic

#: Pixels: a minute across, a lane down, the words on the left.
PER_MINUTE, LANE, LABEL, HEAD = 1, 26, 150, 22
#: Days that are drawn; the table beside the picture has all.
MOST_DAYS = 8


@dataclass(frozen=True, slots=True)
class Box:
    """One hour: ``kind`` is lost, moved or other; ``number`` is its row in the table, 0 for others."""

    x: int
    width: int
    kind: str
    number: int

    @property
    def middle(self) -> int:
        return self.x + self.width // 2


@dataclass(slots=True)
class Lane:
    label: str
    y: int
    boxes: list[Box] = field(default_factory=list)

    @property
    def baseline(self) -> int:
        return self.y + 18


@dataclass(frozen=True, slots=True)
class Tick:
    x: int
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    title: str
    width: int
    height: int
    ticks: list[Tick]
    lanes: list[Lane]


@dataclass(frozen=True, slots=True)
class _Hour:
    start: datetime
    end: datetime
    device: str
    kind: str
    number: int


def pictures(clinic: Clinic, proposal: Proposal, titles: tuple[str, str]) -> list[Picture]:
    """Before and after, with the same lanes, so that the eye can go from one to the other."""
    others = [_Hour(hour.start, hour.end, code, "other", 0) for hour, code in proposal.others]
    lost = [_hour(move.before, "lost", n) for n, move in enumerate(proposal.repair.moves, 1)]
    left = [_hour(item.before, "lost", 0) for item in proposal.repair.unplaced]
    moved = [_hour(move.after, "moved", n) for n, move in enumerate(proposal.repair.moves, 1)]
    names = {code: device.name for code, device in proposal.devices.items()}
    touched = sorted(
        {(_day(clinic, hour), hour.device) for hour in [*lost, *left, *moved]},
        key=lambda lane: (lane[0], names.get(lane[1], lane[1])),
    )
    days = sorted({day for day, _ in touched})[:MOST_DAYS]
    lanes = [(day, device) for day, device in touched if day in days]
    shown = [hour for hour in [*others, *lost, *left, *moved] if (_day(clinic, hour), hour.device) in lanes]
    if not shown:
        return []
    first = min(clinic.local(hour.start).hour for hour in shown)
    last = max(clinic.local(hour.end).hour + 1 for hour in shown)
    return [
        _picture(clinic, title, lanes, names, hours, first, last)
        for title, hours in ((titles[0], [*others, *lost, *left]), (titles[1], [*others, *moved]))
    ]


def _hour(slot: Slot, kind: str, number: int) -> _Hour:
    return _Hour(slot.start, slot.end, slot.device_id, kind, number)


def _day(clinic: Clinic, hour: _Hour) -> date:
    return clinic.day_of(hour.start)


def _picture(
    clinic: Clinic,
    title: str,
    lanes: list[tuple[date, str]],
    names: dict[str, str],
    hours: list[_Hour],
    first: int,
    last: int,
) -> Picture:
    by_lane: dict[tuple[date, str], list[Box]] = defaultdict(list)
    for hour in hours:
        local = clinic.local(hour.start)
        x = LABEL + ((local.hour - first) * 60 + local.minute) * PER_MINUTE
        width = int((hour.end - hour.start).total_seconds() // 60) * PER_MINUTE
        by_lane[local.date(), hour.device].append(Box(x, width, hour.kind, hour.number))
    drawn = [
        Lane(f"{day:%a %d-%b} · {names.get(device, device)}", HEAD + place * LANE, by_lane[day, device])
        for place, (day, device) in enumerate(lanes)
    ]
    ticks = [Tick(LABEL + (hour - first) * 60 * PER_MINUTE, f"{hour:02}") for hour in range(first, last + 1)]
    width = LABEL + (last - first) * 60 * PER_MINUTE + 12
    return Picture(title, width, HEAD + len(lanes) * LANE + 4, ticks, drawn)
