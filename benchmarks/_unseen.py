"""Drawn rhythms and shapes that the records at hand lack, each with the times of its beats. Invented, not physiology."""

from collections.abc import Callable

import numpy as np

from benchmarks._stress import (
    NORMAL,
    WIDE,
    WIDE_DOWN,
    WIDE_SMALL,
    Floats,
    P,
    Q,
    R,
    S,
    Stress,
    T,
    Wave,
    drawn,
    scaled,
    steady,
    waves,
)

Shape = tuple[Wave, ...]
Draw = Callable[[np.random.Generator, float, float], Stress]


def cases(rate_hz: float, minutes: float, seed: int) -> dict[str, Stress]:
    """All cases by name, each ``minutes`` long."""
    return {
        name: draw(np.random.default_rng([seed, 7]), rate_hz, 60 * minutes) for name, draw in _CASES.items()
    }


def _of(shape: Shape, rr_s: float, spread: float = 0.04) -> Draw:
    def draw(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
        times = steady(rng, end_s, rr_s, spread)
        return drawn(rng, times, [shape] * times.size, rate_hz, end_s)

    return draw


def _sequence(following: Callable[[np.random.Generator], list[tuple[float, Shape]]]) -> Draw:
    """Beats one after the other: each call says the next few, as seconds since the last and shape."""

    def draw(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
        at, times, shapes = 0.0, list[float](), list[Shape]()
        while at < end_s:
            for rr_s, shape in following(rng):
                at += rr_s
                times.append(at)
                shapes.append(shape)
        inside = sum(time < end_s - 0.6 for time in times)
        return drawn(rng, np.array(times[:inside]), shapes[:inside], rate_hz, end_s)

    return draw


def _sinus(rng: np.random.Generator, rr_s: float = 0.8) -> float:
    return rr_s * (1 + 0.03 * float(rng.standard_normal()))


def _tachycardia(rng: np.random.Generator) -> list[tuple[float, Shape]]:
    """Sinus rhythm with runs of three to thirteen wide beats, a pause behind each."""
    if rng.random() >= 0.05:
        return [(_sinus(rng), NORMAL)]
    rr_s, shape = float(rng.uniform(0.28, 0.42)), (WIDE, WIDE_DOWN, WIDE_SMALL)[int(rng.integers(3))]
    run = [(rr_s * (1 + 0.03 * float(rng.standard_normal())), shape) for _ in range(int(rng.integers(2, 13)))]
    return [(0.45, shape), *run, (1.1, NORMAL)]


def _giants(rng: np.random.Generator) -> list[tuple[float, Shape]]:
    """Low sinus beats; single and paired ectopic beats four times as high."""
    chance = float(rng.random())
    if chance >= 0.2:
        return [(_sinus(rng, 0.75), scaled(NORMAL, 0.5))]
    shape = scaled(WIDE if chance < 0.1 else WIDE_DOWN, 2.2)
    return [(0.45, shape)] * int(rng.integers(1, 3)) + [(1.05, scaled(NORMAL, 0.5))]


def _sick_sinus(rng: np.random.Generator) -> list[tuple[float, Shape]]:
    """Slow, with pauses of up to six seconds and early beats; QRS of a right bundle branch block."""
    shape = (P, (-0.03, 0.35, 0.012), (0.0, -0.2, 0.012), (0.045, 0.6, 0.022), (0.33, -0.2, 0.05))
    chance = float(rng.random())
    if chance < 0.1:
        return [(float(rng.uniform(2.5, 6.0)), shape)]
    return [(0.45 if chance < 0.3 else _sinus(rng, 1.3), shape)]


def _atrial_runs(rng: np.random.Generator) -> list[tuple[float, Shape]]:
    shape = (Q, R, S, (0.18, 0.25, 0.035))
    if rng.random() >= 0.06:
        return [(_sinus(rng, 0.85), shape)]
    fast = [(0.36 + 0.005 * float(rng.standard_normal()), shape) for _ in range(int(rng.integers(3, 20)))]
    return [(0.45, shape), *fast]


def _fainting(rng: np.random.Generator) -> list[tuple[float, Shape]]:
    """Bursts of two to six beats of a fifth to a third of the height."""
    tall = [(_sinus(rng, 0.7), NORMAL) for _ in range(int(rng.integers(8, 25)))]
    low = scaled(NORMAL, float(rng.uniform(0.2, 0.35)))
    return tall + [(_sinus(rng, 0.7), low) for _ in range(int(rng.integers(2, 7)))]


def _interpolated(rng: np.random.Generator) -> list[tuple[float, Shape]]:
    """A wide beat between two sinus beats that come as if it had not been."""
    if rng.random() < 0.15:
        return [(0.5, WIDE), (_sinus(rng, 1.05) - 0.5, NORMAL)]
    return [(_sinus(rng, 1.05), NORMAL)]


def _dropped(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
    """Block of the second degree: every second to fourth P wave without its QRS."""
    atria = steady(rng, end_s, 0.75)
    led, i = np.ones(atria.size, dtype=np.bool_), 0
    while (i := i + int(rng.integers(2, 5))) < atria.size:
        led[i] = False
    times = atria[led] + 0.19
    made = drawn(rng, times, [NORMAL[1:]] * times.size, rate_hz, end_s)
    return Stress(made.samples + _atria(atria, 0.3, rate_hz, end_s), rate_hz, times)


def _complete(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
    """Block of the third degree: atria and ventricles each at their own rate."""
    atria, times = steady(rng, end_s, 0.72), steady(rng, end_s, 1.6)
    made = drawn(rng, times, [WIDE_SMALL] * times.size, rate_hz, end_s)
    return Stress(made.samples + _atria(atria, 0.25, rate_hz, end_s), rate_hz, times)


def _atria(times_s: Floats, mv: float, rate_hz: float, end_s: float) -> Floats:
    return waves(times_s, [((0.0, mv, 0.024),)] * times_s.size, rate_hz, end_s)


def _paced_with_fusion(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
    """A pacemaker that works at times: its spikes, wide beats, fusion beats, and the heart's own between."""
    times = steady(rng, end_s, 0.84, 0.01)
    own = np.cumsum(rng.random(times.size) < 0.08) % 2 == 1
    wide: Shape = ((0.0, -0.9, 0.028), (0.06, 0.35, 0.028), (0.32, 0.4, 0.06))
    fusion: Shape = ((0.0, 0.4, 0.015), (0.03, -0.4, 0.02), (0.3, 0.2, 0.06))
    shapes = [NORMAL if mine else wide if rng.random() < 0.8 else fusion for mine in own]
    samples = drawn(rng, times, shapes, rate_hz, end_s).samples
    for at in times[~own]:
        first = int((at - 0.06) * rate_hz)
        samples[first : first + max(1, round(0.002 * rate_hz))] += float(rng.uniform(0.8, 1.4))
    return Stress(samples, rate_hz, times)


_TALL_P_BLOCK: Shape = (
    (-0.30, 0.22, 0.03),
    (-0.02, -0.15, 0.011),
    (0.0, 0.32, 0.014),
    (0.03, -0.2, 0.014),
    (0.3, -0.12, 0.05),
)
_LOW_UNDER_TALL_T: Shape = (
    P,
    (-0.02, -0.05, 0.009),
    (0.0, 0.35, 0.011),
    (0.025, -0.12, 0.01),
    (0.3, 0.7, 0.045),
)
_LOW_UNDER_DEEP_T: Shape = (P, (0.0, 0.3, 0.012), (0.03, -0.1, 0.012), (0.26, -0.9, 0.05))
_LEFT_BLOCK: Shape = (P, (0.0, 0.8, 0.025), (0.06, 0.85, 0.028), (0.33, -0.45, 0.06))
_FAR_SECOND_R: Shape = (P, (-0.03, 0.35, 0.011), (0.0, -0.55, 0.015), (0.075, 0.75, 0.026), (0.38, 0.2, 0.05))
_JUNCTIONAL: Shape = (Q, R, S, (0.09, -0.12, 0.02), T)

_CASES: dict[str, Draw] = {
    "low QRS, P as tall, first-degree block": _of(_TALL_P_BLOCK, 1.05, 0.08),
    "second-degree block, tall P": _dropped,
    "complete block": _complete,
    "low QRS under a tall T": _of(_LOW_UNDER_TALL_T, 0.95),
    "low QRS under a deep T": _of(_LOW_UNDER_DEEP_T, 0.8),
    "left bundle branch block, notched": _of(_LEFT_BLOCK, 0.8),
    "second R far behind the first": _of(_FAR_SECOND_R, 0.9),
    "junctional, P in the ST segment": _of(_JUNCTIONAL, 1.1),
    "very slow, 27 bpm": _of(NORMAL, 2.2, 0.05),
    "very fast, 207 bpm": _of((Q, R, S, (0.14, 0.15, 0.025)), 0.29, 0.02),
    "ventricular tachycardia in runs": _sequence(_tachycardia),
    "giant ectopy over low beats": _sequence(_giants),
    "sick sinus, pauses to 6 s": _sequence(_sick_sinus),
    "atrial runs": _sequence(_atrial_runs),
    "bursts of low beats": _sequence(_fainting),
    "interpolated ectopy": _sequence(_interpolated),
    "pacing with fusion": _paced_with_fusion,
}
