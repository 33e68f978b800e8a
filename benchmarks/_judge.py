"""The judge of repairs: CP-SAT, which proves how good a plan can be. Not part of the product."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, NamedTuple

from ortools.sat.python import cp_model

from courses.scheduling.options import UNPLACED, Item, Option, Puzzle


class Verdict(NamedTuple):
    """The best cost found, the bound that was proven, and whether they meet."""

    cost: int
    bound: int
    proven: bool


def judge(puzzle: Puzzle, *, must_place: bool, seconds: float) -> Verdict:
    """Solve ``puzzle`` with the rules and the costs that the product's own solver has (nurses aside).

    ``must_place``: leave nothing out, where it is known that all can be placed; the proof is quicker then.
    """
    model = cp_model.CpModel()
    chosen: list[dict[Option, Any]] = []
    on_device: dict[str, list[Any]] = defaultdict(list)
    of_course: dict[str, list[Any]] = defaultdict(list)
    terms: list[Any] = []
    for item in puzzle.items:
        request = item.course.request
        literals = {option: model.new_bool_var("") for option in item.options}
        if must_place:
            model.add_exactly_one(literals.values())
        else:
            left_out = model.new_bool_var("")
            model.add_exactly_one([*literals.values(), left_out])
            terms.append(UNPLACED * left_out)
        for option, literal in literals.items():
            terms.append(option.cost * literal)
            length = request.session_minutes
            on_device[option.device_id].append(
                _interval(model, option.begin, length + request.turnaround_minutes, literal)
            )
            of_course[item.course.course_id].append(
                _interval(model, option.begin, length + request.min_gap_minutes, literal)
            )
        chosen.append(literals)
    for intervals in [*on_device.values(), *of_course.values()]:
        model.add_no_overlap(intervals)
    _quotas(model, puzzle, chosen)
    model.minimize(sum(terms))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    status = solver.solve(model)
    return Verdict(
        round(solver.objective_value), round(solver.best_objective_bound), status == cp_model.OPTIMAL
    )


def _interval(model: cp_model.CpModel, begin: int, length: int, literal: Any) -> Any:
    return model.new_optional_fixed_size_interval_var(begin, length, literal, "")


def _quotas(model: cp_model.CpModel, puzzle: Puzzle, chosen: list[dict[Option, Any]]) -> None:
    """At most so many sessions of one course a day, and so many days a week."""
    groups: dict[str, list[tuple[Item, dict[Option, Any]]]] = defaultdict(list)
    for item, literals in zip(puzzle.items, chosen, strict=True):
        groups[item.course.course_id].append((item, literals))
    for members in groups.values():
        item = members[0][0]
        request, kept = item.course.request, item.agenda.kept_on
        by_day: dict[date, list[Any]] = defaultdict(list)
        for _, literals in members:
            for option, literal in literals.items():
                by_day[option.day].append(literal)
        weeks: dict[date, list[Any]] = defaultdict(list)
        for day, literals_of_day in by_day.items():
            model.add(sum(literals_of_day) <= request.per_day - kept[day])
            if not kept[day]:
                used = model.new_bool_var("")
                model.add_max_equality(used, literals_of_day)
                weeks[day - timedelta(days=day.weekday())].append(used)
        for monday, used_days in weeks.items():
            held = sum(bool(kept[monday + timedelta(days=n)]) for n in range(7))
            model.add(sum(used_days) <= request.days_per_week - held)
