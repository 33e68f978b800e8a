"""The limits checked before treatment, as data: each with its figure, its source and its standing.

PURE: takes the text of the file; ``limits_file`` reads it.
"""

import tomllib
from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class LimitRule:
    """One limit; ``bound`` and ``figure`` are None where nobody has set a figure."""

    code: str
    quantity: Quantity
    tier: Tier
    bound: Bound | None
    figure: Decimal | None
    rule: str
    way_out: str
    source: Source

    def is_passed_by(self, value: Decimal, *, scale: Decimal = Decimal(1)) -> bool:
        """Whether ``value`` lies beyond the figure, which is multiplied by ``scale`` to the value's unit."""
        if self.figure is None:
            return False
        figure = self.figure * scale
        return {
            Bound.ABOVE: value > figure,
            Bound.AT_LEAST: value >= figure,
            Bound.BELOW: value < figure,
        }[self.bound or Bound.ABOVE]


@dataclass(frozen=True, slots=True)
class Limits:
    version: str
    effective: date
    rules: tuple[LimitRule, ...]

    @property
    def without_figure(self) -> tuple[LimitRule, ...]:
        """Rules that a source names without a figure and the clinic has not set: nothing is checked."""
        return tuple(rule for rule in self.rules if rule.figure is None)


_KEYS = {"code", "quantity", "tier", "rule", "way_out", "source", "standing"}


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
    rules = tuple(_rule(entry, table.get("sources", {}), version) for entry in table.get("rules", []))
    codes = [rule.code for rule in rules]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice or not rules:
        raise BrokenLimits(f"Each rule must stand once; check {', '.join(twice) or 'the list, it is empty'}.")
    return Limits(version, effective, rules)


def _rule(entry: Mapping[str, Any], sources: Mapping[str, Any], version: str) -> LimitRule:
    code = entry.get("code", "without code")
    bounds = [bound for bound in Bound if bound in entry]
    wrong = _KEYS.symmetric_difference(entry.keys() - set(bounds))
    if wrong:
        raise BrokenLimits(f"Rule {code}: missing or unknown: {', '.join(sorted(wrong))}.")
    if len(bounds) > 1:
        raise BrokenLimits(f"Rule {code}: give one of above, at_least and below.")
    if entry["source"] not in sources:
        raise BrokenLimits(f"Rule {code}: there is no source named {entry['source']}.")
    source = sources[entry["source"]]
    bound = bounds[0] if bounds else None
    try:
        return LimitRule(
            code=code,
            quantity=Quantity(entry["quantity"]),
            tier=Tier(entry["tier"]),
            bound=bound,
            figure=None if bound is None else Decimal(entry[bound]),
            rule=entry["rule"],
            way_out=entry["way_out"],
            source=Source(source["document"], source["url"], entry["standing"], version),
        )
    except (ValueError, TypeError, KeyError, InvalidOperation) as error:
        raise BrokenLimits(f"Rule {code}: a value cannot be read ({error}).") from error
