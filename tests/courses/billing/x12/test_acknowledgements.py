"""What came back before money: TA1, 999, 277CA."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from courses.billing.x12.acknowledgements import ElementError, Outcome, interchange_acks, syntax_ack
from courses.billing.x12.claim_status import ClaimAck, StatusCode, claim_acks
from courses.billing.x12.pretend_payer import write_277ca, write_999, write_ta1
from courses.billing.x12.reading import X12Malformed, read
from tests.courses.billing.x12.claims_given import a_claim
from tests.courses.billing.x12.judge import complaints
from tests.courses.billing.x12.replies_given import ANSWER, sent, shared_file

SENT = sent(a_claim(2), a_claim(code="claim23457"))
ERRORS = [("IK3", "NM1", "10", "2010", "8"), ("IK4", "9", "67", "1")]


def acks(content: bytes) -> tuple[ClaimAck, ...]:
    return claim_acks(read(content)[0].transactions[0])


@pytest.mark.parametrize(
    "content",
    [
        write_ta1(ANSWER, SENT),
        write_999(ANSWER, SENT),
        write_999(ANSWER, SENT, errors=ERRORS),
        write_277ca(ANSWER, SENT),
        write_277ca(ANSWER, SENT, rejected={"CLAIM23456": StatusCode("A7", "562", "85")}),
    ],
)
def test_answers_of_the_pretend_payer_are_accepted_by_the_judge(content: bytes) -> None:
    assert complaints(content) == []


@pytest.mark.parametrize(("note", "outcome"), [("000", Outcome.ACCEPTED), ("025", Outcome.REJECTED)])
def test_interchange_is_taken_or_not_by_its_control_number(note: str, outcome: Outcome) -> None:
    (ack,) = interchange_acks(read(write_ta1(ANSWER, SENT, note=note))[0])
    assert (ack.control_number, ack.outcome, ack.note) == (42, outcome, note)


def test_form_of_a_file_is_accepted() -> None:
    ack = syntax_ack(read(write_999(ANSWER, SENT))[0].transactions[0])
    assert (ack.group_control, ack.outcome) == ("42", Outcome.ACCEPTED)
    assert [(one.control, one.outcome) for one in ack.transactions] == [("0001", Outcome.ACCEPTED)]


def test_rejected_form_says_segment_and_element() -> None:
    ack = syntax_ack(read(write_999(ANSWER, SENT, errors=ERRORS))[0].transactions[0])
    assert ack.outcome == Outcome.REJECTED
    (error,) = ack.transactions[0].errors
    assert (error.tag, error.position, error.loop, error.code) == ("NM1", 10, "2010", "8")
    assert error.elements == (ElementError("9", "1", ""),)


def test_999_without_verdict_is_refused() -> None:
    content = write_999(ANSWER, SENT).replace(b"AK9*A*1*1*1~", b"")
    with pytest.raises(X12Malformed, match="no AK9"):
        syntax_ack(read(content)[0].transactions[0])


def test_accepted_claim_has_the_payers_number() -> None:
    first, second = acks(write_277ca(ANSWER, SENT))
    assert (first.reference, first.accepted, first.payer_number) == ("CLAIM23456", True, "PAYER7N1")
    assert (first.amount, first.effective_on, first.patient) == (
        Decimal(300),
        date(2026, 12, 4),
        "SAMPLE, JOAN",
    )
    assert second.reference == "CLAIM23457"


def test_one_claim_is_rejected_and_the_other_accepted() -> None:
    status = StatusCode("A7", "562", "85")
    first, second = acks(write_277ca(ANSWER, SENT, rejected={"CLAIM23456": status}))
    assert (first.accepted, first.statuses, first.payer_number) == (False, (status,), "")
    assert second.accepted is True


def test_one_status_that_turns_back_is_enough() -> None:
    content = write_277ca(ANSWER, SENT).replace(
        b"STC*A2:20*20261204*WQ*300", b"STC*A2:20*20261204*WQ*300******A3:21"
    )
    assert acks(content)[0].accepted is False


def test_unknown_category_is_neither_accepted_nor_rejected() -> None:
    content = write_277ca(ANSWER, SENT).replace(b"STC*A2:20*20261204*WQ*300", b"STC*X9:999*20261204*WQ*300")
    ack = acks(content)[0]
    assert (ack.accepted, ack.statuses) == (None, (StatusCode("X9", "999"),))


def test_two_claims_of_one_patient_are_two() -> None:
    content = write_277ca(ANSWER, SENT)
    second = b"HL*5*3*PT~NM1*QC*1*SAMPLE*JOAN****MI*1EG4TE5MK73~"
    assert second in content
    assert [ack.reference for ack in acks(content.replace(second, b""))] == ["CLAIM23456", "CLAIM23457"]


def test_277_of_another_kind_is_refused() -> None:
    (one,) = read(write_277ca(ANSWER, SENT))[0].transactions
    with pytest.raises(X12Malformed, match="not a claim acknowledgement"):
        claim_acks(replace(one, version="005010X228"))


def test_public_sample_of_claim_status_is_read() -> None:
    found = claim_acks(read(shared_file("claim-level-status.277"))[0].transactions[0])
    assert [(ack.reference, ack.payer_number) for ack in found] == [
        ("ABCXYZ1", "05347006051"),
        ("ABCXYZ2", "0529675341"),
        ("ABCXYC3", "051681010827"),
    ]
    assert found[2].lines == (("", (StatusCode("F2", "88", "QC"),)),)
