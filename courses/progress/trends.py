"""What has changed between two looks at a patient, in the words of a clinic.

PURE. States the change and its direction and judges nothing: what counts as response is the physician's. A
value that is missing on either side makes the change "not known".
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from courses.progress.dasi import mets, vo2_peak_ml_kg_min

_ROMAN = ("0", "I", "II", "III", "IV")


class Direction(StrEnum):
    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Outcome measures of one day; None is not measured.

    ``ccs_class`` 0 to 4 (0: no angina, a payer's addition); angina episodes and nitroglycerin uses a week
    from the diary; six-minute walk in metres; ``dasi_score`` 0 to 58.2; NYHA 1 to 4; Rose dyspnoea 0 to 4; left atrial
    volume in ml/m2; of licensed instruments the scores alone (SAQ-7 and EQ-5D VAS 0 to 100, EQ-5D index up to 1).
    """

    measured_on: date
    ccs_class: int | None = None
    angina_per_week: Decimal | int | None = None
    nitroglycerin_per_week: Decimal | int | None = None
    six_minute_walk_m: Decimal | int | None = None
    dasi_score: Decimal | None = None
    nyha_class: int | None = None
    rose_dyspnoea: int | None = None
    e_over_e_prime: Decimal | None = None
    la_volume_ml_m2: int | None = None
    saq7_score: int | None = None
    sf12_physical: Decimal | None = None
    sf12_mental: Decimal | None = None
    eq5d_index: Decimal | None = None
    eq5d_vas: int | None = None

    def __post_init__(self) -> None:
        if self.ccs_class is not None and self.ccs_class not in range(len(_ROMAN)):
            raise ValueError(f"A CCS class is 0, I, II, III or IV, not {self.ccs_class}. Check the entry.")
        for name in ("angina_per_week", "nitroglycerin_per_week", "six_minute_walk_m"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise ValueError(
                    f"{name}: a count or a distance cannot be {value}. Leave it empty if unknown."
                )
        if self.dasi_score is not None:
            vo2_peak_ml_kg_min(self.dasi_score)


@dataclass(frozen=True, slots=True)
class Change:
    """One measure, then and now. ``gain`` is positive when the patient is better; in ``unit``."""

    code: str
    baseline: Decimal | None
    now: Decimal | None
    gain: Decimal | None
    unit: str
    direction: Direction
    sentence: str


@dataclass(frozen=True, slots=True)
class _Measure:
    code: str
    name: str
    unit: str
    less_is_better: bool
    read: Callable[[Outcomes], Decimal | int | None]


def _mets(outcomes: Outcomes) -> Decimal | None:
    return None if outcomes.dasi_score is None else mets(outcomes.dasi_score)


def _vo2(outcomes: Outcomes) -> Decimal | None:
    return None if outcomes.dasi_score is None else vo2_peak_ml_kg_min(outcomes.dasi_score)


_MEASURES = (
    _Measure("ccs_class", "CCS angina class", "class", True, lambda o: o.ccs_class),
    _Measure("angina_per_week", "Angina", "episodes a week", True, lambda o: o.angina_per_week),
    _Measure(
        "nitroglycerin_per_week", "Nitroglycerin", "uses a week", True, lambda o: o.nitroglycerin_per_week
    ),
    _Measure("six_minute_walk_m", "Six-minute walk", "m", False, lambda o: o.six_minute_walk_m),
    _Measure("dasi_score", "DASI", "points", False, lambda o: o.dasi_score),
    _Measure("vo2_peak_ml_kg_min", "Peak oxygen uptake estimated from DASI", "ml/kg/min", False, _vo2),
    _Measure("mets", "Peak effort estimated from DASI", "METs", False, _mets),
    _Measure("nyha_class", "NYHA class", "class", True, lambda o: o.nyha_class),
    _Measure("rose_dyspnoea", "Rose dyspnoea", "points", True, lambda o: o.rose_dyspnoea),
    _Measure("e_over_e_prime", "E/e'", "by echo", True, lambda o: o.e_over_e_prime),
    _Measure("la_volume_ml_m2", "Left atrial volume", "ml/m²", True, lambda o: o.la_volume_ml_m2),
    _Measure("saq7_score", "SAQ-7", "points", False, lambda o: o.saq7_score),
    _Measure("sf12_physical", "SF-12 physical", "points", False, lambda o: o.sf12_physical),
    _Measure("sf12_mental", "SF-12 mental", "points", False, lambda o: o.sf12_mental),
    _Measure("eq5d_index", "EQ-5D index", "index", False, lambda o: o.eq5d_index),
    _Measure("eq5d_vas", "EQ-5D VAS", "points", False, lambda o: o.eq5d_vas),
)


def compare(baseline: Outcomes, now: Outcomes) -> tuple[Change, ...]:
    """The change of every measure, in the order in which a physician asks for them.

    Raises
    ------
    ValueError
        ``now`` lies before ``baseline``.
    """
    if now.measured_on < baseline.measured_on:
        raise ValueError("The baseline was measured after the value to compare. Exchange the two.")
    return tuple(_change(measure, baseline, now) for measure in _MEASURES)


def _change(measure: _Measure, baseline: Outcomes, now: Outcomes) -> Change:
    before, after = measure.read(baseline), measure.read(now)
    if before is None or after is None:
        known = (
            "before and now" if before is None and after is None else "before" if before is None else "now"
        )
        sentence = f"{measure.name}: not known {known}."
        return Change(
            measure.code, _exact(before), _exact(after), None, measure.unit, Direction.NOT_KNOWN, sentence
        )
    difference = Decimal(after) - Decimal(before)
    gain = -difference if measure.less_is_better else difference
    direction = Direction.BETTER if gain > 0 else Direction.WORSE if gain < 0 else Direction.SAME
    words = _class_words if measure.unit == "class" else _words
    sentence = words(measure, Decimal(before), Decimal(after))
    return Change(measure.code, Decimal(before), Decimal(after), gain, measure.unit, direction, sentence)


def _exact(value: Decimal | int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _class_words(measure: _Measure, before: Decimal, after: Decimal) -> str:
    steps = int(before - after)
    classes = "1 class" if abs(steps) == 1 else f"{abs(steps)} classes"
    change = f"{classes} better" if steps > 0 else f"{classes} worse" if steps < 0 else "no change"
    return f"{measure.name}: {_ROMAN[int(before)]} to {_ROMAN[int(after)]}, {change}."


def _words(measure: _Measure, before: Decimal, after: Decimal) -> str:
    if before == after:
        return f"{measure.name}: {_shown(before)} {measure.unit}, no change."
    more = f"{_shown(abs(after - before))} {'more' if after > before else 'fewer' if _counted(measure) else 'less'}"
    return f"{measure.name}: {_shown(before)} to {_shown(after)} {measure.unit}, {more}."


def _counted(measure: _Measure) -> bool:
    return measure.unit.endswith("a week") or measure.unit == "points"


def _shown(value: Decimal) -> str:
    """At most one decimal and no trailing zero, as values are written in a chart."""
    shown = (
        f"{value.quantize(Decimal('0.001')):f}" if abs(value) <= 1 else f"{value.quantize(Decimal('0.1')):f}"
    )
    return shown.rstrip("0").rstrip(".") if "." in shown else shown
