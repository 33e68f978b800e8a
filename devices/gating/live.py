"""The last minute of a running recording, for the live tile: the same functions as for the whole."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from devices.gating.advice import advice_of
from devices.gating.analyse import analyse
from devices.gating.calibration import Calibration
from devices.gating.config import ENGINE_VERSION, GatingConfig
from devices.gating.evidence import evidence_of
from devices.gating.figures import median_or_none, share_or_none
from devices.gating.grade import grade_of, minute_facts
from devices.gating.report import Basis, BeatTable, Finding, GatingReport, Grade, plain
from devices.gating.stretches import stretches_of
from devices.gating.table import table_of
from devices.waveform import Channel, Event, Waveform

LAST_S = 60.0
MARGIN_S = 2.0  # the beat at the very end has no next beat yet, nor the whole of its pulse


@dataclass(frozen=True, slots=True)
class LiveMinute:
    """What the tile shows; None is not known. ``sentence`` is the worst finding, or that all is well."""

    engine_version: str
    config_fingerprint: str
    duration_s: float
    hr_bpm: float | None
    n_beats: int
    sensitivity: float | None
    ppv: float | None
    inflation_median_ms: float | None
    inflation_basis: Basis
    deflation_lead_ms: float | None
    late_deflation_share: float | None
    ds_peak: float | None
    pressure_mmhg: float | None
    readable_share: float
    pleth_readable_share: float
    grade: Grade
    sentence: str
    findings: tuple[Finding, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; None for not known."""
        content: dict[str, Any] = plain(self)
        return content


@dataclass(frozen=True, slots=True, eq=False)
class JudgedTail:
    """The last minute's figures, and the beats and signals that they come from (time counted from its start)."""

    minute: LiveMinute
    beats: BeatTable
    waveform: Waveform


def last_minute(
    waveform_tail: Waveform, config: GatingConfig, known: Calibration | None = None
) -> LiveMinute:
    """The figures alone of ``judge_tail``."""
    return judge_tail(waveform_tail, config, known).minute


def judge_tail(waveform_tail: Waveform, config: GatingConfig, known: Calibration | None = None) -> JudgedTail:
    """Judge the last 60 s of ``waveform_tail`` (which may be longer or shorter).

    Parameters
    ----------
    known
        The session's calibration, from ``learn_calibration``; without it a published
        formula stands in and ``inflation_basis`` says "model".
    """
    tail = _tail(waveform_tail, LAST_S + MARGIN_S)
    report = analyse(tail, config, known)
    beats, grade, findings = report.beats, *_grade(report, config)
    rr = median_or_none(beats.rr_ms)
    gated = beats.inflated == 1
    minute = LiveMinute(
        engine_version=ENGINE_VERSION,
        config_fingerprint=report.config_fingerprint,
        duration_s=report.duration_s,
        hr_bpm=None if rr is None else 60_000.0 / rr,
        n_beats=beats.n,
        sensitivity=report.triggers.sensitivity.value,
        ppv=report.triggers.ppv.value,
        inflation_median_ms=report.inflation.off_inf_ms.value,
        inflation_basis=report.inflation.ejection_ms.basis,
        deflation_lead_ms=report.deflation.lead_ej_ms.value,
        late_deflation_share=share_or_none(beats.late_deflation),
        ds_peak=median_or_none(beats.ds_peak[gated]),
        pressure_mmhg=report.pressure.plateau_mmhg.value,
        readable_share=report.quality.ecg_readable.value or 0.0,
        pleth_readable_share=report.quality.pleth_readable.value or 0.0,
        grade=grade,
        sentence=advice_of(report, findings),
        findings=findings,
    )
    return JudgedTail(minute, beats, tail)


def learn_calibration(waveform_head: Waveform, config: GatingConfig) -> Calibration | None:
    """The calibration alone of ``judge_head``."""
    return judge_head(waveform_head, config)[0]


def judge_head(waveform_head: Waveform, config: GatingConfig) -> tuple[Calibration | None, BeatTable]:
    """The calibration for ``judge_tail`` and the beats it comes from, from the start of the recording.

    No calibration where fewer than 20 beats before inflation show a notch.
    """
    evidence = evidence_of(waveform_head, config)
    found = evidence.finger.calibration
    return found if found.is_measured else None, table_of(evidence, config)


def _grade(report: GatingReport, config: GatingConfig) -> tuple[Grade, tuple[Finding, ...]]:
    """The rules of one minute over the whole tail; whether it is effective is decided when the session ends."""
    beats = report.beats
    facts = minute_facts(
        stretches_of(beats, np.array([0, beats.n]), config),
        0,
        report.triggers.ppv.value,
        report.quality.ecg_readable.value or 0.0,
        report.quality.pleth_readable.value or 0.0,
        None,
        report.deflation.late_share.basis is Basis.ESTIMATED,
        config,
    )
    missing = report.telemetry.events_missing_s / report.duration_s if report.duration_s else 0.0
    return grade_of(replace(facts, events_missing_share=missing), config)


def _tail(waveform: Waveform, length_s: float) -> Waveform:
    """The last ``length_s`` seconds, with time starting anew at 0."""
    start_s = waveform.duration_s - length_s
    if start_s <= 0:
        return waveform
    channels = []
    for channel in waveform.channels:
        first = min(round(start_s * channel.rate_hz), channel.samples.size)
        channels.append(Channel(channel.name, channel.rate_hz, channel.samples[first:]))
    events = tuple(Event(e.t_s - start_s, e.kind, e.cuff) for e in waveform.events if e.t_s >= start_s)
    return Waveform(tuple(channels), events)
