"""A session that ended early: billable, not billable, or a physician decides, by the clinic's written rule.

PURE. No source gives a minimum of minutes for one unit of the treatment, so without a rule of the clinic, and without
minutes that are known, a physician decides; nothing here decides by itself.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Outcome(StrEnum):
    """What the written rule says about the minutes."""

    FULL = "full"
    BILLABLE = "billable"
    NOT_BILLABLE = "not_billable"
    PHYSICIAN_DECIDES = "physician_decides"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortRule:
    """The clinic's rule in force when the session ended; both figures in whole minutes, None is not settled."""

    billable_from: int | None = None
    not_billable_under: int | None = None
    text: str = ""
    owner: str = ""
    effective: date | None = None

    def __post_init__(self) -> None:
        if (
            self.billable_from is not None
            and self.not_billable_under is not None
            and self.not_billable_under > self.billable_from
        ):
            raise ValueError("“Not billable under” cannot be above “billable from”.")

    @property
    def source(self) -> str:
        """'Example MD, in force from 23-Nov-2026'; empty where the clinic settled nothing."""
        return (
            ""
            if self.effective is None
            else f"{self.owner}, in force from {self.effective:%d-%b-%Y}".lstrip(", ")
        )


@dataclass(frozen=True, slots=True)
class ShortFinding:
    """``fact`` and ``rule`` are whole sentences; ``way_out`` is empty where nothing is to be done."""

    outcome: Outcome
    fact: str
    rule: str
    way_out: str
    source: str


NO_RULE = "The clinic has no written rule for sessions that end early: a physician decides."
DECIDE = "A physician looks at the session and decides on its claim line, with a reason."


def judge(*, ended_early: bool, minutes: Decimal | None, ordered: int, rule: ShortRule) -> ShortFinding:
    """What the clinic's rule says. ``minutes`` were delivered, to a tenth; None is not known."""
    known = "Minutes delivered: not known" if minutes is None else f"{minutes} min were delivered"
    fact = f"{known}; {ordered} min are ordered."
    if not ended_early:
        return ShortFinding(Outcome.FULL, fact, "The full time was given.", "", "")
    if rule.billable_from is None and rule.not_billable_under is None:
        return ShortFinding(Outcome.PHYSICIAN_DECIDES, fact, rule.text or NO_RULE, DECIDE, rule.source)
    outcome = _outcome(minutes, rule)
    way_out = DECIDE if outcome is Outcome.PHYSICIAN_DECIDES else ""
    return ShortFinding(outcome, fact, rule.text, way_out, rule.source)


def _outcome(minutes: Decimal | None, rule: ShortRule) -> Outcome:
    if minutes is None:
        return Outcome.PHYSICIAN_DECIDES
    if rule.not_billable_under is not None and minutes < rule.not_billable_under:
        return Outcome.NOT_BILLABLE
    if rule.billable_from is not None and minutes >= rule.billable_from:
        return Outcome.BILLABLE
    return Outcome.PHYSICIAN_DECIDES
