"""Gaps in what arrived, and stretches without valve events: paused, or events that never came."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from devices.gating.cycles import Events
from devices.gating.report import Bools, Floats, Telemetry
from devices.gating.traces import Trace, runs
from devices.gating.triggers import Clock
from devices.waveform import Waveform

GRID_HZ = 50.0
SILENCE_S = 5.0  # [E] a shorter stretch without events is an ordinary missed beat or two
PULSATION_MMHG = 60.0  # [E] cuffs above this are being inflated, whatever the events say


@dataclass(frozen=True, slots=True, eq=False)
class Silence:
    """Seconds without valve or trigger events: ``paused`` (cuffs at rest or not known) or events ``missing``."""

    paused: Bools
    missing: Bools

    @property
    def any(self) -> Bools:
        return self.paused | self.missing


def silence_of(events: Events, cuffs: list[Trace], duration_s: float) -> Silence:
    """Look for stretches without any event; pulsating cuffs there mean that the events are missing.

    Before the first and after the last event the same holds: a recording may begin before treatment.
    """
    n = int(np.ceil(duration_s - 1e-9))
    paused, missing = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    pulsating = _pulsating(cuffs, n)
    edges = np.concatenate(([0.0], events.all_s, [duration_s]))
    for at in np.flatnonzero(np.diff(edges) > SILENCE_S):
        # The seconds that hold the events themselves are not silent.
        first, last = int(np.ceil(edges[at])), int(np.floor(edges[at + 1]))
        if at == edges.size - 2:
            last = n
        missing[first:last] = pulsating[first:last]
        paused[first:last] = ~pulsating[first:last]
    return Silence(paused, missing)


def _pulsating(cuffs: list[Trace], n: int) -> Bools:
    """Seconds in which any cuff rises above ``PULSATION_MMHG``."""
    result = np.zeros(n, dtype=np.bool_)
    for cuff in cuffs:
        _mark_above(result, cuff.values, cuff.missing, cuff.rate_hz, PULSATION_MMHG)
    return result


@njit(cache=True, nogil=True)
def _mark_above(seconds: Bools, values: Floats, missing: Bools, rate_hz: float, level: float) -> None:
    """Mark the seconds that hold a sample above ``level`` which was not bridged."""
    for i in range(values.size):
        if values[i] > level and not missing[i]:
            seconds[min(int(i / rate_hz), seconds.size - 1)] = True


def gaps_of(waveform: Waveform) -> tuple[Floats, Floats]:
    """Where each stretch of a tenth of a second or more begins and ends, in seconds, in which no channel has a sample."""
    n = int(np.floor(waveform.duration_s * GRID_HZ))
    absent = np.ones(n, dtype=np.bool_)
    for channel in waveform.channels:
        if absent.any():
            _strike_out(absent, channel.samples, channel.rate_hz)
    starts, stops = runs(absent)
    long = stops - starts >= 0.1 * GRID_HZ
    return starts[long] / GRID_HZ, stops[long] / GRID_HZ


@njit(cache=True, nogil=True)
def _strike_out(absent: Bools, samples: Floats, rate_hz: float) -> None:
    """Clear the flag of each step of the grid in whose middle there is a sample."""
    for k in range(absent.size):
        at = int((k + 0.5) / GRID_HZ * rate_hz)
        if absent[k] and at < samples.size and np.isfinite(samples[at]):
            absent[k] = False


def missing_s(silence: Silence, gaps: tuple[Floats, Floats], from_s: float, to_s: float) -> float:
    """Seconds of a stretch without the device's events. While nothing arrives at all, no event arrives either."""
    overlap = np.minimum(gaps[1], to_s) - np.maximum(gaps[0], from_s)
    events = silence.missing[int(from_s) : int(np.ceil(to_s - 1e-9))].sum()
    return float(events) + float(np.maximum(overlap, 0.0).sum())


def telemetry_of(
    duration_s: float, gaps: tuple[Floats, Floats], events: Events, silence: Silence, clock: Clock
) -> Telemetry:
    lengths = gaps[1] - gaps[0]
    total = float(lengths.sum())
    return Telemetry(
        gap_s=total,
        longest_gap_s=float(lengths.max(initial=0.0)),
        gap_share=total / duration_s if duration_s else 0.0,
        events_missing_s=float(silence.missing.sum()),
        paused_s=float(silence.paused.sum()),
        duplicate_events=events.duplicates,
        stray_events=events.stray,
        drift_ppm=clock.drift_ppm,
        events_corrected=clock.rate != 0.0 and not clock.lost,
        clock_lost=clock.lost,
    )
