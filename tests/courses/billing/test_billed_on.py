"""What a claim rests on is corrected with a reason, and then stands on the worklist until the claim is replaced."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from courses.billing.billed_on import billed_on, corrected_since_billed
from courses.billing.books.overrides import set_aside
from courses.billing.services import replace_claim
from courses.billing.services.claim_moving import Why, move
from courses.billing.worklist.attention import alarms
from courses.claim_states import Event
from courses.models import Claim
from eecp_clinic.errors import Conflict
from eecp_clinic.models import User
from eecp_clinic.roles import Role
from patients.models import Coverage
from patients.services import edit_authorization, edit_coverage
from tests import factories
from tests.courses.billing.answers_given import NOW, SENT, sent_claim
from tests.courses.courses_given import Given

NUMBER = "1EG4TE5MK74"


@pytest.fixture
def claim(given: Given, biller: User) -> Claim:
    """Sent, and taken in by the payer."""
    made = sent_claim(given, biller)
    made.payer_number = "PAYER1"
    return move(made, Event.ACCEPT, Why(now=SENT))


def correct(claim: Claim, by: User, because: str = "", **values: object) -> Coverage:
    return edit_coverage(coverage=claim.coverage, values=values, actor=by, now=NOW, because=because)


def test_member_id_of_a_claim_that_went_out_is_not_changed_without_a_reason(
    claim: Claim, biller: User
) -> None:
    with pytest.raises(Conflict, match=claim.code) as refused:
        correct(claim, biller, member_id=NUMBER)
    assert refused.value.code == "billed"
    claim.coverage.refresh_from_db()
    assert claim.coverage.member_id != NUMBER


def test_correction_with_a_reason_waits_until_the_claim_is_replaced(
    given: Given, claim: Claim, biller: User
) -> None:
    correct(claim, biller, "The card was misread", member_id=NUMBER)
    assert list(corrected_since_billed(given.clinic)) == [claim]
    assert "corrected_since_billed" in {alarm.code for alarm in alarms(given.clinic, NOW)}
    made = replace_claim(claim=claim, reason="Member id", actor=biller, now=NOW)
    assert made.coverage.member_id == NUMBER
    assert not corrected_since_billed(given.clinic).exists()


def test_correction_stands_in_the_ledger_with_who_and_as_what(
    given: Given, claim: Claim, biller: User
) -> None:
    correct(claim, biller, "The card was misread", member_id=NUMBER)
    [entry] = [
        one
        for one in set_aside(given.clinic, NOW, NOW + timedelta(minutes=1))
        if str(one.kind) == "Corrected after it was billed"
    ]
    assert (entry.who, entry.role, entry.why) == (
        biller.signing_name,
        Role.BILLING.label,
        "The card was misread",
    )
    assert claim.code in entry.what


def test_coverage_may_end_after_the_last_day_that_was_billed(claim: Claim, biller: User) -> None:
    last = claim.memberships.latest("service_date").service_date
    assert correct(claim, biller, ends_on=last).ends_on == last
    with pytest.raises(Conflict, match="went out with this"):
        correct(claim, biller, ends_on=last - timedelta(days=1))


def test_what_no_payer_was_told_is_edited_freely(claim: Claim, biller: User) -> None:
    assert correct(claim, biller, medicare_beneficiary=True).medicare_beneficiary


def test_rejected_claim_holds_nothing(claim: Claim, biller: User) -> None:
    move(claim, Event.REJECT, Why(now=NOW))
    assert billed_on(claim.coverage) == []
    assert correct(claim, biller, member_id=NUMBER).member_id == NUMBER


def test_number_of_an_approval_that_was_billed_is_corrected_with_a_reason(
    given: Given, claim: Claim, biller: User
) -> None:
    approval = factories.make_authorization(claim.coverage, number="PA-1")
    Claim.objects.filter(pk=claim.pk).update(authorization=approval)
    with pytest.raises(Conflict, match=claim.code):
        edit_authorization(authorization=approval, values={"number": "PA-2"}, actor=biller, now=NOW)
    edit_authorization(
        authorization=approval, values={"number": "PA-2"}, actor=biller, now=NOW, because="A slip"
    )
    assert list(corrected_since_billed(given.clinic)) == [claim]
    edit_authorization(authorization=approval, values={"note": "By phone"}, actor=biller, now=NOW)


def test_page_asks_for_the_reason_and_keeps_what_was_typed(
    given: Given, claim: Claim, biller_client: Client
) -> None:
    patient, coverage = given.course.patient, claim.coverage
    address = reverse("patients:coverage-edit", args=[patient.code, coverage.code])
    posted = {
        "patient": patient.code,
        "payer": coverage.payer.code,
        "priority": "1",
        "member_id": NUMBER,
        "starts_on": coverage.starts_on.isoformat(),
        "relationship": "18",
    }
    answer = biller_client.post(address, posted)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"Claim {claim.code} went out with this." in page
    assert 'name="because"' in page
    assert NUMBER in page
    assert biller_client.post(address, posted | {"because": "Misread"}).status_code == 302
