"""When the cuffs worked, from the device's own events."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.running import STILL_S, Running, from_plain, joined, running_in, standstills, to_plain
from devices.waveform import Cuff, Event, EventKind


def beat(at_s: float, *, gated: bool = True) -> list[Event]:
    """R at ``at_s``; the cuffs fill 0.35 s later and empty 0.8 s later."""
    found = [Event(at_s + 0.03, EventKind.TRIGGER)] if gated else []
    found.append(Event(at_s + 0.35, EventKind.INFLATE, Cuff.CALF))
    found.append(Event(at_s + 0.40, EventKind.INFLATE, Cuff.HIP))
    found.append(Event(at_s + 0.80, EventKind.DEFLATE, Cuff.CALF))
    return found


def beats(from_s: int, to_s: int, *, gated: bool = True) -> list[Event]:
    return [event for second in range(from_s, to_s) for event in beat(float(second), gated=gated)]


def lengths(running: tuple[Running, ...]) -> list[tuple[float, bool]]:
    return [(round(r.to_s - r.from_s, 2), r.gated) for r in running]


def test_steady_counterpulsation_is_one_gated_stretch() -> None:
    assert lengths(running_in(beats(0, 60))) == [(59.45, True)]


def test_standstill_ends_a_stretch() -> None:
    running = running_in([*beats(0, 20), *beats(40, 60)])
    assert lengths(running) == [(19.45, True), (19.45, True)]
    away = standstills(running, 61.0)
    assert [(round(a, 2), round(b, 2)) for a, b in away] == [(0.0, 0.35), (19.8, 40.35), (59.8, 61.0)]


def test_a_missed_beat_or_two_is_no_standstill() -> None:
    assert len(running_in([*beats(0, 20), *beats(23, 40)])) == 1


def test_inflation_without_a_trigger_is_ungated() -> None:
    running = running_in([*beats(0, 20), *beats(20, 30, gated=False), *beats(30, 40)])
    assert [gated for _, gated in lengths(running)] == [True, False, True]
    assert lengths(running)[1][0] == pytest.approx(10.0)


def test_triggers_alone_are_no_running() -> None:
    assert running_in([Event(float(second), EventKind.TRIGGER) for second in range(60)]) == ()


def test_valves_that_only_open_to_empty_are_no_running() -> None:
    assert running_in([Event(float(second), EventKind.DEFLATE, Cuff.CALF) for second in range(60)]) == ()


def test_nothing_is_known_of_a_recording_without_events() -> None:
    assert running_in([]) == ()


def test_it_comes_back_from_json_as_it_went_in() -> None:
    running = running_in([*beats(0, 20), *beats(20, 30, gated=False)])
    assert lengths(from_plain(to_plain(running))) == lengths(running)


events = st.lists(
    st.builds(
        lambda ms, kind: Event(ms / 1000, kind, Cuff.NONE if kind is EventKind.TRIGGER else Cuff.CALF),
        st.integers(0, 60_000),
        st.sampled_from(EventKind),
    ),
    max_size=60,
)


@given(events)
def test_stretches_are_in_order_apart_and_within_the_events(found: list[Event]) -> None:
    running = running_in(found)
    edges = [edge for stretch in running for edge in (stretch.from_s, stretch.to_s)]
    assert edges == sorted(edges)
    assert all(stretch.to_s > stretch.from_s for stretch in running)
    if running:
        times = [event.t_s for event in found]
        assert min(times) <= edges[0] <= edges[-1] <= max(times)


@given(events)
def test_running_and_standing_still_fill_the_time(found: list[Event]) -> None:
    running = running_in(found)
    still = standstills(running, 61.0)
    total = sum(r.to_s - r.from_s for r in running) + sum(b - a for a, b in still)
    assert total == pytest.approx(61.0)
    assert all(b - a > STILL_S for a, b in still[1:-1] if running)


spans = st.lists(st.tuples(st.integers(0, 99), st.integers(1, 20)).map(lambda p: (p[0], p[0] + p[1])))


@given(spans, spans)
def test_seeing_a_stretch_twice_counts_it_once(
    some: list[tuple[int, int]], more: list[tuple[int, int]]
) -> None:
    seconds = {second for start, end in [*some, *more] for second in range(start, end)}
    found = joined([*joined(some), *more])
    assert sum(end - start for start, end in found) == len(seconds)
