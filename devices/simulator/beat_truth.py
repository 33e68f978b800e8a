"""What really happened in each beat, from the mechanisms and never from a noisy signal."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices.simulator.artery import MODEL_RATE_HZ, Body
from devices.simulator.console import CUFFS, Stroke
from devices.simulator.cuffs import DEAD_TIME_S, CuffHistory
from devices.simulator.finger import Lag
from devices.simulator.heart import Beats
from devices.simulator.ratios import Ratios, ratios
from devices.waveform import Cuff

Times = NDArray[np.float64]

_EMPTY_SHARE = 0.20  # of the plateau
_SETTLED_S = 0.1  # the plateau begins this long after the last inflation valve


@dataclass(frozen=True, slots=True)
class CuffTruth:
    """What one cuff was told and did: commands in seconds, shape (strokes,), NaN where it was not opened; times
    of 10, 50, 90 % while filling and of 90, 50, 10 % while emptying, shape (fillings, 3).
    """

    cuff: Cuff
    inflate_s: Times
    deflate_s: Times
    rise_s: Times
    fall_s: Times


@dataclass(frozen=True, slots=True)
class Counterpulsation:
    """What the cuffs did in each beat; NaN where nothing. A stroke belongs to the beat in whose RR its first valve
    opened; where there are two in a beat, inflation is that of the first and release that of the last.

    Attributes
    ----------
    inflate_s : ndarray, shape (n, 3)
        Valves of calf, thigh and hip.
    deflate_s, empty_s : ndarray, shape (n,)
        Release; the moment the last cuff falls below 20 % of its plateau (NaN where it is filled again before).
    plateau_mmhg : ndarray, shape (n,)
        Middle of the cuffs' median pressure from 100 ms after the last valve to release; where that is no time,
        the pressure at release.
    arrival_s : ndarray, shape (n,)
        First blood pushed back reaches the root; it belongs to the beat whose valve opened before.
    """

    inflate_s: Times
    deflate_s: Times
    empty_s: Times
    plateau_mmhg: Times
    arrival_s: Times


@dataclass(frozen=True, slots=True)
class FingerTruth:
    """Times in the finger trace, seconds, one entry a beat, and the ratios of the wave before and after the monitor.

    All include the monitor's delay: root time + travel + group delay of its low-pass.
    """

    foot_s: Times
    notch_s: Times
    onset_s: Times
    unfiltered: Ratios
    shown: Ratios


def counterpulsation(
    beats: Beats, strokes: Sequence[Stroke], histories: Sequence[CuffHistory], body: Body
) -> Counterpulsation:
    n = beats.r_s.size
    inflate = np.array([s.inflate_s for s in strokes], dtype=np.float64).reshape(-1, len(CUFFS))
    deflate = np.array([s.deflate_s for s in strokes], dtype=np.float64)
    arrival = np.nanmin(inflate + np.array(body.travel_s), axis=1, initial=np.inf) + DEAD_TIME_S
    opened = np.nanmin(inflate, axis=1, initial=np.inf)
    beat = np.searchsorted(beats.r_s, opened, side="right") - 1
    plateau = _plateaus(inflate, deflate, histories)
    empty = _emptied(inflate, deflate, plateau, histories)
    first, last = _firsts(beat), _lasts(beat)
    arrived = np.searchsorted(beats.opening_s, arrival, side="right") - 1
    early = _firsts(arrived)
    middle = np.nanmedian(plateau, axis=1) if len(strokes) else np.empty(0)
    return Counterpulsation(
        inflate_s=_spread(n, beat, first, inflate),
        deflate_s=_spread(n, beat, last, deflate),
        empty_s=_spread(n, beat, last, empty),
        plateau_mmhg=_spread(n, beat, first, middle),
        arrival_s=_spread(n, arrived, early, arrival),
    )


def _firsts(beat: NDArray[np.intp]) -> NDArray[np.bool_]:
    return np.asarray((beat >= 0) & np.append(True, beat[1:] != beat[:-1])[: beat.size], dtype=np.bool_)


def _lasts(beat: NDArray[np.intp]) -> NDArray[np.bool_]:
    return np.asarray((beat >= 0) & np.append(beat[1:] != beat[:-1], True)[: beat.size], dtype=np.bool_)


def _spread(n: int, beat: NDArray[np.intp], chosen: NDArray[np.bool_], values: Times) -> Times:
    """Values of the chosen strokes at the place of their beats."""
    of_beat = np.full((n, *values.shape[1:]), np.nan)
    of_beat[beat[chosen]] = values[chosen]
    return of_beat


def _plateaus(inflate: Times, deflate: Times, histories: Sequence[CuffHistory]) -> Times:
    """Median pressure of each cuff in each stroke, shape (strokes, 3): it climbs, so the median is in the middle."""
    if not deflate.size:
        return np.empty((0, len(CUFFS)))
    settled = np.nanmax(inflate, axis=1) + _SETTLED_S
    middle = np.where(settled < deflate, (settled + deflate) / 2, deflate)
    pressure = np.column_stack([history.pressure_at(middle) for history in histories])
    return np.where(np.isnan(inflate), np.nan, pressure)


def _emptied(inflate: Times, deflate: Times, plateau: Times, histories: Sequence[CuffHistory]) -> Times:
    """When the last cuff of each stroke falls below 20 % of its plateau; NaN where one is filled again before."""
    if not deflate.size:
        return np.empty(0)
    empty = np.column_stack(
        [
            history.emptied_s(deflate, _EMPTY_SHARE * plateau[:, cuff])
            for cuff, history in enumerate(histories)
        ]
    )
    unopened = np.isnan(inflate)
    latest = np.max(np.where(unopened, -np.inf, empty), axis=1)
    return np.where(np.isfinite(latest), latest, np.nan)


def finger_truth(beats: Beats, lag: Lag, acts: Counterpulsation, wave: Times, shown: Times) -> FingerTruth:
    """``wave`` and ``shown``: the finger's pulse before and after the monitor, at the model's rate, without noise."""
    foot, notch, onset = (t + lag.of_beat_s for t in (beats.opening_s, beats.closing_s, acts.arrival_s))
    on_screen = (foot + lag.monitor_s, notch + lag.monitor_s, onset + lag.monitor_s)
    return FingerTruth(
        on_screen[0],
        on_screen[1],
        on_screen[2],
        unfiltered=ratios(wave, MODEL_RATE_HZ, foot, notch, onset),
        shown=ratios(shown, MODEL_RATE_HZ, *on_screen),
    )


def cuff_truth(number: int, strokes: Sequence[Stroke], history: CuffHistory) -> CuffTruth:
    inflate = np.array([stroke.inflate_s[number] for stroke in strokes], dtype=np.float64)
    deflate = np.array([stroke.deflate_s for stroke in strokes], dtype=np.float64)
    return CuffTruth(CUFFS[number], inflate, deflate, *history.crossings())
