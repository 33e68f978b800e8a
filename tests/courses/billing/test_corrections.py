"""What was sent is corrected by a replacement or a void; what it rests on is locked."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import Error, transaction

from courses.billing.services import (
    decide_partial,
    discard_claim,
    make_claim_file,
    make_claims,
    mark_sent,
    replace_claim,
    void_claim,
)
from courses.billing.services.claim_moving import Why, move, settle_original
from courses.claim_states import Event
from courses.models import Claim, ClaimFile, ClaimLine
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import User
from tests.courses.billing.billing_given import make_billable, make_line
from tests.courses.courses_given import FIRST_HOUR, Given

NOW = FIRST_HOUR + timedelta(days=14)
State = Claim.State


@pytest.fixture
def accepted(given: Given, biller: User) -> Claim:
    """Two sessions in a claim that the payer has taken under a number of its own."""
    make_billable(given, biller)
    lines = [make_line(given, n).pk for n in range(2)]
    [claim] = make_claims(clinic=given.clinic, lines=lines, actor=biller, now=NOW).claims
    sent = mark_sent(
        file=make_claim_file(claims=[claim], actor=biller, now=NOW), way="download", actor=biller, now=NOW
    )
    found = sent.claims.get()
    found.payer_number = "PAYER1N1"
    return move(found, Event.ACCEPT, Why(now=NOW))


def content_of(made: ClaimFile) -> bytes:
    with made.file.open() as file:
        content: bytes = file.read()
    return content


def live(claim: Claim) -> list[bool]:
    return list(claim.memberships.values_list("live", flat=True))


def test_replacement_asks_for_the_lines_under_the_payers_number(accepted: Claim, biller: User) -> None:
    made = replace_claim(claim=accepted, reason="Wrong modifier", actor=biller, now=NOW)
    assert (made.frequency, made.original, made.state) == ("7", accepted, State.READY)
    assert (live(accepted), live(made)) == ([False, False], [True, True])
    content = content_of(make_claim_file(claims=[made], actor=biller, now=NOW))
    assert b":B:7*" in content
    assert b"REF*F8*PAYER1N1~" in content


def test_void_asks_as_the_original_did_and_frees_the_lines_once_taken(accepted: Claim, biller: User) -> None:
    made = void_claim(claim=accepted, reason="Billed by mistake", actor=biller, now=NOW)
    assert (made.frequency, live(made), live(accepted)) == ("8", [True, True], [False, False])
    mark_sent(
        file=make_claim_file(claims=[made], actor=biller, now=NOW), way="download", actor=biller, now=NOW
    )
    made.refresh_from_db()
    settle_original(move(made, Event.ACCEPT, Why(now=NOW)), Why(now=NOW))
    accepted.refresh_from_db()
    assert (accepted.state, live(made)) == (State.VOID, [False, False])


@pytest.mark.parametrize("correct", [replace_claim, void_claim])
def test_correction_that_is_let_go_gives_the_lines_back(
    accepted: Claim, biller: User, correct: Callable[..., Claim]
) -> None:
    made = correct(claim=accepted, reason="A slip", actor=biller, now=NOW)
    discard_claim(claim=made, actor=biller, now=NOW)
    assert (live(accepted), live(made)) == ([True, True], [False, False])


def test_one_correction_at_a_time(accepted: Claim, biller: User) -> None:
    made = replace_claim(claim=accepted, reason="Wrong modifier", actor=biller, now=NOW)
    with pytest.raises(Conflict, match=made.code):
        void_claim(claim=accepted, reason="And again", actor=biller, now=NOW)


def test_claim_that_the_payer_has_not_taken_is_not_corrected(accepted: Claim, biller: User) -> None:
    Claim.objects.filter(pk=accepted.pk).update(payer_number="")
    with pytest.raises(Conflict, match="number of this claim is not known"):
        replace_claim(claim=accepted, reason="Wrong modifier", actor=biller, now=NOW)
    assert live(accepted) == [True, True]


def test_draft_is_not_replaced(given: Given, biller: User) -> None:
    make_billable(given, biller)
    [claim] = make_claims(clinic=given.clinic, lines=[make_line(given).pk], actor=biller, now=NOW).claims
    with pytest.raises(Conflict, match="discard a draft"):
        replace_claim(claim=claim, reason="Wrong", actor=biller, now=NOW)


def test_correction_has_a_reason(accepted: Claim, biller: User) -> None:
    with pytest.raises(InvalidInput, match="reason"):
        void_claim(claim=accepted, reason=" ", actor=biller, now=NOW)


def test_nurse_corrects_nothing(accepted: Claim, nurse: User) -> None:
    with pytest.raises(NotAllowed):
        void_claim(claim=accepted, reason="Wrong", actor=nurse, now=NOW)


def test_decision_about_a_billed_session_is_locked_in_service_and_database(
    accepted: Claim, biller: User
) -> None:
    line = ClaimLine.objects.filter(memberships__claim=accepted).first()
    assert line is not None
    ClaimLine.objects.filter(pk=line.pk).update(findings=[{"code": "partial_needs_decision"}])
    with pytest.raises(Conflict, match="replacement claim"):
        decide_partial(line=line, decision="do_not_bill", reason="Too short", actor=biller, now=NOW)
    with pytest.raises(Error, match="billed"), transaction.atomic():
        ClaimLine.objects.filter(pk=line.pk).update(partial_decision="bill")
