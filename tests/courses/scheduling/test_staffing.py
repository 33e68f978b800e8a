"""Nurses: how many sessions they can watch, and which fewest have to move when some are away."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from courses.intervals import Interval
from courses.scheduling.staffing import Absence, Shift, Staffing, too_many, unwatched

ZONE = ZoneInfo("America/Chicago")
MONDAY = date(2026, 9, 14)
ONE_NURSE = Staffing((Shift(0, time(8), time(17), 1),), 2, ZONE.key)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 9, 14, hour, minute, tzinfo=ZONE)


def hours(*pairs: tuple[int, int]) -> list[Interval]:
    return [Interval(at(begin), at(end)) for begin, end in pairs]


def test_one_nurse_watches_so_many_devices() -> None:
    assert ONE_NURSE.capacity(at(9)) == 2
    assert ONE_NURSE.capacity(at(17)) == 0


def test_an_hour_is_full_when_as_many_run_as_can_be_watched() -> None:
    full = unwatched(ONE_NURSE, hours((9, 10), (9, 10), (11, 12)), MONDAY, MONDAY)
    assert Interval(at(9), at(10)) in full
    assert not any(stretch.overlaps(Interval(at(10), at(17))) for stretch in full)


def test_before_and_after_the_shift_nobody_watches() -> None:
    full = unwatched(ONE_NURSE, [], MONDAY, MONDAY)
    assert [stretch.overlaps(Interval(at(6), at(8))) for stretch in full].count(True) == 1
    assert any(stretch.start == at(17) for stretch in full)


def test_an_absence_takes_a_nurse_away() -> None:
    away = Staffing(ONE_NURSE.shifts, 2, ZONE.key, (Absence(Interval(at(12), at(13)), 1),))
    assert away.capacity(at(12, 30)) == 0


def test_the_fewest_sessions_are_moved() -> None:
    sessions = list(zip(hours((9, 12), (9, 10), (9, 10), (10, 11)), "abcd", strict=True))
    assert too_many(ONE_NURSE, sessions, MONDAY, MONDAY) == ["a"]


def test_nothing_moves_where_all_are_watched() -> None:
    sessions = list(zip(hours((9, 10), (9, 10), (10, 11)), "abc", strict=True))
    assert too_many(ONE_NURSE, sessions, MONDAY, MONDAY) == []
