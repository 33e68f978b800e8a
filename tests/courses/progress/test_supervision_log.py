"""The log of a day: what one practitioner covered, what nobody did, and that what was signed can be read again."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.intervals import Interval
from courses.progress.supervision_log import (
    Explanation,
    Period,
    Treated,
    content_of,
    day_log,
    gaps_of,
    log_from,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def stretch(start: int, end: int) -> Interval:
    return Interval(at(start), at(end))


def period(start: int, end: int, **more: Any) -> Period:
    return Period(mode="onsite", start=at(start), end=at(end), **more)


def treated(start: int, end: int, code: str = "a") -> Treated:
    return Treated(code=code, mrn="10001", number=4, device="Device 1", interval=stretch(start, end))


def said(start: int, end: int, *, written: int = 100, session: str = "a", text: str = "Why") -> Explanation:
    return Explanation(
        session=session, interval=stretch(start, end), text=text, by="N. Sample, RN", at=at(written)
    )


@pytest.mark.parametrize(
    ("covers", "gaps"),
    [
        ([(0, 60)], []),
        ([(-30, 90)], []),
        ([(0, 30), (30, 60)], []),
        ([(0, 30)], [(30, 60)]),
        ([(10, 50)], [(0, 10), (50, 60)]),
        ([], [(0, 60)]),
        ([(60, 90)], [(0, 60)]),
    ],
)
def test_session_is_supervised_only_where_all_of_it_is_covered(
    covers: list[tuple[int, int]], gaps: list[tuple[int, int]]
) -> None:
    found = gaps_of("a", stretch(0, 60), [stretch(*one) for one in covers], [])
    assert [gap.interval for gap in found] == [stretch(*one) for one in gaps]


@pytest.mark.parametrize(
    ("notes", "expected"),
    [
        ([], None),
        ([said(0, 60, text="All of it")], "All of it"),
        ([said(-5, 65, text="More than it")], "More than it"),
        ([said(0, 30, text="A part")], None),
        ([said(0, 60, session="b")], None),
        ([said(0, 60, written=200, text="Later"), said(0, 60, written=100, text="First")], "Later"),
    ],
)
def test_gap_is_explained_by_the_newest_that_holds_all_of_it(
    notes: list[Explanation], expected: str | None
) -> None:
    (gap,) = gaps_of("a", stretch(0, 60), [], notes)
    assert (gap.explanation.text if gap.explanation else None) == expected


def test_log_tells_ones_own_part_and_what_nobody_covered() -> None:
    log = day_log([period(0, 30)], [treated(0, 60)], [stretch(0, 30), stretch(40, 60)], [])
    (row,) = log.sessions
    assert row.by_me == (stretch(0, 30),)
    assert [gap.interval for gap in row.gaps] == [stretch(30, 40)]
    assert not row.is_supervised


def test_session_that_another_covered_stands_in_the_others_log_alone() -> None:
    log = day_log([period(0, 30)], [treated(100, 160)], [stretch(0, 30), stretch(90, 170)], [])
    assert (log.sessions, log.others) == ((), ())


def test_session_with_a_gap_stands_in_every_log_of_the_day() -> None:
    log = day_log([period(0, 30)], [treated(100, 160)], [stretch(0, 30)], [])
    assert log.sessions == ()
    assert [row.session.code for row in log.others] == ["a"]


minutes = st.integers(0, 600)
spans = st.tuples(minutes, st.integers(1, 120)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.lists(spans, max_size=5), st.lists(spans, max_size=5), st.lists(spans, max_size=4))
def test_covered_and_not_covered_time_make_the_whole_of_each_session(
    own: list[tuple[int, int]], sessions: list[tuple[int, int]], others: list[tuple[int, int]]
) -> None:
    covers = [stretch(*one) for one in [*own, *others]]
    log = day_log(
        [period(*one) for one in own],
        [treated(*one, code=str(number)) for number, one in enumerate(sessions)],
        covers,
        [],
    )
    for row in (*log.sessions, *log.others):
        for gap in row.gaps:
            assert not any(gap.interval.overlaps(cover) for cover in covers)
            assert not any(gap.interval.overlaps(part) for part in row.by_me)
        assert row.is_supervised or row.gaps


@given(st.lists(spans, max_size=4), st.lists(spans, max_size=4), st.booleans(), st.text(max_size=20))
def test_what_was_signed_is_read_again_as_it_was(
    own: list[tuple[int, int]], sessions: list[tuple[int, int]], late: bool, text: str
) -> None:
    more: dict[str, Any] = {"noted_at": at(700), "late_reason": text} if late else {}
    log = day_log(
        [period(*one, **more) for one in own],
        [treated(*one, code=str(number)) for number, one in enumerate(sessions)],
        [],
        [said(*one, session=str(number), text=text) for number, one in enumerate(sessions)],
    )
    content = json.loads(json.dumps(content_of(log, about={"day": "2026-11-23"}), default=datetime.isoformat))
    assert log_from(content) == log
    assert content["day"] == "2026-11-23"
