"""Balances of lines and claims as the record has them: posted entries only."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.billing.balances import balances_of_claims, balances_of_lines, postings
from courses.models import Claim, ClaimLine, Remittance, RemittanceClaim, RemittanceLine
from eecp_clinic.models import User
from tests.courses.billing.billing_given import make_claim, make_line
from tests.courses.billing.money import usd
from tests.courses.courses_given import FIRST_HOUR, Given

State = Claim.State


def remit(claim: Claim, *, posted: bool = True) -> RemittanceClaim:
    """A payment of nothing to ``claim`` so far."""
    remittance = Remittance.objects.create(
        clinic=claim.course.clinic,
        trace_number="EX1",
        method="ACH",
        amount=0,
        file="answers/sample.835",
        sha256="0" * 64,
        position=Remittance.objects.count() + 1,
        read_at=FIRST_HOUR,
        posted_at=FIRST_HOUR if posted else None,
    )
    return remittance.claims.create(
        claim=claim, position=1, reference=claim.code, status="1", charge=150, paid=0
    )


def pay(
    row: RemittanceClaim, line: ClaimLine | None, paid: str, charge: str = "150", **pr: str
) -> RemittanceLine:
    position = row.lines.count() + 1
    found = row.lines.create(
        line=line, position=position, hcpcs="G0166", charge=Decimal(charge), paid=Decimal(paid)
    )
    rest = Decimal(charge) - Decimal(paid)
    owes = Decimal(pr.get("owes", "0"))
    for group, reason, amount in (("CO", "45", rest - owes), ("PR", "2", owes)):
        if amount:
            row.adjustments.create(remittance_line=found, group=group, reason=reason, amount=amount)
    return found


@pytest.fixture
def sent(given: Given, biller: User) -> Claim:
    lines = [make_line(given, n) for n in range(3)]
    return make_claim(given, biller, *lines, state=State.SENT, sent_at=FIRST_HOUR)


def lines_of(claim: Claim) -> list[ClaimLine]:
    return [member.line for member in claim.memberships.select_related("line")]


def test_line_shows_paid_adjusted_and_what_the_patient_owes(sent: Claim) -> None:
    first, second, _third = lines_of(sent)
    pay(remit(sent), first, "100", owes="20")
    found = balances_of_lines([first.pk, second.pk])
    one = found[first.pk]
    assert (one.asked, one.paid, one.adjusted, one.patient_owes, one.open) == usd(150, 100, 30, 20, 0)
    assert found[second.pk].open == 150
    assert not found[second.pk].answered


def test_what_is_not_posted_changes_no_balance(sent: Claim) -> None:
    line = lines_of(sent)[0]
    pay(remit(sent, posted=False), line, "100")
    assert not balances_of_lines([line.pk])[line.pk].answered


def test_line_of_a_draft_was_asked_of_nobody(given: Given, biller: User) -> None:
    line = make_line(given)
    make_claim(given, biller, line)
    assert balances_of_lines([line.pk])[line.pk].asked is None


def test_days_grouped_on_one_line_share_its_payment(sent: Claim) -> None:
    pay(remit(sent), lines_of(sent)[0], "250", charge="450", owes="50")
    found = balances_of_lines([line.pk for line in lines_of(sent)])
    assert [str(one.paid) for one in found.values()] == ["83.33", "83.33", "83.34"]
    assert [str(one.patient_owes) for one in found.values()] == ["16.67", "16.67", "16.66"]
    assert all(one.open == 0 for one in found.values())


def test_adjustment_of_the_whole_claim_belongs_to_no_line(sent: Claim) -> None:
    row = remit(sent)
    pay(row, lines_of(sent)[0], "150")
    row.adjustments.create(group="PR", reason="1", amount=Decimal(40))
    assert balances_of_lines([lines_of(sent)[0].pk])[lines_of(sent)[0].pk].patient_owes == 0
    assert balances_of_claims([sent.pk])[sent.pk].patient_owes == 40


def test_claim_without_lines_is_balanced_by_its_own_amounts(sent: Claim) -> None:
    row = remit(sent)
    RemittanceClaim.objects.filter(pk=row.pk).update(charge=450, paid=300)
    row.adjustments.create(group="CO", reason="45", amount=Decimal(150))
    found = balances_of_claims([sent.pk])[sent.pk]
    assert (found.paid, found.open) == usd(300, 0)
    assert found.answered


def test_entries_are_asked_for_by_somebody(db: None) -> None:
    with pytest.raises(ValueError, match="whose entries"):
        postings()


def test_balances_cost_the_same_queries_for_one_line_as_for_three(sent: Claim) -> None:
    row = remit(sent)
    lines = lines_of(sent)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            balances_of_lines([line.pk for line in lines])
        return len(seen)

    pay(row, lines[0], "100")
    one = queries()
    for line in lines[1:]:
        pay(row, line, "100", owes="20")
    assert queries() == one
