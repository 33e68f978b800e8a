"""How signals of any rate and height fit into files of 16-bit samples."""

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from math import gcd, lcm

import numpy as np
from numpy.typing import NDArray

from devices.records.content import BadRecord, Floats, Signal

#: The number that stands for a sample that was not measured.
NOT_MEASURED = -32768
_LONGEST_FRAME_S = 10
_FINEST_GAIN = 10_000.0


def frame_of(rates_hz: Sequence[float]) -> tuple[Fraction, list[int]]:
    """The highest frame rate of which every rate is a whole multiple, and those multiples."""
    rates = [Fraction(rate).limit_denominator(1000) for rate in rates_hz]
    if not rates:
        raise BadRecord("There is no signal to write.")
    frame = Fraction(
        reduce(gcd, (rate.numerator for rate in rates)), reduce(lcm, (rate.denominator for rate in rates))
    )
    exact = all(abs(float(rate) - given) <= 1e-9 * given for rate, given in zip(rates, rates_hz, strict=True))
    if not exact or frame * _LONGEST_FRAME_S < 1:
        given = ", ".join(f"{rate:g} Hz" for rate in rates_hz)
        raise BadRecord(
            f"The sampling rates {given} have no frame of at most {_LONGEST_FRAME_S} s in common; resample them."
        )
    return frame, [int(rate / frame) for rate in rates]


def gain_for(signal: Signal) -> float:
    """The finest gain of 1, 2 or 5 times a power of ten at which every value fits in 16 bits."""
    known = np.abs(signal.samples[~np.isnan(signal.samples)])
    highest = float(known.max()) if known.size else 0.0
    if not np.isfinite(highest):
        raise BadRecord(f"{signal.name} holds an infinite value; write NaN where nothing was measured.")
    steps = (factor * 10.0**power for power in range(3, -7, -1) for factor in (5.0, 2.0, 1.0))
    for gain in (_FINEST_GAIN, *steps):
        if highest * gain <= 32767:
            return gain
    raise BadRecord(f"{signal.name} reaches {highest:g} {signal.unit}, which no 16-bit record can hold.")


def to_digital(samples: Floats, gain: float, size: int) -> NDArray[np.int16]:
    """``size`` stored numbers: the samples times the gain, ``NOT_MEASURED`` for NaN and behind the last one."""
    digital = np.full(size, NOT_MEASURED, dtype=np.int16)
    known = ~np.isnan(samples)
    digital[: samples.size][known] = np.rint(samples[known] * gain).astype(np.int16)
    return digital


def record_seconds(rates_hz: Sequence[float]) -> int:
    """The shortest whole number of seconds in which every signal has a whole number of samples.

    Raises
    ------
    BadRecord
        There is none of at most 10 s.
    """
    seconds = lcm(*(Fraction(rate).limit_denominator(1000).denominator for rate in rates_hz))
    whole = all(abs(rate * seconds - round(rate * seconds)) <= 1e-6 for rate in rates_hz)
    if seconds > _LONGEST_FRAME_S or not whole:
        rates = ", ".join(f"{rate:g} Hz" for rate in rates_hz)
        raise BadRecord(
            f"The sampling rates {rates} have no whole number of samples in common within {_LONGEST_FRAME_S} s; "
            "resample to rates that have, such as 250 Hz and 125 Hz."
        )
    return seconds
