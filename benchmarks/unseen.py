"""Our R peaks where the detector was not developed: recordings disturbed in ways that nobody tuned it for.

    EECP_SHARED=/path/to/shared .venv/bin/python -m benchmarks.unseen

Each row is one disturbance of the expert-annotated leads of `benchmarks.detectors`; then drawn rhythms and shapes that
those records lack. `docs/benchmarks.md` says which rows showed a fault that was mended since. Writes nothing; the last
line is JSON.
"""

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from scipy.signal import resample_poly

from benchmarks._records import RECORDS, SHARED, Floats, Lead, mitdb, with_electrode_motion
from benchmarks._score import score
from benchmarks._unseen import cases
from devices.gating.detector import r_peaks

LEADS = (*((record, 0) for record in RECORDS), ("100", 1), ("105", 1))
RATES_HZ = (128, 250, 500, 1000, 2000)


def f1(lead: Lead, from_s: float = 300.0) -> float:
    return score(r_peaks(lead.samples_mv, lead.rate_hz) / lead.rate_hz, lead.beats_s, from_s).f1


def at_rate(lead: Lead, rate_hz: int) -> Lead:
    return Lead(resample_poly(lead.samples_mv, rate_hz, round(lead.rate_hz)), float(rate_hz), lead.beats_s)


def plus(lead: Lead, added: Callable[[Floats], Floats]) -> Lead:
    time = np.arange(lead.samples_mv.size) / lead.rate_hz
    return Lead(lead.samples_mv + added(time), lead.rate_hz, lead.beats_s)


def mains(hz: float, mv: float = 0.2) -> Callable[[Lead], Lead]:
    return lambda lead: plus(lead, lambda t: mv * np.sin(2 * np.pi * hz * t + 0.3 * np.sin(0.1 * t)))


def wander(lead: Lead) -> Lead:
    """Breathing and slow movement, 2 mV from peak to peak."""
    return plus(lead, lambda t: 0.7 * np.sin(2 * np.pi * 0.23 * t) + 0.3 * np.sin(2 * np.pi * 0.41 * t + 1))


def muscle(mv: float) -> Callable[[Lead], Lead]:
    """White noise above 25 Hz in every other 7 s."""

    def bursts(t: Floats) -> Floats:
        rate_hz = 1 / (t[1] - t[0])
        white = np.random.default_rng(1).standard_normal(t.size)
        width = round(rate_hz / 25)
        noise: Floats = white - np.convolve(white, np.full(width, 1 / width), "same")
        return np.where(t % 14 < 7, mv * noise, 0.0)

    return lambda lead: plus(lead, bursts)


def cut(start_s: float) -> Callable[[Lead], Lead]:
    """From ``start_s`` on for ten minutes: another start, less to learn from."""

    def shorter(lead: Lead) -> Lead:
        first, last = round(start_s * lead.rate_hz), round((start_s + 600) * lead.rate_hz)
        beats = lead.beats_s[(lead.beats_s > start_s) & (lead.beats_s < start_s + 600)]
        return Lead(lead.samples_mv[first:last], lead.rate_hz, beats - start_s)

    return shorter


def everything(lead: Lead) -> Lead:
    """Electrode motion at 12 dB, mains, muscle and wander at once."""
    return mains(50.0, 0.1)(muscle(0.05)(wander(with_electrode_motion(lead, 12, 1, 50_000))))


def disturbances() -> Iterator[tuple[str, Callable[[Lead], Lead], float]]:
    """Name, what is done, and the second from which beats are counted."""
    for rate_hz in RATES_HZ:
        yield f"resampled to {rate_hz} Hz", partial(at_rate, rate_hz=rate_hz), 300.0
    yield "turned over", lambda lead: Lead(-lead.samples_mv, lead.rate_hz, lead.beats_s), 300.0
    yield "in microvolt", lambda lead: Lead(1000 * lead.samples_mv, lead.rate_hz, lead.beats_s), 300.0
    yield "wander, 2 mV", wander, 300.0
    yield "mains 50 Hz, 0.4 mV", mains(50.0), 300.0
    yield "mains 60 Hz, 0.4 mV", mains(60.0), 300.0
    yield "muscle bursts, 0.1 mV rms", muscle(0.1), 300.0
    for start_s in (0.0, 433.0, 1111.0):
        yield f"ten minutes from {start_s:.0f} s", cut(start_s), 0.0
    for snr_db in (18, 9, 3):
        for channel in (0, 1):
            name = f"electrode motion {snr_db} dB, channel {channel}"
            yield name, partial(with_electrode_motion, snr_db=snr_db, channel=channel, offset=50_000), 300.0
    yield "all noises at once", everything, 300.0


def main() -> int:
    """Print the tables."""
    result: dict[str, float] = {}
    print(f"{'drawn, 128/360/1000 Hz, three seeds':40}{'mean':>8}{'least':>8}")
    for name in cases(360.0, 0.1, 0):
        found = [
            f1(Lead(drawn.samples, drawn.rate_hz, drawn.beats_s), 0.0)
            for seed in range(3)
            for drawn in (cases(rate_hz, 2.0, seed)[name] for rate_hz in (128.0, 360.0, 1000.0))
        ]
        print(f"{name:40}{np.mean(found):8.2f}{min(found):8.2f}", flush=True)
        result[name] = round(float(np.mean(found)), 2)
    if not (SHARED / "data/ecg/mitdb").is_dir():
        print(f"{SHARED} holds no records: set EECP_SHARED to the folder of shared data for the other table.")
        print(json.dumps(result))
        return 0
    print(f"\n{'disturbed records, nine leads':40}{'mean':>8}{'least':>8}")
    for name, disturbed, from_s in disturbances():
        found = [f1(disturbed(mitdb(*lead)), from_s) for lead in LEADS]
        print(f"{name:40}{np.mean(found):8.2f}{min(found):8.2f}", flush=True)
        result[name] = round(float(np.mean(found)), 2)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
