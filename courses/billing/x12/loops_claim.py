"""Segments of a claim and its lines (2300, 2310, 2320, 2400, 2420, 2430). PURE."""

from collections.abc import Iterator

from courses.billing.x12 import elements as x
from courses.billing.x12 import loops_parties as parties
from courses.billing.x12.claim import (
    MOST_DIAGNOSES,
    MOST_LINES,
    MOST_MODIFIERS,
    MOST_POINTERS,
    Claim,
    Frequency,
    ServiceLine,
)
from courses.billing.x12.elements import X12Refusal
from courses.billing.x12.parties import LineAdjudication, Practitioner
from courses.billing.x12.segments import Segment

#: A longer CLM01 may be cut off on its way back (005010X222A1, note to CLM01); payers give back 30 of a 6R.
LONGEST_CLAIM_CODE, LONGEST_LINE_CODE = 20, 30
_MOST_OTHER_PAYERS = 10


def claim(of: Claim) -> Iterator[Segment]:
    """CLM to the last line. Raises X12Refusal for what cannot be asked for in this form."""
    _refuse(of)
    # First, so that a wrong charge is told of its line and not of the total.
    lines = [segment for position, line in enumerate(of.lines, 1) for segment in _checked(of, position, line)]
    yield (
        "CLM",
        x.text("Claim number", of.code, LONGEST_CLAIM_CODE),
        x.amount("Total charge", of.total),
        "",
        "",
        (_place(of.place_of_service), "B", of.frequency.value),
        "Y",
        "A" if of.accepts_assignment else "C",
        "Y",
        "Y",
    )
    if of.authorization:
        yield ("REF", "G1", x.text("Authorization number", of.authorization, 50))
    if of.original_reference:
        yield ("REF", "F8", x.text("Payer's number of the original claim", of.original_reference, 50))
    if of.note:
        yield ("NTE", "ADD", x.text("Note", of.note, 80))
    yield ("HI", *(_diagnosis(position, code) for position, code in enumerate(of.diagnoses)))
    if of.referring is not None:
        yield from parties.practitioner("DN", "Referring practitioner", of.referring)
    if of.rendering is not None:
        yield from parties.practitioner("82", "Rendering practitioner", of.rendering)
    if of.facility is not None:
        yield from parties.facility(of.facility)
    if of.supervising is not None:
        yield from parties.practitioner("DQ", "Supervising practitioner", of.supervising)
    for other in of.other_payers:
        yield from parties.other_payer(other)
    yield from lines


def _refuse(of: Claim) -> None:
    """What is wrong with the claim as a whole."""
    if not of.signature_on_file:
        raise X12Refusal(
            "Signature on file", "The patient has not signed for records and payment. Get that first."
        )
    if not 1 <= len(of.lines) <= MOST_LINES:
        raise X12Refusal("Lines", f"A claim has 1 to {MOST_LINES} lines, not {len(of.lines)}. Split it.")
    if not 1 <= len(of.diagnoses) <= MOST_DIAGNOSES:
        raise X12Refusal(
            "Diagnoses", f"A claim has 1 to {MOST_DIAGNOSES} diagnoses, not {len(of.diagnoses)}."
        )
    if len(set(of.diagnoses)) != len(of.diagnoses):
        raise X12Refusal("Diagnoses", "One diagnosis stands there twice. Take one of them out.")
    corrects = of.frequency is not Frequency.ORIGINAL
    if corrects and not of.original_reference:
        raise X12Refusal(
            "Payer's number of the original claim",
            "A replacement or void must name it. It stands in the payer's acknowledgement or remittance.",
        )
    if of.original_reference and not corrects:
        raise X12Refusal("Frequency", "An original claim corrects no other. Make it a replacement or a void.")
    ranks = [of.subscriber.rank, *(other.rank for other in of.other_payers)]
    if len(set(ranks)) != len(ranks) or len(of.other_payers) > _MOST_OTHER_PAYERS:
        raise X12Refusal("Order of payers", "Two payers have the same place in line. Correct the priorities.")


def _checked(of: Claim, position: int, line: ServiceLine) -> list[Segment]:
    try:
        return list(_line(of, position, line))
    except X12Refusal as refusal:
        raise X12Refusal(refusal.field, refusal.sentence, line=position) from refusal


def _line(of: Claim, position: int, line: ServiceLine) -> Iterator[Segment]:
    place = "" if line.place_of_service in {"", of.place_of_service} else _place(line.place_of_service)
    yield ("LX", str(position))
    yield (
        "SV1",
        _procedure(line),
        x.amount("Charge", line.charge),
        "UN",
        _units(line),
        place,
        "",
        _pointers(line, len(of.diagnoses)),
    )
    if line.last_date is None:
        yield ("DTP", "472", "D8", x.day(line.first_date))
    else:
        yield ("DTP", "472", "RD8", f"{x.day(line.first_date)}-{x.day(line.last_date)}")
    yield ("REF", "6R", x.text("Line number", line.code, LONGEST_LINE_CODE))
    yield from _differing("82", "Rendering practitioner", line.rendering, of.rendering)
    yield from _differing("DQ", "Supervising practitioner", line.supervising, of.supervising)
    for adjudication in line.adjudications:
        yield from _adjudication(of, line, adjudication)


def _differing(
    role: str, title: str, of_line: Practitioner | None, of_claim: Practitioner | None
) -> Iterator[Segment]:
    if of_line is not None and (of_claim is None or of_line.npi != of_claim.npi):
        yield from parties.practitioner(role, title, of_line)


def _adjudication(of: Claim, line: ServiceLine, by: LineAdjudication) -> Iterator[Segment]:
    if by.payer_id not in {other.id for other in of.other_payers}:
        raise X12Refusal("Other payer's id", f"No other payer of this claim has the id {by.payer_id}.")
    paid = x.amount("Paid by other payer", by.paid)
    payer = x.text("Other payer's id", by.payer_id, 80, shortest=2)
    yield ("SVD", payer, paid, _procedure(line), "", str(by.units))
    yield from parties.adjustments(by.adjustments)
    yield ("DTP", "573", "D8", x.day(by.paid_on))
    if by.patient_owes is not None:
        yield ("AMT", "EAF", x.amount("Left to the patient", by.patient_owes))


def _procedure(line: ServiceLine) -> tuple[str, ...]:
    code = x.code("Procedure code", line.hcpcs, "[0-9A-Z]{5}", "a code of five characters such as G0166")
    if len(line.modifiers) > MOST_MODIFIERS:
        raise X12Refusal("Modifiers", f"A line has room for {MOST_MODIFIERS} modifiers. Take one out.")
    if len(set(line.modifiers)) != len(line.modifiers):
        raise X12Refusal("Modifiers", "One modifier stands there twice. Take one of them out.")
    return ("HC", code, *(x.code("Modifier", one, "[0-9A-Z]{2}", "two characters") for one in line.modifiers))


def _units(line: ServiceLine) -> str:
    if line.last_date is not None:
        days = (line.last_date - line.first_date).days + 1
        if days < 1:
            raise X12Refusal("Dates", "The last day lies before the first. Correct one of them.")
        if line.units != days:
            raise X12Refusal(
                "Units", f"{days} consecutive days on one line are {days} units, not {line.units}."
            )
    if not 1 <= line.units <= 999:
        raise X12Refusal("Units", f"A line has 1 to 999 units, not {line.units}.")
    return str(line.units)


def _pointers(line: ServiceLine, diagnoses: int) -> tuple[str, ...]:
    if not 1 <= len(line.pointers) <= MOST_POINTERS or len(set(line.pointers)) != len(line.pointers):
        raise X12Refusal("Diagnosis pointers", f"A line points to 1 to {MOST_POINTERS} different diagnoses.")
    if not all(1 <= pointer <= diagnoses for pointer in line.pointers):
        raise X12Refusal(
            "Diagnosis pointers",
            f"They point beyond the claim's {diagnoses} diagnoses. Point to one that is there.",
        )
    return tuple(str(pointer) for pointer in line.pointers)


def _diagnosis(position: int, code: str) -> tuple[str, str]:
    undotted = code.replace(".", "").strip().upper()
    form = "an ICD-10-CM code such as I20.89"
    return (
        "ABF" if position else "ABK",
        x.code("Diagnosis", undotted, "[A-TV-Z][0-9][0-9A-Z]{1,5}", form),
    )


def _place(code: str) -> str:
    return x.code("Place of service", code, "[0-9]{2}", "a place of service of two digits such as 11")
