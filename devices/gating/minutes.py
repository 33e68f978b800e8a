"""One row a minute, and the dose: how many minutes were effective (sections 8.6 and 8.10)."""

import numpy as np

from devices.gating.config import GatingConfig
from devices.gating.evidence import Device
from devices.gating.figures import share_figure, share_or_none, unknown
from devices.gating.grade import grade_of, minute_facts
from devices.gating.kernels import medians_between, quartile_ranges_between
from devices.gating.pressure import NO_PRESSURE, NOT_PRESCRIBED
from devices.gating.quality import SecondMap
from devices.gating.report import Basis, BeatTable, Dose, Figure, Floats, MinuteRow, Reason
from devices.gating.telemetry import missing_s as missing_between
from devices.gating.triggers import TriggerMatch

NO_EFFECT = Reason("no_dose", "No heart beat could be read, so the dose is not known.")


def minutes_of(
    beats: BeatTable,
    device: Device,
    maps: tuple[SecondMap, SecondMap],
    gaps: tuple[Floats, Floats],
    duration_s: float,
    config: GatingConfig,
) -> tuple[MinuteRow, ...]:
    """Rows from the start of the recording; the last may be shorter than a minute.

    ``maps``: of ECG and pleth. ``gaps``: where nothing arrived, from ``telemetry.gaps_of``.
    """
    count = int(np.ceil(duration_s / 60 - 1e-9))
    usual = _medians(beats, count)
    return tuple(
        _row(
            minute,
            min(60.0, duration_s - 60.0 * minute),
            beats.between(60.0 * minute, 60.0 * minute + 60.0),
            {name: _none_if_unknown(values[minute]) for name, values in usual.items()},
            _ppv(device.triggers, 60.0 * minute, 60.0 * minute + 60.0),
            (_share(maps[0], minute), _share(maps[1], minute)),
            missing_between(device.silence, gaps, 60.0 * minute, min(60.0 * minute + 60.0, duration_s)),
            device.leads.basis is Basis.ESTIMATED,
            config,
        )
        for minute in range(count)
    )


def _medians(beats: BeatTable, count: int) -> dict[str, Floats]:
    """Medians by minute of the columns that a row shows, and the spread of one; NaN where a minute knows none."""
    edges = np.searchsorted(beats.r_s, 60.0 * np.arange(count + 1)).astype(np.int64)
    gated = np.where(beats.inflated == 1, 1.0, np.nan)
    columns = {
        "rr_ms": beats.rr_ms,
        "off_inf_ms": beats.off_inf_ms * gated,
        "lead_ej_ms": beats.lead_ej_ms,
        "ds_peak": beats.ds_peak * gated,
        "plateau_mmhg": beats.plateau_mmhg,
    }
    usual = {name: medians_between(values, edges[:-1], edges[1:]) for name, values in columns.items()}
    return usual | {"off_iqr_ms": quartile_ranges_between(columns["off_inf_ms"], edges[:-1], edges[1:])}


def _row(
    minute: int,
    duration_s: float,
    own: BeatTable,
    usual: dict[str, float | None],
    ppv: float | None,
    readable: tuple[float, float],
    missing_s: float,
    estimated: bool,
    config: GatingConfig,
) -> MinuteRow:
    late = share_or_none(own.late_deflation)
    effective = _effective(own, readable[0], late, config)
    facts = minute_facts(own, ppv, *readable, missing_s / duration_s, effective, estimated, config)
    grade, reasons = grade_of(facts, config)
    rr = usual["rr_ms"]
    return MinuteRow(
        minute=minute,
        duration_s=duration_s,
        hr_bpm=None if rr is None else 60_000.0 / rr,
        n_beats=own.n,
        sensitivity=share_or_none(own.triggered),
        ppv=ppv,
        inflation_median_ms=usual["off_inf_ms"],
        inflation_iqr_ms=usual["off_iqr_ms"],
        late_deflation_share=late,
        deflation_lead_ms=usual["lead_ej_ms"],
        ds_peak=usual["ds_peak"],
        pressure_mmhg=usual["plateau_mmhg"],
        readable_share=readable[0],
        pleth_readable_share=readable[1],
        effective=effective,
        grade=grade,
        reasons=reasons,
    )


def _share(found: SecondMap, minute: int) -> float:
    seconds = found.readable[60 * minute : 60 * minute + 60]
    return float(seconds.mean()) if seconds.size else 0.0


def _none_if_unknown(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _ppv(tally: TriggerMatch, from_s: float, to_s: float) -> float | None:
    a, b = np.searchsorted(tally.trigger_s, [from_s, to_s])
    judged = tally.judged[a:b]
    return float(tally.true[a:b][judged].mean()) if judged.any() else None


def _effective(own: BeatTable, readable: float, late: float | None, config: GatingConfig) -> bool | None:
    """Enough beats treated, ECG readable, few late deflations. None where pressure or deflation is not known."""
    if readable < config.minute_readable_share or not own.n or not (own.inflated == 1).any():
        return False
    # A beat that is not known to be treated is neither: the best and the worst case must agree.
    worst, best = float((own.treated == 1).mean()), float((own.treated != 0).mean())
    if best < config.minute_treated_share or (late is not None and late > config.minute_late_share):
        return False
    return True if worst >= config.minute_treated_share and late is not None else None


def dose_of(rows: tuple[MinuteRow, ...], beats: BeatTable, config: GatingConfig) -> Dose:
    """Effective minutes; not known as soon as the minutes that cannot be judged could matter at all."""
    unjudged = sum(row.duration_s for row in rows if row.effective is None) / 60
    effective = sum(row.duration_s for row in rows if row.effective) / 60
    treated = beats.treated[np.isfinite(beats.treated)]
    if not rows or not beats.n:
        minutes = unknown("min", NO_EFFECT)
    elif unjudged > 0 and effective == 0:
        minutes = unknown("min", NO_PRESSURE if config.prescribed_pressure_mmhg else NOT_PRESCRIBED)
    else:
        judged = sum(row.effective is not None for row in rows)
        # Minutes that cannot be judged are not counted: the figure is what was seen, its upper end what may be.
        minutes = Figure(effective, "min", judged, judged / len(rows), effective, effective + unjudged)
    return Dose(minutes, share_figure(treated == 1, of=beats.n), config.prescribed_minutes)
