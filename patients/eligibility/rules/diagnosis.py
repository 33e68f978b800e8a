"""The rule on diagnosis codes. A code never proves the class of angina or that surgery is ruled out."""

from dataclasses import dataclass

from patients.eligibility.diagnosis_set import DiagnosisSet, Support
from patients.eligibility.facts import Facts
from patients.eligibility.rules.outcome import Outcome, met, needs_human, not_met, unknown
from patients.eligibility.wording import day_text, listed


@dataclass(frozen=True, slots=True)
class DiagnosisSupports:
    """At least one billable code of stable angina, and none that makes the list invalid."""

    codes: DiagnosisSet

    def judge(self, facts: Facts) -> Outcome:
        if not facts.diagnoses or facts.as_of is None:
            return unknown(facts, "diagnoses", "as_of")
        if facts.as_of < self.codes.effective_from:
            return needs_human(
                f"The code lists hold from {day_text(self.codes.effective_from)}; "
                f"check {listed(facts.diagnoses)} in the code book of the year of service."
            )
        return self._invalid(facts.diagnoses) or self._weigh(facts.diagnoses)

    def _invalid(self, diagnoses: tuple[str, ...]) -> Outcome | None:
        unbillable = [code for code in diagnoses if self.codes.support(code) is Support.NOT_BILLABLE]
        if unbillable:
            return not_met(f"{listed(unbillable)} cannot be billed: a code with more characters is needed.")
        clashes = self.codes.clashes(diagnoses)
        if clashes:
            pairs = listed(f"{a} beside {b}" for a, b in clashes)
            return not_met(f"{pairs}: Excludes1, for one angina keep only the second code.")
        return None

    def _weigh(self, diagnoses: tuple[str, ...]) -> Outcome:
        by_support = {code: self.codes.support(code) for code in diagnoses}
        accepted = [code for code, support in by_support.items() if support is Support.ACCEPT]
        doubtful = [code for code, support in by_support.items() if support is Support.ACCEPT_WITH_WARNING]
        if accepted:
            return met(f"{listed(accepted)} can support the claim.")
        if doubtful:
            return needs_human(
                f"{listed(doubtful)} names spasm or small-vessel angina: "
                "a reviewer decides whether coronary disease is the cause."
            )
        return not_met(f"{listed(diagnoses)} cannot support the claim alone: no code of stable angina.")
