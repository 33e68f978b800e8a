"""An 837P file, segment by segment, byte by byte, and what is refused."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from courses.billing.x12.claim import Claim, Frequency
from courses.billing.x12.claim_837p import Batch, refusal_of, write
from courses.billing.x12.elements import X12Refusal
from courses.billing.x12.parties import Dependent, Person, Rank
from tests.courses.billing.x12.claims_given import (
    BILLING,
    COLLEAGUE,
    ENVELOPE,
    MEDICARE,
    MONDAY,
    OTHER_PAYER,
    PATIENT,
    PHYSICIAN,
    STREET,
    SUBSCRIBER,
    a_batch,
    a_claim,
    a_grouped_claim_of_a_dependent,
    a_line,
    a_secondary_replacement,
    of_tag,
    segments_of,
    written,
)
from tests.courses.billing.x12.judge import complaints

GOLDEN = Path(__file__).parent / "golden"
BATCHES: dict[str, Batch] = {
    "one_session": a_batch(),
    "thirty_five_sessions": a_batch(a_claim(35)),
    "secondary_and_dependent": a_batch(
        a_secondary_replacement(),
        a_grouped_claim_of_a_dependent(),
        billing=replace(BILLING, pay_to=STREET, contact="Berta Sample", phone="(555) 010-0100"),
    ),
}


@pytest.mark.parametrize("name", BATCHES)
def test_file_is_the_golden_one_byte_for_byte(name: str) -> None:
    assert write(BATCHES[name], ENVELOPE) == (GOLDEN / f"{name}.837").read_bytes()


@pytest.mark.parametrize("name", BATCHES)
def test_file_is_accepted_by_the_judge(name: str) -> None:
    assert complaints(write(BATCHES[name], ENVELOPE)) == []


def test_judge_does_refuse() -> None:
    assert complaints(write(BATCHES["one_session"], ENVELOPE).replace(b"*MI*1EG4TE5MK73", b"*MI*")) != []


def test_thirty_five_sessions_are_lines_of_one_claim_whose_sum_is_its_total() -> None:
    segments = written(a_claim(35))
    assert of_tag(segments, "CLM") == ["CLM*CLAIM23456*5250***11:B:1*Y*A*Y*Y"]
    assert len(of_tag(segments, "SV1*HC:G0166")) == 35
    assert of_tag(segments, "REF*6R")[-1] == "REF*6R*LINE34"


def test_header_says_who_sends_to_whom_under_which_number() -> None:
    segments = written(a_claim())
    assert len(segments[0]) + 1 == 106
    assert segments[1] == "GS*HC*EXAMPLEHEART*EXAMPLECH*20261204*1605*42*X*005010X222A1"
    assert segments[-2:] == ["GE*1*42", "IEA*1*000000042"]


@pytest.mark.parametrize(("is_test", "said"), [(True, "T"), (False, "P")])
def test_header_says_whether_it_is_a_test(is_test: bool, said: str) -> None:
    header = segments_of(write(a_batch(), replace(ENVELOPE, is_test=is_test)))[0]
    assert header.split("*")[15] == said


def test_count_of_segments_is_right() -> None:
    segments = written(a_claim(7))
    begin, end = segments.index("ST*837*0001*005010X222A1"), len(segments) - 3
    assert segments[end] == f"SE*{end - begin + 1}*0001"


@pytest.mark.parametrize(("frequency", "said"), [("7", "11:B:7"), ("8", "11:B:8")])
def test_correction_names_the_payers_number_of_the_original(frequency: str, said: str) -> None:
    segments = written(a_claim(frequency=Frequency(frequency), original_reference="ICN9"))
    assert said in of_tag(segments, "CLM")[0]
    assert of_tag(segments, "REF*F8") == ["REF*F8*ICN9"]


def test_supervisor_of_a_line_is_named_there_only_where_another() -> None:
    lines = (a_line(0, supervising=PHYSICIAN), a_line(1, supervising=COLLEAGUE))
    segments = written(a_claim(supervising=PHYSICIAN, lines=lines))
    named = of_tag(segments, "NM1*DQ")
    assert [segment.split("*")[3] for segment in named] == ["SAMPLE", "EXAMPLE"]
    assert segments.index(named[1]) > segments.index("LX*2")


def test_where_the_other_payer_has_judged_its_sums_stand_at_claim_and_line() -> None:
    segments = written(a_secondary_replacement())
    assert of_tag(segments, "SBR") == ["SBR*S*18***12****MB", "SBR*P*01*******CI"]
    assert of_tag(segments, "AMT", "SVD") == ["AMT*D*100", "SVD*99999*100*HC:G0166**1"]


def test_subscriber_who_is_not_the_patient_has_no_address_and_the_patient_a_level_of_their_own() -> None:
    segments = written(a_grouped_claim_of_a_dependent())
    start = segments.index("HL*2*1*22*1")
    assert segments[start : start + 10] == [
        "HL*2*1*22*1",
        "SBR*P**GRP7******CI",
        "NM1*IL*1*SAMPLE*JON****MI*AB123",
        "NM1*PR*2*EXAMPLE MUTUAL*****PI*99999",
        "HL*3*2*23*0",
        "PAT*01",
        "NM1*QC*1*SAMPLE*JOAN",
        "N3*2 EXAMPLE STREET",
        "N4*SAMPLETON*IL*60000",
        "DMG*D8*19510304*F",
    ]


def test_next_payer_is_told_whose_plan_paid_first_and_where_they_live() -> None:
    segments = written(a_secondary_replacement())
    start = segments.index("SBR*P*01*******CI")
    assert [s for s in segments[start:] if s.startswith(("NM1*IL", "N3", "N4"))] == [
        "NM1*IL*1*SAMPLE*JON****MI*AB123",
        "N3*3 EXAMPLE STREET",
        "N4*SAMPLETON*IL*60000",
    ]


def test_other_subscriber_whose_address_is_not_known_is_named_without_one() -> None:
    unknown = replace(OTHER_PAYER, subscriber=Person(family_name="Sample", given_name="Jon"))
    claim = replace(a_secondary_replacement(), other_payers=(unknown,))
    segments = written(claim)
    start = segments.index("NM1*IL*1*SAMPLE*JON****MI*AB123")
    assert segments[start + 1].startswith("NM1*PR")
    assert complaints(write(a_batch(claim), ENVELOPE)) == []


def test_accents_become_plain_letters_and_delimiters_spaces() -> None:
    person = replace(PATIENT, family_name="Muñoz*Łódź", given_name="Zoë~Ann")
    segments = written(a_claim(subscriber=replace(SUBSCRIBER, person=person)))
    assert of_tag(segments, "NM1*IL")[0].startswith("NM1*IL*1*MUNOZ LODZ*ZOE ANN*")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Ħaż-Żebbuġ", "HAZ-ZEBBUG"),
        ("Ŧeaŋŋá", "TEANNA"),
        ("Gal·la", "GALLA"),
        ("Ĳsselstraße", "IJSSELSTRASSE"),
    ],
)
def test_letters_that_unicode_does_not_take_apart_are_written_as_on_a_passport(name: str, said: str) -> None:
    person = replace(PATIENT, family_name=name)
    assert f"NM1*IL*1*{said}*JOAN" in "~".join(written(a_claim(subscriber=_subscriber(person=person))))


def _subscriber(**fields: Any) -> Any:
    return replace(SUBSCRIBER, **fields)


REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "letters that X12 has not": (
        {"subscriber": _subscriber(person=replace(PATIENT, family_name="李"))},
        "Patient's family name",
        "insurance card",
    ),
    "name too long": (
        {"subscriber": _subscriber(person=replace(PATIENT, family_name="S" * 61))},
        "Patient's family name",
        "61 characters",
    ),
    "subscriber without a name": (
        {
            "subscriber": _subscriber(person=Person(family_name="", given_name="")),
            "patient": Dependent(person=PATIENT, relationship="01"),
        },
        "Subscriber's family name",
        "not known",
    ),
    "relationship": (
        {"patient": Dependent(person=PATIENT, relationship="18")},
        "Relationship to the subscriber",
        "claim knows",
    ),
    "patient without a date of birth": (
        {"subscriber": _subscriber(person=replace(PATIENT, born=None))},
        "Patient's date of birth",
        "not known",
    ),
    "patient without an address": (
        {"subscriber": _subscriber(person=replace(PATIENT, address=None))},
        "Patient's street",
        "not known",
    ),
    "no member id": ({"subscriber": _subscriber(member_id="")}, "Member id", "not known"),
    "no address": (
        {"subscriber": _subscriber(person=replace(PATIENT, address=replace(STREET, street=" ")))},
        "Patient's street",
        "not known",
    ),
    "wrong check digit": (
        {"rendering": replace(PHYSICIAN, npi="1234567890")},
        "Rendering practitioner's NPI",
        "last digit",
    ),
    "place of service": ({"place_of_service": ""}, "Place of service", "two digits"),
    "no diagnosis": ({"diagnoses": ()}, "Diagnoses", "1 to 12"),
    "diagnosis twice": ({"diagnoses": ("I20.89", "I20.89")}, "Diagnoses", "twice"),
    "not a diagnosis": ({"diagnoses": ("angina",)}, "Diagnosis", "ICD-10-CM"),
    "no signature": ({"signature_on_file": False}, "Signature on file", "Get that first"),
    "no line": ({"lines": ()}, "Lines", "1 to 50"),
    "51 lines": ({"lines": tuple(a_line(n) for n in range(51))}, "Lines", "not 51"),
    "pointer beyond": ({"lines": (a_line(pointers=(3,)),)}, "Diagnosis pointers", "beyond"),
    "no pointer": ({"lines": (a_line(pointers=()),)}, "Diagnosis pointers", "1 to 4"),
    "five modifiers": ({"lines": (a_line(modifiers=("76", "GA", "59", "25", "XU")),)}, "Modifiers", "4"),
    "modifier twice": ({"lines": (a_line(modifiers=("76", "76")),)}, "Modifiers", "twice"),
    "half a cent": ({"lines": (a_line(charge=Decimal("1.005")),)}, "Charge", "whole cents"),
    "no number": ({"lines": (a_line(charge=Decimal("NaN")),)}, "Charge", "whole cents"),
    "negative": ({"lines": (a_line(charge=Decimal(-1)),)}, "Charge", "not negative"),
    "too much": ({"lines": (a_line(charge=Decimal("1E500")),)}, "Charge", "too large"),
    "too much in all": (
        {"lines": tuple(a_line(n, charge=Decimal(99_999_999)) for n in range(2))},
        "Total charge",
        "too large",
    ),
    "days and units": ({"lines": (a_line(last_date=MONDAY + timedelta(days=2)),)}, "Units", "3 units, not 1"),
    "days reversed": (
        {"lines": (a_line(last_date=MONDAY - timedelta(days=2)),)},
        "Dates",
        "before the first",
    ),
    "no unit": ({"lines": (a_line(units=0),)}, "Units", "not 0"),
    "replacement of nothing": (
        {"frequency": Frequency.REPLACEMENT},
        "Payer's number of the original claim",
        "must name it",
    ),
    "original of another": ({"original_reference": "ICN9"}, "Frequency", "corrects no other"),
    "two primary payers": ({"other_payers": (OTHER_PAYER,)}, "Order of payers", "priorities"),
    "filing code": ({"payer": replace(MEDICARE, filing_code="")}, "Claim filing code", "not known"),
    "judged by a stranger": (
        {
            "subscriber": _subscriber(rank=Rank.TERTIARY),
            "lines": (a_secondary_replacement().lines[0],),
        },
        "Other payer's id",
        "99999",
    ),
    "claim number too long": ({"code": "c" * 21}, "Claim number", "room for 20"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_written_is_refused_by_the_name_of_its_field(case: str) -> None:
    fields, field, said = REFUSED[case]
    refusal = refusal_of(a_claim(**fields))
    assert refusal is not None
    assert (refusal.field, said in refusal.sentence) == (field, True), refusal


def test_refusal_names_the_line() -> None:
    refusal = refusal_of(a_claim(lines=(a_line(0), a_line(1, hcpcs="G166"))))
    assert str(refusal).startswith("Line 2, procedure code: “G166” is not a code")


def test_claim_in_order_is_not_refused() -> None:
    assert refusal_of(a_claim(35)) is None


@pytest.mark.parametrize(
    ("billing", "field"),
    [
        (replace(BILLING, tax_id="36"), "Tax id"),
        (replace(BILLING, address=replace(STREET, postal_code="60000")), "Billing provider's ZIP code"),
        (replace(BILLING, npi=""), "Billing provider's NPI"),
        (replace(BILLING, taxonomy="207R"), "Billing provider's taxonomy code"),
    ],
)
def test_billing_provider_that_cannot_be_named_is_refused(billing: Any, field: str) -> None:
    with pytest.raises(X12Refusal) as refused:
        write(a_batch(billing=billing), ENVELOPE)
    assert refused.value.field == field


def test_claim_stands_once_in_a_file() -> None:
    with pytest.raises(X12Refusal, match="twice"):
        write(a_batch(a_claim(), a_claim()), ENVELOPE)


@pytest.mark.parametrize("number", [0, 1_000_000_000])
def test_control_number_has_nine_digits(number: int) -> None:
    with pytest.raises(X12Refusal, match="Control number"):
        write(a_batch(), replace(ENVELOPE, control_number=number))


def test_empty_file_is_refused() -> None:
    with pytest.raises(X12Refusal, match="1 to 5000"):
        write(replace(a_batch(), claims=()), ENVELOPE)


def test_same_batch_gives_the_same_bytes() -> None:
    claims: list[Claim] = [a_claim(3), a_grouped_claim_of_a_dependent()]
    assert write(a_batch(*claims), ENVELOPE) == write(a_batch(*claims), ENVELOPE)
