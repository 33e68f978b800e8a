"""What goes out is the signed sessions that may be billed: each of them once, and nothing else."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import given as _given
from hypothesis import strategies as st

from courses.billing.services import make_claim_file, make_claims, refresh_due_lines
from courses.models import ClaimLine, ClaimMembership, Session
from eecp_clinic.models import User
from tests.courses.billing.answers_given import SENT
from tests.courses.billing.billing_given import make_billable
from tests.courses.courses_given import Given

#: How a session stands: in order, not signed, or signed with something that keeps it back.
KINDS: dict[str, dict[str, Any]] = {
    "in order": {},
    "not signed": {"signed": False},
    "without recording": {"recording": None},
    "not supervised": {"supervised": False},
}


def test_lines_of_the_file_are_the_signed_sessions_that_may_be_billed(given: Given, biller: User) -> None:
    make_billable(given, biller)

    @settings(max_examples=4, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @_given(st.lists(st.sampled_from(list(KINDS)), min_size=2, max_size=6))
    def export(kinds: list[str]) -> None:
        with transaction.atomic():
            sessions = [given.session(n, **KINDS[kind]) for n, kind in enumerate(kinds)]
            billable = {one.pk for one, kind in zip(sessions, kinds, strict=True) if kind == "in order"}
            signed = {one.pk for one in Session.objects.filter(signature__isnull=False)}
            refresh_due_lines(now=SENT)
            assert set(ClaimLine.objects.values_list("session", flat=True)) == signed
            assert exported(given, biller) == billable
            transaction.set_rollback(True)

    export()


def exported(given: Given, biller: User) -> set[int]:
    """The sessions whose lines stand in the file that is made of all lines; each stands there once."""
    lines = list(ClaimLine.objects.of(given.clinic).values_list("pk", flat=True))
    if not lines:
        return set()
    made = make_claims(clinic=given.clinic, lines=lines, actor=biller, now=SENT)
    if not made.claims:
        return set()
    file = make_claim_file(claims=made.claims, actor=biller, now=SENT + timedelta(hours=1))
    with file.file.open() as opened:
        segments = opened.read().decode("ascii").split("~")
    codes = [one.removeprefix("REF*6R*").lower() for one in segments if one.startswith("REF*6R*")]
    assert len(codes) == len(set(codes)) == ClaimMembership.objects.count()
    return set(ClaimLine.objects.filter(code__in=codes).values_list("session", flat=True))
