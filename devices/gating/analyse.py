"""The whole analysis of one recording: gather the evidence, tabulate it by beat, judge it."""

from dataclasses import dataclass, fields

from devices.gating.augmentation import augmentation_of
from devices.gating.calibration import Calibration
from devices.gating.config import ENGINE_VERSION, GatingConfig
from devices.gating.evidence import Evidence, Heart, evidence_of
from devices.gating.explanations import (
    device_findings,
    quality_findings,
    rhythm_findings,
    telemetry_findings,
    unit_findings,
)
from devices.gating.figures import unknown
from devices.gating.grade import FEWEST_BEATS, GradeFacts, grade_of
from devices.gating.inflation import inflation_of
from devices.gating.minutes import dose_of, minutes_of
from devices.gating.misses import misses_by_cause
from devices.gating.pressure import pressure_of
from devices.gating.quality import quality_of
from devices.gating.report import (
    Augmentation,
    Basis,
    BeatTable,
    Deflation,
    Dose,
    Figure,
    Finding,
    GatingReport,
    Inflation,
    MinuteRow,
    Pressure,
    Quality,
    Reason,
    Reference,
    Rhythm,
    Telemetry,
    Triggers,
)
from devices.gating.rhythm import rhythm_of
from devices.gating.table import table_of
from devices.gating.telemetry import gaps_of, telemetry_of
from devices.gating.timing import deflation_of
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
    return report_of(waveform, evidence_of(waveform, config, known), config)


def report_of(waveform: Waveform, evidence: Evidence, config: GatingConfig) -> GatingReport:
    """Judge evidence that was gathered already."""
    table = table_of(evidence, config)
    sections = _sections(waveform, evidence, table, config)
    grade, findings = grade_of(_facts(sections, waveform.duration_s), config)
    return GatingReport(
        engine_version=ENGINE_VERSION,
        config_fingerprint=config.fingerprint(),
        duration_s=waveform.duration_s,
        beats=table,
        **{field.name: getattr(sections, field.name) for field in fields(sections)},
        grade=grade,
        findings=(*findings, *unit_findings(evidence.device.doubts), *_explanations(sections, config)),
    )


@dataclass(frozen=True, slots=True)
class _Sections:
    """The parts of a report that stand beside each other."""

    reference: Reference
    triggers: Triggers
    inflation: Inflation
    deflation: Deflation
    augmentation: Augmentation
    pressure: Pressure
    dose: Dose
    rhythm: Rhythm
    quality: Quality
    telemetry: Telemetry
    minutes: tuple[MinuteRow, ...]


def _sections(waveform: Waveform, evidence: Evidence, table: BeatTable, config: GatingConfig) -> _Sections:
    heart, device, finger = evidence.heart, evidence.device, evidence.finger
    duration, gaps = waveform.duration_s, gaps_of(waveform)
    minutes = minutes_of(table, device, (heart.seconds, finger.seconds), gaps, duration, config)
    missed = misses_by_cause(device.triggers, heart.beats, heart.premature.wide, heart.seconds)
    maps = {"ecg": heart.seconds, "pleth": finger.seconds, "pressure": device.seconds}
    return _Sections(
        reference=_reference(heart),
        triggers=triggers_of(device.triggers, missed, device.clock, config),
        inflation=inflation_of(heart.beats, device, finger, config),
        deflation=deflation_of(device.leads, heart.beats, device.clock.lost, config),
        augmentation=augmentation_of(finger, device.cycles.inflated, config),
        pressure=pressure_of(device.pressures, device.cycles, config),
        dose=dose_of(minutes, table, config),
        rhythm=rhythm_of(heart.beats, heart.premature, config),
        quality=quality_of(maps, duration),
        telemetry=telemetry_of(duration, gaps, device.events, device.silence, device.clock),
        minutes=minutes,
    )


def _explanations(of: _Sections, config: GatingConfig) -> tuple[Finding, ...]:
    return (
        *rhythm_findings(of.rhythm, of.deflation, config),
        *device_findings(of.triggers, of.inflation, of.deflation, of.pressure, config),
        *quality_findings(of.quality, of.augmentation),
        *telemetry_findings(of.telemetry),
    )


def _facts(of: _Sections, duration_s: float) -> GradeFacts:
    effective, prescribed = of.dose.effective_minutes.value, of.dose.prescribed_minutes
    missing_s = of.telemetry.events_missing_s + of.telemetry.gap_s  # as in ``telemetry.missing_s``
    return GradeFacts(
        sensitivity=of.triggers.sensitivity.value,
        ppv=of.triggers.ppv.value,
        inflation_ok_share=_sum(of.inflation.good_share.value, of.inflation.fair_share.value),
        early_share=of.inflation.early_share.value,
        late_share=of.deflation.late_share.value,
        late_estimated=of.deflation.late_share.basis is Basis.ESTIMATED,
        ds_peak=of.augmentation.ds_peak_credited.value,
        attained_share=of.pressure.attained_share.value,
        ecg_readable=of.quality.ecg_readable.value or 0.0,
        pleth_readable=of.quality.pleth_readable.value or 0.0,
        events_missing_share=missing_s / duration_s if duration_s else 0.0,
        inflated_beats=of.inflation.inflated,
        fewest_beats=FEWEST_BEATS,
        whole_session=True,
        effective_share=None if effective is None or prescribed is None else effective / prescribed,
    )


def _sum(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a + b


def _reference(heart: Heart) -> Reference:
    agreed, disputed = heart.beats.n, int(heart.beats.disputed_s.size)
    if agreed + disputed == 0:
        return Reference(unknown("1", NO_DETECTIONS), 0)
    share = agreed / (agreed + disputed)
    return Reference(Figure(share, "1", agreed + disputed, heart.seconds.readable.mean().item()), disputed)
