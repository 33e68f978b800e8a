"""How good a plan is: hours within the wish, changes, the end, and what is left after it. PURE."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from courses.scheduling.agenda import Agenda, Candidate
from courses.scheduling.plan import Measure, Slot


def in_window(agenda: Agenda, choice: Candidate, ordinal: int) -> bool:
    """Within the wish; a second session of the day is wished as soon as the gap allows."""
    return is_inside(agenda, choice.shift, ordinal)


def is_inside(agenda: Agenda, shift: int, ordinal: int) -> bool:
    """Whether the ``ordinal``-th session of a day lies within the wish, ``shift`` minutes from its hour."""
    return abs(shift - ordinal * agenda.second_after) <= agenda.request.window_minutes


def measure(agenda: Agenda, slots: Sequence[Slot]) -> Measure:
    """Count what a patient would notice about a plan."""
    by_day: dict[date, list[Slot]] = defaultdict(list)
    for slot in slots:
        by_day[slot.start.astimezone(agenda.zone).date()].append(slot)
    hours = 0
    for before, after in pairwise(by_day.values()):
        for one, other in zip(before, after, strict=False):
            hours += agenda.shift_of(one.start) != agenda.shift_of(other.start)
    ends_on = max(by_day, default=None)
    return Measure(
        in_window=sum(slot.in_window for slot in slots),
        ends_on=ends_on,
        slack_days=slack_days(agenda, ends_on),
        changes_of_hour=hours,
        changes_of_device=sum(a.device_id != b.device_id for a, b in pairwise(slots)),
    )


def slack_days(agenda: Agenda, ends_on: date | None) -> int | None:
    """Open days after ``ends_on`` up to the last day; None where no last day was given."""
    last = agenda.request.finish_by
    if last is None or ends_on is None:
        return None
    later = (ends_on + timedelta(days=offset) for offset in range(1, (last - ends_on).days + 1))
    return sum(agenda.is_open(day) for day in later)
