"""A whole simulated session: an ECG in, all channels and events out, and beside them the truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from devices.simulator import artery, console, cuffs, finger, heart, lead, recorder
from devices.simulator.beat_truth import (
    Counterpulsation,
    CuffTruth,
    FingerTruth,
    counterpulsation,
    cuff_truth,
    finger_truth,
)
from devices.simulator.console import CUFFS, Stroke
from devices.simulator.ecg import KnownEcg
from devices.simulator.rhythm import Kinds
from devices.simulator.seeds import Part, generator
from devices.simulator.session_truth import Matches, SessionTruth, match, session_truth
from devices.simulator.settings import Settings, Setup
from devices.waveform import UNITS, Channel, ChannelName, Event, EventKind, Waveform

Times = NDArray[np.float64]

_CUFF_NOISE_MMHG = 0.8


@dataclass(frozen=True, slots=True)
class Truth:
    """What really happened, in seconds of the ECG's clock; entry i of each beat array belongs to beat i.

    Attributes
    ----------
    beats : R peaks, opening and closing of the aortic valve.
    kinds : ndarray of ``BeatKind``, shape (n,); None where a given ECG does not say.
    finger : feet, notches and starts of augmentation in the finger trace, and its ratios.
    acts : what the cuffs did in each beat.
    lag_s : from the root to the finger trace, monitor included, without the jitter of single beats.
    monitor_s : the monitor's part of it.
    travel_s : from calf, thigh and hip to the root.
    trigger_s : ndarray, what the console took for R waves; ``matches`` pairs them with the beats.
    session : the figures of the whole.
    """

    beats: heart.Beats
    kinds: Kinds | None
    finger: FingerTruth
    acts: Counterpulsation
    lag_s: float
    monitor_s: float
    travel_s: tuple[float, ...]
    trigger_s: Times
    matches: Matches
    strokes: tuple[Stroke, ...]
    cuffs: tuple[CuffTruth, ...]
    session: SessionTruth


@dataclass(frozen=True, slots=True)
class Simulation:
    """A recording and its truth; ``units`` says in what the numbers of each channel are given."""

    waveform: Waveform
    truth: Truth
    setup: Setup
    seed: int
    units: dict[ChannelName, str] = field(default_factory=lambda: dict(UNITS))
    title: str = ""
    expected: Mapping[str, object] = field(default_factory=dict)


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
    known = KnownEcg(ecg, heart.r_times(ecg) if r_s is None else r_s)
    return simulate_setup(known, Setup(settings), seed)


def simulate_setup(
    known: KnownEcg,
    setup: Setup,
    seed: int,
    *,
    fibrillating: bool | None = None,
    noise: Channel | None = None,
) -> Simulation:
    """Counterpulsation with everything that can be set; ``noise`` stands in for the synthetic electrode motion.

    Raises
    ------
    ValueError
        Fewer than three beats.
    """
    duration_s = known.ecg.duration_s
    beats = heart.beats_of(known.r_s, generator(seed, Part.VALVES))
    seen = lead.before_console(known.ecg, known.r_s, setup.lead, seed, noise)
    trigger_s = _triggers(seen, beats.r_s, setup, seed)
    body = artery.Body.drawn(generator(seed, Part.BODY))
    settings = _tuned(setup.settings, body, beats, trigger_s)
    commanded = console.strokes(trigger_s, settings, generator(seed, Part.CONSOLE_TIMES))
    strokes = [stroke for stroke in commanded if stroke.deflate_s < duration_s]
    histories = [cuffs.history(strokes, number) for number in range(len(CUFFS))]

    time_s = np.arange(round(duration_s * artery.MODEL_RATE_HZ)) / artery.MODEL_RATE_HZ
    root = artery.root_pressure(time_s, beats, histories, body, settings)
    lag = finger.lag_of(beats, setup.finger, generator(seed, Part.FINGER))
    wave = finger.arriving(time_s, root, beats, lag)
    pleth = finger.shown(time_s, wave, beats, setup.finger, generator(seed, Part.BREATH))

    valves = _valves(strokes)
    channels = [
        lead.recorded(seen, valves, setup.lead, seed),
        _pleth_channel(pleth, valves, setup, seed),
        *_cuff_channels(histories, duration_s, setup, seed),
    ]
    acts = counterpulsation(beats, strokes, histories, body)
    seen_in_finger = finger_truth(beats, lag, acts, wave, pleth)
    matches = match(trigger_s, beats.r_s, _unseen(setup), duration_s)
    truth = Truth(
        beats=beats,
        kinds=known.kinds,
        finger=seen_in_finger,
        acts=acts,
        lag_s=lag.usual_s + lag.monitor_s,
        monitor_s=lag.monitor_s,
        travel_s=body.travel_s,
        trigger_s=trigger_s,
        matches=matches,
        strokes=tuple(strokes),
        cuffs=tuple(cuff_truth(number, strokes, history) for number, history in enumerate(histories)),
        session=session_truth(
            beats, known.kinds, fibrillating, trigger_s, matches, acts, seen_in_finger, setup, duration_s
        ),
    )
    waveform = recorder.written(channels, _events(trigger_s, strokes), setup.recorder)
    setup = replace(setup, settings=settings)  # with the lead that the operator found
    return Simulation(waveform, truth, setup, seed, recorder.units_of(setup.recorder))


def _triggers(seen: Channel, r_s: Times, setup: Setup, seed: int) -> Times:
    """What the console takes for R waves; a lost lead is lost to it too."""
    settings = setup.settings
    if settings.triggers_from == "beats":
        fired = console.on_beats(r_s, settings, generator(seed, Part.TRIGGER_TIMES))
        fired = fired[fired < seen.duration_s]
    else:
        fired = console.triggers(seen)
    fired = console.with_errors(fired, settings, generator(seed, Part.TRIGGER_ERRORS))
    return fired[~finger.inside(fired, setup.lead.lead_off_s)]


def _unseen(setup: Setup) -> tuple[tuple[float, float], ...]:
    return (*setup.lead.lead_off_s, *setup.recorder.gaps_s, *setup.recorder.events_missing_s)


def _tuned(settings: Settings, body: artery.Body, beats: heart.Beats, trigger_s: Times) -> Settings:
    """The lead that an operator finds who moves the inflation until the pulse wave looks as aimed at."""
    if settings.inflation_aim_ms is None:
        return settings
    arrival_ms = body.arrival_s(settings.spacing_ms / 1000) * 1000
    off_ms = console.tuning_s(trigger_s, beats.closing_s) * 1000
    lead_ms = min(max(arrival_ms - settings.inflation_aim_ms + off_ms, 0.0), 300.0)
    return replace(settings, inflation_lead_ms=lead_ms)


def _valves(strokes: Sequence[Stroke]) -> lead.ValveTimes:
    inflate = np.array([time for stroke in strokes for time in stroke.inflate_s], dtype=np.float64)
    deflate = np.array([stroke.deflate_s for stroke in strokes], dtype=np.float64)
    return lead.ValveTimes(inflate[~np.isnan(inflate)], deflate)


def _pleth_channel(pleth: Times, valves: lead.ValveTimes, setup: Setup, seed: int) -> Channel:
    rate = setup.recorder.pleth_rate_hz
    size = int(pleth.size / artery.MODEL_RATE_HZ * rate + 1e-6)
    # The wave holds nothing above the monitor's low-pass, so reading it between the model's samples loses nothing.
    samples = np.interp(np.arange(size) / rate, np.arange(pleth.size) / artery.MODEL_RATE_HZ, pleth)
    times = np.concatenate((valves.inflate_s, valves.deflate_s))
    disturbed = finger.disturbed(
        samples,
        rate,
        times,
        setup.finger,
        floor=generator(seed, Part.PLETH_FLOOR),
        motion=generator(seed, Part.PLETH_MOTION),
    )
    return Channel(ChannelName.PLETH, rate, disturbed)


def _cuff_channels(
    histories: Sequence[cuffs.CuffHistory], duration_s: float, setup: Setup, seed: int
) -> list[Channel]:
    rate = setup.recorder.cuff_rate_hz
    time_s = np.arange(int(duration_s * rate + 1e-6)) / rate
    rng = generator(seed, Part.CUFF_FLOOR)
    return [
        Channel(name, rate, history.pressure_at(time_s) + _CUFF_NOISE_MMHG * rng.standard_normal(time_s.size))
        for name, history in zip(recorder.CUFF_CHANNELS, histories, strict=True)
    ]


def _events(trigger_s: Times, strokes: Sequence[Stroke]) -> list[Event]:
    events = [Event(time, EventKind.TRIGGER) for time in trigger_s.tolist()]
    for stroke in strokes:
        for cuff, opened in zip(CUFFS, stroke.inflate_s, strict=True):
            if not np.isnan(opened):
                events.append(Event(opened, EventKind.INFLATE, cuff))
                events.append(Event(stroke.deflate_s, EventKind.DEFLATE, cuff))
    return events
