"""Diagnosis codes as people type them, checked for form and against the codes known not to be billable."""

import re

from patients.clinic_rules import diagnosis_sets
from patients.eligibility.diagnosis_set import Support
from patients.eligibility.fact_kinds import Diagnoses

#: The code list that the packaged policies name.
CODE_SET = "icd-10-cm"


class DiagnosisError(ValueError):
    """A code that cannot be taken; the text is a sentence for who typed it."""


def split_codes(text: str) -> list[str]:
    """The codes in a line of text, separated by commas, semicolons or space."""
    return [word for word in re.split(r"[,;\s]+", text) if word]


def check_codes(codes: list[str]) -> list[str]:
    """The codes in capitals with the dot, each once, in the order given.

    The order is kept because the first is the principal diagnosis. Raises DiagnosisError for a code that is not
    written as one, or that has longer codes beneath it and so cannot be billed.
    """
    listed = diagnosis_sets()[CODE_SET]
    checked: dict[str, None] = {}
    for code in codes:
        try:
            (dotted,) = Diagnoses().read([code])
        except ValueError:
            raise DiagnosisError(
                f"{code} is not written as an ICD-10-CM code, such as I25.112. Correct it or take it out."
            ) from None
        if listed.support(dotted) is Support.NOT_BILLABLE:
            raise DiagnosisError(
                f"{dotted} is not billable: longer codes stand beneath it. Choose the one that the chart supports."
            )
        checked[dotted] = None
    return list(checked)
