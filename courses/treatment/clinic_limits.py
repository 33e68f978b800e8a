"""The limits as one clinic has them: the published ones, with what its physician has set instead.

PURE. Each figure of the clinic names its owner and its day as its source; what is switched off is listed as not checked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from courses.treatment.limit_rules import Bound, LimitRule, Limits, Quantity, SignRule, Source, Tier


class ImplausibleLimit(ValueError):
    """A limit that cannot be meant; the message names the way out."""


@dataclass(frozen=True, slots=True)
class ClinicFigure:
    """What a clinic set for one rule; ``tier`` GO is not checked. ``figure`` is None for a sign."""

    code: str
    figure: Decimal | None
    tier: Tier
    owner: str
    effective: date
    reason: str


#: Beyond these a digit of a limit is wrong: it would hold everybody, or nobody.
PLAUSIBLE: Mapping[Quantity, tuple[Decimal, Decimal]] = {
    quantity: (Decimal(low), Decimal(high))
    for quantity, low, high in (
        (Quantity.SYSTOLIC, "60", "220"),
        (Quantity.DIASTOLIC, "30", "140"),
        (Quantity.PULSE_PRESSURE, "10", "60"),
        (Quantity.HEART_RATE, "30", "160"),
        (Quantity.RESPIRATORY_RATE, "8", "50"),
        (Quantity.SPO2_FALL, "1", "10"),
        (Quantity.WEIGHT_GAIN_SINCE_LAST, "0.5", "10"),
        (Quantity.WEIGHT_GAIN_WEEK, "0.5", "20"),
        (Quantity.INR, "1", "6"),
        (Quantity.INR_AGE, "1", "90"),
        (Quantity.ANGINA, "1", "50"),
        (Quantity.NITROGLYCERIN, "1", "50"),
    )
}


def with_clinic(limits: Limits, own: Iterable[ClinicFigure]) -> Limits:
    """The limits that are checked at a clinic which set ``own``. A code that the file no longer has is passed over."""
    by_code = {figure.code: figure for figure in own}
    return replace(
        limits,
        rules=tuple(_rule(rule, by_code.get(rule.code)) for rule in limits.rules),
        signs=tuple(_sign(rule, by_code.get(rule.code)) for rule in limits.signs),
    )


def refuse_implausible(limits: Limits, own: ClinicFigure) -> None:
    """Raise ImplausibleLimit where ``own`` cannot be meant: unknown rule, digit wrong, or low above high.

    ``limits`` are those in force at the clinic.
    """
    if any(sign.code == own.code for sign in limits.signs):
        return
    rule = next((rule for rule in limits.rules if rule.code == own.code), None)
    if rule is None:
        raise ImplausibleLimit("There is no such limit. Choose one of the list.")
    if own.tier is Tier.GO:
        return
    low, high = PLAUSIBLE[rule.quantity]
    if own.figure is None or not low <= own.figure <= high:
        raise ImplausibleLimit(f"Give a figure between {low} and {high} {rule.unit}".rstrip() + ".")
    _refuse_crossed(limits, replace(rule, figure=own.figure))


def _refuse_crossed(limits: Limits, rule: LimitRule) -> None:
    """A low limit at or above the high one of the same quantity would hold everybody."""
    for other in limits.rules:
        if other.quantity is not rule.quantity or other.figure is None or rule.figure is None:
            continue
        below, above = (rule, other) if rule.bound is Bound.BELOW else (other, rule)
        crossed = below.bound is Bound.BELOW and above.bound is not Bound.BELOW
        if crossed and (below.figure or 0) >= (above.figure or 0):
            raise ImplausibleLimit(
                f"The lower limit, {below.figure_text}, must stay under the upper one, {above.figure_text}."
            )


def _rule(rule: LimitRule, own: ClinicFigure | None) -> LimitRule:
    if own is None:
        return rule
    if own.tier is Tier.GO:
        return replace(rule, figure=None, source=_source(own))
    return replace(rule, figure=own.figure, tier=own.tier, source=_source(own))


def _sign(rule: SignRule, own: ClinicFigure | None) -> SignRule:
    return rule if own is None else replace(rule, tier=own.tier, source=_source(own))


def _source(own: ClinicFigure) -> Source:
    day = f"{own.effective:%d-%b-%Y}"
    return Source(f"The clinic's limit, {own.owner}: {own.reason}", "", "clinic", day)
