"""How full a month is: hours of devices and of nurses, day by day. PURE."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil

from courses.intervals import Interval


@dataclass(frozen=True, slots=True)
class DayLoad:
    """Hours of one day. ``open_hours`` is what all devices together could be used; 0 on a closed day.
    ``nurse_hours`` None: how many devices one nurse watches is not known."""

    used_hours: float
    open_hours: float
    nurse_hours: float | None
    sessions: int

    @property
    def share(self) -> float | None:
        """Used of open; None where nothing is open."""
        return self.used_hours / self.open_hours if self.open_hours else None

    @property
    def step(self) -> int:
        """0 empty to 5 full, for the colour of the cell; the figures stand beside it."""
        if self.share is None:
            return 0
        return min(5, ceil(self.share * 5 - 1e-9))


def day_load(
    booked: Sequence[Interval],
    opened: Sequence[Interval],
    out_of_order: Sequence[Sequence[Interval]],
    *,
    devices_per_nurse: int | None,
) -> DayLoad:
    """The load of one day. ``opened``: the stretches the clinic opens. ``out_of_order``: for each device in use,
    when it is in maintenance. Nurse hours: at any moment one nurse for every ``devices_per_nurse`` running
    sessions or part of them, None where that number was never set."""
    minutes_open = sum(
        _minutes(stretch) - sum(_overlap(stretch, window) for window in windows)
        for windows in out_of_order
        for stretch in opened
    )
    return DayLoad(
        used_hours=sum(_minutes(hour) for hour in booked) / 60,
        open_hours=max(0.0, minutes_open) / 60,
        nurse_hours=_nurse_minutes(booked, devices_per_nurse) / 60 if devices_per_nurse else None,
        sessions=len(booked),
    )


def _nurse_minutes(booked: Sequence[Interval], devices_per_nurse: int) -> float:
    """Between two neighbouring ends of hours nothing changes: there the number of nurses is constant."""
    moments: list[datetime] = sorted({moment for hour in booked for moment in (hour.start, hour.end)})
    total = 0.0
    for begins, ends in pairwise(moments):
        running = sum(hour.start <= begins and hour.end >= ends for hour in booked)
        total += ceil(running / devices_per_nurse) * _minutes(Interval(begins, ends))
    return total


def _minutes(hour: Interval) -> float:
    return (hour.end - hour.start) / timedelta(minutes=1)


def _overlap(one: Interval, other: Interval) -> float:
    begins, ends = max(one.start, other.start), min(one.end, other.end)
    return max(0.0, (ends - begins) / timedelta(minutes=1))
