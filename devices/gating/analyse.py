"""The whole analysis of one recording: gather the evidence, tabulate it by beat, judge it."""

import numpy as np

from devices.gating.augmentation import augmentation_of
from devices.gating.calibration import Calibration
from devices.gating.config import ENGINE_VERSION, GatingConfig
from devices.gating.evidence import Device, Finger, Heart, device_of, finger_of, heart_of, inflation_flags
from devices.gating.explanations import device_findings, quality_findings, rhythm_findings, telemetry_findings
from devices.gating.figures import unknown
from devices.gating.grade import FEWEST_BEATS, GradeFacts, grade_of
from devices.gating.minutes import dose_of, minutes_of
from devices.gating.pressure import pressure_of
from devices.gating.quality import quality_of
from devices.gating.report import (
    Augmentation,
    BeatTable,
    Deflation,
    Dose,
    Figure,
    Floats,
    GatingReport,
    Inflation,
    Pressure,
    Quality,
    Reason,
    Reference,
    Telemetry,
    Triggers,
)
from devices.gating.rhythm import rhythm_of
from devices.gating.telemetry import telemetry_of
from devices.gating.timing import deflation_of, inflation_of
from devices.gating.triggers import triggers_of
from devices.waveform import Waveform

NO_DETECTIONS = Reason("no_beats", "No heart beat was found in the ECG.")


def analyse(waveform: Waveform, config: GatingConfig, known: Calibration | None = None) -> GatingReport:
    """Judge the gating of one recording.

    Parameters
    ----------
    waveform
        Any channels at any rates; whatever is missing is reported as not known, never guessed.
    config
        The prescription and all limits.
    known
        A calibration from the same session, where the recording itself holds no unassisted beats (the live
        minute); the recording's own calibration wins over it.

    Returns
    -------
    GatingReport
        Every figure with the beats it stands on; a report for any input, however poor.
    """
    heart = heart_of(waveform, config)
    device = device_of(waveform, heart, config)
    finger = finger_of(waveform, heart, device, known, config)
    table = _table(heart, device, finger, config)
    return _report(waveform, heart, device, finger, table, config)


def _table(heart: Heart, device: Device, finger: Finger, config: GatingConfig) -> BeatTable:
    beats, found = heart.beats, device.triggers
    triggered = np.where(found.expected, found.matched.astype(np.float64), np.nan)
    inflated = inflation_flags(beats, device)
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


def _treated(triggered: Floats, inflated: Floats, plateau: Floats, config: GatingConfig) -> Floats:
    """Triggered, inflated, and full enough: 0 as soon as one is known to fail, NaN while one is not known."""
    if config.prescribed_pressure_mmhg is None:
        full = np.full(plateau.size, np.nan)
    else:
        least = config.attained_fair_share * config.prescribed_pressure_mmhg
        full = np.where(np.isfinite(plateau), plateau >= least, np.nan)
    failed = (triggered == 0) | (inflated == 0) | (full == 0)
    all_known = np.isfinite(triggered) & np.isfinite(inflated) & np.isfinite(full)
    return np.where(failed, 0.0, np.where(all_known, 1.0, np.nan))


def _report(
    waveform: Waveform,
    heart: Heart,
    device: Device,
    finger: Finger,
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
        finger.calibration.ejection,
        lost,
        config,
    )
    deflation = deflation_of(device.leads, heart.beats, lost, config)
    basis = finger.calibration.ejection.basis
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
    facts = _facts(triggers, inflation, deflation, augmentation, pressure, dose, quality, telemetry, duration)
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


def _facts(
    triggers: Triggers,
    inflation: Inflation,
    deflation: Deflation,
    augmentation: Augmentation,
    pressure: Pressure,
    dose: Dose,
    quality: Quality,
    telemetry: Telemetry,
    duration_s: float,
) -> GradeFacts:
    effective = dose.effective_minutes.value
    return GradeFacts(
        sensitivity=triggers.sensitivity.value,
        ppv=triggers.ppv.value,
        inflation_ok_share=_sum(inflation.good_share.value, inflation.fair_share.value),
        early_share=inflation.early_share.value,
        late_share=deflation.late_share.value,
        ds_peak=augmentation.ds_peak_credited.value,
        attained_share=pressure.attained_share.value,
        ecg_readable=quality.ecg_readable.value or 0.0,
        pleth_readable=quality.pleth_readable.value or 0.0,
        events_missing_share=telemetry.events_missing_s / duration_s if duration_s else 0.0,
        inflated_beats=inflation.inflated,
        fewest_beats=FEWEST_BEATS,
        whole_session=True,
        effective_share=None if effective is None else effective / dose.prescribed_minutes,
    )


def _sum(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a + b


def _reference(heart: Heart) -> Reference:
    agreed, disputed = heart.beats.n, int(heart.beats.disputed_s.size)
    if agreed + disputed == 0:
        return Reference(unknown("1", NO_DETECTIONS), 0)
    share = agreed / (agreed + disputed)
    return Reference(Figure(share, "1", agreed + disputed, heart.seconds.readable.mean().item()), disputed)
