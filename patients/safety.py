"""Contraindications and precautions, judged before a course.

The rules are data (``safety.toml``, read by ``safety_rules``), each with threshold, source and standing; this
module only applies them.
Where sources disagree the stricter tier is used unless the rule says otherwise, and the other view is shown.
What is measured before every session, and holds it, belongs to the treatment of a course.
An override is a physician's, needs a reason, and is audited elsewhere.
"""

from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum


class Tier(StrEnum):
    CONTRAINDICATED = "contraindicated"
    PRECAUTION = "precaution"  # a physician signs off before the course


class SafetyState(StrEnum):
    RAISED = "raised"
    CLEAR = "clear"
    UNKNOWN = "unknown"  # the fact is not known
    NOT_SET = "not_set"  # no source gives a threshold, and the clinic has not set one


class Test(StrEnum):
    """How a rule looks at its fact."""

    PRESENT = "present"  # a yes
    ABOVE = "above"  # more than the threshold
    BELOW = "below"  # less than the threshold
    WITHIN_DAYS = "within_days"  # a date no more than the threshold of days before ``as_of``

    # Its name begins like a test case; pytest need not look at it.
    __test__ = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SafetyFacts:
    """What is known on the day; None is not known and never read as "no". Units are in the names.

    ``as_of`` and the dates are the clinic's days. A date that never was (no infarction) is not known here too,
    unless its ``no_...`` companion says so; the same holds for the INR of a patient without anticoagulant. Raises ValueError where a number cannot be one.
    """

    as_of: date | None = None
    triggering_arrhythmia: bool | None = None
    pacemaker_or_bundle_branch_block: bool | None = None
    bleeding_diathesis: bool | None = None
    not_anticoagulated: bool | None = None
    inr: float | None = None
    active_thrombophlebitis: bool | None = None
    deep_vein_thrombosis_or_embolism: bool | None = None
    varicose_veins_or_stasis_ulcer: bool | None = None
    severe_leg_artery_disease: bool | None = None
    aortic_aneurysm_or_dissection: bool | None = None
    aortic_diameter_cm: float | None = None
    pregnancy_possible: bool | None = None
    aortic_regurgitation_moderate_or_severe: bool | None = None
    severe_valve_disease: bool | None = None
    congenital_heart_disease: bool | None = None
    arterial_puncture_on: date | None = None
    no_recent_arterial_puncture: bool | None = None
    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    heart_rate_bpm: int | None = None
    decompensated_heart_failure: bool | None = None
    lvef_percent: float | None = None
    severe_lung_disease: bool | None = None
    infarction_or_bypass_on: date | None = None
    no_recent_infarction_or_bypass: bool | None = None
    left_main_disease: bool | None = None
    nonischaemic_cardiomyopathy: bool | None = None
    unstable_angina: bool | None = None

    def __post_init__(self) -> None:
        for spec in fields(self):
            value = getattr(self, spec.name)
            if isinstance(value, int | float) and not isinstance(value, bool) and not 0 <= value < 1000:
                raise ValueError(f"{spec.name} must be 0 or more and a possible reading, not {value}.")


@dataclass(frozen=True, slots=True)
class SafetyRule:
    """One line of the rule file. ``never_if`` names a fact whose yes clears a date that never was."""

    code: str
    tier: Tier
    fact: str
    test: Test
    threshold: float | None
    unit: str
    sentence: str
    way_out: str
    other_view: str
    sources: tuple[str, ...]
    standing: str
    never_if: str


@dataclass(frozen=True, slots=True)
class SafetyFinding:
    """One rule against the facts, with the fact in words and the rule it was judged by."""

    code: str
    tier: Tier
    state: SafetyState
    fact: str
    rule: SafetyRule


def screen(facts: SafetyFacts, rules: tuple[SafetyRule, ...]) -> tuple[SafetyFinding, ...]:
    """Every rule with its state, in the order of the tiers and then of the file.

    Rules that are clear or not known are there as well: the reader must see what was not looked at.
    """
    order = list(Tier)
    found = [_judge(facts, rule) for rule in rules]
    return tuple(sorted(found, key=lambda finding: order.index(finding.tier)))


def _judge(facts: SafetyFacts, rule: SafetyRule) -> SafetyFinding:
    value = getattr(facts, rule.fact)
    if rule.threshold is None and rule.test is not Test.PRESENT:
        reading = "not known" if value is None else f"{value:g} {rule.unit}"
        return _finding(
            rule, SafetyState.NOT_SET, f"{_words(rule.fact)}: {reading}. The clinic has set no limit."
        )
    if value is None:
        if rule.never_if and getattr(facts, rule.never_if):
            return _finding(rule, SafetyState.CLEAR, "Does not apply.")
        return _finding(rule, SafetyState.UNKNOWN, f"{_words(rule.fact)}: not known.")
    if rule.test is Test.PRESENT:
        state = SafetyState.RAISED if value else SafetyState.CLEAR
        return _finding(rule, state, f"{_words(rule.fact)}: {'yes' if value else 'no'}.")
    number = _number(facts, rule, value)
    if number is None:
        return _finding(
            rule, SafetyState.UNKNOWN, f"{_words(rule.fact)}: the date of the session is not known."
        )
    shown = f"{_words(rule.fact)}: {number:g} {rule.unit}".rstrip() + "."
    return _finding(rule, SafetyState.RAISED if _beyond(rule, number) else SafetyState.CLEAR, shown)


def _beyond(rule: SafetyRule, number: float) -> bool:
    limit = 0.0 if rule.threshold is None else rule.threshold
    match rule.test:
        case Test.BELOW:
            return number < limit
        case Test.WITHIN_DAYS:
            return number <= limit
        case _:
            return number > limit


def _number(facts: SafetyFacts, rule: SafetyRule, value: float | date) -> float | None:
    """The reading, or for a date the days since; a date that lies ahead counts as today."""
    if not isinstance(value, date):
        return value
    return None if facts.as_of is None else max(0, (facts.as_of - value).days)


def _finding(rule: SafetyRule, state: SafetyState, fact: str) -> SafetyFinding:
    return SafetyFinding(rule.code, rule.tier, state, fact, rule)


#: Where the name of a fact would not read well in a sentence.
_NAMES = {
    "inr": "INR",
    "lvef_percent": "LVEF",
    "systolic_mmhg": "Systolic pressure",
    "diastolic_mmhg": "Diastolic pressure",
    "heart_rate_bpm": "Heart rate",
    "aortic_diameter_cm": "Aortic diameter",
    "arterial_puncture_on": "Arterial puncture",
    "infarction_or_bypass_on": "Infarction or bypass",
}


def _words(name: str) -> str:
    return _NAMES.get(name) or name.replace("_", " ").capitalize()
