"""Planning and repair, beside plain "first free hour" and beside a proven optimum.

    make bench-scheduling

One run measures three things. *Plan*: one course in a clinic with 40 active courses and 6 devices, and its three
alternatives. *Repair*: two days of downtime of one device, on which 20 courses had an hour, beside CP-SAT, which
gets the same choices, rules and costs. *A year*: 400 courses one after another on 8 devices, each month a device
down for two days; once planned and repaired by the product, once with every session at the first free hour. The
last line is JSON.
"""

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from time import monotonic, process_time

from benchmarks._clinics import ZONE, Clinic, Wanted, downtime, invent, swap_devices
from benchmarks._judge import judge
from courses.scheduling.agenda import Agenda, Tracks
from courses.scheduling.days import choose_days, pack
from courses.scheduling.options import CourseInNeed, puzzle_of
from courses.scheduling.plan import PlanRequest, Slot
from courses.scheduling.planner import alternatives, plan_course
from courses.scheduling.repair import MOST_OPTIONS, repair

FIRST = date(2026, 9, 14)
WINDOW_MINUTES = 60
Placed = dict[str, list[Slot]]


def first_free_hours(request: PlanRequest, tracks: Tracks | None = None) -> list[Slot]:
    """The baseline: each treatment day as early as it comes, and on it the first hour that is free."""
    agenda = Agenda(request, tracks)
    search = choose_days(agenda, agenda.candidates)
    return [
        Slot(c.hour.start, c.hour.end, request.devices[c.device].device_id, in_window=True)
        for day in search.chosen
        for c in pack(agenda, day.choices, day.count)
    ]


def planned(request: PlanRequest) -> list[Slot]:
    return list(plan_course(request).slots)


def repaired(needs: list[CourseInNeed], tracks: Tracks) -> Placed:
    """The product's answer: the new hours of each course."""
    found: Placed = {need.course_id: [] for need in needs}
    for move in repair(needs, tracks).moves:
        found[move.course_id].append(move.after)
    return found


@dataclass
class Year:
    """What a year looked like to its patients."""

    clinic: Clinic
    wanted: list[Wanted]
    plan_seconds: list[float] = field(default_factory=list)
    moved: int = 0
    change_minutes: int = 0

    def live(self, plan: Callable[[PlanRequest], list[Slot]], *, with_repair: bool) -> None:
        """Plan each course when it comes, a week ahead; every fourth week the next device is down for two days."""
        downs = [FIRST + timedelta(weeks=4 * n + 1, days=1) for n in range(12)]
        for wanted in self.wanted:
            while downs and downs[0] <= wanted.first - timedelta(days=7):
                self._down(downs.pop(0), with_repair=with_repair)
            request = self.clinic.request(wanted)
            begin = process_time()
            slots = plan(request)
            self.plan_seconds.append(process_time() - begin)
            self.clinic.take(wanted, slots)

    def _down(self, day: date, *, with_repair: bool) -> None:
        device = self.clinic.devices[day.month % len(self.clinic.devices)]
        now = datetime.combine(day, time(7), ZONE)
        needs, tracks = downtime(self.clinic, device, day, 2, now)
        if with_repair:
            found = repaired(needs, tracks)
        else:
            found = {}
            for need in needs:
                found[need.course_id] = first_free_hours(
                    self.clinic.request_around(need.request, device, day), None
                )
                self.clinic.exchange(need, found[need.course_id])
        for need in needs:
            self.moved += len(need.affected)
            if with_repair:
                self.clinic.exchange(need, found[need.course_id])
        self.clinic.close(device, day, 2)

    def share_in_window(self) -> float:
        inside = [
            abs(_minute(slot) - wanted.preferred_time.hour * 60 - wanted.preferred_time.minute)
            <= WINDOW_MINUTES
            for wanted, slots in self.clinic.courses.values()
            for slot in slots
        ]
        return sum(inside) / len(inside)

    def mean_weeks(self) -> float:
        spans = [
            (max(slots).start - min(slots).start).days + 1
            for _, slots in self.clinic.courses.values()
            if slots
        ]
        return statistics.mean(spans) / 7

    def missing(self) -> int:
        return sum(35 - len(slots) for _, slots in self.clinic.courses.values())


def _minute(slot: Slot) -> int:
    local = slot.start.astimezone(ZONE)
    return local.hour * 60 + local.minute


def p95(seconds: list[float]) -> float:
    return 1000 * statistics.quantiles(seconds, n=20)[-1]


def bench_plan() -> dict[str, float]:
    """One course more, again and again, in a clinic with 40 active courses and 6 devices."""
    clinic, wanted = invent(1, courses=40, devices=6, first=FIRST, weeks=3)
    for each in wanted:
        clinic.take(each, planned(clinic.request(each)))
    _, asked = invent(2, courses=100, devices=6, first=FIRST + timedelta(weeks=3), weeks=1)
    requests = [clinic.request(each) for each in asked]
    return {
        "plan_p95_ms": round(p95(_seconds(planned, requests)), 1),
        "alternatives_p95_ms": round(p95(_seconds(alternatives, requests)), 1),
        "greedy_ms": round(1000 * statistics.median(_seconds(first_free_hours, requests)), 1),
    }


def _seconds(run: Callable[[PlanRequest], object], requests: list[PlanRequest]) -> list[float]:
    found = []
    for request in requests:
        begin = process_time()
        run(request)
        found.append(process_time() - begin)
    return found


def bench_repair() -> dict[str, float | bool | int]:
    """Two days of one device, 20 courses hit, and how far from the best that can be proven."""
    clinic, wanted = invent(7, courses=60, devices=6, first=FIRST, weeks=2, closes=time(21))
    for each in wanted:
        clinic.take(each, planned(clinic.request(each)))
    day = FIRST + timedelta(weeks=4, days=1)
    # The second day's patients change places with those of another device: so the two days hit different people.
    swap_devices(clinic, "D1", "D6", day + timedelta(days=1))
    needs, tracks = downtime(clinic, "D1", day, 2, datetime.combine(day, time(7), ZONE))
    begin = process_time()
    answer = repair(needs, tracks)
    seconds = process_time() - begin
    started = monotonic()
    verdict = judge(puzzle_of(needs, tracks, most=MOST_OPTIONS), must_place=not answer.unplaced, seconds=60)
    return {
        "repair_s": round(seconds, 3),
        "gap_to_optimum": round(answer.cost / verdict.bound - 1, 4) if verdict.bound else 0.0,
        "optimum_proven": verdict.proven,
        "judge_s": round(monotonic() - started, 1),
        "courses_hit": len(needs),
        "moved": len(answer.moves),
        "unplaced": len(answer.unplaced),
        "own_bound_gap": round(answer.cost / answer.bound - 1, 4) if answer.bound else 0.0,
        "mean_change_min": round(statistics.mean(move.change_minutes for move in answer.moves), 1),
    }


def bench_year() -> dict[str, float | int]:
    """400 courses, twice: the product and the first free hour."""
    ours = Year(*invent(3, courses=400, devices=8, first=FIRST, weeks=48))
    ours.live(planned, with_repair=True)
    plain = Year(*invent(3, courses=400, devices=8, first=FIRST, weeks=48))
    plain.live(first_free_hours, with_repair=False)
    return {
        "year_plan_p95_ms": round(p95(ours.plan_seconds), 1),
        "in_window": round(ours.share_in_window(), 3),
        "in_window_first_free": round(plain.share_in_window(), 3),
        "weeks": round(ours.mean_weeks(), 2),
        "weeks_first_free": round(plain.mean_weeks(), 2),
        "moved_in_year": ours.moved,
        "moved_in_year_first_free": plain.moved,
        "not_placed": ours.missing(),
        "not_placed_first_free": plain.missing(),
        "in_window_over_first_free": round(ours.share_in_window() / plain.share_in_window(), 2),
    }


def main() -> None:
    result: dict[str, float | bool | int] = {}
    for title, bench in (("plan", bench_plan), ("repair", bench_repair), ("year", bench_year)):
        found = bench()
        print(f"{title}: " + ", ".join(f"{key} {value}" for key, value in found.items()), flush=True)
        result |= found
    print(json.dumps(result))


if __name__ == "__main__":
    main()
