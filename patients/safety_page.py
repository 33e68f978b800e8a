"""What the safety page shows of a screening, from what was stored: nothing is judged anew."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from patients.models import SafetyOverride, SafetyScreening
from patients.safety import SafetyState, Tier
from patients.services.safety import undecided
from patients.verdicts import Shown

TIERS: dict[str, tuple[str | Promise, str | Promise]] = {
    Tier.CONTRAINDICATED: (_("Contraindicated"), _("no course, unless a physician decides with a reason")),
    Tier.PRECAUTION: (_("Precaution"), _("a physician signs before the course")),
}
_STATES = {
    SafetyState.CLEAR: Shown(_("Clear"), "go"),
    SafetyState.UNKNOWN: Shown(_("Not known"), "idle"),
    SafetyState.NOT_SET: Shown(_("No limit set"), "idle"),
}
_RAISED = {
    Tier.CONTRAINDICATED: Shown(_("Raised"), "stop"),
    Tier.PRECAUTION: Shown(_("Raised"), "look"),
}
_STANDING = {"derived": _("our conclusion"), "to_be_confirmed": _("to be confirmed by the clinic")}


@dataclass(frozen=True, slots=True)
class Point:
    """One rule that was raised, with the physician's decision where there is one."""

    code: str
    shown: Shown
    finding: dict[str, Any]
    limit: str
    standing: str
    sources: list[tuple[str, str]]
    override: SafetyOverride | None


@dataclass(frozen=True, slots=True)
class TierShown:
    title: str
    meaning: str
    raised: list[Point]
    unknown: list[Point]
    clear: list[Point]


@dataclass(frozen=True, slots=True)
class SafetyPage:
    light: Shown
    sentence: str
    tiers: list[TierShown]


def safety_page(screening: SafetyScreening) -> SafetyPage:
    overrides = {override.rule: override for override in screening.overrides.all()}
    points = [_point(finding, overrides.get(finding["code"])) for finding in screening.findings]
    tiers = [_tier(tier, [p for p in points if p.finding["tier"] == tier]) for tier in Tier]
    return SafetyPage(*_answer(screening, tiers), tiers)


def _answer(screening: SafetyScreening, tiers: list[TierShown]) -> tuple[Shown, str]:
    waiting = len(undecided(screening))
    unknown = sum(len(tier.unknown) for tier in tiers)
    if waiting:
        return Shown(_("A physician decides"), "stop"), gettext(
            "Raised and not decided: %(count)s. No order is signed before a physician has decided each."
        ) % {"count": waiting}
    if unknown:
        return Shown(_("Nothing raised; not complete"), "look"), gettext(
            "Nothing stands in the way among what is known. Not known: %(count)s."
        ) % {"count": unknown}
    return Shown(_("Nothing stands in the way"), "go"), gettext("Every rule was looked at.")


def _tier(tier: Tier, points: list[Point]) -> TierShown:
    title, meaning = TIERS[tier]
    return TierShown(
        str(title),
        str(meaning),
        [p for p in points if p.finding["state"] == SafetyState.RAISED],
        [p for p in points if p.finding["state"] in (SafetyState.UNKNOWN, SafetyState.NOT_SET)],
        [p for p in points if p.finding["state"] == SafetyState.CLEAR],
    )


def _point(finding: dict[str, Any], override: SafetyOverride | None) -> Point:
    state = SafetyState(finding["state"])
    shown = _RAISED[Tier(finding["tier"])] if state is SafetyState.RAISED else _STATES[state]
    threshold = finding["threshold"]
    limit = "" if threshold is None else f"{threshold:g}\u00a0{finding['unit']}".strip()
    return Point(
        finding["code"],
        shown,
        finding,
        limit,
        str(_STANDING.get(finding["standing"], "")),
        [_source(text) for text in finding["sources"]],
        override,
    )


def _source(text: str) -> tuple[str, str]:
    """Document and address of a source, as the rule file joins them."""
    document, _space, url = text.rpartition(" ")
    return document.rstrip(":"), url
