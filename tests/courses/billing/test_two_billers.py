"""Two billers at the same moment, on two real connections: a line stands in one claim."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from courses.billing.services import make_claims
from courses.billing.services.claim_making import Made
from courses.models import Claim, ClaimMembership
from eecp_clinic.models import User
from tests.courses.billing.billing_given import make_billable, make_line
from tests.courses.courses_given import FIRST_HOUR, Given

NOW = FIRST_HOUR + timedelta(days=14)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as found:
        yield found


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
