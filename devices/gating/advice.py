"""One plain sentence on the last minute, with its number. It serves charting and review; it controls no device."""

from collections.abc import Callable

from devices.gating.report import Finding, GatingReport

ALL_WELL = "Gating is on time."


def advice_of(report: GatingReport, findings: tuple[Finding, ...]) -> str:
    """Of the findings with the worst cap the first, said with what was measured; else that all is well.

    The rules of the grade stand in order of urgency, so the first of equals is the one to act on.
    """
    capping = [finding for finding in findings if finding.cap is not None]
    if not capping:
        return ALL_WELL
    worst = max(finding.cap.rank for finding in capping if finding.cap is not None)
    first = next(f for f in capping if f.cap is not None and f.cap.rank == worst)
    says = _SENTENCES.get(first.code)
    return (says(report) if says else None) or first.sentence


def _inflation(report: GatingReport) -> str | None:
    off = report.inflation.off_inf_ms.value
    early, late = (getattr(report.inflation, f"{name}_share").value or 0.0 for name in ("early", "late"))
    if off is None:
        return "Inflation comes while the heart still ejects; no second upstroke is left in the pulse."
    if early >= late and off < 0:
        return f"Inflation comes {-off:.0f} ms early; the notch is cut off."
    if late > early and off > 0:
        return f"Inflation comes {off:.0f} ms late; the notch stands alone before the augmented wave."
    return None


def _deflation(report: GatingReport) -> str | None:
    late, lead = report.deflation.late_share.value, report.deflation.lead_ej_ms.value
    if late is None or lead is None:
        return None
    sentence = f"Deflation comes late in {100 * late:.0f} % of beats: the cuffs are still loaded when the heart ejects"
    expected = report.deflation.late_expected_share.value
    if expected is not None and expected > 0.5 * late:
        return f"{sentence}. The rhythm alone makes about {100 * expected:.0f} % late."
    return f"{sentence}." if lead > 0 else f"{sentence}, usually by {-lead:.0f} ms."


def _pressure(report: GatingReport) -> str | None:
    plateau, share = report.pressure.plateau_mmhg.value, report.pressure.attained_share.value
    if plateau is None or not share:
        return None
    return f"The cuffs reach {plateau:.0f} mmHg of the {plateau / share:.0f} mmHg prescribed."


def _missed(report: GatingReport) -> str | None:
    share = report.triggers.sensitivity.value
    return None if share is None else f"{100 * (1 - share):.0f} % of the heart beats are not triggered."


def _extra(report: GatingReport) -> str | None:
    share = report.triggers.ppv.value
    return None if share is None else f"{100 * (1 - share):.0f} % of the triggers meet no heart beat."


def _augmentation(report: GatingReport) -> str | None:
    ratio, early = report.augmentation.ds_peak.value, report.inflation.early_share.value
    if ratio is None or (early or 0.0) > 0.1:
        return None
    return f"The diastolic wave reaches {ratio:.2f} of the systolic one. Look at pressure and cuff fit."


_SENTENCES: dict[str, Callable[[GatingReport], str | None]] = {
    "inflation_early": _inflation,
    "inflation_off_time": _inflation,
    "deflation_late": _deflation,
    "pressure_low": _pressure,
    "triggers_missed": _missed,
    "triggers_extra": _extra,
    "augmentation_low": _augmentation,
}
