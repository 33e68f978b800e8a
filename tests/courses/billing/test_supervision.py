from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.billing.supervision import (
    SupervisionMode,
    SupervisionPeriod,
    counts,
    supervision_gaps,
    supervisors_during,
)
from courses.intervals import Interval

TEN = datetime(2026, 9, 15, 14, tzinfo=UTC)
SESSION = Interval(TEN, TEN + timedelta(minutes=60))
DAY = date(2026, 9, 15)


def present(begin: int, end: int | None, npi: str = "1234567893") -> SupervisionPeriod:
    stop = None if end is None else TEN + timedelta(minutes=end)
    return SupervisionPeriod(
        "SAMPLE Alex, MD", npi, True, SupervisionMode.ON_SITE, TEN + timedelta(minutes=begin), stop
    )


@pytest.mark.parametrize(
    ("periods", "gaps"),
    [
        ([present(0, 60)], []),
        ([present(-30, 20), present(20, 90)], []),
        ([present(0, 50)], [(50, 60)]),
        ([present(10, 20), present(30, 60)], [(0, 10), (20, 30)]),
        ([], [(0, 60)]),
        ([present(0, None)], [(0, 60)]),
        ([present(60, 90)], [(0, 60)]),
    ],
)
def test_gaps_are_the_minutes_nobody_covered(
    periods: list[SupervisionPeriod], gaps: list[tuple[int, int]]
) -> None:
    expected = tuple(Interval(TEN + timedelta(minutes=a), TEN + timedelta(minutes=b)) for a, b in gaps)
    assert supervision_gaps(SESSION, periods) == expected


@given(st.lists(st.tuples(st.integers(-60, 100), st.integers(1, 60)), max_size=5))
def test_more_supervision_never_makes_more_gaps(spans: list[tuple[int, int]]) -> None:
    periods = [present(begin, begin + length) for begin, length in spans]

    def uncovered_time(some: list[SupervisionPeriod]) -> timedelta:
        return sum((gap.length for gap in supervision_gaps(SESSION, some)), timedelta())

    for count in range(len(periods)):
        assert uncovered_time(periods[: count + 1]) <= uncovered_time(periods[:count])


def test_only_those_who_were_there_are_supervisors() -> None:
    here, gone = present(10, 20, "1111111112"), present(60, 90)
    assert supervisors_during(SESSION, [gone, here, present(0, None)]) == (here,)


@pytest.mark.parametrize(
    ("mode", "physician", "day", "accepted", "only", "expected"),
    [
        (SupervisionMode.ON_SITE, True, DAY, False, True, True),
        (SupervisionMode.ON_SITE, False, DAY, False, True, False),
        (SupervisionMode.ON_SITE, False, DAY, False, False, True),
        (SupervisionMode.AUDIO_VIDEO, True, DAY, True, True, True),
        (SupervisionMode.AUDIO_VIDEO, True, DAY, False, True, False),
        (SupervisionMode.AUDIO_VIDEO, True, date(2025, 12, 31), True, True, False),
        (SupervisionMode.AUDIO_VIDEO, True, date(2026, 1, 1), True, True, True),
        (SupervisionMode.AUDIO_ONLY, True, DAY, True, False, False),
    ],
)
def test_what_counts_as_direct_supervision(
    mode: SupervisionMode, physician: bool, day: date, accepted: bool, only: bool, expected: bool
) -> None:
    period = replace(present(0, 60), mode=mode, is_physician=physician)
    assert counts(period, day, audio_video_accepted=accepted, physicians_only=only) is expected


def test_a_period_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        present(60, 60)
    with pytest.raises(ValueError, match="no zone"):
        replace(present(0, 60), start=datetime(2026, 9, 15, 14))  # noqa: DTZ001
