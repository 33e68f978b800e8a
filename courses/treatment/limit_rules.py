"""The limits checked before treatment, as data: each with its figure, its source and its standing.

PURE: takes the text of the file; ``limits_file`` reads it.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any


class BrokenLimits(ValueError):
    """The file of limits cannot be used; the message names the rule and the key."""


class Tier(StrEnum):
    """What a finding asks for, from nothing to a refusal."""

    GO = "go"
    LOOK = "look"
    HOLD = "hold"


class Quantity(StrEnum):
    """What a rule compares; the unit stands in the name."""

    SYSTOLIC = "systolic_mmhg"
    DIASTOLIC = "diastolic_mmhg"
    PULSE_PRESSURE = "pulse_pressure_mmhg"
    HEART_RATE = "heart_rate_bpm"
    RESPIRATORY_RATE = "respiratory_rate_bpm"
    SPO2_FALL = "spo2_fall_points"
    WEIGHT_GAIN_SINCE_LAST = "weight_gain_since_last_lb"
    WEIGHT_GAIN_WEEK = "weight_gain_week_lb"
    INR = "inr"
    INR_AGE = "inr_age_days"
    ANGINA = "angina_since_last"
    NITROGLYCERIN = "nitroglycerin_since_last"


class Sign(StrEnum):
    """What is seen, heard or asked, and has no figure."""

    RHYTHM = "rhythm"
    BREATH_SOUNDS = "breath_sounds"
    OEDEMA = "oedema"
    LEGS = "legs"
    MEDICINES_TAKEN = "medicines_taken"
    BLADDER_EMPTIED = "bladder_emptied"


class Compare(StrEnum):
    """How a sign is compared with the last time."""

    CHANGED = "changed"
    MORE = "more"


class Bound(StrEnum):
    """How the figure is meant."""

    ABOVE = "above"
    AT_LEAST = "at_least"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands, and the version of our file that holds it."""

    document: str
    url: str
    standing: str
    version: str


#: How a rule begins, by what it asks for; ``when`` goes on.
OPENING = {Tier.HOLD: "Do not treat", Tier.LOOK: "Look before you treat", Tier.GO: "Treat"}


@dataclass(frozen=True, slots=True)
class LimitRule:
    """One limit; ``figure`` is None where nobody has set one."""

    code: str
    quantity: Quantity
    tier: Tier
    bound: Bound
    figure: Decimal | None
    when: str
    unit: str
    way_out: str
    source: Source

    @property
    def rule(self) -> str:
        """The rule as a sentence, with its figure and unit."""
        figure = "a figure that the clinic has not set" if self.figure is None else self.figure_text
        return f"{OPENING[self.tier]} {self.when.format(figure=figure)}."

    @property
    def figure_text(self) -> str:
        """'180 mmHg'; empty where nobody has set a figure."""
        return "" if self.figure is None else f"{plain(self.figure)} {self.unit}".rstrip()

    def is_passed_by(self, value: Decimal, *, scale: Decimal = Decimal(1)) -> bool:
        """Whether ``value`` lies beyond the figure, which is multiplied by ``scale`` to the value's unit."""
        if self.figure is None:
            return False
        figure = self.figure * scale
        return {
            Bound.ABOVE: value > figure,
            Bound.AT_LEAST: value >= figure,
            Bound.BELOW: value < figure,
        }[self.bound]


@dataclass(frozen=True, slots=True)
class SignRule:
    """One sign that asks for something: one of ``any_of``, or another than the last time; ``tier`` GO is off."""

    code: str
    sign: Sign
    tier: Tier
    any_of: frozenset[str]
    compare: Compare | None
    when: str
    way_out: str
    source: Source

    @property
    def rule(self) -> str:
        return f"{OPENING[self.tier]} {self.when}."


def plain(figure: Decimal) -> str:
    """'2' and '2.5': no zero that says nothing."""
    return format(figure.normalize(), "f")


@dataclass(frozen=True, slots=True)
class Limits:
    version: str
    effective: date
    rules: tuple[LimitRule, ...]
    signs: tuple[SignRule, ...] = ()

    @property
    def without_figure(self) -> tuple[LimitRule, ...]:
        """Rules that a source names without a figure and the clinic has not set: nothing is checked."""
        return tuple(rule for rule in self.rules if rule.figure is None)


_COMMON = {"code", "tier", "when", "way_out", "source", "standing"}
_RULE_KEYS = {*_COMMON, "quantity", "unit"}
_SIGN_KEYS = {*_COMMON, "sign"}


def parse_limits(text: str) -> Limits:
    """Read the limits from TOML.

    Raises
    ------
    BrokenLimits
        With the rule and the key that cannot be read.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BrokenLimits(f"The limits are no valid TOML: {error}.") from error
    version, effective = table.get("version"), table.get("effective")
    if not isinstance(version, str) or not isinstance(effective, date):
        raise BrokenLimits("The limits need a version (text) and an effective date.")
    sources = table.get("sources", {})
    rules = tuple(_rule(entry, sources, version) for entry in table.get("rules", []))
    signs = tuple(_sign(entry, sources, version) for entry in table.get("signs", []))
    codes = [*(rule.code for rule in rules), *(sign.code for sign in signs)]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice or not rules:
        raise BrokenLimits(f"Each rule must stand once; check {', '.join(twice) or 'the list, it is empty'}.")
    return Limits(version, effective, rules, signs)


def _rule(entry: Mapping[str, Any], sources: Mapping[str, Any], version: str) -> LimitRule:
    code = entry.get("code", "without code")
    bound = _one_of(code, entry, _RULE_KEYS, list(Bound))
    try:
        return LimitRule(
            quantity=Quantity(entry["quantity"]),
            bound=Bound(bound),
            figure=None if entry[bound] == "" else Decimal(entry[bound]),
            unit=entry["unit"],
            **_shared(code, entry, sources, version),
        )
    except (ValueError, TypeError, KeyError, InvalidOperation) as error:
        raise BrokenLimits(f"Rule {code}: a value cannot be read ({error}).") from error


def _sign(entry: Mapping[str, Any], sources: Mapping[str, Any], version: str) -> SignRule:
    code = entry.get("code", "without code")
    test = _one_of(code, entry, _SIGN_KEYS, ["any_of", "compare"])
    try:
        return SignRule(
            sign=Sign(entry["sign"]),
            any_of=frozenset(entry.get("any_of", ())),
            compare=Compare(entry["compare"]) if test == "compare" else None,
            **_shared(code, entry, sources, version),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise BrokenLimits(f"Rule {code}: a value cannot be read ({error}).") from error


def _one_of(code: str, entry: Mapping[str, Any], keys: set[str], tests: Sequence[str]) -> str:
    """Which of ``tests`` the entry has: exactly one, beside exactly ``keys``."""
    given = [test for test in tests if test in entry]
    wrong = keys.symmetric_difference(entry.keys() - set(given))
    if wrong:
        raise BrokenLimits(f"Rule {code}: missing or unknown: {', '.join(sorted(wrong))}.")
    if len(given) != 1:
        raise BrokenLimits(f"Rule {code}: give one of {', '.join(tests)}.")
    return given[0]


def _shared(code: str, entry: Mapping[str, Any], sources: Mapping[str, Any], version: str) -> dict[str, Any]:
    if entry["source"] not in sources:
        raise BrokenLimits(f"Rule {code}: there is no source named {entry['source']}.")
    source = sources[entry["source"]]
    return {
        "code": code,
        "tier": Tier(entry["tier"]),
        "when": entry["when"],
        "way_out": entry["way_out"],
        "source": Source(source["document"], source["url"], entry["standing"], version),
    }
