"""A month of exceptions in numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress.exceptions import DeliveryException, Kind
from courses.progress.monthly import month_of


def found(kind: Kind, hour: str) -> DeliveryException:
    return DeliveryException(1, kind, "", "", hour)


def test_each_parameter_is_counted_with_its_reasons_the_most_frequent_first() -> None:
    ones = [found(Kind.PRESSURE, hour) for hour in "abcd"]
    whys = {("a", "pressure"): "cuffs", ("b", "pressure"): "discomfort", ("c", "pressure"): "discomfort"}
    pressure = next(m for m in month_of(ones, whys, of={"pressure": 40}) if m.parameter == "pressure")
    assert (pressure.beyond, pressure.percent, pressure.unexplained) == (4, 10.0, 1)
    assert pressure.whys == (("discomfort", 2), ("cuffs", 1))


def test_short_and_unknown_minutes_are_one_parameter() -> None:
    ones = [found(Kind.SHORT, "a"), found(Kind.MINUTES_NOT_KNOWN, "b")]
    assert month_of(ones, {}, of={"minutes": 4})[0].beyond == 2


def test_each_parameter_is_counted_against_what_it_was_judged_in() -> None:
    ones = [found(Kind.ATTENDANCE, "a"), found(Kind.PRESSURE, "b")]
    months = {m.parameter: m for m in month_of(ones, {}, of={"attendance": 10, "pressure": 4, "timing": 4})}
    assert (months["attendance"].percent, months["pressure"].percent) == (10.0, 25.0)
    assert (months["timing"].percent, months["ds_ratio"].percent) == (0.0, None)


def test_month_without_sessions_has_no_share() -> None:
    assert {m.percent for m in month_of([], {}, of={})} == {None}


def test_more_exceptions_than_were_judged_are_refused() -> None:
    with pytest.raises(ValueError, match="Count again what was judged"):
        month_of([found(Kind.TIMING, "a")], {}, of={})


@given(
    st.lists(
        st.tuples(
            st.sampled_from([Kind.SHORT, Kind.PRESSURE, Kind.ATTENDANCE, Kind.NO_RECORDING]),
            st.sampled_from(["", "cuffs", "device", "other"]),
        ),
        max_size=40,
    )
)
def test_every_exception_is_counted_once_with_its_reason_or_as_without(ones: list[tuple[Kind, str]]) -> None:
    told = [found(kind, f"hour {number}") for number, (kind, _why) in enumerate(ones)]
    whys = {(one.hour, one.kind.parameter): why for one, (_kind, why) in zip(told, ones, strict=True) if why}
    months = month_of(told, whys, of={one.kind.parameter: len(ones) for one in told})
    assert sum(month.beyond for month in months) == len(ones)
    assert all(m.beyond == m.unexplained + sum(count for _why, count in m.whys) for m in months)
    assert all(m.percent is None or 0 <= m.percent <= 100 for m in months)
