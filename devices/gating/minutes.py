"""One row a minute, and the dose: how many minutes were effective (sections 8.6 and 8.10)."""

import numpy as np

from devices.gating.config import GatingConfig
from devices.gating.figures import median_or_none, share_figure, share_or_none, unknown
from devices.gating.grade import grade_of, minute_facts
from devices.gating.pressure import NO_PRESSURE, NOT_PRESCRIBED
from devices.gating.quality import SecondMap
from devices.gating.report import BeatTable, Dose, Figure, MinuteRow, Reason
from devices.gating.triggers import TriggerMatch

NO_EFFECT = Reason("no_dose", "No heart beat could be read, so the dose is not known.")


def minutes_of(
    beats: BeatTable,
    tally: TriggerMatch,
    ecg: SecondMap,
    pleth: SecondMap,
    duration_s: float,
    config: GatingConfig,
) -> tuple[MinuteRow, ...]:
    """Rows from the start of the recording; the last may be shorter than a minute."""
    count = int(np.ceil(duration_s / 60 - 1e-9))
    return tuple(_row(m, beats, tally, ecg, pleth, duration_s, config) for m in range(count))


def _row(
    minute: int,
    beats: BeatTable,
    tally: TriggerMatch,
    ecg: SecondMap,
    pleth: SecondMap,
    duration_s: float,
    config: GatingConfig,
) -> MinuteRow:
    start, stop = 60.0 * minute, min(60.0 * minute + 60.0, duration_s)
    own = beats.between(start, 60.0 * minute + 60.0)
    ppv = _ppv(tally, start, 60.0 * minute + 60.0)
    seconds = slice(60 * minute, 60 * minute + 60)
    readable = float(ecg.readable[seconds].mean()) if ecg.codes[seconds].size else 0.0
    pulse = float(pleth.readable[seconds].mean()) if pleth.codes[seconds].size else 0.0
    gated = own.inflated == 1
    off, late = own.off_inf_ms[gated], share_or_none(own.late_deflation)
    known = off[np.isfinite(off)]
    effective = _effective(own, readable, late, config)
    facts = minute_facts(own, ppv, readable, pulse, effective, config)
    grade, reasons = grade_of(facts, config)
    iqr = float(np.subtract(*np.percentile(known, [75, 25]))) if known.size else None
    rr = median_or_none(own.rr_ms)
    return MinuteRow(
        minute=minute,
        duration_s=stop - start,
        hr_bpm=None if rr is None else 60_000.0 / rr,
        n_beats=own.n,
        sensitivity=share_or_none(own.triggered),
        ppv=ppv,
        inflation_median_ms=median_or_none(off),
        inflation_iqr_ms=iqr,
        late_deflation_share=late,
        deflation_lead_ms=median_or_none(own.lead_ej_ms),
        ds_peak=median_or_none(own.ds_peak[gated]),
        pressure_mmhg=median_or_none(own.plateau_mmhg),
        readable_share=readable,
        pleth_readable_share=pulse,
        effective=effective,
        grade=grade,
        reasons=reasons,
    )


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
