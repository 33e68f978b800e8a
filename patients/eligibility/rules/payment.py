"""Rules about who pays, from when to when, and who may be asked to."""

from dataclasses import dataclass
from datetime import timedelta

from patients.eligibility.codes import AbnOption, PayerKind
from patients.eligibility.facts import Facts
from patients.eligibility.rules.outcome import Outcome, met, needs_human, not_met, unknown
from patients.eligibility.wording import counted, day_text


@dataclass(frozen=True, slots=True)
class SelfPayAllowed:
    """The person is not entitled to Medicare, or has chosen ABN option 2, or holds a plan's denial notice.

    An ABN counts where it was signed by the date of service, and never for a member of Medicare Advantage.
    """

    def judge(self, facts: Facts) -> Outcome:
        if facts.medicare_beneficiary is False:
            return met("The patient is not entitled to Medicare.")
        if self._abn_counts(facts):
            return met("The patient chose option 2 (treatment, no claim) on a signed ABN.")
        denied = facts.ma_denial_on
        if denied is not None and facts.as_of is not None and denied <= facts.as_of:
            return met(f"The Medicare Advantage plan's denial notice is of {day_text(denied)}.")
        if facts.medicare_beneficiary is None:
            return unknown(facts, "medicare_beneficiary")
        if denied is not None and facts.as_of is None:
            return unknown(facts, "as_of")
        if facts.abn_option is AbnOption.TREAT_WITHOUT_CLAIM:
            return not_met(
                "The ABN on file does not count: signed after the date of service, or of a plan's member."
            )
        return not_met("The patient is entitled to Medicare, and no ABN option 2 or plan denial is on file.")

    @staticmethod
    def _abn_counts(facts: Facts) -> bool:
        late = (
            facts.abn_signed_on is not None and facts.as_of is not None and facts.abn_signed_on > facts.as_of
        )
        chosen = facts.abn_option is AbnOption.TREAT_WITHOUT_CLAIM
        return chosen and not late and facts.medicare_advantage_member is not True


@dataclass(frozen=True, slots=True)
class NoAbnForAdvantage:
    """No ABN was given to a member of Medicare Advantage."""

    def judge(self, facts: Facts) -> Outcome:
        if facts.payer_kind is None:
            return unknown(facts, "payer_kind")
        if facts.payer_kind is not PayerKind.MEDICARE_ADVANTAGE:
            return met("The payer is not a Medicare Advantage plan.")
        if facts.abn_option is not None or facts.abn_signed_on is not None:
            return not_met("An ABN is on file for a member of Medicare Advantage: it is not valid.")
        return met("No ABN is on file.")


@dataclass(frozen=True, slots=True)
class CoverageInForce:
    """No known date says that the coverage does not pay on the date of service; its first and last day count."""

    def judge(self, facts: Facts) -> Outcome:
        starts, ends = facts.coverage_starts_on, facts.coverage_ends_on
        if facts.as_of is None:
            return unknown(facts, "as_of")
        if starts is not None and facts.as_of < starts:
            return not_met(f"The coverage begins on {day_text(starts)}, after the date of service.")
        if ends is not None and facts.as_of > ends:
            return not_met(f"The coverage ended on {day_text(ends)}, before the date of service.")
        first = "first day not known" if starts is None else f"from {day_text(starts)}"
        last = "no end on file" if ends is None else f"to {day_text(ends)}"
        return met(f"Coverage {first}, {last}.")


@dataclass(frozen=True, slots=True)
class CoverageLasts:
    """The coverage has no known end within a number of days from the date of service."""

    days: int

    def __post_init__(self) -> None:
        if self.days < 1:
            raise ValueError("days must be 1 or more")

    def judge(self, facts: Facts) -> Outcome:
        ends = facts.coverage_ends_on
        if ends is None:
            return met("No end of the coverage is on file.")
        if facts.as_of is None:
            return unknown(facts, "as_of")
        if ends >= facts.as_of + timedelta(days=self.days):
            return met(f"The coverage lasts to {day_text(ends)}.")
        return needs_human(
            f"The coverage ends on {day_text(ends)}, within {counted(self.days, 'day')}: sessions after that day need "
            "another payer and a decision of their own."
        )
