"""What a file of signals says, before anybody asks what it means: signals with their names and units, and marks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: A mark of this text says where the recording ends; what follows only fills the file's last frame.
END_TEXT = "end of recording"


class BadRecord(ValueError):
    """A record that cannot be used: one sentence that says what is wrong and what to give instead."""


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """One signal as a file holds it.

    Attributes
    ----------
    name, unit : as written in the file; an empty unit was not given.
    rate_hz : samples per second of this signal.
    samples : ndarray of float64, shape (n,), in ``unit``; NaN where nothing was measured.
    calibrated : False where the file gives no gain, so that the height of the values means nothing.
    """

    name: str
    unit: str
    rate_hz: float
    samples: Floats
    calibrated: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """One annotation: seconds from the first sample, and its text."""

    t_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the input that a reader of the report must know: a stable code and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True, eq=False)
class Content:
    """All that was read of one record.

    Attributes
    ----------
    marks : in the order of the file.
    sha256 : hex digest of each file that was read, by its name without folders.
    notes : what was odd about the files themselves.
    """

    signals: tuple[Signal, ...]
    marks: tuple[Mark, ...]
    sha256: dict[str, str]
    notes: tuple[Note, ...] = ()


def trimmed(signal: Signal, end_s: float) -> Signal:
    """The signal without what lies at or after ``end_s``; whole samples only."""
    # A mark's time is rounded to its file's resolution; a hundredth of a sample forgives that.
    size = min(signal.samples.size, max(0, int(end_s * signal.rate_hz + 0.01)))
    return Signal(signal.name, signal.unit, signal.rate_hz, signal.samples[:size], signal.calibrated)


def without_filling(signals: tuple[Signal, ...], marks: tuple[Mark, ...]) -> tuple[Signal, ...]:
    """The signals up to the mark that says where the recording ends; unchanged where no mark says so."""
    ends = [mark.t_s for mark in marks if mark.text == END_TEXT]
    return tuple(trimmed(signal, ends[0]) for signal in signals) if len(ends) == 1 else signals
