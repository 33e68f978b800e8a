"""Give every session that cannot stay another hour, with the least disruption.

PURE and deterministic. Fewest moved sessions comes first and needs no search: only hours that cannot be used
are moved, and each can be moved alone. Then the cost of ``options`` counts. An assignment (Jonker and Volgenant,
as scipy has it) places all at once as if hours of one device did not overlap; what excludes each other is
placed again around what stands; then sessions are moved singly and in pairs until nothing gets better. The
first assignment is a relaxation, so its value is a bound: no plan, however found, costs less.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from courses.intervals import Interval
from courses.scheduling.agenda import Tracks, spoken
from courses.scheduling.options import UNPLACED, CourseInNeed, Item, Option, Puzzle, puzzle_of
from courses.scheduling.placing import Placing
from courses.scheduling.plan import Slot
from courses.scheduling.staffing import Staffing

#: Options that a session keeps; with at least as many as there are sessions the bound loses nothing.
MOST_OPTIONS = 300
#: Rounds of improvement, and better options looked at in pairs: a first answer is due in 200 ms.
ROUNDS, PAIRS = 4, 25
FORBIDDEN = float(UNPLACED)


@dataclass(frozen=True, slots=True)
class Move:
    """One session's way from its hour to another."""

    appointment_id: str
    course_id: str
    before: Slot
    after: Slot
    change_minutes: int
    late_days: int


@dataclass(frozen=True, slots=True)
class Unplaced:
    """One session for which no hour was found, and what would help."""

    appointment_id: str
    course_id: str
    before: Slot
    sentence: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Repair:
    """All moves in order of the hours left. ``cost`` as ``options`` counts it; no plan costs less than ``bound``."""

    moves: tuple[Move, ...]
    unplaced: tuple[Unplaced, ...]
    cost: int
    bound: int

    @property
    def is_proven_best(self) -> bool:
        return self.cost == self.bound


def repair(
    courses: Sequence[CourseInNeed],
    tracks: Tracks,
    *,
    staffing: Staffing | None = None,
    running: Sequence[Interval] = (),
) -> Repair:
    """New hours for all affected sessions of ``courses``.

    Parameters
    ----------
    tracks
        What each device is taken for, of every device that a course may use (``agenda.tracks_of``).
    staffing, running
        The nurses, and every session of the clinic that stays; None where it is not known who works when.
    """
    count = sum(len(course.affected) for course in courses)
    puzzle = puzzle_of(
        courses,
        tracks,
        staffing=staffing,
        running=running,
        most=max(MOST_OPTIONS, count),
    )
    placing, bound = solve(puzzle)
    return _answer(puzzle, placing, bound)


def solve(puzzle: Puzzle) -> tuple[Placing, int]:
    """Place what can be placed; and a cost that nobody can beat."""
    placing = Placing(puzzle)
    waiting = list(range(len(puzzle.items)))
    bound: int | None = None
    while waiting:
        pairs, value = _assign(placing, waiting)
        bound = value if bound is None else bound
        for index, option in pairs:
            if placing.fits(index, option):
                placing.place(index, option)
        left = [index for index in waiting if index not in placing.chosen]
        if len(left) == len(waiting):
            break
        waiting = left
    for _ in range(ROUNDS):
        if not _improve(placing):
            break
    return placing, bound or 0


def _assign(placing: Placing, waiting: Sequence[int]) -> tuple[list[tuple[int, Option]], int]:
    """The cheapest choice of one hour a session, no hour twice; cheapest pairs first, and its value."""
    items = placing.puzzle.items
    columns: dict[tuple[int, str], int] = {}
    entries: list[tuple[int, int, Option]] = []
    for row, index in enumerate(waiting):
        for option in items[index].options:
            if placing.fits(index, option):
                column = columns.setdefault((option.begin, option.device_id), len(columns))
                entries.append((row, column, option))
    # One column more a row: to stay without an hour is always possible, and dearest.
    costs = np.full((len(waiting), len(columns) + len(waiting)), FORBIDDEN)
    chosen: dict[tuple[int, int], Option] = {}
    for row, column, option in entries:
        costs[row, column] = option.cost
        chosen[row, column] = option
    rows, found = linear_sum_assignment(costs)
    pairs = [
        (waiting[row], chosen[row, column])
        for row, column in zip(rows.tolist(), found.tolist(), strict=True)
        if (row, column) in chosen
    ]
    pairs.sort(key=lambda pair: (pair[1].cost, pair[0]))
    return pairs, int(costs[rows, found].sum())


def _improve(placing: Placing) -> bool:
    """One round of moving sessions singly and in pairs; whether anything got better."""
    before = placing.cost
    for index in range(len(placing.puzzle.items)):
        _move_alone(placing, index)
        _move_in_pair(placing, index)
    return placing.cost < before


def _move_alone(placing: Placing, index: int) -> None:
    old = placing.lift(index)
    best = placing.best(index)
    if best is not None:
        placing.place(index, best if old is None or best.cost < old.cost else old)


def _move_in_pair(placing: Placing, index: int) -> None:
    """Take a better hour from one other session, where that one finds another for less than is gained."""
    current = placing.cost_of(index)
    better = [o for o in placing.puzzle.items[index].options[: 4 * PAIRS] if o.cost < current][:PAIRS]
    for option in better:
        others = placing.in_the_way(index, option)
        if len(others) != 1 or -1 in others:
            continue
        (other,) = others
        if _swap(placing, index, option, other):
            return


def _swap(placing: Placing, index: int, option: Option, other: int) -> bool:
    cost = placing.cost
    mine, theirs = placing.lift(index), placing.lift(other)
    if placing.fits(index, option):
        placing.place(index, option)
        found = placing.best(other)
        if found is not None:
            placing.place(other, found)
        if placing.cost < cost:
            return True
        placing.lift(index)
        placing.lift(other)
    for place, option_before in ((index, mine), (other, theirs)):
        if option_before is not None:
            placing.place(place, option_before)
    return False


def _answer(puzzle: Puzzle, placing: Placing, bound: int) -> Repair:
    moves, unplaced = [], []
    for index, item in enumerate(puzzle.items):
        option = placing.chosen.get(index)
        before = Slot(item.booked.hour.start, item.booked.hour.end, item.booked.device_id, in_window=True)
        if option is None:
            unplaced.append(_unplaced(item, before))
        else:
            inside = option.change_minutes <= item.course.request.window_minutes
            moves.append(
                Move(
                    item.booked.appointment_id,
                    item.course.course_id,
                    before,
                    Slot(option.hour.start, option.hour.end, option.device_id, inside),
                    option.change_minutes,
                    option.late_days,
                )
            )
    moves.sort(key=lambda move: (move.before.start, move.before.device_id, move.appointment_id))
    return Repair(tuple(moves), tuple(unplaced), placing.cost, bound)


def _unplaced(item: Item, before: Slot) -> Unplaced:
    day = spoken(before.start.astimezone(item.agenda.zone).date())
    last = item.course.request.finish_by
    until = f" up to {spoken(last)}" if last else ""
    return Unplaced(
        item.booked.appointment_id,
        item.course.course_id,
        before,
        f"No free hour was found{until} for the session of {day}.",
        "Open the clinic on another day, allow a later last day, or ask the physician for two sessions a day.",
    )
