"""Numbers that do not fit their unit: refused with a sentence, never converted by a guess (section 1.4)."""

import numpy as np

from devices.gating.cycles import Events
from devices.gating.report import Floats, Reason
from devices.gating.traces import Trace
from devices.waveform import Channel, Waveform

LEAST_MMHG = 60.0  # [E] a cuff that works reaches more than this; 30-40 kPa are 225-300 mmHg [S]
LEAST_KPA = 15.0
LARGEST_MV = 20.0  # [E] no electrocardiogram is as high
FEWEST_EVENTS = 10

EVENTS_UNIT = Reason(
    "events_unit",
    "Nearly all events lie past the end of the recording: their times look like milliseconds. Send them in seconds.",
)
ECG_UNIT = Reason(
    "ecg_unit",
    "The ECG is more than 20 mV high: its numbers look like microvolts. Beats are found all the same; mend the unit.",
)


def doubtful_cuff(cuff: Trace, inflations_s: Floats) -> Reason | None:
    """Why the numbers of a cuff cannot be mmHg: the valves worked, and yet it never rose above 60. None if they can."""
    if inflations_s.size < FEWEST_EVENTS:
        return None
    first, last = inflations_s[0], inflations_s[-1] + 1.0
    working = cuff.values[max(0, int(first * cuff.rate_hz)) : int(last * cuff.rate_hz) + 1]
    if np.count_nonzero(working >= LEAST_MMHG) > 0.06 * working.size + 1:
        return None  # so is their 95th percentile, and there is no need to sort
    high = float(np.percentile(working, 95)) if working.size else 0.0
    if high >= LEAST_MMHG:
        return None
    unit = "kPa" if high >= LEAST_KPA else "MPa" if 0.01 <= high <= 0.1 else None
    if unit is None:
        return None
    return Reason(
        "pressure_unit",
        f"The cuffs reach {high:.3g} while the valves work: these numbers look like {unit}, or the cuffs hardly fill. "
        "They are not used; send the pressure with its unit.",
    )


def doubtful_events(waveform: Waveform, events: Events) -> Reason | None:
    """Event times in milliseconds: nearly all of them lie outside the recording."""
    kept = events.all_s.size
    if events.stray < FEWEST_EVENTS or events.stray < 9 * kept or not waveform.duration_s:
        return None
    latest = max(event.t_s for event in waveform.events)
    return EVENTS_UNIT if latest <= 1100 * waveform.duration_s else None


def doubtful_ecg(channel: Channel | None) -> Reason | None:
    """An ECG too high for millivolts."""
    if channel is None:
        return None
    some = channel.samples[:: max(1, channel.samples.size // 100_000)]
    some = some[np.isfinite(some)]
    if not some.size:
        return None
    if np.ptp(some) <= LARGEST_MV:
        return None  # and there is no need to sort
    low, high = np.percentile(some, [1, 99])
    return ECG_UNIT if high - low > LARGEST_MV else None
