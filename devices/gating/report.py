"""What the analysis found: plain frozen records that turn into JSON without loss of the unknown.

A figure that cannot be given has ``value`` None and a ``reason``; it is never NaN and never a guess.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Grade(StrEnum):
    """The summary of a session or a minute, best first. Information for staff, not a treatment decision."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    NOT_ASSESSABLE = "not assessable"

    @property
    def rank(self) -> int:
        return list(Grade).index(self)


class Basis(StrEnum):
    """Where a figure comes from."""

    MEASURED = "measured"
    MODEL = "model"  # a published formula stood in for a calibration that was not possible
    ESTIMATED = "estimated"  # a stated assumption stood in for a channel that is missing


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a figure is not known: a stable code and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with what it stands on.

    Attributes
    ----------
    value : float or None
        In ``unit``; None where it is not known.
    unit : str
        "ms", "mmHg", "bpm", "s", "min", "ppm", or "1" for shares and ratios.
    n : int
        Beats (or triggers, or minutes) it was computed from.
    coverage : float or None
        Share of the beats or time it could have spoken for, 0..1.
    low, high : float or None
        Quartiles of a median; the 95 % Wilson interval of a share of beats or triggers.
    """

    value: float | None
    unit: str
    n: int = 0
    coverage: float | None = None
    low: float | None = None
    high: float | None = None
    basis: Basis = Basis.MEASURED
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, eq=False)
class BeatTable:
    """One row per reference beat; all arrays have shape (n,). NaN stands for not known.

    Attributes
    ----------
    r_s : R peak, seconds from the start of the recording
    rr_ms : to the next R peak; NaN where the next beat is not surely the next
    ectopic, premature_narrow, triggered, inflated, treated, late_deflation : 1 yes, 0 no, NaN not known
    trigger_delay_ms : trigger minus R
    r_to_inflation_ms : first inflation valve minus R
    foot_s, notch_s, augmentation_s : systolic foot, aortic closure and start of augmentation in the finger pulse,
        seconds from the start of the recording
    off_inf_ms : start of augmentation minus aortic closure; negative is early
    early_inflation : 1 also where an early inflation hides in systole and ``off_inf_ms`` is not known
    lead_r_ms, lead_ej_ms : next R minus deflation command; next ejection minus empty cuffs
    ds_peak, ds_area : diastolic to systolic ratio of the finger pulse
    plateau_mmhg, residual_mmhg : cuff pressure while full, and just before the next ejection
    """

    r_s: Floats
    rr_ms: Floats
    ectopic: Floats
    premature_narrow: Floats
    triggered: Floats
    trigger_delay_ms: Floats
    inflated: Floats
    r_to_inflation_ms: Floats
    foot_s: Floats
    notch_s: Floats
    augmentation_s: Floats
    off_inf_ms: Floats
    early_inflation: Floats
    lead_r_ms: Floats
    lead_ej_ms: Floats
    late_deflation: Floats
    ds_peak: Floats
    ds_area: Floats
    plateau_mmhg: Floats
    residual_mmhg: Floats
    treated: Floats

    @property
    def n(self) -> int:
        return int(self.r_s.size)

    def to_dict(self) -> dict[str, list[float | None]]:
        """Every column as a list, None for not known."""
        return {f.name: plain(getattr(self, f.name)) for f in fields(self)}


@dataclass(frozen=True, slots=True)
class Reference:
    """How far two independent detectors agree on the beats."""

    agreed_share: Figure
    disputed: int


@dataclass(frozen=True, slots=True)
class Triggers:
    sensitivity: Figure
    ppv: Figure
    on_time_share: Figure
    latency_ms: Figure  # median
    jitter_ms: Figure  # 95th percentile of the distance to the median
    missed: int
    missed_by: dict[str, int]  # by cause; the sum is ``missed``
    extra: int


@dataclass(frozen=True, slots=True)
class Inflation:
    inflated: int  # reference beats with an inflation
    off_inf_ms: Figure
    good_share: Figure
    fair_share: Figure
    early_share: Figure
    late_share: Figure
    r_to_inflation_ms: dict[str, Figure]  # by cuff
    valve_to_pressure_ms: dict[str, Figure]  # inflation valve to half of the plateau, by cuff
    hidden_early: int  # beats judged early by their valve, because the pulse shows no second upstroke
    notch_visible: int  # beats whose own notch was seen before the augmentation (without a calibration only)
    ejection_ms: Figure  # ejection time at the median RR


@dataclass(frozen=True, slots=True)
class Deflation:
    lead_ej_ms: Figure
    lead_r_ms: Figure
    late_share: Figure
    early_share: Figure
    late_expected_share: Figure  # what the rhythm alone would make late


@dataclass(frozen=True, slots=True)
class Augmentation:
    ds_peak: Figure
    ds_area: Figure
    ds_peak_unassisted: Figure
    ds_area_unassisted: Figure
    ds_peak_credited: Figure  # early inflations count as none; this one enters the grade
    sought_share: Figure  # beats at or above the sought ratio
    augmented_share: Figure  # inflated beats with a visible augmented upstroke
    gain_steps: int  # changes of the monitor's own gain that were found and taken off


@dataclass(frozen=True, slots=True)
class Pressure:
    plateau_mmhg: Figure
    attained_share: Figure
    ramp_s: Figure
    residual_mmhg: Figure
    incomplete_evacuation_share: Figure
    by_cuff_mmhg: dict[str, Figure]


@dataclass(frozen=True, slots=True)
class Dose:
    effective_minutes: Figure
    treated_beats: Figure
    prescribed_minutes: float | None


@dataclass(frozen=True, slots=True)
class Rhythm:
    hr_bpm: Figure
    ectopy_share: Figure  # premature beats with a wide or different QRS
    premature_narrow_share: Figure
    irregularity: Figure
    irregular_share: Figure  # share of 128-beat stretches that look like atrial fibrillation
    af_flag: bool | None
    fast_minutes: int
    slow_minutes: int


@dataclass(frozen=True, slots=True)
class Quality:
    """Readable share of the recording and longest unreadable stretch, by signal; reasons in seconds."""

    ecg_readable: Figure
    pleth_readable: Figure
    pressure_readable: Figure
    longest_unreadable_s: dict[str, float]
    reasons_s: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Telemetry:
    gap_s: float
    longest_gap_s: float
    gap_share: float
    events_missing_s: float
    paused_s: float
    duplicate_events: int
    stray_events: int  # outside the recording
    drift_ppm: Figure
    events_corrected: bool
    clock_lost: bool  # the events' clock strays too far or jumps: their timing is not given


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that fired: what it caps the grade to (None: it only explains), and on which facts."""

    code: str
    sentence: str
    cap: Grade | None
    facts: dict[str, float | None] = field(default_factory=dict)
    source: str = ""


@dataclass(frozen=True, slots=True)
class MinuteRow:
    """One minute of the recording. Figures are None where the minute cannot say."""

    minute: int  # 0 for the first
    duration_s: float
    hr_bpm: float | None
    n_beats: int
    sensitivity: float | None
    ppv: float | None
    inflation_median_ms: float | None
    inflation_iqr_ms: float | None
    late_deflation_share: float | None
    deflation_lead_ms: float | None
    ds_peak: float | None
    pressure_mmhg: float | None
    readable_share: float  # of the ECG
    pleth_readable_share: float
    effective: bool | None
    grade: Grade
    reasons: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, eq=False)
class GatingReport:
    """Everything found in one recording, with the engine and the settings that found it."""

    engine_version: str
    config_fingerprint: str
    duration_s: float
    beats: BeatTable
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
    grade: Grade
    findings: tuple[Finding, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe and deterministic. Of the beats it holds the count only; ``beats.to_dict()`` has the rows."""
        content = {f.name: plain(getattr(self, f.name)) for f in fields(self) if f.name != "beats"}
        return content | {"beats": {"n": self.beats.n}}


def plain(value: Any) -> Any:
    """A value as JSON can hold it: records as dicts, arrays and tuples as lists, NaN and infinity as None."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, float | np.floating):
        # The last digits of a sum depend on the machine; a microsecond or a millionth does not matter.
        return round(float(value), 6) if math.isfinite(value) else None
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value.tolist()]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    return value
