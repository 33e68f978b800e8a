"""What the payer's side of a line stands on: coverage, notices, approvals, diagnoses, and what a claim asks. PURE."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum


class AbnOption(StrEnum):
    """What the patient chose on an ABN; ``WITNESSED``: would not sign, and somebody saw that it was given."""

    TREAT_AND_CLAIM = "1"
    TREAT_WITHOUT_CLAIM = "2"
    NO_TREATMENT = "3"
    WITNESSED = "witnessed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AbnGiven:
    """An ABN whose days hold the day of service. ``session``: which of the sessions it names this one is, from 1."""

    given_on: date
    signed_on: date | None
    option: AbnOption | None
    sessions: int
    session: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAnswer:
    """A plan's answer to a question about the coverage; ``sessions`` None: it named no number."""

    answered_on: date
    approved: bool
    number: str = ""
    sessions: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A prior authorization of the coverage. ``session``: the how-many-th under it this one is, from 1."""

    number: str
    starts_on: date
    ends_on: date
    sessions: int
    session: int

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True, kw_only=True)
class CardFacts:
    """What a claim must say of the plan's card. ``unknown``: in words, what is not known of a subscriber who is not the
    patient. ``on_paper``: the payer takes the form, which asks for more than the file."""

    has_member_id: bool = True
    is_named: bool = True
    unknown: tuple[str, ...] = ()
    on_paper: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PayerFacts:
    """The record about the payer on the day of service, and what its profile says; None is not known."""

    name: str = "The payer"
    #: the last day of the coverage that ended before the service, where none was in force
    coverage_ended_on: date | None = None
    #: when the payer said last that the coverage is not in force
    inactive_said_on: date | None = None
    abns: tuple[AbnGiven, ...] = ()
    answers: tuple[PlanAnswer, ...] = ()
    approvals: tuple[Approval, ...] = ()
    needs_authorization: bool | None = None
    filing_months: int | None = None
    repeat_modifier: str = ""
    refused_modifiers: tuple[str, ...] = ()
    same_day_conflicts: tuple[str, ...] = ()
    profile_source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisFacts:
    """The order's codes and what the code book of the day says; ``book`` empty: none that is held covers the day."""

    codes: tuple[str, ...]
    book: str = ""
    unknown: tuple[str, ...] = ()
    not_billable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The line as its live claim asks for it. ``fee``: what the clinic charges for one (USD); None is not known.

    ``alike``: other live claim lines of the patient with the same day, code and modifiers, by their claim.
    """

    units: int
    charge: Decimal
    fee: Decimal | None = None
    practitioner_npi: str | None = None
    alike: tuple[str, ...] = ()
