"""What goes into which box, for a clinic that gives EECP. PURE.

Sources: the NUCC's instructions for the 02/12 form and, where Medicare pays, chapter 26 of the Claims Processing Manual
(box 11 says NONE where Medicare is first; box 17 names the supervisor under DQ; 24J the NPI of who rendered).
"""

from collections.abc import Sequence
from decimal import Decimal

from courses.billing.cms1500.paper import LINES_A_PAGE, ON_FILE, Page, PaperClaim, PaperRefusal, Sheet
from courses.billing.cms1500.people import insured, patient
from courses.billing.x12.claim import Claim, Frequency, ServiceLine
from courses.billing.x12.parties import Address, Practitioner

_KINDS = {"MB": "Medicare", "MC": "Medicaid", "CH": "TRICARE", "VA": "CHAMPVA", "16": "Other"}
_POINTERS = "ABCDEFGHIJKL"
_MOST_POINTERS = 4


def pages(paper: PaperClaim) -> tuple[Page, ...]:
    """The forms of one claim. Raises PaperRefusal."""
    claim = paper.claim
    if not claim.lines:
        raise PaperRefusal("24", "The claim has no line. Add the sessions first.")
    return tuple(
        _page(paper, lines[first : first + LINES_A_PAGE])
        for lines in _by_supervisor(claim)
        for first in range(0, len(lines), LINES_A_PAGE)
    )


def _by_supervisor(claim: Claim) -> list[list[ServiceLine]]:
    """Lines of one supervisor together, in the order in which each first comes."""
    found: dict[str, list[ServiceLine]] = {}
    for line in claim.lines:
        supervisor = line.supervising or claim.supervising
        found.setdefault(supervisor.npi if supervisor else "", []).append(line)
    return list(found.values())


def _page(paper: PaperClaim, lines: Sequence[ServiceLine]) -> Page:
    sheet, claim = Sheet(), paper.claim
    total = sum((line.charge for line in lines), Decimal(0))
    _payer(sheet, claim)
    _patient(sheet, paper)
    insured(sheet, claim)
    _signatures(sheet, paper)
    _condition(sheet, claim, lines[0])
    for number, line in enumerate(lines, 1):
        _line(sheet, claim, number, line)
    _provider(sheet, paper)
    sheet.money("28", total)
    _paid_before(sheet, claim, lines)
    return sheet.page(lines, total)


def _payer(sheet: Sheet, claim: Claim) -> None:
    payer = claim.payer
    sheet.words("0 payer", payer.name)
    if payer.address is not None:
        sheet.words("0 payer's street", payer.address.street)
        sheet.words("0 payer's second line", payer.address.street_2)
        sheet.words("0 payer's city", _city(payer.address))
    grouped = "Group" if claim.subscriber.group_number else "Other"
    sheet.cross(f"1 {_KINDS.get(payer.filing_code, grouped)}")
    sheet.need("1a", claim.subscriber.member_id, "The member id")


def _patient(sheet: Sheet, paper: PaperClaim) -> None:
    patient(sheet, paper.claim)
    digits = "".join(letter for letter in paper.patient_phone if letter.isdigit())[-10:]
    if len(digits) == 10:
        sheet.exact("5 area", digits[:3])
        sheet.exact("5 phone", digits[3:])
    _cause(sheet, paper.from_accident)


def _cause(sheet: Sheet, from_accident: bool | None) -> None:
    """Box 10. An accident brings another payer in first, which this form does not handle."""
    if from_accident is None:
        sheet.leave_empty(
            "10",
            "Nobody asked whether work or an accident caused it: the box stays empty. Ask, and enter it in the patient's record.",
        )
    elif from_accident:
        raise PaperRefusal("10", "Work or an accident caused it: another insurance pays first. Ask it first.")
    else:
        for box in ("10a", "10b", "10c"):
            sheet.cross(f"{box} No")


def _paid_before(sheet: Sheet, claim: Claim, lines: Sequence[ServiceLine]) -> None:
    """Box 29: what payers before this one paid of the lines of this form, which is a claim of its own."""
    judged = [other for other in claim.other_payers if other.paid is not None]
    if not judged:
        return
    by_line = {adjudication.payer_id for line in claim.lines for adjudication in line.adjudications}
    paid = sum((one.paid for line in lines for one in line.adjudications), Decimal(0))
    for other in judged:
        if other.paid is None or other.id in by_line:
            continue
        if len(lines) < len(claim.lines):
            sentence = "answered the claim as a whole, which stands on several forms. Send it as a file."
            raise PaperRefusal("29", f"{other.name} {sentence}")
        paid += other.paid
    sheet.money("29", paid)


def _signatures(sheet: Sheet, paper: PaperClaim) -> None:
    if not paper.claim.signature_on_file:
        raise PaperRefusal("12", "The patient has not signed for records and payment. Get that first.")
    sheet.words("12", ON_FILE)
    if paper.patient_signed_on is not None:
        sheet.exact("12 date", f"{paper.patient_signed_on:%m %d %Y}")
    if paper.claim.payer.filing_code != "MB":
        sheet.words("13", ON_FILE)
    if not paper.signed_by.strip():
        raise PaperRefusal("31", "Nobody is named who signs the claim. Choose the practitioner.")
    sheet.words("31", paper.signed_by)
    sheet.exact("31 date", f"{paper.signed_on:%m%d%Y}")


def _condition(sheet: Sheet, claim: Claim, first: ServiceLine) -> None:
    supervisor = first.supervising or claim.supervising
    if supervisor is not None:
        _named(sheet, "DQ", supervisor)
    elif claim.referring is not None:
        _named(sheet, "DN", claim.referring)
    sheet.words("19", claim.note)
    sheet.cross("20 No")
    sheet.exact("21 indicator", "0")
    if not 1 <= len(claim.diagnoses) <= len(_POINTERS):
        raise PaperRefusal("21", f"The form has room for 1 to 12 diagnoses, not {len(claim.diagnoses)}.")
    for letter, code in zip(_POINTERS, claim.diagnoses, strict=False):
        sheet.exact(f"21{letter}", code.replace(".", ""))
    if claim.frequency is not Frequency.ORIGINAL:
        sheet.exact("22 code", claim.frequency.value)
        sheet.need("22 reference", claim.original_reference, "The payer's number of the original claim")
    sheet.exact("23", claim.authorization)


def _named(sheet: Sheet, qualifier: str, who: Practitioner) -> None:
    sheet.exact("17 qualifier", qualifier)
    sheet.words("17", f"{who.given_name} {who.family_name}")
    sheet.need("17b", who.npi, "The NPI")


def _line(sheet: Sheet, claim: Claim, number: int, line: ServiceLine) -> None:
    sheet.day_on_line("24A from", line.first_date, number)
    sheet.day_on_line("24A to", line.last_date or line.first_date, number)
    sheet.need(f"24B line {number}", line.place_of_service or claim.place_of_service, "The place of service")
    sheet.need(f"24D line {number}", line.hcpcs, "The procedure code")
    if len(line.modifiers) > 4:
        raise PaperRefusal("24D", "A line has room for 4 modifiers. Take one out.")
    for position, modifier in enumerate(line.modifiers, 1):
        sheet.exact(f"24D modifier {position} line {number}", modifier)
    if not 1 <= len(line.pointers) <= _MOST_POINTERS or max(line.pointers) > len(claim.diagnoses):
        raise PaperRefusal("24E", "A line points to 1 to 4 diagnoses of box 21. Correct the pointers.")
    sheet.exact(f"24E line {number}", "".join(_POINTERS[pointer - 1] for pointer in line.pointers))
    sheet.money(f"24F line {number}", line.charge)
    sheet.exact(f"24G line {number}", str(line.units))
    rendering = line.rendering or claim.rendering
    if rendering is not None:
        sheet.need(f"24J line {number}", rendering.npi, "The rendering practitioner's NPI")


def _provider(sheet: Sheet, paper: PaperClaim) -> None:
    billing, claim = paper.billing, paper.claim
    sheet.need("25", billing.tax_id.replace("-", ""), "The tax id")
    sheet.cross("25 EIN" if billing.tax_id_kind == "EI" else "25 SSN")
    sheet.need("26", claim.code, "The claim's number")
    sheet.cross("27 Yes" if claim.accepts_assignment else "27 No")
    place = claim.facility
    _place(sheet, "32", place.name if place else billing.name, place.address if place else billing.address)
    sheet.exact("32a", place.npi if place else billing.npi)
    _place(sheet, "33", billing.name, billing.pay_to or billing.address)
    sheet.need("33a", billing.npi, "The billing provider's NPI")
    digits = "".join(letter for letter in billing.phone if letter.isdigit())[-10:]
    if len(digits) == 10:
        sheet.exact("33 area", digits[:3])
        sheet.exact("33 phone", digits[3:])


def _place(sheet: Sheet, box: str, name: str, address: Address) -> None:
    sheet.words(box, name)
    sheet.words(f"{box} street", " ".join(filter(None, (address.street, address.street_2))))
    sheet.words(f"{box} city", _city(address))


def _city(address: Address) -> str:
    return f"{address.city} {address.state} {address.postal_code}"
