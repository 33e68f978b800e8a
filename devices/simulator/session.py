"""A whole simulated session: an ECG in, all channels and events out, and beside them the truth."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices.simulator import artery, console, cuffs, heart
from devices.simulator.console import CUFFS, Stroke
from devices.simulator.settings import Settings
from devices.waveform import Channel, ChannelName, Cuff, Event, EventKind, Waveform, in_time_order

Times = NDArray[np.float64]

PLETH_RATE_HZ = 125.0
CUFF_RATE_HZ = 50.0
_CUFF_NOISE_MMHG = 0.8
_PLETH_NOISE = 0.004
_CUFF_CHANNELS = (ChannelName.CUFF_CALF, ChannelName.CUFF_THIGH, ChannelName.CUFF_HIP)


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
class Truth:
    """What really happened, in seconds of the recording; entry i of each beat array belongs to beat i.

    Attributes
    ----------
    r_s, opening_s, closing_s : ndarray, shape (n,)
        R peak; opening and closing of the aortic valve.
    foot_s, peak_s, notch_s : ndarray, shape (n,)
        Of the systolic wave in the finger pleth.
    augmentation_onset_s, augmentation_peak_s : ndarray, shape (n,)
        Of the augmented wave in the finger pleth; NaN where the beat has none.
    lag_s : float
        From the root to the finger trace, without the jitter of single beats.
    trigger_s : ndarray
        What the console took for R waves.
    """

    r_s: Times
    opening_s: Times
    closing_s: Times
    foot_s: Times
    peak_s: Times
    notch_s: Times
    augmentation_onset_s: Times
    augmentation_peak_s: Times
    lag_s: float
    trigger_s: Times
    strokes: tuple[Stroke, ...]
    cuffs: tuple[CuffTruth, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    waveform: Waveform
    truth: Truth


def simulate(ecg: Channel, settings: Settings, seed: int, *, r_s: Times | None = None) -> Simulation:
    """Counterpulsation of the patient whose ECG this is; the same for the same seed.

    Parameters
    ----------
    ecg
        Passed on unchanged as the ECG of the session.
    r_s
        True R times in seconds, ascending, where they are known; else they are found in the ECG.

    Raises
    ------
    ValueError
        Fewer than three beats, or an ECG too short to find any.
    """
    # One generator a part: what one part draws must not depend on what another part was set to.
    for_beats, for_errors, for_body, for_pleth, for_noise = (
        np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(5)
    )
    beats = heart.beats_of(heart.r_times(ecg) if r_s is None else r_s, for_beats)
    trigger_s = console.with_errors(console.triggers(ecg), settings, for_errors)
    strokes = [stroke for stroke in console.strokes(trigger_s, settings) if stroke.deflate_s < ecg.duration_s]
    histories = [cuffs.history(strokes, number) for number in range(len(CUFFS))]

    body = artery.Body.drawn(for_body)
    time_s = np.arange(round(ecg.duration_s * artery.MODEL_RATE_HZ)) / artery.MODEL_RATE_HZ
    root = artery.root_pressure(time_s, beats, histories, body, settings)
    pleth, lag_s = artery.finger_pleth(time_s, root, beats, body, for_pleth)

    channels = [ecg, _pleth_channel(pleth, for_noise), *_cuff_channels(histories, ecg.duration_s, for_noise)]
    return Simulation(
        Waveform(tuple(channels), _events(trigger_s, strokes, ecg.duration_s)),
        _truth(beats, trigger_s, strokes, histories, body, pleth, lag_s),
    )


def _pleth_channel(pleth: Times, rng: np.random.Generator) -> Channel:
    every = round(artery.MODEL_RATE_HZ / PLETH_RATE_HZ)
    samples = pleth[: pleth.size - pleth.size % every : every]
    return Channel(
        ChannelName.PLETH, PLETH_RATE_HZ, samples + _PLETH_NOISE * rng.standard_normal(samples.size)
    )


def _cuff_channels(
    histories: Sequence[cuffs.CuffHistory], duration_s: float, rng: np.random.Generator
) -> list[Channel]:
    time_s = np.arange(int(duration_s * CUFF_RATE_HZ + 1e-6)) / CUFF_RATE_HZ
    return [
        Channel(
            name,
            CUFF_RATE_HZ,
            history.pressure_at(time_s) + _CUFF_NOISE_MMHG * rng.standard_normal(time_s.size),
        )
        for name, history in zip(_CUFF_CHANNELS, histories, strict=True)
    ]


def _events(trigger_s: Times, strokes: Sequence[Stroke], duration_s: float) -> tuple[Event, ...]:
    events = [Event(time, EventKind.TRIGGER) for time in trigger_s.tolist()]
    for stroke in strokes:
        for cuff, opened in zip(CUFFS, stroke.inflate_s, strict=True):
            if not np.isnan(opened):
                events.append(Event(opened, EventKind.INFLATE, cuff))
                events.append(Event(stroke.deflate_s, EventKind.DEFLATE, cuff))
    return in_time_order(event for event in events if event.t_s < duration_s)


def _truth(
    beats: heart.Beats,
    trigger_s: Times,
    strokes: Sequence[Stroke],
    histories: Sequence[cuffs.CuffHistory],
    body: artery.Body,
    pleth: Times,
    lag_s: Times,
) -> Truth:
    foot, notch = beats.opening_s + lag_s, beats.closing_s + lag_s
    onset = _augmentation_onset(beats, strokes, body) + lag_s
    next_foot = np.append(foot[1:], np.inf)
    return Truth(
        r_s=beats.r_s,
        opening_s=beats.opening_s,
        closing_s=beats.closing_s,
        foot_s=foot,
        peak_s=_highest_between(pleth, foot, notch),
        notch_s=notch,
        augmentation_onset_s=onset,
        augmentation_peak_s=_highest_between(pleth, np.maximum(onset, notch), next_foot),
        lag_s=body.seen_lag_s,
        trigger_s=trigger_s,
        strokes=tuple(strokes),
        cuffs=tuple(_cuff_truth(number, strokes, history) for number, history in enumerate(histories)),
    )


def _cuff_truth(number: int, strokes: Sequence[Stroke], history: cuffs.CuffHistory) -> CuffTruth:
    inflate = np.array([stroke.inflate_s[number] for stroke in strokes], dtype=np.float64)
    deflate = np.array([stroke.deflate_s for stroke in strokes], dtype=np.float64)
    return CuffTruth(CUFFS[number], inflate, deflate, *history.crossings())


def _augmentation_onset(beats: heart.Beats, strokes: Sequence[Stroke], body: artery.Body) -> Times:
    """When the first blood pushed back reaches the root in each beat; NaN where none does."""
    onset = np.full(beats.r_s.size, np.nan)
    travel = np.array(body.travel_s) + cuffs.DEAD_TIME_S
    for stroke in strokes:
        arrives = float(np.nanmin(np.array(stroke.inflate_s) + travel))
        beat = int(np.searchsorted(beats.opening_s, arrives, side="right")) - 1
        if beat >= 0 and np.isnan(onset[beat]):
            onset[beat] = arrives
    return onset


def _highest_between(pleth: Times, from_s: Times, to_s: Times) -> Times:
    """Time of the highest sample in each stretch; NaN where the stretch is unknown, empty or past the end."""
    found = np.full(from_s.size, np.nan)
    for beat, (start_s, stop_s) in enumerate(zip(from_s.tolist(), to_s.tolist(), strict=True)):
        if np.isnan(start_s) or not start_s < stop_s <= pleth.size / artery.MODEL_RATE_HZ:
            continue
        start = int(np.ceil(start_s * artery.MODEL_RATE_HZ))
        stretch = pleth[start : int(stop_s * artery.MODEL_RATE_HZ)]
        if stretch.size:
            found[beat] = (start + int(np.argmax(stretch))) / artery.MODEL_RATE_HZ
    return found
