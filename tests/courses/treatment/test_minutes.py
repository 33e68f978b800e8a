import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.treatment.minutes import MS_PER_MINUTE, Delivered, Stretch, StretchKind, delivered

RUN, PAUSE, GAP, UNGATED = StretchKind.RUN, StretchKind.PAUSE, StretchKind.GAP, StretchKind.UNGATED


def of_minutes(*stretches: tuple[StretchKind, int, int | None]) -> Delivered:
    return delivered(
        Stretch(kind, begin * MS_PER_MINUTE, None if end is None else end * MS_PER_MINUTE)
        for kind, begin, end in stretches
    )


@pytest.mark.parametrize(
    ("stretches", "minutes"),
    [
        ([(RUN, 0, 60)], 60),
        ([(RUN, 0, 60), (PAUSE, 20, 25)], 55),
        ([(RUN, 0, 20), (PAUSE, 20, 25), (RUN, 25, 60)], 55),
        ([(RUN, 0, 60), (GAP, 50, 70)], 50),
        ([(RUN, 0, 60), (UNGATED, 0, 10)], 50),
        ([(RUN, 0, 60), (PAUSE, 20, 30), (GAP, 25, 35)], 45),
        ([(RUN, 0, 40), (RUN, 30, 60)], 60),
        ([(RUN, 0, 60), (PAUSE, 0, 60)], 0),
    ],
)
def test_pauses_gaps_and_ungated_time_are_not_delivered(
    stretches: list[tuple[StretchKind, int, int | None]], minutes: int
) -> None:
    assert of_minutes(*stretches).minutes == minutes


def test_a_minute_that_was_not_completed_is_not_counted() -> None:
    assert delivered([Stretch(RUN, 0, 59 * MS_PER_MINUTE + 59_999)]).minutes == 59


def test_wall_clock_and_time_not_counted_are_told() -> None:
    found = of_minutes((RUN, 0, 60), (PAUSE, 50, 70))
    assert found.wall_clock_ms == 70 * MS_PER_MINUTE
    assert found.not_counted_ms == 10 * MS_PER_MINUTE


def test_an_unknown_stop_stays_unknown() -> None:
    found = of_minutes((RUN, 0, 30), (RUN, 40, None))
    assert found.minutes is None
    assert found.delivered_ms is None
    assert found.wall_clock_ms is None
    assert found.at_least_ms == 30 * MS_PER_MINUTE
    assert found.reason == "The stop is not known for: run. A person who was there must state it."


def test_an_unknown_end_of_a_pause_takes_away_all_that_follows() -> None:
    found = of_minutes((RUN, 0, 60), (PAUSE, 20, None))
    assert found.minutes is None
    assert found.at_least_ms == 20 * MS_PER_MINUTE


def test_nothing_recorded_is_not_known_rather_than_zero() -> None:
    assert delivered([]).minutes is None
    found = of_minutes((PAUSE, 0, 5))
    assert found.minutes is None
    assert found.wall_clock_ms == 5 * MS_PER_MINUTE
    assert found.reason == "No running of the device was recorded."


def test_a_stretch_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        Stretch(RUN, 10, 9)


closed = st.builds(
    lambda kind, begin, length: Stretch(kind, begin, begin + length),
    st.sampled_from(StretchKind),
    st.integers(0, 200),
    st.integers(0, 100),
)


@given(st.lists(closed, max_size=8))
def test_delivered_is_the_milliseconds_that_run_and_nothing_else(stretches: list[Stretch]) -> None:
    running: set[int] = set()
    away: set[int] = set()
    for stretch in stretches:
        assert stretch.end_ms is not None
        (running if stretch.kind is RUN else away).update(range(stretch.start_ms, stretch.end_ms))
    found = delivered(stretches)
    if found.delivered_ms is not None:
        assert found.delivered_ms == len(running - away)
        assert found.wall_clock_ms is not None
        assert found.delivered_ms <= found.wall_clock_ms


@given(st.lists(closed, max_size=8))
def test_order_and_repetition_change_nothing(stretches: list[Stretch]) -> None:
    assert delivered(stretches) == delivered([*reversed(stretches), *stretches])


@given(st.lists(closed, min_size=1, max_size=8), st.integers(0, 7))
def test_losing_a_stop_never_adds_a_certain_minute(stretches: list[Stretch], place: int) -> None:
    place %= len(stretches)
    lost = [Stretch(s.kind, s.start_ms, None if i == place else s.end_ms) for i, s in enumerate(stretches)]
    found = delivered(lost)
    assert found.delivered_ms is None
    assert found.at_least_ms <= delivered(stretches).at_least_ms


@given(st.lists(closed, max_size=8), closed)
def test_time_that_is_taken_away_never_adds(stretches: list[Stretch], more: Stretch) -> None:
    away = Stretch(GAP, more.start_ms, more.end_ms)
    assert delivered([*stretches, away]).at_least_ms <= delivered(stretches).at_least_ms


@given(st.lists(closed, max_size=8), st.integers(-(10**12), 10**12))
def test_another_clock_changes_nothing(stretches: list[Stretch], offset_ms: int) -> None:
    """A device whose clock is hours or years off delivers the same minutes."""
    moved = [Stretch(s.kind, s.start_ms + offset_ms, (s.end_ms or 0) + offset_ms) for s in stretches]
    assert delivered(moved) == delivered(stretches)


@given(st.lists(closed, max_size=8), st.integers(0, 7), st.integers(0, 100))
def test_stretch_told_in_two_pieces_is_the_same_stretch(
    stretches: list[Stretch], place: int, cut: int
) -> None:
    pieces = list(stretches)
    if pieces:
        whole = pieces.pop(place % len(pieces))
        assert whole.end_ms is not None
        middle = min(whole.end_ms, whole.start_ms + cut)
        pieces += [
            Stretch(whole.kind, whole.start_ms, middle),
            Stretch(whole.kind, middle, whole.end_ms),
        ]
    assert delivered(pieces) == delivered(stretches)


@given(st.lists(closed, max_size=8))
def test_what_is_delivered_and_what_is_not_is_all_the_running(stretches: list[Stretch]) -> None:
    found = delivered(stretches)
    if found.delivered_ms is not None and found.not_counted_ms is not None:
        alone = delivered([s for s in stretches if s.kind is RUN])
        assert found.delivered_ms + found.not_counted_ms == alone.delivered_ms


@pytest.mark.parametrize(
    ("what", "stretches", "at_least"),
    [
        ("pause open at the end", [(RUN, 0, 60), (PAUSE, 55, None)], 55),
        ("pause open before the run", [(RUN, 10, 60), (PAUSE, 5, None)], 0),
        ("run open, the other counted", [(RUN, 0, 10), (RUN, 5, None)], 10),
        ("gap open, later run lost", [(RUN, 0, 10), (GAP, 20, None), (RUN, 30, 40)], 10),
    ],
)
def test_open_ends_leave_the_certain_part(
    what: str, stretches: list[tuple[StretchKind, int, int | None]], at_least: int
) -> None:
    found = of_minutes(*stretches)
    assert (found.minutes, found.at_least_ms) == (None, at_least * MS_PER_MINUTE), what
