"""A gating report with its input, as JSON for programs and as plain text for people. Pure."""

import json
from dataclasses import asdict
from typing import Any

from devices.gating.config import GatingConfig
from devices.gating.report import Figure, GatingReport, MinuteRow, plain
from devices.records.recording import Recording

#: Said with every report: what the figures may be trusted for.
STANDING = "Validated on simulated counterpulsation and real ECG; no public EECP recording exists."


def to_json(recording: Recording, config: GatingConfig, report: GatingReport) -> str:
    """The whole report: equal input gives equal bytes, floats have six decimals, unknown is null."""
    content = {
        "standing": STANDING,
        "input": _input(recording),
        "config": plain(asdict(config)),
        **report.to_dict(),
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)


def _input(recording: Recording) -> dict[str, Any]:
    content: dict[str, Any] = plain(
        {
            "sha256": recording.sha256,
            "channels": recording.sources,
            "left_out": recording.left_out,
            "events": len(recording.waveform.events),
            "notes": recording.notes,
        }
    )
    return content


def to_text(recording: Recording, report: GatingReport, *, minutes: bool) -> str:
    """Numbers first (with a row for each minute where asked), then what they mean, the grade last."""
    lines = [f"Recording   {report.duration_s:.1f} s"]
    lines += [
        f"            {s.channel} from '{s.name}', {s.rate_hz:g} Hz, in {s.unit}" for s in recording.sources
    ]
    lines += [f"            {note.sentence}" for note in recording.notes]
    for title, figures in _sections(report).items():
        lines += ["", title]
        lines += [f"  {label:<34} {_shown(figure, label)}" for label, figure in figures.items()]
    if minutes:
        lines += ["", "Minutes", *_minutes_table(report)]
    sentences = list(dict.fromkeys(finding.sentence for finding in report.findings))
    lines += ["", "What this means", *(f"  {sentence}" for sentence in sentences or ["Nothing stands out."])]
    lines += ["", f"Grade       {report.grade}"]
    lines += [f"Engine      {report.engine_version}, settings {report.config_fingerprint[:12]}", STANDING]
    return "\n".join(lines)


def _sections(report: GatingReport) -> dict[str, dict[str, Figure]]:
    """Every figure that people ask for, in the order of a session's timeline."""
    quality, triggers, inflation = report.quality, report.triggers, report.inflation
    deflation, augmentation, pressure = report.deflation, report.augmentation, report.pressure
    return {
        "Signal": {
            "ECG readable, share": quality.ecg_readable,
            "Pulse wave readable, share": quality.pleth_readable,
            "Cuff pressure readable, share": quality.pressure_readable,
        },
        "Heart": {
            "Rate": report.rhythm.hr_bpm,
            "Ectopic beats, share": report.rhythm.ectopy_share,
        },
        "Triggers": {
            "Beats with a trigger, share": triggers.sensitivity,
            "Triggers with a beat, share": triggers.ppv,
            "Delay after R": triggers.latency_ms,
            "Jitter": triggers.jitter_ms,
        },
        "Inflation": {
            "Start against aortic closure": inflation.off_inf_ms,
            "Good, share": inflation.good_share,
            "Fair, share": inflation.fair_share,
            "Early, share": inflation.early_share,
            "Late, share": inflation.late_share,
        },
        "Deflation": {
            "Empty before ejection by": deflation.lead_ej_ms,
            "Late, share": deflation.late_share,
            "Late by rhythm alone, share": deflation.late_expected_share,
        },
        "Augmentation": {
            "Diastolic to systolic peak": augmentation.ds_peak,
            "The same without inflation": augmentation.ds_peak_unassisted,
        },
        "Pressure and dose": {
            "Plateau": pressure.plateau_mmhg,
            "Of the prescribed, share": pressure.attained_share,
            "Left before the next beat": pressure.residual_mmhg,
            "Effective minutes": report.dose.effective_minutes,
        },
    }


def _shown(figure: Figure, label: str) -> str:
    if figure.value is None:
        return f"Not known. {figure.reason.sentence}" if figure.reason else "Not known"
    share = label.endswith("share")
    text = _value(figure.value, figure.unit, share)
    if figure.low is not None and figure.high is not None:
        text += f" ({_value(figure.low, figure.unit, share)} to {_value(figure.high, figure.unit, share)})"
    basis = "" if figure.basis == "measured" else f", {figure.basis}"
    return f"{text}, n = {figure.n}{basis}"


def _value(value: float, unit: str, share: bool) -> str:
    if share:
        return f"{100 * value:.1f} %"
    if unit == "1":
        return f"{value:.2f}"
    return f"{round(value)} {unit}"


def _minutes_table(report: GatingReport) -> list[str]:
    """One row a minute, with a dash where the minute cannot say."""
    head = (
        "minute beats bpm   triggered  inflation   late     lead    D/S   mmHg   readable  effective  grade"
    )
    return [head, *(_minute(row) for row in report.minutes)]


def _minute(row: MinuteRow) -> str:
    effective = {True: "yes", False: "no", None: "–"}[row.effective]
    return (
        f"{row.minute + 1:>6} {row.n_beats:>5} {_cell(row.hr_bpm, '{:.0f}'):>4}"
        f" {_cell(row.sensitivity, '{:.1%}'):>10} {_cell(row.inflation_median_ms, '{:.0f} ms'):>10}"
        f" {_cell(row.late_deflation_share, '{:.1%}'):>7} {_cell(row.deflation_lead_ms, '{:.0f} ms'):>8}"
        f" {_cell(row.ds_peak, '{:.2f}'):>5} {_cell(row.pressure_mmhg, '{:.0f}'):>6}"
        f" {row.readable_share:>9.0%} {effective:>10}  {row.grade}"
    )


def _cell(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)
