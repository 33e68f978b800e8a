"""Waveforms in memory: the one type that the simulator writes, the gating engine reads and storage keeps.

It holds data and says what is valid; it computes nothing, so that the simulator and the engine that is
judged by it can both use it without sharing any code (see the import contracts in ``pyproject.toml``).

Time is in seconds from the first sample of the recording, on the device's clock. Every channel starts at
0 s and runs to the end; what was not measured is NaN, never interpolated.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class ChannelName(StrEnum):
    """Names of the channels, in a recording, a chunk and a stored file."""

    ECG = "ECG"
    PLETH = "PLETH"
    CUFF_CALF = "CUFF_CALF"
    CUFF_THIGH = "CUFF_THIGH"
    CUFF_HIP = "CUFF_HIP"


#: The unit in which each channel is given. A device that measures in another unit is converted by the agent.
UNITS: dict[ChannelName, str] = {
    ChannelName.ECG: "mV",
    ChannelName.PLETH: "1",
    ChannelName.CUFF_CALF: "mmHg",
    ChannelName.CUFF_THIGH: "mmHg",
    ChannelName.CUFF_HIP: "mmHg",
}


class EventKind(StrEnum):
    """What the console says it did."""

    TRIGGER = "trigger"  # an R wave was recognised
    INFLATE = "inflate"  # the inflation valve of one cuff opened
    DEFLATE = "deflate"  # the deflation valve of one cuff opened


class Cuff(StrEnum):
    """Which cuff a valve event is about; distal to proximal."""

    NONE = ""
    CALF = "calf"
    THIGH = "thigh"  # lower thigh
    HIP = "hip"  # upper thigh and buttock


@dataclass(frozen=True, slots=True)
class Channel:
    """One evenly sampled signal.

    Attributes
    ----------
    name : ChannelName
    rate_hz : float
        Samples per second, above 0.
    samples : ndarray of float64, shape (n,)
        In ``UNITS[name]``; NaN where nothing was measured.
    """

    name: ChannelName
    rate_hz: float
    samples: NDArray[np.float64]

    def __post_init__(self) -> None:
        if not (np.isfinite(self.rate_hz) and self.rate_hz > 0):
            raise ValueError(f"{self.name}: the sampling rate must be above 0 Hz, not {self.rate_hz}")
        if self.samples.ndim != 1:
            raise ValueError(f"{self.name}: samples must be one row of numbers")

    @property
    def unit(self) -> str:
        return UNITS[self.name]

    @property
    def duration_s(self) -> float:
        return self.samples.size / self.rate_hz


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """One valve or trigger event at ``t_s`` seconds of device time."""

    t_s: float
    kind: EventKind
    cuff: Cuff = Cuff.NONE


@dataclass(frozen=True, slots=True)
class Waveform:
    """All that one recording holds: channels by name, and events in order of time."""

    channels: tuple[Channel, ...]
    events: tuple[Event, ...] = ()

    def __post_init__(self) -> None:
        names = [channel.name for channel in self.channels]
        if len(names) != len(set(names)):
            raise ValueError("a channel is given twice")
        if any(a.t_s > b.t_s for a, b in zip(self.events, self.events[1:], strict=False)):
            raise ValueError("events must be in order of time")

    def channel(self, name: ChannelName) -> Channel | None:
        """The channel of that name, or None where the recording has none."""
        return next((channel for channel in self.channels if channel.name == name), None)

    def event_times_s(self, kind: EventKind, cuff: Cuff | None = None) -> NDArray[np.float64]:
        """Times of all events of a kind (of one cuff, where given), in seconds, ascending."""
        return np.array(
            [e.t_s for e in self.events if e.kind == kind and (cuff is None or e.cuff == cuff)],
            dtype=np.float64,
        )

    @property
    def duration_s(self) -> float:
        """Length of the longest channel; 0 where there is none."""
        return max((channel.duration_s for channel in self.channels), default=0.0)


def in_time_order(events: Iterable[Event]) -> tuple[Event, ...]:
    """Events sorted by time (then kind and cuff, so that the order never depends on arrival)."""
    return tuple(sorted(events))
