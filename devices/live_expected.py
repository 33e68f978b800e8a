"""Where in a beat its events are expected, counted from the console's trigger, for the marks of the live trace.

The trace has no R peaks and no notches of its own when a beat is drawn: they are found seconds later. What it has is
the trigger, so the last minute says how long after it aortic closure shows in the finger pulse and the next ejection
begins. A pulse wave that rises before the first window is early, after it late; a cuff that is not empty by the end
of the second deflates late.
"""

from dataclasses import asdict, dataclass

import numpy as np

from devices.gating.config import GatingConfig
from devices.gating.report import Basis, BeatTable

#: Fewer beats say nothing of the next.
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Expected:
    """Milliseconds after a trigger; negative is before it.

    Attributes
    ----------
    rise_from_ms, rise_to_ms : the augmented wave should begin to rise between, in the finger pulse: the band of
        inflation (``GatingConfig.inflation_good_*``) around aortic closure there.
    empty_from_ms, empty_to_ms : the cuffs should be empty by some moment between, before this beat's ejection
        (``deflation_good_to_ms`` before it, and its beginning, ``pre_ejection_ms`` after R).
    """

    rise_from_ms: float
    rise_to_ms: float
    empty_from_ms: float
    empty_to_ms: float

    def to_plain(self) -> dict[str, float]:
        """JSON-safe."""
        return asdict(self)


def expected_of(beats: BeatTable, config: GatingConfig, basis: Basis) -> Expected | None:
    """From the last minute's beats; None where closure was not measured in this session, or too few beats tell."""
    delay_ms = beats.trigger_delay_ms
    closure_ms = (beats.notch_s - beats.r_s) * 1000 - delay_ms
    known = np.isfinite(closure_ms)
    if basis is not Basis.MEASURED or known.sum() < FEWEST:
        return None
    closure = float(np.median(closure_ms[known]))
    ejection = config.pre_ejection_ms - float(np.median(delay_ms[known]))
    return Expected(
        rise_from_ms=round(closure + config.inflation_good_from_ms, 1),
        rise_to_ms=round(closure + config.inflation_good_to_ms, 1),
        empty_from_ms=round(ejection - config.deflation_good_to_ms, 1),
        empty_to_ms=round(ejection, 1),
    )
