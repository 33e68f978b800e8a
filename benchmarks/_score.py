"""Counting beats as EC57 does: one-to-one within 150 ms."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
WINDOW_S = 0.15


@dataclass(frozen=True, slots=True)
class Score:
    """Beats found, missed and false."""

    hits: int
    missed: int
    false: int

    @property
    def f1(self) -> float:
        """In per cent; 0 where there is nothing at all."""
        return 200 * self.hits / max(1, 2 * self.hits + self.missed + self.false)


def score(found_s: Floats, beats_s: Floats, from_s: float = 0.0) -> Score:
    """Compare ascending times, both from ``from_s`` on."""
    found, beats = found_s[found_s > from_s], beats_s[beats_s > from_s]
    i = j = hits = 0
    while i < found.size and j < beats.size:
        apart = found[i] - beats[j]
        if abs(apart) > WINDOW_S:
            i, j = (i + 1, j) if apart < 0 else (i, j + 1)
        elif i + 1 < found.size and abs(found[i + 1] - beats[j]) < abs(apart):
            i += 1
        else:
            hits, i, j = hits + 1, i + 1, j + 1
    return Score(hits, beats.size - hits, found.size - hits)


def localisation_ms(found_s: Floats, beats_s: Floats, from_s: float = 300.0) -> tuple[float, float]:
    """Median error against the marks, and the 95th percentile of what remains when it is taken off."""
    beats = beats_s[beats_s > from_s]
    after = np.clip(np.searchsorted(found_s, beats), 1, found_s.size - 1)
    before_is_nearer = beats - found_s[after - 1] <= found_s[after] - beats
    error = found_s[np.where(before_is_nearer, after - 1, after)] - beats
    error = 1000 * error[np.abs(error) <= WINDOW_S]
    bias = float(np.median(error))
    return bias, float(np.percentile(np.abs(error - bias), 95))
