"""People on the form: the patient (boxes 2, 3, 5), and whose plan it is (4, 6, 7, 9, 11). PURE.

Sources as in ``filling``. Beside Medicare, chapter 26 wants SAME in 4 and 7 where the patient is the subscriber of the plan
that pays first, and 11a only where it is somebody else.
"""

from courses.billing.cms1500.paper import PaperRefusal, Sheet
from courses.billing.x12.claim import Claim
from courses.billing.x12.parties import Address, OtherPayer, Person, Rank, Sex

_SELF, _SAME = "18", "SAME"
_RELATIONS = {_SELF: "Self", "01": "Spouse", "19": "Child"}


def patient(sheet: Sheet, claim: Claim) -> None:
    person = claim.patient.person if claim.patient else claim.subscriber.person
    sheet.words("2", _full_name(person))
    _birth_and_sex(sheet, "3", "patient", person)
    _address(sheet, "5", "patient", person.address)


def insured(sheet: Sheet, claim: Claim) -> None:
    """Boxes 4, 6, 7, 9 and 11, which mean other things where Medicare pays."""
    if claim.payer.filing_code == "MB":
        _beside_medicare(sheet, claim)
        return
    relationship = claim.patient.relationship if claim.patient else _SELF
    _subscriber(sheet, claim.subscriber.person, relationship)
    sheet.exact("11", claim.subscriber.group_number)
    sheet.words("11c", claim.payer.name)
    sheet.cross("11d Yes" if claim.other_payers else "11d No")
    if claim.other_payers:
        other = claim.other_payers[0]
        sheet.words("9", _full_name(other.subscriber))
        sheet.exact("9a", other.group_number or other.member_id)
        sheet.words("9d", other.name)


def _beside_medicare(sheet: Sheet, claim: Claim) -> None:
    """Medicare first: box 11 says NONE. Medicare later: who pays before it stands in 4, 6, 7, 11 and 11c."""
    first = next((other for other in claim.other_payers if other.rank is Rank.PRIMARY), None)
    if claim.subscriber.rank is Rank.PRIMARY:
        sheet.exact("11", "NONE")
        return
    if first is None:
        raise PaperRefusal(
            "11", "Medicare is not the first to pay, but who is stands nowhere. Add that coverage."
        )
    _first_payers(sheet, first)
    sheet.exact("11", first.group_number or first.member_id)
    sheet.words("11c", first.name)


def _first_payers(sheet: Sheet, first: OtherPayer) -> None:
    if first.relationship != _SELF:
        _subscriber(sheet, first.subscriber, first.relationship)
        return
    sheet.words("4", _SAME)
    sheet.cross("6 Self")
    sheet.words("7 street", _SAME)


def _subscriber(sheet: Sheet, person: Person, relationship: str) -> None:
    """Boxes 4, 6, 7 and 11a. Raises PaperRefusal where something of the subscriber is not known."""
    sheet.words("4", _full_name(person))
    sheet.cross(f"6 {_RELATIONS.get(relationship, 'Other')}")
    _address(sheet, "7", "subscriber", person.address)
    _birth_and_sex(sheet, "11a", "subscriber", person)


def _birth_and_sex(sheet: Sheet, box: str, who: str, person: Person) -> None:
    if person.born is None:
        raise PaperRefusal(box, f"The {who}'s date of birth is not known. Enter it first.")
    sheet.day(box, person.born)
    if person.sex is not Sex.UNKNOWN:
        sheet.cross(f"{box} {person.sex.value}")


def _address(sheet: Sheet, box: str, who: str, address: Address | None) -> None:
    if address is None:
        raise PaperRefusal(box, f"The {who}'s address is not known. Enter it first.")
    sheet.words(f"{box} street", " ".join(filter(None, (address.street, address.street_2))))
    sheet.words(f"{box} city", address.city)
    sheet.exact(f"{box} state", address.state)
    sheet.exact(f"{box} ZIP", address.postal_code)


def _full_name(person: Person) -> str:
    return ", ".join(filter(None, (person.family_name, person.given_name, person.middle_name)))
