"""The whole analysis of one recording, step by step."""

from dataclasses import dataclass

import numpy as np

from devices.gating.augmentation import Waves, augmentation_of, waves_of
from devices.gating.beats import ECG_RATE_HZ, Beats, Detections, detect, reference
from devices.gating.config import ENGINE_VERSION, GatingConfig
from devices.gating.cycles import Cycles, Events, cycles_of, events_of
from devices.gating.ejection import MODEL, EjectionTime, calibrate, rr_before
from devices.gating.explanations import device_findings, quality_findings, rhythm_findings, telemetry_findings
from devices.gating.figures import unknown
from devices.gating.grade import FEWEST_BEATS, GradeFacts, grade_of
from devices.gating.minutes import dose_of, minutes_of
from devices.gating.pressure import PRESSURE_RATE_HZ, Pressures, pressure_of, pressures_of
from devices.gating.pulse import PLETH_RATE_HZ, pulses_of
from devices.gating.pulse_shape import readable_pulses
from devices.gating.quality import SecondMap, mark_disagreement, pressure_map, quality_of, raw_map
from devices.gating.report import BeatTable, Bools, Figure, Floats, GatingReport, Reason, Reference
from devices.gating.rhythm import ectopic_beats, rhythm_of
from devices.gating.telemetry import Silence, silence_of, telemetry_of
from devices.gating.timing import Leads, deflation_of, early_inflations, inflation_of, leads_of
from devices.gating.traces import Trace, trace_of
from devices.gating.triggers import Clock, TriggerMatch, clock_of, match_triggers, triggers_of
from devices.waveform import ChannelName, Cuff, Waveform

CUFF_CHANNELS = {
    ChannelName.CUFF_CALF: Cuff.CALF,
    ChannelName.CUFF_THIGH: Cuff.THIGH,
    ChannelName.CUFF_HIP: Cuff.HIP,
}
NO_DETECTIONS = Reason("no_beats", "No heart beat was found in the ECG.")
AT_REST_MMHG = 20.0  # [E] a beat whose cuffs stay below this is unassisted


@dataclass(frozen=True, slots=True, eq=False)
class _Heart:
    """What the ECG says."""

    seconds: SecondMap
    found: Detections
    beats: Beats
    ectopic: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Device:
    """What valves, triggers and cuffs say."""

    events: Events
    silence: Silence
    clock: Clock
    triggers: TriggerMatch
    cycles: Cycles
    pressures: Pressures
    leads: Leads
    seconds: SecondMap


@dataclass(frozen=True, slots=True, eq=False)
class _Finger:
    """What the finger pulse says."""

    seconds: SecondMap
    unassisted: Bools
    ejection: EjectionTime
    waves: Waves
    off_inf_ms: Floats
    early: Floats  # as in the beat table


def analyse(waveform: Waveform, config: GatingConfig, ejection: EjectionTime | None = None) -> GatingReport:
    """Judge the gating of one recording.

    Parameters
    ----------
    waveform
        Any channels at any rates; whatever is missing is reported as not known, never guessed.
    config
        The prescription and all limits.
    ejection
        A calibration from the same session, where the recording itself holds no unassisted beats (the live
        minute); the recording's own calibration wins over it.

    Returns
    -------
    GatingReport
        Every figure with the beats it stands on; a report for any input, however poor.
    """
    heart = _heart(waveform, config)
    device = _device(waveform, heart, config)
    finger = _finger(waveform, heart, device, ejection, config)
    table = _table(heart, device, finger, config)
    return _report(waveform, heart, device, finger, table, config)


def _heart(waveform: Waveform, config: GatingConfig) -> _Heart:
    seconds = raw_map(waveform, ChannelName.ECG, config)
    channel = waveform.channel(ChannelName.ECG)
    trace = trace_of(channel, ECG_RATE_HZ) if channel is not None else None
    nothing = np.empty(0)
    if trace is None:
        none = Detections(nothing, nothing, nothing, nothing)
        return _Heart(seconds, none, Beats(nothing, nothing, nothing, nothing), nothing)
    found = detect(trace, seconds.readable, config)
    mark_disagreement(seconds, found, config)
    beats = reference(found, seconds.readable)
    return _Heart(seconds, found, beats, ectopic_beats(trace, beats, config))


def _device(waveform: Waveform, heart: _Heart, config: GatingConfig) -> _Device:
    events = events_of(waveform)
    traces: dict[Cuff, Trace] = {}
    present = []
    for name, cuff in CUFF_CHANNELS.items():
        channel = waveform.channel(name)
        trace = trace_of(channel, PRESSURE_RATE_HZ) if channel is not None else None
        if trace is not None:
            traces[cuff] = trace
            present.append(name)
    silence = silence_of(events, list(traces.values()), waveform.duration_s)
    clock = clock_of(events.triggers_s, heart.beats, config)
    events = events.moved(clock.rate)
    seconds = pressure_map(waveform, tuple(present), events.all_inflations_s)
    cycles = cycles_of(events, heart.beats)
    pressures = pressures_of(traces, cycles, heart.beats, seconds.readable, config)
    return _Device(
        events,
        silence,
        clock,
        match_triggers(events.triggers_s, heart.beats, heart.seconds.readable, silence.any, config),
        cycles,
        pressures,
        leads_of(cycles, heart.beats, pressures, clock.lost, config),
        seconds,
    )


def _finger(
    waveform: Waveform, heart: _Heart, device: _Device, ejection: EjectionTime | None, config: GatingConfig
) -> _Finger:
    seconds = raw_map(waveform, ChannelName.PLETH, config)
    beats = heart.beats
    unassisted = _unassisted(waveform, heart, device)
    channel = waveform.channel(ChannelName.PLETH)
    trace = trace_of(channel, PLETH_RATE_HZ) if channel is not None else None
    if trace is None or beats.n < 5:
        nothing = np.full(beats.n, np.nan)
        waves = Waves(nothing, nothing, np.zeros(beats.n, dtype=np.bool_), nothing, nothing)
        return _Finger(seconds, unassisted, ejection or MODEL, waves, nothing, nothing)
    pulses = pulses_of(trace, beats, unassisted, config)
    readable = readable_pulses(pulses, beats, _squeezed(beats, device), heart.ectopic, seconds, config)
    own = calibrate(pulses, beats, unassisted & readable)
    chosen = ejection if own is MODEL and ejection is not None else own
    inflated = device.cycles.inflated
    waves = waves_of(pulses, chosen, rr_before(beats), readable, inflated, config)
    off_ms = (waves.start_s - waves.notch_s) * 1000
    # With clocks apart the valve tells nothing of the ECG, and only the pulse can show an early inflation.
    et_s = np.full(beats.n, np.nan) if device.clock.lost else chosen.of(rr_before(beats))
    early = early_inflations(off_ms, waves, device.cycles, beats, et_s, config)
    return _Finger(seconds, unassisted, chosen, waves, off_ms, early)


def _squeezed(beats: Beats, device: _Device) -> Bools:
    """Beats that were inflated, or whose cuffs were at work although the events never arrived."""
    return np.asarray(device.cycles.inflated | ~(_inflated(beats, device) == 0))


def _unassisted(waveform: Waveform, heart: _Heart, device: _Device) -> Bools:
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


def _table(heart: _Heart, device: _Device, finger: _Finger, config: GatingConfig) -> BeatTable:
    beats, found = heart.beats, device.triggers
    triggered = np.where(found.expected, found.matched.astype(np.float64), np.nan)
    inflated = _inflated(beats, device)
    lead = device.leads.lead_ej_ms
    plateau = device.pressures.plateau_mmhg
    clock_fine = np.nan if device.clock.lost else 1.0
    return BeatTable(
        r_s=beats.r_s,
        rr_ms=beats.rr_s * 1000,
        ectopic=heart.ectopic,
        triggered=triggered * clock_fine,
        trigger_delay_ms=found.delay_s * 1000 * clock_fine,
        inflated=inflated,
        r_to_inflation_ms=(device.cycles.first_s - beats.r_s) * 1000 * clock_fine,
        off_inf_ms=finger.off_inf_ms,
        early_inflation=finger.early,
        lead_r_ms=device.leads.lead_r_ms,
        lead_ej_ms=lead,
        late_deflation=np.where(np.isfinite(lead), (lead < 0).astype(np.float64), np.nan),
        ds_peak=finger.waves.ds_peak,
        ds_area=finger.waves.ds_area,
        plateau_mmhg=plateau,
        residual_mmhg=device.pressures.residual_mmhg,
        treated=_treated(triggered, inflated, plateau, config),
    )


def _inflated(beats: Beats, device: _Device) -> Floats:
    """1 or 0; NaN in seconds whose events never arrived."""
    if not beats.n:
        return np.empty(0)
    missing = device.silence.missing
    second = np.clip(beats.r_s.astype(np.int64), 0, max(0, missing.size - 1))
    unknown_here = missing[second] & ~device.cycles.inflated
    return np.where(unknown_here, np.nan, device.cycles.inflated.astype(np.float64))


def _treated(triggered: Floats, inflated: Floats, plateau: Floats, config: GatingConfig) -> Floats:
    """Triggered, inflated, and full enough: 0 as soon as one is known to fail, NaN while one is not known."""
    full = np.where(
        np.isfinite(plateau), plateau >= config.attained_fair_share * config.prescribed_pressure_mmhg, np.nan
    )
    failed = (triggered == 0) | (inflated == 0) | (full == 0)
    all_known = np.isfinite(triggered) & np.isfinite(inflated) & np.isfinite(full)
    return np.where(failed, 0.0, np.where(all_known, 1.0, np.nan))


def _report(
    waveform: Waveform,
    heart: _Heart,
    device: _Device,
    finger: _Finger,
    table: BeatTable,
    config: GatingConfig,
) -> GatingReport:
    duration = waveform.duration_s
    lost, cycles = device.clock.lost, device.cycles
    triggers = triggers_of(device.triggers, heart.ectopic, device.clock, config)
    inflation = inflation_of(
        finger.off_inf_ms,
        finger.early,
        finger.waves,
        cycles,
        heart.beats,
        device.pressures,
        finger.ejection,
        lost,
        config,
    )
    deflation = deflation_of(device.leads, heart.beats, lost, config)
    basis = finger.ejection.basis
    augmentation = augmentation_of(
        finger.waves, cycles.inflated, finger.unassisted, finger.early == 1, basis, config
    )
    pressure = pressure_of(device.pressures, cycles, config)
    rhythm = rhythm_of(heart.beats, heart.ectopic, config)
    maps = {"ecg": heart.seconds, "pleth": finger.seconds, "pressure": device.seconds}
    quality = quality_of(maps, duration)
    telemetry = telemetry_of(waveform, device.events, device.silence, device.clock)
    minutes = minutes_of(table, device.triggers, heart.seconds, finger.seconds, duration, config)
    dose = dose_of(minutes, table, config)
    effective = dose.effective_minutes.value
    facts = GradeFacts(
        sensitivity=triggers.sensitivity.value,
        ppv=triggers.ppv.value,
        inflation_ok_share=_sum(inflation.good_share.value, inflation.fair_share.value),
        early_share=inflation.early_share.value,
        late_share=deflation.late_share.value,
        ds_peak=augmentation.ds_peak_credited.value,
        attained_share=pressure.attained_share.value,
        ecg_readable=quality.ecg_readable.value or 0.0,
        pleth_readable=quality.pleth_readable.value or 0.0,
        events_missing_share=telemetry.events_missing_s / duration if duration else 0.0,
        inflated_beats=int(cycles.inflated.sum()),
        fewest_beats=FEWEST_BEATS,
        whole_session=True,
        effective_share=None if effective is None else effective / config.prescribed_minutes,
    )
    grade, findings = grade_of(facts, config)
    explained = (
        *rhythm_findings(rhythm, deflation, config),
        *device_findings(triggers, inflation, deflation, pressure, config),
        *quality_findings(quality),
        *telemetry_findings(telemetry),
    )
    return GatingReport(
        engine_version=ENGINE_VERSION,
        config_fingerprint=config.fingerprint(),
        duration_s=duration,
        beats=table,
        reference=_reference(heart),
        triggers=triggers,
        inflation=inflation,
        deflation=deflation,
        augmentation=augmentation,
        pressure=pressure,
        dose=dose,
        rhythm=rhythm,
        quality=quality,
        telemetry=telemetry,
        minutes=minutes,
        grade=grade,
        findings=(*findings, *explained),
    )


def _sum(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a + b


def _reference(heart: _Heart) -> Reference:
    agreed, disputed = heart.beats.n, int(heart.beats.disputed_s.size)
    if agreed + disputed == 0:
        return Reference(unknown("1", NO_DETECTIONS), 0)
    share = agreed / (agreed + disputed)
    return Reference(Figure(share, "1", agreed + disputed, heart.seconds.readable.mean().item()), disputed)
