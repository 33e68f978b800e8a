"""One row a minute, and the dose: how many minutes were effective (sections 8.6 and 8.10)."""

import numpy as np

from devices.gating.config import GatingConfig
from devices.gating.evidence import Device
from devices.gating.figures import share_figure, unknown
from devices.gating.grade import grade_of, minute_facts
from devices.gating.pressure import NO_PRESSURE, NOT_PRESCRIBED
from devices.gating.quality import SecondMap
from devices.gating.report import Basis, BeatTable, Dose, Figure, Floats, MinuteRow, Reason
from devices.gating.stretches import Stretches, known, stretches_of
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
    starts_s = 60.0 * np.arange(count + 1, dtype=np.float64)
    of = stretches_of(beats, np.searchsorted(beats.r_s, starts_s).astype(np.int64), config)
    ppv = _ppv(device.triggers, starts_s)
    readable = [_shares(found, count) for found in maps]
    estimated = device.leads.basis is Basis.ESTIMATED
    return tuple(
        _row(
            of,
            minute,
            min(60.0, duration_s - 60.0 * minute),
            known(ppv[minute]),
            (readable[0][minute], readable[1][minute]),
            missing_between(device.silence, gaps, 60.0 * minute, min(60.0 * minute + 60.0, duration_s)),
            estimated,
            config,
        )
        for minute in range(count)
    )


def _row(
    of: Stretches,
    minute: int,
    duration_s: float,
    ppv: float | None,
    readable: tuple[float, float],
    missing_s: float,
    estimated: bool,
    config: GatingConfig,
) -> MinuteRow:
    effective = _effective(of, minute, readable[0], config)
    facts = minute_facts(of, minute, ppv, *readable, missing_s / duration_s, effective, estimated, config)
    grade, reasons = grade_of(facts, config)
    rr = known(of.rr_ms[minute])
    return MinuteRow(
        minute=minute,
        duration_s=duration_s,
        hr_bpm=None if rr is None else 60_000.0 / rr,
        n_beats=int(of.n[minute]),
        sensitivity=known(of.sensitivity[minute]),
        ppv=ppv,
        inflation_median_ms=known(of.off_ms[minute]),
        inflation_iqr_ms=known(of.off_iqr_ms[minute]),
        late_deflation_share=known(of.late[minute]),
        deflation_lead_ms=known(of.lead_ej_ms[minute]),
        ds_peak=known(of.ds_peak[minute]),
        pressure_mmhg=known(of.plateau_mmhg[minute]),
        readable_share=readable[0],
        pleth_readable_share=readable[1],
        effective=effective,
        grade=grade,
        reasons=reasons,
    )


def _shares(found: SecondMap, count: int) -> list[float]:
    """Readable share of each minute's seconds; 0 where it has none."""
    readable = found.readable
    minute = np.arange(readable.size) // 60
    seconds = np.bincount(minute, minlength=count)
    shares: list[float] = (np.bincount(minute, readable, count) / np.maximum(seconds, 1)).tolist()
    return shares


def _ppv(tally: TriggerMatch, starts_s: Floats) -> Floats:
    """True among judged triggers of each minute; NaN where none was judged."""
    edges = np.searchsorted(tally.trigger_s, starts_s)
    judged, true = (
        np.diff(np.concatenate(([0], np.cumsum(flags)))[edges])
        for flags in (tally.judged, tally.true & tally.judged)
    )
    return np.where(judged > 0, true / np.maximum(judged, 1), np.nan)


def _effective(of: Stretches, minute: int, readable: float, config: GatingConfig) -> bool | None:
    """Enough beats treated, ECG readable, few late deflations. None where pressure or deflation is not known."""
    if readable < config.minute_readable_share or not of.inflated[minute]:
        return False
    late = known(of.late[minute])
    # A beat that is not known to be treated is neither: the best and the worst case must agree.
    worst, best = float(of.treated[minute]), float(of.maybe_treated[minute])
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
