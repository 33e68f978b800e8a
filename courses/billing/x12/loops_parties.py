"""Segments that name people, organisations and insurances. PURE."""

from collections.abc import Iterator

from courses.billing.x12 import elements as x
from courses.billing.x12.parties import (
    Address,
    Adjustment,
    BillingProvider,
    Facility,
    OtherPayer,
    Payer,
    Person,
    Practitioner,
    Receiver,
    Submitter,
    Subscriber,
)
from courses.billing.x12.segments import Segment

_NO_MIDDLE = ("", "", "")
_FILING_CODES = "1[1-7]|AM|BL|CH|CI|DS|FI|HM|LM|MA|MB|MC|OF|TV|VA|WC|ZZ"
#: SBR05, why Medicare is not the first to pay (CMS, MSP value codes in 005010X222A1).
_INSURANCE_TYPES = "12|13|14|15|16|41|42|43|47"
_RELATIONSHIPS = "01|19|20|21|39|40|53|G8"
_MOST_IN_ONE_CAS = 6


def submitter(of: Submitter) -> Iterator[Segment]:
    yield _organisation("41", "Submitter", of.name, "46", x.text("Submitter id", of.id, 80, shortest=2))
    contact = [
        "IC",
        x.text("Submitter's contact", of.contact, 60),
        "TE",
        x.phone("Submitter's phone", of.phone),
    ]
    if of.email:
        contact += ["EM", x.email("Submitter's e-mail", of.email)]
    yield ("PER", *contact)


def receiver(of: Receiver) -> Iterator[Segment]:
    yield _organisation("40", "Receiver", of.name, "46", x.text("Receiver id", of.id, 80, shortest=2))


def billing_provider(of: BillingProvider) -> Iterator[Segment]:
    """2010AA, and 2010AB where payments go elsewhere; PRV of 2000A stands before (see ``taxonomy``)."""
    name = "Billing provider"
    yield _organisation("85", name, of.name, "XX", x.npi(f"{name}'s NPI", of.npi))
    yield from address(name, of.address, nine=True)
    kind = x.code("Kind of tax id", of.tax_id_kind, "EI|SY", "EI or SY")
    digits = of.tax_id.replace("-", "").strip()
    yield ("REF", kind, x.code("Tax id", digits, "[0-9]{9}", "a tax id of nine digits"))
    if of.contact and of.phone:
        yield (
            "PER",
            "IC",
            x.text(f"{name}'s contact", of.contact, 60),
            "TE",
            x.phone(f"{name}'s phone", of.phone),
        )
    if of.pay_to is not None:
        yield ("NM1", "87", "2")
        yield from address("Pay-to address", of.pay_to)


def taxonomy(role: str, field: str, code: str) -> Iterator[Segment]:
    """PRV; ``role``: BI billing, PE performing. Nothing where the code is not known."""
    if code:
        yield ("PRV", role, "PXC", x.code(field, code, "[0-9A-Z]{10}", "a taxonomy code of ten characters"))


def practitioner(role: str, title: str, of: Practitioner) -> Iterator[Segment]:
    """NM1 of a person; ``role``: DN referring, 82 rendering, DQ supervising."""
    yield (
        "NM1",
        role,
        "1",
        x.text(f"{title}'s family name", of.family_name, 60),
        x.text(f"{title}'s given name", of.given_name, 35, shortest=0),
        *_NO_MIDDLE,
        "XX",
        x.npi(f"{title}'s NPI", of.npi),
    )
    if role == "82":
        yield from taxonomy("PE", f"{title}'s taxonomy code", of.taxonomy)


def facility(of: Facility) -> Iterator[Segment]:
    title = "Place of treatment"
    if of.npi:
        yield _organisation("77", title, of.name, "XX", x.npi(f"{title}'s NPI", of.npi))
    else:
        yield ("NM1", "77", "2", x.text(title, of.name, 60))
    yield from address(title, of.address, nine=True)


def address(title: str, of: Address, *, nine: bool = False) -> Iterator[Segment]:
    yield (
        "N3",
        x.text(f"{title}'s street", of.street, 55),
        x.text(f"{title}'s second line", of.street_2, 55, shortest=0),
    )
    yield (
        "N4",
        x.text(f"{title}'s city", of.city, 30, shortest=2),
        x.state(f"{title}'s state", of.state),
        x.postal_code(f"{title}'s ZIP code", of.postal_code, nine=nine),
    )


def insurance(of: Subscriber, filing_code: str, *, is_patient: bool) -> Segment:
    """SBR of 2000B."""
    return (
        "SBR",
        of.rank.value,
        "18" if is_patient else "",
        x.text("Group number", of.group_number, 50, shortest=0),
        "",
        _insurance_type(of.insurance_type),
        "",
        "",
        "",
        _filing_code(filing_code),
    )


def subscriber(of: Subscriber, *, is_patient: bool) -> Iterator[Segment]:
    """2010BA. Address and birth are the patient's, and so stand here only where the patient is the subscriber (X12's
    answer to request for interpretation 2281)."""
    title = "Patient" if is_patient else "Subscriber"
    yield _person("IL", title, of.person, "MI", x.text("Member id", of.member_id, 80, shortest=2))
    if is_patient:
        yield from _demographics(title, of.person)


def dependent(of: Person) -> Iterator[Segment]:
    """2010CA."""
    yield _person("QC", "Patient", of, "", "")
    yield from _demographics("Patient", of)


def relationship(code: str) -> str:
    """SBR02 of 2320: of the patient to the subscriber of another plan, or self."""
    return x.code("Relationship to the subscriber", code, f"18|{_RELATIONSHIPS}", "one that a claim knows")


def dependents_relationship(code: str) -> str:
    """PAT01. A dependent is not the subscriber."""
    return x.code("Relationship to the subscriber", code, _RELATIONSHIPS, "one that a claim knows")


def payer(of: Payer) -> Iterator[Segment]:
    yield _organisation("PR", "Payer", of.name, "PI", x.text("Payer id", of.id, 80, shortest=2))
    if of.address is not None:
        yield from address("Payer", of.address)


def other_payer(of: OtherPayer) -> Iterator[Segment]:
    """2320, 2330A and 2330B."""
    title = "Other payer"
    yield (
        "SBR",
        of.rank.value,
        relationship(of.relationship),
        x.text(f"{title}'s group number", of.group_number, 50, shortest=0),
        "",
        _insurance_type(of.insurance_type),
        "",
        "",
        "",
        _filing_code(of.filing_code),
    )
    yield from adjustments(of.adjustments)
    if of.paid is not None:
        yield ("AMT", "D", x.amount(f"Paid by {title.lower()}", of.paid))
    if of.patient_owes is not None:
        yield ("AMT", "EAF", x.amount("Left to the patient", of.patient_owes))
    yield ("OI", "", "", "Y", "", "", "Y")
    member_id = x.text(f"{title}: member id", of.member_id, 80, shortest=2)
    yield _person("IL", f"{title}: subscriber", of.subscriber, "MI", member_id)
    if of.subscriber.address is not None:
        yield from address(f"{title}: subscriber", of.subscriber.address)
    yield _organisation("PR", title, of.name, "PI", x.text(f"{title}'s id", of.id, 80, shortest=2))
    if of.paid_on is not None:
        yield ("DTP", "573", "D8", x.day(of.paid_on))


def adjustments(of: tuple[Adjustment, ...]) -> Iterator[Segment]:
    """CAS: one segment a group and six reasons, in the order given."""
    groups = dict.fromkeys(adjustment.group for adjustment in of)
    for group in groups:
        mine = [adjustment for adjustment in of if adjustment.group == group]
        for first in range(0, len(mine), _MOST_IN_ONE_CAS):
            triples = [part for one in mine[first : first + _MOST_IN_ONE_CAS] for part in _triple(one)]
            yield (
                "CAS",
                x.code("Adjustment group", group, "CO|PR|OA|PI|CR", "CO, PR, OA, PI or CR"),
                *triples,
            )


def _triple(of: Adjustment) -> tuple[str, str, str]:
    reason = x.code("Adjustment reason", of.reason, "[0-9A-Z]{1,5}", "a reason code")
    quantity = "" if of.quantity is None else x.number(of.quantity)
    return reason, x.amount("Adjustment", of.amount, negative=True), quantity


def _organisation(role: str, field: str, name: str, qualifier: str, number: str) -> Segment:
    return ("NM1", role, "2", x.text(f"{field}'s name", name, 60), "", "", "", "", qualifier, number)


def _person(role: str, title: str, of: Person, qualifier: str, number: str) -> Segment:
    return (
        "NM1",
        role,
        "1",
        x.text(f"{title}'s family name", of.family_name, 60),
        x.text(f"{title}'s given name", of.given_name, 35, shortest=0),
        x.text(f"{title}'s middle name", of.middle_name, 25, shortest=0),
        "",
        "",
        qualifier,
        number,
    )


def _demographics(title: str, of: Person) -> Iterator[Segment]:
    if of.address is None:
        raise x.X12Refusal(f"{title}'s street", "It is not known. Enter it first.")
    yield from address(title, of.address)
    if of.born is None:
        raise x.X12Refusal(f"{title}'s date of birth", "It is not known. Enter it first.")
    yield ("DMG", "D8", x.day(of.born), of.sex.value)


def _filing_code(code: str) -> str:
    return x.code("Claim filing code", code, _FILING_CODES, "a claim filing code such as MB or CI")


def _insurance_type(code: str) -> str:
    if not code:
        return ""
    return x.code("Why Medicare pays second", code, _INSURANCE_TYPES, "one of the codes for that")
