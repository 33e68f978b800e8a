"""Drawn ECGs that are hard on R-peak detectors, each with the times of its beats.

Invented shapes, not physiology: sums of Gaussians at known places. They share no code with the engine nor the simulator.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Wave = tuple[float, float, float]  # seconds after R, mV, standard deviation in seconds

P: Wave = (-0.17, 0.12, 0.022)
Q: Wave = (-0.026, -0.1, 0.009)
R: Wave = (0.0, 1.0, 0.011)
S: Wave = (0.027, -0.25, 0.010)
T: Wave = (0.28, 0.25, 0.045)
NORMAL: tuple[Wave, ...] = (P, Q, R, S, T)
WIDE: tuple[Wave, ...] = ((0.0, 1.4, 0.030), (0.03, 0.2, 0.012), (0.08, -0.5, 0.03), (0.32, -0.4, 0.06))
WIDE_DOWN: tuple[Wave, ...] = ((0.0, -1.2, 0.032), (-0.03, 0.2, 0.012), (0.08, 0.35, 0.03), (0.33, 0.3, 0.06))
WIDE_SMALL: tuple[Wave, ...] = ((0.0, 0.7, 0.026), (0.055, -0.6, 0.027), (0.3, -0.2, 0.06))
BUNDLE_BRANCH: tuple[Wave, ...] = (
    P,
    (-0.03, 0.5, 0.012),
    (0.0, -0.3, 0.012),
    (0.045, 0.8, 0.022),
    (0.33, -0.2, 0.05),
)


@dataclass(frozen=True, slots=True)
class Stress:
    """One drawn lead: samples in mV, and where its beats are in seconds."""

    samples: Floats
    rate_hz: float
    beats_s: Floats


def cases(rate_hz: float = 360.0, minutes: float = 3.0, seed: int = 1) -> dict[str, Stress]:
    """All cases by name, each ``minutes`` long."""
    return {
        name: draw(np.random.default_rng([seed, i]), rate_hz, 60 * minutes)
        for i, (name, draw) in enumerate(_CASES.items())
    }


def steady(rng: np.random.Generator, end_s: float, rr_s: float, spread: float = 0.03) -> Floats:
    n = int(end_s / rr_s * 1.5) + 5
    breath = 0.5 * spread * rr_s * np.sin(np.arange(n) * rr_s / 4 * 2 * np.pi)
    times = 0.6 + np.cumsum(rr_s + breath + 0.3 * spread * rr_s * rng.standard_normal(n))
    return times[times < end_s - 0.6]


def waves(times_s: Floats, shapes: Sequence[tuple[Wave, ...]], rate_hz: float, end_s: float) -> Floats:
    ecg = np.zeros(int(end_s * rate_hz))
    for at, shape in zip(times_s, shapes, strict=True):
        for offset, height, width in shape:
            a = max(0, int((at + offset - 5 * width) * rate_hz))
            b = min(ecg.size, int((at + offset + 5 * width) * rate_hz) + 2)
            t = np.arange(a, b) / rate_hz
            ecg[a:b] += height * np.exp(-0.5 * ((t - at - offset) / width) ** 2)
    return ecg


def drawn(
    rng: np.random.Generator,
    times_s: Floats,
    shapes: Sequence[tuple[Wave, ...]],
    rate_hz: float,
    end_s: float,
) -> Stress:
    ecg = waves(times_s, shapes, rate_hz, end_s)
    t = np.arange(ecg.size) / rate_hz
    wander = 0.08 * np.sin(2 * np.pi * 0.21 * t) + 0.05 * np.sin(2 * np.pi * 0.33 * t + 1)
    return Stress(ecg + wander + 0.012 * rng.standard_normal(ecg.size), rate_hz, times_s)


def _like(
    shape: tuple[Wave, ...], rr_s: float = 0.82
) -> Callable[[np.random.Generator, float, float], Stress]:
    def draw(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
        times = steady(rng, end_s, rr_s)
        return drawn(rng, times, [shape] * times.size, rate_hz, end_s)

    return draw


def scaled(shape: tuple[Wave, ...], factor: float) -> tuple[Wave, ...]:
    return tuple((at, factor * height, width) for at, height, width in shape)


def _low_voltage(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
    times = steady(rng, end_s, 0.9)
    shape = (*scaled((Q, R, S), 0.22), (-0.17, 0.1, 0.02), (0.28, 0.08, 0.045))
    plain = drawn(rng, times, [shape] * times.size, rate_hz, end_s)
    t = np.arange(plain.samples.size) / rate_hz
    return Stress(plain.samples + 0.6 * np.sin(2 * np.pi * 0.35 * t), rate_hz, times)


def _mains(hz: float) -> Callable[[np.random.Generator, float, float], Stress]:
    def draw(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
        plain = _like(NORMAL)(rng, rate_hz, end_s)
        t = np.arange(plain.samples.size) / rate_hz
        return Stress(plain.samples + 0.3 * np.sin(2 * np.pi * hz * t), rate_hz, plain.beats_s)

    return draw


def _muscle(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
    plain = _like(NORMAL)(rng, rate_hz, end_s)
    t = np.arange(plain.samples.size) / rate_hz
    burst = 0.5 + 0.5 * np.sign(np.sin(2 * np.pi * t / 14.0))
    white = rng.standard_normal(t.size)
    noise = white - np.convolve(white, np.full(round(rate_hz / 25), 1 / round(rate_hz / 25)), "same")
    return Stress(plain.samples + 0.18 * burst * noise, rate_hz, plain.beats_s)


def _fibrillation(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
    rr = np.clip(rng.lognormal(np.log(0.62), 0.27, int(end_s / 0.3)), 0.29, 1.8)
    times = 0.6 + np.cumsum(rr)
    times = times[times < end_s - 0.6]
    shapes = [(Q, (0.0, float(rng.uniform(0.6, 1.2)), 0.011), S, (0.27, 0.15, 0.04)) for _ in times]
    made = drawn(rng, times, shapes, rate_hz, end_s)
    t = np.arange(made.samples.size) / rate_hz
    return Stress(made.samples + 0.06 * np.sin(2 * np.pi * 6.1 * t + np.sin(t)), rate_hz, times)


def _bigeminy(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
    sinus = steady(rng, end_s, 1.35)
    premature = sinus + 0.47 + 0.01 * rng.standard_normal(sinus.size)
    return _mixed(rng, (sinus, [NORMAL] * sinus.size), (premature, [WIDE_DOWN] * sinus.size), rate_hz, end_s)


def _multiform(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
    """Fibrillation with many premature beats of three shapes, single and in short runs."""
    rr: list[float] = []
    shapes: list[tuple[Wave, ...]] = []
    while sum(rr) < end_s - 1.5:
        if rng.random() < 0.15:
            for _ in range(int(rng.integers(1, 5))):
                rr.append(float(rng.uniform(0.34, 0.5)))
                shapes.append((WIDE, WIDE_DOWN, WIDE_SMALL)[int(rng.integers(3))])
        rr.append(float(np.clip(rng.lognormal(np.log(0.7), 0.22), 0.4, 1.6)))
        shapes.append(scaled(NORMAL[1:], float(rng.uniform(0.7, 1.2))))
    times = 0.5 + np.cumsum(rr)
    return drawn(rng, times, shapes, rate_hz, end_s)


def _mixed(
    rng: np.random.Generator,
    one: tuple[Floats, Sequence[tuple[Wave, ...]]],
    other: tuple[Floats, Sequence[tuple[Wave, ...]]],
    rate_hz: float,
    end_s: float,
) -> Stress:
    times, shapes = np.concatenate((one[0], other[0])), [*one[1], *other[1]]
    order = np.argsort(times)
    return drawn(rng, times[order], [shapes[i] for i in order], rate_hz, end_s)


def _slow_with_pauses(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
    rr = np.where(rng.random(200) < 0.12, 3.2, 1.7) + 0.05 * rng.standard_normal(200)
    times = 0.8 + np.cumsum(rr)
    times = times[times < end_s - 0.6]
    return drawn(rng, times, [NORMAL] * times.size, rate_hz, end_s)


def _sudden_fast(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
    """Half a minute of sinus rhythm, then runs of 20 s at 200 bpm between stretches at 75."""
    times: list[float] = []
    at, fast = 0.6, False
    narrow = (*NORMAL[1:4], (0.17, 0.15, 0.03))
    shapes: list[tuple[Wave, ...]] = []
    while at < end_s - 0.6:
        times.append(at)
        shapes.append(narrow if fast else NORMAL)
        fast = at % 50.0 > 30.0
        at += (0.3 if fast else 0.8) + 0.006 * float(rng.standard_normal())
    return drawn(rng, np.array(times), shapes, rate_hz, end_s)


def _paced(spike_mv: float) -> Callable[[np.random.Generator, float, float], Stress]:
    def draw(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
        times = steady(rng, end_s, 0.86, 0.004)
        plain = drawn(rng, times, [WIDE_SMALL] * times.size, rate_hz, end_s)
        samples = plain.samples.copy()
        width = max(1, round(0.0015 * rate_hz))
        for at in times:
            for before in (0.09, 0.25):  # ventricle and atrium
                first = int((at - before) * rate_hz)
                samples[first : first + width] += spike_mv * min(1.0, 0.0015 * rate_hz)
        return Stress(samples, rate_hz, times)

    return draw


def _steps(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
    plain = _like(NORMAL)(rng, rate_hz, end_s)
    t = np.arange(plain.samples.size) / rate_hz
    gain = np.array([1.0, 0.3, 1.0, 3.0])[(t // 20).astype(np.int64) % 4]
    return Stress(plain.samples * gain, rate_hz, plain.beats_s)


def _alternating(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
    times = steady(rng, end_s, 0.7)
    shapes = [scaled(NORMAL, 1.0 if i % 2 else 0.4) for i in range(times.size)]
    return drawn(rng, times, shapes, rate_hz, end_s)


def _flutter(rng: np.random.Generator, rate_hz: float, end_s: float) -> Stress:
    rr = 0.205 * rng.choice([2, 3, 4], size=int(end_s / 0.4), p=[0.3, 0.2, 0.5])
    times = 0.6 + np.cumsum(rr + 0.004 * rng.standard_normal(rr.size))
    times = times[times < end_s - 0.6]
    made = drawn(rng, times, [NORMAL[1:]] * times.size, rate_hz, end_s)
    phase = np.arange(made.samples.size) / rate_hz / 0.205 % 1.0
    return Stress(made.samples + 0.3 * np.where(phase < 0.75, phase / 0.75, 4 * (1 - phase)), rate_hz, times)


_CASES: dict[str, Callable[[np.random.Generator, float, float], Stress]] = {
    "normal": _like(NORMAL),
    "tall P": _like(((-0.19, 0.45, 0.024), *scaled((Q, R, S), 0.6), (0.3, 0.2, 0.05))),
    "tall sharp P, low QRS": _like(((-0.2, 0.35, 0.018), *scaled((Q, R, S), 0.45), (0.3, 0.12, 0.05))),
    "tall T": _like((P, Q, R, S, (0.26, 1.1, 0.040))),
    "tall sharp T, fast": _like((P, Q, R, S, (0.2, 0.9, 0.028)), 0.5),
    "low voltage and wander": _low_voltage,
    "mains 50 Hz": _mains(50.0),
    "mains 60 Hz": _mains(60.0),
    "muscle bursts": _muscle,
    "fibrillation": _fibrillation,
    "bigeminy": _bigeminy,
    "multiform": _multiform,
    "bundle branch block": _like(BUNDLE_BRANCH),
    "wide only": _like(WIDE, 0.6),
    "slow with pauses": _slow_with_pauses,
    "sudden 200 bpm": _sudden_fast,
    "paced, 0.4 mV spikes": _paced(0.4),
    "paced, 8 mV spikes": _paced(8.0),
    "amplitude steps": _steps,
    "alternating height": _alternating,
    "flutter": _flutter,
}
