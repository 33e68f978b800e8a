"""Medians, quartiles and shares with the beats they stand on, and the reason where there are none."""

import math

import numpy as np

from devices.gating.report import Basis, Bools, Figure, Floats, Reason

NO_BEATS = Reason("no_beats", "No beat could be measured.")


def unknown(unit: str, reason: Reason) -> Figure:
    """A figure that is not known, and why."""
    return Figure(None, unit, 0, 0.0, reason=reason)


def median_figure(
    values: Floats, unit: str, *, of: int, reason: Reason = NO_BEATS, basis: Basis = Basis.MEASURED
) -> Figure:
    """Median and quartiles of the finite values; ``of`` is how many beats could have had one."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return unknown(unit, reason)
    low, mid, high = (float(q) for q in np.percentile(finite, [25, 50, 75]))
    return Figure(mid, unit, int(finite.size), _coverage(finite.size, of), low, high, basis)


def share_figure(hits: Bools, *, of: int, reason: Reason = NO_BEATS, basis: Basis = Basis.MEASURED) -> Figure:
    """Share of true among ``hits`` with its 95 % Wilson interval; ``of`` is how many could have been judged."""
    if not hits.size:
        return unknown("1", reason)
    low, high = wilson(int(hits.sum()), int(hits.size))
    return Figure(float(hits.mean()), "1", int(hits.size), _coverage(hits.size, of), low, high, basis)


def wilson(hits: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % score interval of a share (Wilson 1927); n must be above 0."""
    z = 1.959964
    p, spread = hits / n, z * z / n
    centre = (p + spread / 2) / (1 + spread)
    half = z * math.sqrt(p * (1 - p) / n + spread / (4 * n)) / (1 + spread)
    # At 0 and n hits an end meets the share itself; rounding must not carry it past.
    return min(p, max(0.0, centre - half)), max(p, min(1.0, centre + half))


def median_or_none(values: Floats) -> float | None:
    """Median of the finite values, None where there are none."""
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else None


def share_or_none(flags: Floats) -> float | None:
    """Share of 1 among flags of 1, 0 and NaN (not known); None where none is known."""
    known = flags[np.isfinite(flags)]
    return float(known.mean()) if known.size else None


def _coverage(n: int, of: int) -> float | None:
    return min(1.0, n / of) if of else None
