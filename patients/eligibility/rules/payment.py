"""Rules about who may be asked to pay."""

from dataclasses import dataclass

from patients.eligibility.codes import AbnOption
from patients.eligibility.facts import Facts
from patients.eligibility.rules.outcome import Outcome, met, not_met, unknown
from patients.eligibility.wording import day_text


@dataclass(frozen=True, slots=True)
class SelfPayAllowed:
    """The person is not entitled to Medicare, or has chosen ABN option 2, or holds a plan's denial notice."""

    def judge(self, facts: Facts) -> Outcome:
        if facts.medicare_beneficiary is False:
            return met("The patient is not entitled to Medicare.")
        if facts.abn_option is AbnOption.TREAT_WITHOUT_CLAIM:
            return met("The patient chose option 2 (treatment, no claim) on a signed ABN.")
        denied = facts.ma_denial_on
        if denied is not None and facts.as_of is not None and denied <= facts.as_of:
            return met(f"The Medicare Advantage plan's denial notice is of {day_text(denied)}.")
        if facts.medicare_beneficiary is None:
            return unknown(facts, "medicare_beneficiary")
        if denied is not None and facts.as_of is None:
            return unknown(facts, "as_of")
        return not_met("The patient is entitled to Medicare, and no ABN option 2 or plan denial is on file.")
