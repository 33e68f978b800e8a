"""Diagnosis codes as people type them, checked for form and against the code book of the day."""

import re
from datetime import date

from patients import icd10cm
from patients.clinic_rules import diagnosis_sets
from patients.eligibility.diagnosis_set import Support
from patients.eligibility.fact_kinds import Diagnoses
from patients.eligibility.wording import listed

#: The code list that the packaged policies name.
CODE_SET = "icd-10-cm"


class DiagnosisError(ValueError):
    """A code that cannot be taken; the text is a sentence for who typed it."""


def split_codes(text: str) -> list[str]:
    """The codes in a line of text, separated by commas, semicolons or space."""
    return [word for word in re.split(r"[,;\s]+", text) if word]


def check_codes(codes: list[str], on: date | None = None) -> list[str]:
    """The codes in capitals with the dot, each once, in the order given.

    The order is kept because the first is the principal diagnosis. Raises DiagnosisError for a code that is not
    written as one, that has longer codes beneath it and so cannot be billed, or that the code book of the day ``on``
    does not know; where no code book of that day is held, the last is not checked.
    """
    known = diagnosis_sets()[CODE_SET]
    checked: dict[str, None] = {}
    for code in codes:
        try:
            (dotted,) = Diagnoses().read([code])
        except ValueError:
            raise DiagnosisError(
                f"{code} is not written as an ICD-10-CM code, such as I25.112. Correct it or take it out."
            ) from None
        if known.support(dotted) is Support.NOT_BILLABLE:
            raise DiagnosisError(
                f"{dotted} is not billable: longer codes stand beneath it. Choose the one that the chart supports."
            )
        checked[dotted] = None
    if on is not None and checked:
        _ask_the_book(list(checked), on)
    return list(checked)


def _ask_the_book(codes: list[str], on: date) -> None:
    found = icd10cm.check(codes, on)
    if found.release is None:
        return
    if found.unknown:
        raise DiagnosisError(
            f"{listed(found.unknown)}: not in ICD-10-CM {found.release.name}. Search the code by its words."
        )
    if found.not_billable:
        raise DiagnosisError(
            f"{listed(found.not_billable)} is not billable: longer codes stand beneath it. Choose the one that the "
            "chart supports."
        )
