"""The last minute of a running recording, for the live tile: the same functions as for the whole."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from devices.gating.advice import advice_of
from devices.gating.analyse import analyse
from devices.gating.calibration import Calibration
from devices.gating.config import ENGINE_VERSION, GatingConfig
from devices.gating.evidence import evidence_of
from devices.gating.report import Basis, BeatTable, Finding, GatingReport, Grade, MinuteRow, plain
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
    """Judge the last minute but for ``MARGIN_S`` of ``waveform_tail``, all of it where it is shorter.

    Figures, grade and findings are those of the same minute in the report of the whole, by the same functions; what
    the session has learnt comes from ``known``.

    Parameters
    ----------
    known
        The session's calibration, from ``learn_calibration``; without it a published
        formula stands in and ``inflation_basis`` says "model".
    """
    tail = _tail(waveform_tail, LAST_S + MARGIN_S)
    report = analyse(tail, config, known)
    return JudgedTail(_minute(report), report.beats, tail)


def area_ratio(beats: BeatTable) -> float | None:
    """Median diastolic to systolic ratio by area of the inflated beats, as ``ds_peak`` is by height; None if not known."""
    ratios = beats.ds_area[(beats.inflated == 1) & np.isfinite(beats.ds_area)]
    return round(float(np.median(ratios)), 6) if ratios.size else None


def _minute(report: GatingReport) -> LiveMinute:
    """The minute's row as a report of the session has it; the margin behind it only helped to judge its last beats."""
    row = report.minutes[0] if report.minutes else _no_minute(report)
    return LiveMinute(
        engine_version=ENGINE_VERSION,
        config_fingerprint=report.config_fingerprint,
        duration_s=row.duration_s,
        hr_bpm=row.hr_bpm,
        n_beats=row.n_beats,
        sensitivity=row.sensitivity,
        ppv=row.ppv,
        inflation_median_ms=row.inflation_median_ms,
        inflation_basis=report.inflation.ejection_ms.basis,
        deflation_lead_ms=row.deflation_lead_ms,
        late_deflation_share=row.late_deflation_share,
        ds_peak=row.ds_peak,
        pressure_mmhg=row.pressure_mmhg,
        readable_share=row.readable_share,
        pleth_readable_share=row.pleth_readable_share,
        grade=row.grade,
        sentence=advice_of(report, row.reasons),
        findings=row.reasons,
    )


def _no_minute(report: GatingReport) -> MinuteRow:
    """Of a recording without a sample."""
    return MinuteRow(
        minute=0,
        duration_s=0.0,
        hr_bpm=None,
        n_beats=0,
        sensitivity=None,
        ppv=None,
        inflation_median_ms=None,
        inflation_iqr_ms=None,
        late_deflation_share=None,
        deflation_lead_ms=None,
        ds_peak=None,
        pressure_mmhg=None,
        readable_share=0.0,
        pleth_readable_share=0.0,
        effective=None,
        grade=report.grade,
        reasons=report.findings,
    )


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
