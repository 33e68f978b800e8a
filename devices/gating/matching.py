"""One-to-one matching of two lists of times, and rows of samples cut around times."""

import numpy as np

from devices.gating.report import Bools, Floats, Ints
from devices.gating.traces import Trace


def nearest(times_s: Floats, to_s: Floats) -> Ints:
    """Index of the nearest of ``to_s`` (ascending, not empty) for each of ``times_s``."""
    right = np.clip(np.searchsorted(to_s, times_s), 1, max(1, to_s.size - 1))
    if to_s.size == 1:
        return np.zeros(times_s.size, dtype=np.int64)
    left_is_nearer = times_s - to_s[right - 1] <= to_s[right] - times_s
    return np.where(left_is_nearer, right - 1, right)


def match(a_s: Floats, b_s: Floats, window_s: float) -> tuple[Ints, Ints]:
    """Pairs (index in a, index in b) that are each other's nearest and no more than ``window_s`` apart."""
    if not a_s.size or not b_s.size:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    to_b, to_a = nearest(a_s, b_s), nearest(b_s, a_s)
    index = np.arange(a_s.size)
    # The tolerance is for float rounding alone: 0.150 s apart is within 150 ms.
    mutual = (to_a[to_b] == index) & (np.abs(a_s - b_s[to_b]) <= window_s + 1e-9)
    return index[mutual], to_b[mutual]


def apart_from(times_s: Floats, others_s: Floats, window_s: float) -> Bools:
    """True for each time that has none of ``others_s`` within ``window_s``."""
    if not others_s.size:
        return np.ones(times_s.size, dtype=np.bool_)
    return np.asarray(np.abs(times_s - others_s[nearest(times_s, others_s)]) > window_s)


def rows(trace: Trace, values: Floats, from_s: Floats, length_s: float) -> Floats:
    """Samples of ``values`` (on the clock of ``trace``) from each start on: shape (starts, samples).

    Starts are rounded to the sample; NaN where a row leaves the recording or its start is unknown.
    """
    width = samples_in(trace, length_s)
    start = start_index(trace, from_s)
    index = start[:, None] + np.arange(width)[None, :]
    cut: Floats = values[np.clip(index, 0, values.size - 1)]
    outside = (index < 0) | (index >= values.size) | ~np.isfinite(from_s)[:, None]
    cut[outside] = np.nan
    return cut


def samples_in(trace: Trace, length_s: float) -> int:
    """How many samples a row of ``rows`` holds."""
    return max(1, round(length_s * trace.rate_hz))


def start_index(trace: Trace, from_s: Floats) -> Ints:
    """Sample at which a row of ``rows`` begins; far outside where the start is unknown."""
    known = np.where(np.isfinite(from_s), from_s, -10.0)
    return np.round(known * trace.rate_hz).astype(np.int64)


def parabola_offset(before: Floats, at: Floats, after: Floats) -> Floats:
    """Where between samples (-0.5..0.5) the extremum lies of the parabola through three neighbours."""
    bend = before - 2 * at + after
    safe = np.where(np.abs(bend) > 1e-15, bend, 1.0)
    offset = np.where(np.abs(bend) > 1e-15, 0.5 * (before - after) / safe, 0.0)
    return np.clip(offset, -0.5, 0.5)
