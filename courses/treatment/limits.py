"""May this patient be treated today? The vital signs against the limits, before the cuffs inflate.

PURE. What was not measured is a finding of its own ("not known"), never a pass. The rules, their figures and
their sources stand in ``limits.toml``; what happens here is only the comparing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from courses.treatment.limit_rules import LimitRule, Limits, Quantity, Source, Tier

#: Exact by definition (international yard and pound agreement, 1959).
KG_PER_LB = Decimal("0.45359237")

#: How far back an earlier measurement may lie to be compared with: the week of the weight rule.
COMPARE_DAYS = 7


class ImplausibleVitals(ValueError):
    """The values cannot all be true; the message says which to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """Vital signs before one session, at rest; None is not measured. Weight in kg, exact as written."""

    taken_on: date
    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    heart_rate_bpm: int | None = None
    spo2_percent: Decimal | int | None = None
    weight_kg: Decimal | None = None
    respiratory_rate_bpm: int | None = None
    angina_since_last: int | None = None
    nitroglycerin_since_last: int | None = None
    anticoagulated: bool | None = None
    inr: Decimal | None = None
    inr_on: date | None = None

    def __post_init__(self) -> None:
        for name in NAMES:
            value = getattr(self, name)
            if isinstance(value, float):
                raise ImplausibleVitals(f"{NAMES[name]}: give an exact decimal, not a binary fraction.")
            if value is not None and value <= 0:
                raise ImplausibleVitals(
                    f"{NAMES[name]} cannot be {value}. Leave it empty if it is not known."
                )
        if self.spo2_percent is not None and self.spo2_percent > 100:
            raise ImplausibleVitals("Oxygen saturation cannot be above 100 %. Read the oximeter again.")
        if (
            self.systolic_mmhg is not None
            and self.diastolic_mmhg is not None
            and self.diastolic_mmhg >= self.systolic_mmhg
        ):
            raise ImplausibleVitals("Systolic must be above diastolic. Check whether the two are exchanged.")
        if self.inr_on is not None and self.inr_on > self.taken_on:
            raise ImplausibleVitals("The INR is dated in the future. Correct its date.")


#: What each field is called by the people who read a finding.
NAMES = {
    "systolic_mmhg": "Systolic pressure",
    "diastolic_mmhg": "Diastolic pressure",
    "heart_rate_bpm": "Heart rate",
    "spo2_percent": "Oxygen saturation",
    "weight_kg": "Weight",
    "respiratory_rate_bpm": "Respiratory rate",
    "inr": "INR",
}


@dataclass(frozen=True, slots=True)
class LimitFinding:
    """What one rule says about today: ``missing`` names the fields without which it cannot say more."""

    code: str
    tier: Tier
    rule: str
    fact: str
    way_out: str
    source: Source
    missing: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """Fact, rule and (where something is to be done) the way out, as a nurse would say it."""
        parts = [self.fact, self.rule]
        if self.tier is not Tier.GO:
            parts.append(self.way_out)
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class _Measured:
    """A value to compare; ``scale`` turns the rule's unit into the value's. Without value: what is missing, if it matters."""

    fact: str
    value: Decimal | None = None
    scale: Decimal = Decimal(1)
    missing: tuple[str, ...] = ()
    worst: Tier = Tier.HOLD


#: Nothing to compare, and nothing that anybody misses.
_NOTHING = _Measured("")


def check_vitals(now: Vitals, earlier: Sequence[Vitals], limits: Limits) -> tuple[LimitFinding, ...]:
    """One finding for each rule with a figure, worst first; a field that is missing is told once.

    ``earlier`` are the vital signs before former sessions, in any order; only those of the seven days
    before ``now.taken_on`` are compared with.
    """
    days = [v for v in earlier if timedelta() < now.taken_on - v.taken_on <= timedelta(days=COMPARE_DAYS)]
    days.sort(key=lambda v: v.taken_on)
    findings = list(_findings(now, days, limits))
    order = [Tier.HOLD, Tier.LOOK, Tier.GO]
    return tuple(sorted(findings, key=lambda finding: order.index(finding.tier)))


def worst_tier(findings: Sequence[LimitFinding]) -> Tier:
    """What the findings together ask for."""
    tiers = {finding.tier for finding in findings}
    return next((tier for tier in (Tier.HOLD, Tier.LOOK) if tier in tiers), Tier.GO)


def _findings(now: Vitals, days: Sequence[Vitals], limits: Limits) -> Iterator[LimitFinding]:
    told: set[tuple[str, ...]] = set()
    for rule in limits.rules:
        measured = _MEASURE[rule.quantity](now, days)
        if measured.value is not None:
            if rule.figure is not None:
                yield _compared(rule, measured, measured.value)
        elif measured.missing and measured.missing not in told:
            told.add(measured.missing)
            way_out = "Measure it and enter it; if it cannot be measured, ask the physician."
            if not all(hasattr(now, name) for name in measured.missing):
                way_out = (
                    "Enter the earlier value if it was written elsewhere; otherwise judge by examination."
                )
            code = f"{measured.missing[0]}_not_known"
            yield LimitFinding(
                code, Tier.LOOK, rule.rule, measured.fact, way_out, rule.source, measured.missing
            )


def _compared(rule: LimitRule, measured: _Measured, value: Decimal) -> LimitFinding:
    tier = Tier.GO
    if rule.is_passed_by(value, scale=measured.scale):
        tier = Tier.LOOK if measured.worst is Tier.LOOK else rule.tier
    return LimitFinding(rule.code, tier, rule.rule, measured.fact, rule.way_out, rule.source)


def _direct(name: str, unit: str) -> Callable[[Vitals, Sequence[Vitals]], _Measured]:
    def measure(now: Vitals, days: Sequence[Vitals]) -> _Measured:
        value = getattr(now, name)
        if value is None:
            return _unknown(name)
        return _Measured(f"{NAMES[name]} is {value} {unit}.", Decimal(value))

    return measure


def _unknown(name: str) -> _Measured:
    return _Measured(f"{NAMES[name]} is not known.", missing=(name,))


def _pulse_pressure(now: Vitals, days: Sequence[Vitals]) -> _Measured:
    if now.systolic_mmhg is None:
        return _unknown("systolic_mmhg")
    if now.diastolic_mmhg is None:
        return _unknown("diastolic_mmhg")
    value = now.systolic_mmhg - now.diastolic_mmhg
    return _Measured(f"Pulse pressure is {value} mmHg.", Decimal(value))


def _spo2_fall(now: Vitals, days: Sequence[Vitals]) -> _Measured:
    if now.spo2_percent is None:
        return _unknown("spo2_percent")
    last = next((v for v in reversed(days) if v.spo2_percent is not None), None)
    if last is None or last.spo2_percent is None:
        fact = f"Oxygen saturation is {now.spo2_percent} %; none of the last {COMPARE_DAYS} days is known."
        return _Measured(fact, missing=("earlier_spo2_percent",))
    fact = f"Oxygen saturation is {now.spo2_percent} %; it was {last.spo2_percent} % on {_spoken(last)}."
    return _Measured(fact, Decimal(last.spo2_percent) - Decimal(now.spo2_percent))


def _weight_gain_since_last(now: Vitals, days: Sequence[Vitals]) -> _Measured:
    """Since the day before; over a longer time the same gain asks for a look, as no night is known."""
    last = next((v for v in reversed(days) if v.weight_kg is not None), None)
    gain = _gain(now, last)
    if last is None or gain.value is None or (now.taken_on - last.taken_on).days == 1:
        return gain
    return _Measured(gain.fact, gain.value, gain.scale, worst=Tier.LOOK)


def _weight_gain_week(now: Vitals, days: Sequence[Vitals]) -> _Measured:
    weighed = [(v.weight_kg, v.taken_on, v) for v in days if v.weight_kg is not None]
    return _gain(now, min(weighed, key=lambda entry: entry[:2])[2] if weighed else None)


def _gain(now: Vitals, before: Vitals | None) -> _Measured:
    if now.weight_kg is None:
        return _unknown("weight_kg")
    if before is None or before.weight_kg is None:
        fact = f"Weight is {now.weight_kg} kg; none of the last {COMPARE_DAYS} days is known."
        return _Measured(fact, missing=("earlier_weight_kg",))
    gain = now.weight_kg - before.weight_kg
    pounds = (gain / KG_PER_LB).quantize(Decimal("0.01"))
    fact = f"Weight has changed by {gain:+} kg ({pounds:+} lb) since {_spoken(before)}."
    return _Measured(fact, gain, scale=KG_PER_LB)


def _inr(now: Vitals, days: Sequence[Vitals]) -> _Measured:
    """The INR matters under anticoagulants alone; without them nothing is missing."""
    if now.inr is not None:
        return _Measured(f"INR is {now.inr}.", Decimal(now.inr))
    return _unknown("inr") if now.anticoagulated else _NOTHING


def _inr_age(now: Vitals, days: Sequence[Vitals]) -> _Measured:
    if now.inr_on is not None:
        age = (now.taken_on - now.inr_on).days
        return _Measured(f"The INR is of {now.inr_on:%d-%b-%Y}, {age} days ago.", Decimal(age))
    if now.anticoagulated or now.inr is not None:
        return _Measured("The day of the INR is not known.", missing=("inr_on",))
    return _NOTHING


def _count(name: str, what: str) -> Callable[[Vitals, Sequence[Vitals]], _Measured]:
    """A number that the patient tells; whether it was asked is told with the signs."""

    def measure(now: Vitals, days: Sequence[Vitals]) -> _Measured:
        value = getattr(now, name)
        return _NOTHING if value is None else _Measured(f"{what}: {value}.", Decimal(value))

    return measure


def _spoken(vitals: Vitals) -> str:
    return f"{vitals.taken_on:%a %d-%b-%Y}"


_MEASURE: dict[Quantity, Callable[[Vitals, Sequence[Vitals]], _Measured]] = {
    Quantity.SYSTOLIC: _direct("systolic_mmhg", "mmHg"),
    Quantity.DIASTOLIC: _direct("diastolic_mmhg", "mmHg"),
    Quantity.PULSE_PRESSURE: _pulse_pressure,
    Quantity.HEART_RATE: _direct("heart_rate_bpm", "bpm"),
    Quantity.RESPIRATORY_RATE: _direct("respiratory_rate_bpm", "breaths/min"),
    Quantity.SPO2_FALL: _spo2_fall,
    Quantity.WEIGHT_GAIN_SINCE_LAST: _weight_gain_since_last,
    Quantity.WEIGHT_GAIN_WEEK: _weight_gain_week,
    Quantity.INR: _inr,
    Quantity.INR_AGE: _inr_age,
    Quantity.ANGINA: _count("angina_since_last", "Angina since the last session"),
    Quantity.NITROGLYCERIN: _count("nitroglycerin_since_last", "Nitroglycerin since the last session"),
}
