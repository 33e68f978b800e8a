"""A month of exceptions in numbers."""

import pytest

from courses.progress.exceptions import DeliveryException, Kind
from courses.progress.monthly import month_of


def found(kind: Kind, hour: str) -> DeliveryException:
    return DeliveryException(1, kind, "", "", hour)


def test_each_parameter_is_counted_with_its_reasons_the_most_frequent_first() -> None:
    ones = [found(Kind.PRESSURE, hour) for hour in "abcd"]
    whys = {("a", "pressure"): "cuffs", ("b", "pressure"): "discomfort", ("c", "pressure"): "discomfort"}
    pressure = next(m for m in month_of(ones, whys, sessions=40, hours=44) if m.parameter == "pressure")
    assert (pressure.beyond, pressure.percent, pressure.unexplained) == (4, 10.0, 1)
    assert pressure.whys == (("discomfort", 2), ("cuffs", 1))


def test_short_and_unknown_minutes_are_one_parameter() -> None:
    ones = [found(Kind.SHORT, "a"), found(Kind.MINUTES_NOT_KNOWN, "b")]
    assert month_of(ones, {}, sessions=4, hours=4)[0].beyond == 2


def test_attendance_is_counted_against_the_booked_hours() -> None:
    months = month_of([found(Kind.ATTENDANCE, "a")], {}, sessions=9, hours=10)
    assert next(m for m in months if m.parameter == "attendance").percent == 10.0


def test_month_without_sessions_has_no_share() -> None:
    assert {m.percent for m in month_of([], {}, sessions=0, hours=0)} == {None}


def test_more_exceptions_than_hours_are_refused() -> None:
    with pytest.raises(ValueError, match="Count the hours again"):
        month_of([found(Kind.TIMING, "a")], {}, sessions=0, hours=0)
