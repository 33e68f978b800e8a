"""Findings that explain and never cap: rhythm, clocks, gaps, cuffs, the model behind a figure."""

from devices.gating.config import GatingConfig
from devices.gating.report import (
    Augmentation,
    Basis,
    Deflation,
    Finding,
    Inflation,
    Pressure,
    Quality,
    Reason,
    Rhythm,
    Telemetry,
    Triggers,
)

SOURCE = "docs/gating.md, Explanations"


def unit_findings(doubts: tuple[Reason, ...]) -> list[Finding]:
    return [Finding(f"{doubt.code}_doubtful", doubt.sentence, None, {}, SOURCE) for doubt in doubts]


def rhythm_findings(rhythm: Rhythm, deflation: Deflation, config: GatingConfig) -> list[Finding]:
    found = []
    ectopy = rhythm.ectopy_share.value
    if ectopy is not None and ectopy >= config.ectopy_note_share:
        code = "ectopy_frequent" if ectopy >= config.ectopy_alert_share else "ectopy_noted"
        found.append(
            _say(code, f"{100 * ectopy:.1f} % of beats were ectopic; they disturb triggering.", ectopy)
        )
    narrow = rhythm.premature_narrow_share.value
    if narrow is not None and narrow >= config.ectopy_note_share:
        sentence = f"{100 * narrow:.1f} % of beats came early with a usual QRS; they shorten diastole."
        found.append(_say("premature_narrow", sentence, narrow))
    if rhythm.af_flag:
        sentence = "The rhythm looks like atrial fibrillation for most of the recording. A physician should confirm it."
        found.append(_say("rhythm_irregular", sentence, rhythm.irregularity.value))
    late, expected = deflation.late_share.value, deflation.late_expected_share.value
    if (
        late is not None
        and expected is not None
        and late > config.minute_late_share
        and expected > 0.5 * late
    ):
        sentence = (
            f"The rhythm alone would make about {100 * expected:.0f} % of deflations late with this setting."
        )
        found.append(_say("late_by_rhythm", sentence, expected))
    if rhythm.fast_minutes:
        sentence = f"The heart beat faster than {config.fast_rate_bpm:.0f} bpm in {rhythm.fast_minutes} min: little diastole is left."
        found.append(_say("rate_fast", sentence, float(rhythm.fast_minutes)))
    if rhythm.slow_minutes:
        sentence = f"The heart beat slower than {config.slow_rate_bpm:.0f} bpm in {rhythm.slow_minutes} min."
        found.append(_say("rate_slow", sentence, float(rhythm.slow_minutes)))
    return found


def device_findings(
    triggers: Triggers, inflation: Inflation, deflation: Deflation, pressure: Pressure, config: GatingConfig
) -> list[Finding]:
    found = _miss_findings(triggers)
    jitter = triggers.jitter_ms.value
    if jitter is not None and jitter > config.jitter_good_ms:
        word = "somewhat unsteady" if jitter <= config.jitter_fair_ms else "unsteady"
        found.append(
            _say("trigger_jitter", f"Triggers were {word}: 1 in 20 strayed by over {jitter:.0f} ms.", jitter)
        )
    if inflation.off_inf_ms.value is not None and inflation.ejection_ms.basis is Basis.MODEL:
        sentence = "Too few beats without inflation were recorded to learn this patient's ejection time; a published formula stood in."
        found.append(_say("ejection_from_model", sentence, inflation.ejection_ms.value))
    if deflation.lead_ej_ms.basis is Basis.ESTIMATED:
        sentence = f"Without cuff pressure, {config.assumed_evacuation_ms:.0f} ms were assumed for the cuffs to empty."
        found.append(_say("evacuation_assumed", sentence, config.assumed_evacuation_ms))
    early = deflation.early_share.value
    if early is not None and early > 0.25:
        sentence = f"The cuffs were empty more than {config.deflation_early_ms:.0f} ms before ejection in {100 * early:.0f} % of beats: augmentation is given away."
        found.append(_say("deflation_early", sentence, early))
    left = pressure.incomplete_evacuation_share.value
    if left is not None and left > 0.25:
        sentence = f"More than {config.residual_limit_mmhg:.0f} mmHg were left in a cuff when the heart began to eject in {100 * left:.0f} % of beats. Check hoses and valves."
        found.append(_say("evacuation_incomplete", sentence, left))
    return found + _cuff_findings(pressure)


_MISSED = {
    "ectopic": "{n} of {all} missed beats were premature or followed one; most consoles skip these.",
    "alternate": "{n} of {all} missed beats were every second beat, as in a 1:2 mode. Look at the console's setting.",
    "held": "{n} of {all} missed beats came several in a row: the device held back.",
    "poor_signal": "{n} of {all} missed beats stood beside unreadable ECG. Check electrode contact.",
}


def _miss_findings(triggers: Triggers) -> list[Finding]:
    """The main cause of misses, where enough beats were missed to lower the grade."""
    share = triggers.sensitivity.value
    if share is None or share >= 0.97 or not triggers.missed:
        return []
    cause, n = max(triggers.missed_by.items(), key=lambda item: item[1])
    if cause not in _MISSED or 2 * n < triggers.missed:
        return []
    return [_say(f"missed_{cause}", _MISSED[cause].format(n=n, all=triggers.missed), n / triggers.missed)]


def _cuff_findings(pressure: Pressure) -> list[Finding]:
    known = {cuff: figure.value for cuff, figure in pressure.by_cuff_mmhg.items() if figure.value is not None}
    if len(known) < 2:
        return []
    best = max(known.values())
    return [
        _say(
            "cuff_weak",
            f"The {cuff} cuff reached {value:.0f} mmHg, another {best:.0f} mmHg. Check its fit and hose.",
            value,
        )
        for cuff, value in known.items()
        if value < 0.85 * best
    ]


def quality_findings(quality: Quality, augmentation: Augmentation) -> list[Finding]:
    signals = (
        ("ECG", "ecg_partly_unreadable", quality.ecg_readable.value),
        ("finger pulse", "pleth_partly_unreadable", quality.pleth_readable.value),
        ("cuff pressure", "pressure_partly_unreadable", quality.pressure_readable.value),
    )
    found = [
        _say(
            code,
            f"The {name} could be read for {100 * share:.0f} % of the time; figures speak for that part.",
            share,
        )
        for name, code, share in signals
        if share is not None and share < 0.9
    ]
    if steps := augmentation.gain_steps:
        sentence = f"The monitor changed the gain of the finger pulse {steps} times; each beat was judged in its own gain."
        found.append(_say("gain_changed", sentence, float(steps)))
    return found


def telemetry_findings(telemetry: Telemetry) -> list[Finding]:
    found = []
    if telemetry.longest_gap_s >= 1:
        sentence = f"{telemetry.gap_s:.0f} s of the recording never arrived (longest stretch {telemetry.longest_gap_s:.0f} s)."
        found.append(_say("gaps", sentence, telemetry.gap_s))
    if telemetry.events_missing_s:
        sentence = (
            f"The cuffs were working for {telemetry.events_missing_s:.0f} s of which no valve event arrived."
        )
        found.append(_say("events_absent", sentence, telemetry.events_missing_s))
    drift = telemetry.drift_ppm.value
    if drift is not None and telemetry.events_corrected:
        found.append(
            _say(
                "drift_corrected",
                f"The clocks drifted by {drift:.0f} ppm; events were moved accordingly.",
                drift,
            )
        )
    if telemetry.clock_lost:
        sentence = "The clock of the events strays too far from that of the signals, so triggers and deflation cannot be timed."
        found.append(_say("clock_lost", sentence, drift))
    if telemetry.stray_events:
        sentence = f"{telemetry.stray_events} events lie outside the recording and were left out."
        found.append(_say("events_stray", sentence, float(telemetry.stray_events)))
    return found


def _say(code: str, sentence: str, value: float | None) -> Finding:
    return Finding(code, sentence, None, {"value": value}, SOURCE)
