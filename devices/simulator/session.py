"""A whole simulated session: an ECG in, all channels and events out, and beside them the truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from devices.simulator import artery, channels, console, cuffs, finger, heart, lead, recorder
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
from devices.simulator.matching import Matches, match
from devices.simulator.rhythm import Kinds
from devices.simulator.seeds import Part, generator
from devices.simulator.session_truth import (
    SessionTruth,
    deflation_truth,
    dose_truth,
    inflation_truth,
    ratio_truth,
    recording_truth,
    rhythm_truth,
    timing,
    trigger_truth,
)
from devices.simulator.settings import Settings, Setup
from devices.waveform import UNITS, Channel, ChannelName, Waveform

Times = NDArray[np.float64]


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
    setup = replace(setup, settings=_tuned(setup.settings, body, beats, trigger_s))
    commanded = console.strokes(trigger_s, setup.settings, generator(seed, Part.CONSOLE_TIMES))
    strokes = tuple(stroke for stroke in commanded if stroke.deflate_s < duration_s)
    histories = [cuffs.history(strokes, number) for number in range(len(CUFFS))]
    pulse = _pulse(beats, histories, body, setup, seed, duration_s)
    acts = counterpulsation(beats, strokes, histories, body)
    matches = match(trigger_s, beats.r_s, _unseen(setup), duration_s)
    in_finger = finger_truth(beats, pulse.lag, acts, pulse.arriving, pulse.shown)
    timed = timing(beats, acts)
    truth = Truth(
        beats=beats,
        kinds=known.kinds,
        finger=in_finger,
        acts=acts,
        lag_s=pulse.lag.usual_s + pulse.lag.monitor_s,
        monitor_s=pulse.lag.monitor_s,
        travel_s=body.travel_s,
        trigger_s=trigger_s,
        matches=matches,
        strokes=strokes,
        cuffs=tuple(cuff_truth(number, strokes, history) for number, history in enumerate(histories)),
        session=SessionTruth(
            rhythm=rhythm_truth(beats, known.kinds, fibrillating),
            triggers=trigger_truth(beats, matches),
            inflation=inflation_truth(acts, timed),
            deflation=deflation_truth(timed),
            ratio=ratio_truth(acts, in_finger),
            dose=dose_truth(beats, matches, acts, timed, setup, duration_s),
            recording=recording_truth(setup),
        ),
    )
    waveform = channels.recorded(seen, pulse.shown, histories, strokes, trigger_s, setup, seed)
    return Simulation(waveform, truth, setup, seed, recorder.units_of(setup.recorder))


@dataclass(frozen=True, slots=True)
class _Pulse:
    """The wave at the finger and on the monitor, at the model's rate, and how late it is there."""

    lag: finger.Lag
    arriving: Times
    shown: Times


def _pulse(
    beats: heart.Beats,
    histories: Sequence[cuffs.CuffHistory],
    body: artery.Body,
    setup: Setup,
    seed: int,
    duration_s: float,
) -> _Pulse:
    time_s = np.arange(round(duration_s * artery.MODEL_RATE_HZ)) / artery.MODEL_RATE_HZ
    root = artery.root_pressure(time_s, beats, histories, body, setup.settings)
    lag = finger.lag_of(beats, setup.finger, generator(seed, Part.FINGER))
    arriving = finger.arriving(time_s, root, beats, lag)
    shown = finger.shown(time_s, arriving, beats, setup.finger, generator(seed, Part.BREATH))
    return _Pulse(lag, arriving, shown)


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
