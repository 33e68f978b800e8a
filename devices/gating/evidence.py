"""What a recording says, gathered from its three witnesses: the heart, the device, the finger."""

from dataclasses import dataclass, replace

import numpy as np

from devices.gating.beats import ECG_RATE_HZ, Beats, Detections, detect, reference
from devices.gating.calibration import UNCALIBRATED, Calibration
from devices.gating.config import GatingConfig
from devices.gating.cycles import Cycles, Events, cycles_of, events_of
from devices.gating.detector_signal import prepared
from devices.gating.ejection import MODEL, calibrate, rr_before
from devices.gating.gain import Gain, gain_of
from devices.gating.kernels import is_finite
from devices.gating.pressure import PRESSURE_RATE_HZ, Pressures, pressures_of
from devices.gating.pulse import LEAST_PLETH_RATE_HZ, PLETH_RATE_HZ, Before, KnownPulse, Pulses, pulses_of
from devices.gating.pulse_shape import readable_pulses
from devices.gating.quality import SecondMap, mark_disagreement, pressure_map, raw_map
from devices.gating.report import Bools, Floats, Reason
from devices.gating.rhythm import Premature, premature_beats
from devices.gating.telemetry import Silence, silence_of
from devices.gating.template import learn_template
from devices.gating.timing import Leads, early_inflations, leads_of
from devices.gating.traces import Trace, bridged, is_too_slow, trace_of
from devices.gating.triggers import Clock, TriggerMatch, clock_of, match_triggers
from devices.gating.units import doubtful_cuff, doubtful_ecg, doubtful_events
from devices.gating.waves import Waves, waves_of
from devices.waveform import Channel, ChannelName, Cuff, Waveform

CUFF_CHANNELS = {
    ChannelName.CUFF_CALF: Cuff.CALF,
    ChannelName.CUFF_THIGH: Cuff.THIGH,
    ChannelName.CUFF_HIP: Cuff.HIP,
}
UNDISTURBED_LEAD_MS = 20.0  # [E] cuffs empty so long before ejection leave the next upstroke where it is


@dataclass(frozen=True, slots=True, eq=False)
class Heart:
    """What the ECG says."""

    seconds: SecondMap
    found: Detections
    beats: Beats
    premature: Premature


@dataclass(frozen=True, slots=True, eq=False)
class Device:
    """What valves, triggers and cuffs say."""

    events: Events
    silence: Silence
    clock: Clock
    triggers: TriggerMatch
    cycles: Cycles
    pressures: Pressures
    leads: Leads
    seconds: SecondMap
    doubts: tuple[Reason, ...]  # numbers that do not fit their unit


@dataclass(frozen=True, slots=True, eq=False)
class Finger:
    """What the finger pulse says."""

    seconds: SecondMap
    unassisted: Bools
    calibration: Calibration
    waves: Waves
    off_inf_ms: Floats
    early: Floats  # as in the beat table
    gain_steps: int


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What the three witnesses say of one recording."""

    heart: Heart
    device: Device
    finger: Finger


def evidence_of(waveform: Waveform, config: GatingConfig, known: Calibration | None = None) -> Evidence:
    """Hear all three; ``known`` as in ``finger_of``."""
    heart = heart_of(waveform, config)
    device = device_of(waveform, heart, config)
    return Evidence(heart, device, finger_of(waveform, heart, device, known, config))


def heart_of(waveform: Waveform, config: GatingConfig) -> Heart:
    seconds = raw_map(waveform, ChannelName.ECG, config)
    channel = waveform.channel(ChannelName.ECG)
    trace = trace_of(None if channel is None else _without_spikes(channel), ECG_RATE_HZ)
    nothing = np.empty(0)
    if trace is None:
        none = Detections(nothing, nothing, nothing, nothing)
        return Heart(seconds, none, Beats(nothing, nothing, nothing, nothing), Premature.nothing(0))
    found = detect(trace, seconds.readable, config)
    mark_disagreement(seconds, found, config)
    beats = reference(found, seconds.readable)
    return Heart(seconds, found, beats, premature_beats(trace, beats, config))


def _without_spikes(channel: Channel) -> Channel:
    """The ECG without pacing spikes, which thinning would smear into something like a beat; what is missing stays so."""
    samples = channel.samples.astype(np.float64, copy=False)
    if is_too_slow(channel) or not samples.size:
        return channel
    if is_finite(samples):
        return replace(channel, samples=prepared(samples, channel.rate_hz)[0])
    finite = np.isfinite(samples)
    if not finite.any():
        return channel
    clean, _ = prepared(bridged(samples, ~finite), channel.rate_hz)
    return replace(channel, samples=np.where(finite, clean, np.nan))


def device_of(waveform: Waveform, heart: Heart, config: GatingConfig) -> Device:
    events = events_of(waveform)
    traces: dict[Cuff, Trace] = {}
    present = []
    doubts = [doubtful_events(waveform, events), doubtful_ecg(waveform.channel(ChannelName.ECG))]
    for name, cuff in CUFF_CHANNELS.items():
        channel = waveform.channel(name)
        trace = trace_of(channel, PRESSURE_RATE_HZ)
        if trace is None:
            continue
        doubt = doubtful_cuff(trace, events.all_inflations_s)
        doubts.append(doubt)
        if doubt is None:
            traces[cuff] = trace
            present.append(name)
    silence = silence_of(events, list(traces.values()), waveform.duration_s)
    clock = clock_of(events.triggers_s, heart.beats, config)
    events = events.moved(clock.rate)
    seconds = pressure_map(waveform, tuple(present), events.all_inflations_s)
    cycles = cycles_of(events, heart.beats)
    pressures = pressures_of(traces, cycles, heart.beats, seconds.readable, config)
    return Device(
        events,
        silence,
        clock,
        match_triggers(events.triggers_s, heart.beats, heart.seconds.readable, silence.any, config),
        cycles,
        pressures,
        leads_of(cycles, heart.beats, pressures, clock.lost, config),
        seconds,
        tuple({doubt.code: doubt for doubt in doubts if doubt is not None}.values()),
    )


def finger_of(
    waveform: Waveform, heart: Heart, device: Device, known: Calibration | None, config: GatingConfig
) -> Finger:
    """``known``: what an earlier part of the same session taught; the recording's own calibration wins over it."""
    seconds = raw_map(waveform, ChannelName.PLETH, config)
    beats = heart.beats
    unassisted = _unassisted(waveform, heart, device)
    channel = waveform.channel(ChannelName.PLETH)
    trace = trace_of(channel, PLETH_RATE_HZ, at_least_hz=LEAST_PLETH_RATE_HZ)
    if trace is None or beats.n < 5:
        nothing = np.full(beats.n, np.nan)
        return Finger(seconds, unassisted, known or UNCALIBRATED, Waves.nothing(beats.n), nothing, nothing, 0)
    pulses = pulses_of(trace, beats, unassisted, _before(beats, device), known.pulse if known else None)
    readable = readable_pulses(pulses, beats, _squeezed(beats, device), heart.premature.any, seconds, config)
    inflated = device.cycles.inflated
    span = np.where(readable, pulses.span(), np.nan)
    gain = gain_of(pulses.height, span, inflated, device.pressures.plateau_mmhg)
    own = _calibration(pulses, beats, unassisted & readable & ~heart.premature.any, gain)
    chosen = known if known is not None and not own.is_measured else own
    waves = waves_of(pulses, chosen, rr_before(beats), readable, inflated, gain, config)
    off_ms = (waves.start_s - waves.notch_s) * 1000
    # With clocks apart the valve tells nothing of the ECG, and only the pulse can show an early inflation.
    et_s = np.full(beats.n, np.nan) if device.clock.lost else chosen.ejection.of(rr_before(beats))
    early = early_inflations(off_ms, waves, device.cycles, beats, et_s, config)
    return Finger(seconds, unassisted, chosen, waves, off_ms, early, gain.steps)


def _calibration(pulses: Pulses, beats: Beats, chosen: Bools, gain: Gain) -> Calibration:
    """What the chosen (unassisted, readable) beats teach; the published line where they are too few."""
    ejection = calibrate(pulses, beats, chosen)
    if ejection is MODEL or pulses.lag_s is None:
        return UNCALIBRATED
    size = (gain.monitor * gain.own)[chosen]
    upstroke = np.where(chosen, pulses.upstroke_s, np.nan)
    template = learn_template(
        pulses.trace, pulses.slope, upstroke[chosen], ejection.of(rr_before(beats))[chosen], size
    )
    return Calibration(ejection, KnownPulse(pulses.lag_s, pulses.rise_s), template)


def _before(beats: Beats, device: Device) -> Before:
    """What the cuffs did in the beat before each beat."""
    if not beats.n:
        return Before(np.zeros(0, dtype=np.bool_), np.zeros(0))
    lead, inflated = device.leads.lead_ej_ms, device.cycles.inflated
    late = inflated & ~(lead >= UNDISTURBED_LEAD_MS)
    plateau = device.pressures.plateau_mmhg
    known = plateau[inflated & np.isfinite(plateau)]
    usual = float(np.median(known)) if known.size else 1.0
    load = np.where(inflated, np.where(np.isfinite(plateau), plateau / usual, 1.0), 0.0)
    return Before(np.concatenate(([False], late[:-1])), np.concatenate(([0.0], load[:-1])))


def _squeezed(beats: Beats, device: Device) -> Bools:
    """Beats that were inflated, or whose cuffs were at work although the events never arrived."""
    return np.asarray(device.cycles.inflated | ~(inflation_flags(beats, device) == 0))


def _unassisted(waveform: Waveform, heart: Heart, device: Device) -> Bools:
    """Beats without inflation, nor in the beat before, outside seconds whose events never arrived."""
    beats, inflated = heart.beats, device.cycles.inflated
    if not beats.n:
        return np.zeros(0, dtype=np.bool_)
    before = np.concatenate(([False], inflated[:-1]))
    second = np.clip(beats.r_s.astype(np.int64), 0, max(0, device.silence.missing.size - 1))
    missing = device.silence.missing
    near = missing | np.append(missing[1:], False) | np.append(False, missing[:-1])
    # A valve may belong to a beat that only one detector saw: no inflation at all between R and the next R.
    valves = device.events.all_inflations_s
    until = beats.r_s + np.where(np.isfinite(beats.rr_s), beats.rr_s, 1.0)
    none = np.searchsorted(valves, until) == np.searchsorted(valves, beats.r_s - 1.0)
    return np.asarray(~inflated & ~before & none & ~near[second])


def inflation_flags(beats: Beats, device: Device) -> Floats:
    """1 or 0; NaN in seconds whose events never arrived."""
    if not beats.n:
        return np.empty(0)
    missing = device.silence.missing
    second = np.clip(beats.r_s.astype(np.int64), 0, max(0, missing.size - 1))
    unknown_here = missing[second] & ~device.cycles.inflated
    return np.where(unknown_here, np.nan, device.cycles.inflated.astype(np.float64))
