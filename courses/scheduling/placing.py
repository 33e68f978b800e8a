"""Sessions being placed, one after another, and what each leaves free for the others. PURE."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise

import numpy as np

from courses.scheduling.options import UNPLACED, Item, Option, Puzzle
from courses.scheduling.staffing import Staffing
from courses.scheduling.tracks import epoch_minute


class Placing:
    """Which option each item of a puzzle has; refuses what excludes each other."""

    def __init__(self, puzzle: Puzzle) -> None:
        self.puzzle = puzzle
        self.chosen: dict[int, Option] = {}
        self._on_device: dict[str, set[int]] = defaultdict(set)
        self._of_course: dict[str, set[int]] = defaultdict(set)
        self._staff = _StaffLeft(puzzle) if puzzle.staffing else None

    @property
    def cost(self) -> int:
        left_out = len(self.puzzle.items) - len(self.chosen)
        return left_out * UNPLACED + sum(option.cost for option in self.chosen.values())

    def cost_of(self, index: int) -> int:
        return self.chosen[index].cost if index in self.chosen else UNPLACED

    def place(self, index: int, option: Option) -> None:
        item = self.puzzle.items[index]
        self.chosen[index] = option
        self._on_device[option.device_id].add(index)
        self._of_course[item.course.course_id].add(index)
        if self._staff:
            self._staff.take(item, option, 1)

    def lift(self, index: int) -> Option | None:
        """Take an item up again; the option it had."""
        option = self.chosen.pop(index, None)
        if option is None:
            return None
        item = self.puzzle.items[index]
        self._on_device[option.device_id].discard(index)
        self._of_course[item.course.course_id].discard(index)
        if self._staff:
            self._staff.take(item, option, -1)
        return option

    def fits(self, index: int, option: Option) -> bool:
        return not self.in_the_way(index, option) and self._watched(index, option)

    def best(self, index: int) -> Option | None:
        """The cheapest option that fits."""
        options = self.puzzle.items[index].options
        return next((option for option in options if self.fits(index, option)), None)

    def in_the_way(self, index: int, option: Option) -> set[int]:
        """The items on the same device or of the same course that exclude ``option``."""
        item = self.puzzle.items[index]
        request = item.course.request
        apart = request.turnaround_minutes
        length = request.session_minutes
        found = {
            other
            for other in self._on_device[option.device_id]
            if other != index and self._near(other, option, length, apart)
        }
        mine = {other for other in self._of_course[item.course.course_id] if other != index}
        found |= {other for other in mine if self._near(other, option, length, request.min_gap_minutes)}
        return found | self._over_quota(item, option, mine)

    def _near(self, other: int, option: Option, length: int, apart: int) -> bool:
        begin = self.chosen[other].begin
        taken = self.puzzle.items[other].course.request.session_minutes
        return option.begin < begin + taken + apart and begin < option.begin + length + apart

    def _over_quota(self, item: Item, option: Option, mine: set[int]) -> set[int]:
        """Sessions of the same course that fill the day or the week already; hours that stay were looked at
        when the options were gathered."""
        if not mine:
            return set()
        request, kept = item.course.request, item.agenda.kept_on
        same_day = {other for other in mine if self.chosen[other].day == option.day}
        if kept[option.day] + len(same_day) >= request.per_day:
            return same_day or {-1}
        monday = option.day - timedelta(days=option.day.weekday())
        week = [monday + timedelta(days=offset) for offset in range(7)]
        held = {day for day in week if kept[day]}
        placed = {other for other in mine if self.chosen[other].day in week}
        days = held | {self.chosen[other].day for other in placed}
        if option.day not in days and len(days) >= request.days_per_week:
            return placed or {-1}  # -1: hours that stay fill the week, and nobody can make room
        return set()

    def _watched(self, index: int, option: Option) -> bool:
        return self._staff is None or self._staff.has_room(self.puzzle.items[index], option)


class _StaffLeft:
    """Sessions that could still be watched, for every minute of the puzzle's days."""

    def __init__(self, puzzle: Puzzle) -> None:
        options = [option for item in puzzle.items for option in item.options]
        days = [option.day for option in options] or [date(1970, 1, 2)]
        first, last = min(days), max(days)
        self._origin = min((option.begin for option in options), default=0) - 24 * 60
        self._left = np.zeros((last - first).days * 1440 + 5 * 1440, dtype=np.int32)
        assert puzzle.staffing is not None  # noqa: S101  # made only where it is given
        self._fill(puzzle.staffing, sorted(puzzle.staffing.edges(first - timedelta(days=2), last)))
        for session in puzzle.running:
            self._add(epoch_minute(session.start), epoch_minute(session.end), -1)

    def _fill(self, staffing: Staffing, edges: list[datetime]) -> None:
        for moment, after in pairwise(edges):
            self._add(epoch_minute(moment), epoch_minute(after), staffing.capacity(moment))

    def _add(self, begin: int, end: int, count: int) -> None:
        low, high = max(0, begin - self._origin), max(0, end - self._origin)
        self._left[low:high] += count

    def take(self, item: Item, option: Option, count: int) -> None:
        self._add(option.begin, option.begin + item.course.request.session_minutes, -count)

    def has_room(self, item: Item, option: Option) -> bool:
        low = option.begin - self._origin
        return bool(self._left[low : low + item.course.request.session_minutes].min() >= 1)
