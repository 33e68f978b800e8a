"""Which ICD-10-CM codes can support a claim for ECP, and which cannot stand together.

The lists live in ``diagnoses.toml``. No contractor's list was found, so they are derived from the wording of
the coverage decision and from the code book; each payer's own list goes before them.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Support(StrEnum):
    ACCEPT = "accept"
    ACCEPT_WITH_WARNING = "accept_with_warning"
    REJECT_AS_SOLE_SUPPORT = "reject_as_sole_support"
    NOT_BILLABLE = "not_billable"
    UNLISTED = "unlisted"


@dataclass(frozen=True, slots=True)
class DiagnosisSet:
    """Code lists valid for dates of service from ``effective_from``.

    Attributes
    ----------
    accept, accept_with_warning, not_billable : frozenset of str
        Whole codes with the dot.
    reject_as_sole_support : tuple of str
        Codes or beginnings of codes (``I50`` covers I50.22).
    exclusive_left, exclusive_right : tuple of str
        Beginnings of codes; none on the left may stand beside one on the right (Excludes1).
    """

    effective_from: date
    accept: frozenset[str]
    accept_with_warning: frozenset[str]
    reject_as_sole_support: tuple[str, ...]
    not_billable: frozenset[str]
    exclusive_left: tuple[str, ...]
    exclusive_right: tuple[str, ...]

    def __post_init__(self) -> None:
        both = (self.accept & self.accept_with_warning) | (
            (self.accept | self.accept_with_warning) & self.not_billable
        )
        if both:
            raise ValueError(f"{', '.join(sorted(both))}: a code stands in two lists")

    def support(self, code: str) -> Support:
        if code in self.not_billable:
            return Support.NOT_BILLABLE
        if code in self.accept:
            return Support.ACCEPT
        if code in self.accept_with_warning:
            return Support.ACCEPT_WITH_WARNING
        if code.startswith(self.reject_as_sole_support):
            return Support.REJECT_AS_SOLE_SUPPORT
        return Support.UNLISTED

    def clashes(self, codes: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        """Pairs of codes that Excludes1 forbids on one claim for the same angina."""
        left = [code for code in codes if code.startswith(self.exclusive_left)]
        right = [code for code in codes if code.startswith(self.exclusive_right)]
        return tuple((a, b) for a in left for b in right)
