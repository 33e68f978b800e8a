"""Two billers at the same moment, on two real connections: a line stands in one claim."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection, transaction

from courses.billing.services import decide_partial, make_claims, refresh_line
from courses.billing.services.claim_making import Made
from courses.models import Claim, ClaimLine, ClaimMembership, Session
from eecp_clinic.models import User
from tests.courses.billing.at_once import until_waiting
from tests.courses.billing.billing_given import make_billable, make_line
from tests.courses.courses_given import FIRST_HOUR, Given

NOW = FIRST_HOUR + timedelta(days=14)


@pytest.mark.django_db(transaction=True)
def test_same_lines_asked_for_by_two_at_once_stand_in_one_claim(
    given: Given, biller: User, pool: ThreadPoolExecutor
) -> None:
    make_billable(given, biller)
    lines = [make_line(given, n).pk for n in range(3)]
    together = Barrier(2)

    def ask(order: list[int]) -> Made:
        together.wait(10)
        try:
            return make_claims(clinic=given.clinic, lines=order, actor=biller, now=NOW)
        finally:
            connection.close()

    first, second = pool.map(ask, [lines, lines[::-1]])
    assert sorted([len(first.claims), len(second.claims)]) == [0, 1]
    late = second if first.claims else first
    assert {left.code for left in late.left_out} == {"in_claim"}
    assert Claim.objects.count() == 1
    assert ClaimMembership.objects.filter(live=True).count() == 3


@pytest.mark.django_db(transaction=True)
def test_decision_about_a_line_and_a_check_of_it_never_wait_for_each_other(
    given: Given, biller: User, pool: ThreadPoolExecutor
) -> None:
    """Who checks holds the session and then writes its line: who decides takes the two in the same order."""
    line = refresh_line(session=given.session(0, minutes_delivered=Decimal("41.0")), now=NOW)

    def decide() -> ClaimLine:
        try:
            return decide_partial(line=line, decision="bill", reason="By contract", actor=biller, now=NOW)
        finally:
            connection.close()

    with transaction.atomic():
        Session.objects.select_for_update().get(pk=line.session_id)
        decision = pool.submit(decide)
        until_waiting(1)
        ClaimLine.objects.filter(pk=line.pk).update(state=line.state)
    assert decision.result(10).partial_decision == "bill"
