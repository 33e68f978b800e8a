"""The end of the detector: where between samples each R peak lies, and how wide its QRS is."""

import numpy as np
from numba import njit

from devices.gating.kernels import between
from devices.gating.report import Bools, Floats, Ints

_REACH_S = 0.06  # [E] the R peak lies this near to the middle of the QRS energy
_SMOOTH_S = 0.013  # [E] mean over this time before looking for the extremum
_STEP_S = 0.039  # [E] a peak stands out from the middle of what lies this far to both sides
_OPPOSITE = 1.5  # [E] a beat that points this many times further the other way is placed on that side
_WIDTH_REACH_S = 0.15
_WIDTH_SHARE = 0.2  # [E] the QRS lasts while the slope is above this share of its greatest


def placed(samples: Floats, near_s: Floats, rate_hz: float) -> Floats:
    """Times of the R peaks near the given times, in seconds from the first sample.

    The lead's main direction is the one in which most beats stand out further; a beat that stands out half as far again
    the other way (a premature one, say) is placed there. Turning the lead over moves nothing.
    """
    smooth = 2 * round((_SMOOTH_S * rate_hz - 1) / 2) + 1
    step = max(1, round(_STEP_S * rate_hz))
    reach = max(1, round(_REACH_S * rate_hz))
    middle = np.round(near_s * rate_hz).astype(np.int64)
    top, top_at, low, low_at = extremes(samples, middle, max(1, smooth), step, reach)
    if not near_s.size:
        return near_s
    up = float(np.median(top - low)) >= 0
    other: Bools = low > _OPPOSITE * top if up else top > _OPPOSITE * low
    return np.where(other != up, top_at, low_at) / rate_hz


@njit(cache=True, nogil=True)
def extremes(
    x: Floats, middle: Ints, smooth: int, step: int, reach: int
) -> tuple[Floats, Floats, Floats, Floats]:
    """Greatest height above and below the surroundings near each sample, and where (parabola through three)."""
    n = x.size
    far = reach + reach // 2  # an extremum at the edge of the window is climbed to its top
    side = far + step + smooth // 2 + 1
    mean = np.empty(2 * (far + step) + 3)
    top, low = np.empty(middle.size), np.empty(middle.size)
    top_at, low_at = np.empty(middle.size), np.empty(middle.size)
    bent = np.empty(2 * far + 3)
    for b in range(middle.size):
        first = middle[b] - side
        total = 0.0
        for k in range(smooth):
            total += x[min(max(first + k, 0), n - 1)]
        for k in range(mean.size):
            mean[k] = total / smooth
            total += x[min(max(first + k + smooth, 0), n - 1)] - x[min(max(first + k, 0), n - 1)]
        for k in range(bent.size):
            bent[k] = mean[k + step] - 0.5 * (mean[k] + mean[k + 2 * step])
        high = _climbed(bent, far - reach + 1, 1.0)
        deep = _climbed(bent, far - reach + 1, -1.0)
        top[b], low[b] = bent[high], -bent[deep]
        top_at[b] = middle[b] - far - 1 + high + between(bent[high - 1], bent[high], bent[high + 1])
        low_at[b] = middle[b] - far - 1 + deep + between(bent[deep - 1], bent[deep], bent[deep + 1])
    return top, top_at, low, low_at


@njit(cache=True, nogil=True)
def _climbed(bent: Floats, edge: int, sign: float) -> int:
    """Index of the greatest ``sign * bent`` at least ``edge`` from both ends, or of the top that it is the slope of."""
    at = edge
    for k in range(edge, bent.size - edge):
        if sign * bent[k] > sign * bent[at]:
            at = k
    while at > 1 and sign * bent[at - 1] > sign * bent[at]:
        at -= 1
    while at < bent.size - 2 and sign * bent[at + 1] > sign * bent[at]:
        at += 1
    return at
