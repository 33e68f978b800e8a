"""The settings of one analysis: what was prescribed, and every limit by which the result is judged.

Each limit carries its standing: [S] found in a public source, [M] measured by us on public data,
[E] engineering choice, [F] from memory of the field and not confirmed. ``docs/gating.md`` names the sources.
"""

import hashlib
import json
import math
from dataclasses import asdict, dataclass

#: Raised whenever a change of the engine can change a figure. It is stored with every report.
ENGINE_VERSION = "2.1.0"


_OPTIONAL = ("prescribed_pressure_mmhg", "prescribed_minutes")


class InvalidGatingConfig(ValueError):
    """A setting is impossible; the message says which one, why, and what would be possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatingConfig:
    """What was prescribed and how the result is judged. Units are in the names.

    Raises
    ------
    InvalidGatingConfig
        A value is not a number, is out of its possible range, looks like another unit, or bands are not
        in order.
    """

    #: None: nobody has said it (a recording that is bound to no session); then attainment and dose are not known.
    prescribed_pressure_mmhg: float | None
    #: One session: coverage rules speak of one-hour sessions [S]. None: nobody has said it, and the dose is not judged.
    prescribed_minutes: float | None = 60.0

    # Matching of beats and triggers
    match_window_ms: float = 150.0  # [S] EC57 match window
    on_time_window_ms: float = 40.0  # [E] a trigger this near its usual delay is on time
    detector_agreement_ms: float = 60.0  # [E] two detectors mean the same R peak
    jitter_good_ms: float = 10.0  # [E]
    jitter_fair_ms: float = 25.0  # [E]

    # Inflation: start of augmentation minus aortic closure, both in the finger pulse
    inflation_early_ms: float = -80.0  # [E] earlier is early
    inflation_good_from_ms: float = (
        -40.0
    )  # [S] by analogy: balloon pumps inflate about 40 ms before the notch
    inflation_good_to_ms: float = 20.0  # [E]
    inflation_late_ms: float = 60.0  # [E] later is late
    # [E] without a visible second upstroke, a valve opened longer before aortic closure than this pumps into systole;
    # filling and travel take about 90-150 ms
    hidden_early_lead_ms: float = 200.0
    pre_ejection_ms: float = 55.0  # [S] measured, from R to aortic opening, 52-58 +/- 12 ms

    # Deflation: start of the next ejection minus the moment the cuffs are empty
    deflation_good_to_ms: float = 100.0  # [E] 0 to this is good
    deflation_early_ms: float = 150.0  # [E] emptied longer before ejection is early
    deflation_empty_share: float = 0.20  # [E] empty: below this share of the plateau
    assumed_evacuation_ms: float = 120.0  # [S] K081359; used only where no pressure was recorded
    transit_ms: float = (
        0.0  # [E] travel of the unloading from leg to aortic root; 40-140, not measurable here
    )

    # Augmentation
    augmentation_upstroke_share: float = (
        0.15  # [E] least height of an augmented upstroke, share of the systolic
    )
    ds_sought: float = 1.5  # [S] Suresh 1998, Michaels 2001
    ds_low: float = 1.2  # [F] goal shown on consoles, unconfirmed
    ds_poor: float = 1.0  # [E]

    # Pressure and dose
    attained_good_share: float = 0.95  # [E]
    attained_fair_share: float = 0.85  # [E] also the least plateau of a treated beat
    residual_limit_mmhg: float = 20.0  # [E] more than this just before ejection is incomplete evacuation
    minute_treated_share: float = 0.80  # [E] an effective minute treats at least this share of its beats
    minute_readable_share: float = 0.80  # [E] and has this share of readable ECG
    minute_late_share: float = 0.05  # [E] and no more late deflations than this

    # Rhythm
    premature_share: float = 0.80  # [E] RR below this share of the usual RR is premature
    ectopic_correlation: float = 0.85  # [E] QRS less like the usual QRS than this is another beat
    ectopy_note_share: float = 0.05  # [E]
    ectopy_alert_share: float = 0.10  # [E] sources say "frequent" without a number
    irregularity_limit: float = 0.10  # [F] RMSSD / mean RR over 128 beats
    entropy_limit: float = 0.70  # [F] Shannon entropy of the same 128 RR, share of the greatest possible
    fast_rate_bpm: float = 120.0  # [S] bring the rate below this before treatment
    slow_rate_bpm: float = 40.0  # [F]

    # Signal
    ecg_flat_mv: float = 0.02  # [E] range within one second
    detector_agreement_share: float = 0.80  # [E] bSQI: windows where detectors agree less are unreadable
    pleth_correlation: float = 0.50  # [E] likeness of a pulse to the session's own pulses
    pleth_noise_share: float = 0.15  # [E] noise above 12 Hz as share of the pulse height
    drift_note_ms_per_h: float = 20.0  # [E] corrected and noted
    # [E] event timing is not given. Ordinary crystals stray by up to 100 ppm (360 ms/h), and a steady drift is measured to
    # a few ppm; what cannot be mended is a drift that is not steady, and that has a rule of its own.
    drift_limit_ms_per_h: float = 500.0

    def __post_init__(self) -> None:
        for name, value in self._given().items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise InvalidGatingConfig(f"{name} must be a number, not {value!r}.")
        if self.prescribed_pressure_mmhg is not None:
            self._check_pressure(self.prescribed_pressure_mmhg)
        if self.prescribed_minutes is not None:
            self._check_minutes(self.prescribed_minutes)
        self._check_order()
        self._check_ranges()

    def _given(self) -> dict[str, float]:
        """All settings but a prescription that is not known."""
        return {
            name: value for name, value in asdict(self).items() if value is not None or name not in _OPTIONAL
        }

    @staticmethod
    def _check_pressure(pressure: float) -> None:
        if 0 < pressure < 60:
            raise InvalidGatingConfig(
                f"{pressure:g} mmHg is too low for counterpulsation and is likely kPa or MPa "
                f"({pressure:g} kPa = {pressure * 7.50062:.0f} mmHg). Give the pressure in mmHg."
            )
        if not 60 <= pressure <= 350:
            raise InvalidGatingConfig(
                f"A prescribed pressure of {pressure:g} mmHg is not possible; give 60 to 350 mmHg."
            )

    @staticmethod
    def _check_minutes(minutes: float) -> None:
        if 180 < minutes <= 10_800:
            raise InvalidGatingConfig(
                f"{minutes:g} minutes is too long for a session and is likely seconds "
                f"({minutes:g} s = {minutes / 60:.0f} min). Give the duration in minutes."
            )
        if not 1 <= minutes <= 180:
            raise InvalidGatingConfig(
                f"A session of {minutes:g} minutes is not possible; give 1 to 180 minutes."
            )

    def _check_order(self) -> None:
        for names in (
            ("inflation_early_ms", "inflation_good_from_ms", "inflation_good_to_ms", "inflation_late_ms"),
            ("deflation_good_to_ms", "deflation_early_ms"),
            ("jitter_good_ms", "jitter_fair_ms"),
            ("ds_poor", "ds_low", "ds_sought"),
            ("attained_fair_share", "attained_good_share"),
            ("ectopy_note_share", "ectopy_alert_share"),
            ("drift_note_ms_per_h", "drift_limit_ms_per_h"),
            ("slow_rate_bpm", "fast_rate_bpm"),
        ):
            values = [getattr(self, name) for name in names]
            if values != sorted(set(values)):
                raise InvalidGatingConfig(f"These limits must rise in this order: {', '.join(names)}.")

    def _check_ranges(self) -> None:
        for name, value in self._given().items():
            if name.endswith(("_share", "_correlation", "entropy_limit")) and not 0 < value < 1:
                raise InvalidGatingConfig(f"{name} is a share and must lie between 0 and 1, not {value:g}.")
            # Timing limits below 1 "ms" are the classical slip of giving seconds.
            if name.endswith("_window_ms") and not 5 <= value <= 300:
                raise InvalidGatingConfig(
                    f"{name} must be 5 to 300 ms, not {value:g}; was it given in seconds?"
                )
            if name.endswith("_ms") and abs(value) > 400:
                raise InvalidGatingConfig(
                    f"{name} must be given in milliseconds within 400 ms, not {value:g}."
                )
        for name in (
            "inflation_early_ms",
            "inflation_late_ms",
            "hidden_early_lead_ms",
            "deflation_early_ms",
            "pre_ejection_ms",
        ):
            if abs(getattr(self, name)) < 5:
                raise InvalidGatingConfig(
                    f"{name} is {getattr(self, name):g} ms, less than any heart can show; was it given in seconds?"
                )

    def fingerprint(self) -> str:
        """SHA-256 (hex) of the canonical JSON of all settings: equal settings, equal fingerprint."""
        # int and float spellings of one number (60 and 60.0) are one setting.
        settings = {name: float(value) for name, value in self._given().items()}
        text = json.dumps(settings, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
