"""Whether two records may be of one person: the reasons, each with the facts it rests on.

Pure. A reason only asks somebody to look; nothing is decided by it. The likeness of two names is the share of letters
in common of ``difflib`` (Ratcliff and Obershelp, 2M/T), at which one wrong, missing or swapped letter in a name of
four or more letters is above 0.7.
"""

from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from patients.plain_text import digits, plain

#: Measured on one slip of the pen: Smyth and Smith 0.8, Jhon and John 0.75, Cathy and Kathy 0.8.
ALIKE_FROM = 0.7


class Reason(StrEnum):
    """Why two records may be of one person, the surest first."""

    SAME = "same_name_and_birth"
    NAMES_SWAPPED = "names_swapped"
    SPELLED_ALIKE = "spelled_alike"
    SAME_FAMILY = "same_family_name_and_birth"
    BIRTH_SLIP = "birth_slip"
    SAME_PHONE = "same_phone_and_given_name"


SENTENCES = {
    Reason.SAME: "Same name and date of birth.",
    Reason.NAMES_SWAPPED: "Same date of birth, with family and given name the other way round.",
    Reason.SPELLED_ALIKE: "Same date of birth, and a name that is spelled alike.",
    Reason.SAME_FAMILY: "Same family name and date of birth.",
    Reason.BIRTH_SLIP: "Same name, and a date of birth that differs as by a slip of the pen.",
    Reason.SAME_PHONE: "Same phone number and given name.",
}


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of a person before they are registered; empty is not known."""

    family_name: str
    given_name: str
    birth_date: date
    phone: str = ""


def reason_for(one: Identity, other: Identity) -> Reason | None:
    """The surest reason why the two may be one person; None where there is none."""
    same_birth = one.birth_date == other.birth_date
    family, given = plain(one.family_name), plain(one.given_name)
    family_2, given_2 = plain(other.family_name), plain(other.given_name)
    same_name = (family, given) == (family_2, given_2)
    if same_birth:
        return _by_name((family, given), (family_2, given_2))
    if same_name and is_slip(one.birth_date, other.birth_date):
        return Reason.BIRTH_SLIP
    phones = digits(one.phone)[-10:], digits(other.phone)[-10:]
    if given == given_2 and phones[0] == phones[1] and len(phones[0]) == 10:
        return Reason.SAME_PHONE
    return None


def _by_name(one: tuple[str, str], other: tuple[str, str]) -> Reason | None:
    if one == other:
        return Reason.SAME
    if one == other[::-1]:
        return Reason.NAMES_SWAPPED
    if min(likeness(one[0], other[0]), likeness(one[1], other[1])) >= ALIKE_FROM:
        return Reason.SPELLED_ALIKE
    return Reason.SAME_FAMILY if one[0] == other[0] else None


def likeness(one: str, other: str) -> float:
    """From 0 (nothing in common) to 1 (the same), whichever of the two comes first."""
    first, second = sorted((one, other))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def is_slip(one: date, other: date) -> bool:
    """Day and month swapped, or only one of day, month and year different."""
    if one.year == other.year and (one.day, one.month) == (other.month, other.day):
        return True
    same = (one.day == other.day, one.month == other.month, one.year == other.year)
    return sum(same) == 2
