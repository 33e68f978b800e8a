"""Whatever happens to a clinic's money, each day balances, and books, lines and the patient's account say the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import given as _given
from hypothesis import strategies as st

from courses.billing.balances import balances_of_lines
from courses.billing.books.account import statement_of
from courses.billing.postings import total
from courses.billing.services import (
    make_claim_file,
    make_claims,
    mark_sent,
    post_remittance,
    record_payment,
    replace_claim,
    take_answers,
    void_claim,
    withdraw_payment,
)
from courses.billing.services.deposits import enter_deposit
from courses.billing.services.later_claims import make_later_claim
from courses.billing.worklist.worklist import due_to_next
from courses.billing.x12.claim_status import StatusCode
from courses.billing.x12.pretend_payer import Paid
from courses.billing.x12.remittance import Adjustment, ProviderAdjustment
from courses.models import Claim, ClaimFile, ClaimLine, PatientPayment, Remittance
from eecp_clinic.errors import ClinicError
from eecp_clinic.models import User
from tests.courses.billing.answers_given import NOW, Answering
from tests.courses.billing.billing_given import make_billable, make_line
from tests.courses.billing.books.test_day_views import sheet_of
from tests.courses.billing.later_given import second_coverage
from tests.courses.courses_given import Given

State = Claim.State
CHARGE = Decimal(150)
#: What a payer says of a line: paid in part, denied, paid whole, all left to the patient, written off.
ANSWERS = (
    (("CO", "45", "30"), ("PR", "2", "24")),
    (("CO", "50", "150"),),
    (),
    (("CO", "45", "60.25"), ("PR", "1", "89.75")),
    (("OA", "94", "-10"), ("CO", "45", "160")),
)


class Month:
    """A course of six sessions, a payer and a supplement, and what happens to their money; every act takes an hour."""

    def __init__(self, given: Given, biller: User, lines: list[ClaimLine]) -> None:
        self.given, self.biller = given, biller
        self.now = NOW
        self.unasked = [line.pk for line in lines]
        self.payers: dict[int, Answering] = {}
        self.said: dict[int, Paid] = {}

    def act(self, name: str, pick: int) -> None:
        """What the rules refuse changes nothing, and the books must agree all the same."""
        self.now += timedelta(hours=7)
        acts: dict[str, Callable[[int], None]] = {
            "send": self._send,
            "pay": self._pay,
            "reverse": self._reverse,
            "reject": self._reject,
            "next payer": self._next_payer,
            "correct": self._correct,
            "receive": self._receive,
            "bank": self._bank,
        }
        try:
            with transaction.atomic():
                acts[name](pick)
        except ClinicError:
            return

    def _hand_over(self, claim: Claim) -> None:
        file = make_claim_file(claims=[claim], actor=self.biller, now=self.now)
        mark_sent(file=file, way=ClaimFile.Way.DOWNLOAD, actor=self.biller, now=self.now)
        self.payers[claim.pk] = Answering(file)

    def _send(self, pick: int) -> None:
        keys, self.unasked = self.unasked[:2], self.unasked[2:]
        if keys:
            made = make_claims(clinic=self.given.clinic, lines=keys, actor=self.biller, now=self.now)
            self._hand_over(made.claims[0])

    def _one(self, pick: int, *states: str) -> Claim | None:
        found = Claim.objects.filter(state__in=states, pk__in=self.payers).order_by("pk")
        return found[pick % found.count()] if found else None

    def _pay(self, pick: int) -> None:
        claim = self._one(pick, State.SENT, State.ACCEPTED, State.APPEALED)
        if claim is None:
            return
        self._answer(claim, self._second(claim, pick) if claim.rank > 1 else self._first(claim, pick))
        self.said.setdefault(claim.pk, self._first(claim, pick))

    def _first(self, claim: Claim, pick: int) -> Paid:
        codes = claim.memberships.order_by("position").values_list("line__code", flat=True)
        return Paid(
            adjustments={code.upper(): _reasons(ANSWERS[(pick + n) % 5]) for n, code in enumerate(codes)}
        )

    def _second(self, claim: Claim, pick: int) -> Paid:
        """All but a dollar of what the first payer left to the patient, by line or for the claim as a whole."""
        found = balances_of_lines(list(claim.memberships.values_list("line", flat=True)))
        codes = dict(claim.memberships.values_list("line", "line__code"))
        left = {code.upper(): max(Decimal(0), found[line].patient_owes) for line, code in codes.items()}
        said = {code: _after(owed) for code, owed in left.items()}
        if pick % 2:
            return Paid(status="2", whole=tuple(one for of_line in said.values() for one in of_line))
        return Paid(status="2", adjustments=said)

    def _answer(self, claim: Claim, decision: Paid, *taken: ProviderAdjustment) -> None:
        content = self.payers[claim.pk].payment({claim.code: decision}, list(taken))
        [paid] = take_answers(
            clinic=self.given.clinic, content=content, actor=self.biller, now=self.now
        ).remittances
        if paid.posted_at is None:
            post_remittance(
                remittance=paid, actor=self.biller, now=self.now, in_spite_of="The payer says so by phone"
            )

    def _reverse(self, pick: int) -> None:
        claim = self._one(pick, State.PAID, State.DENIED)
        if claim is None or claim.pk not in self.said:
            return
        said = self.said.pop(claim.pk)
        back = {
            code: tuple(replace(one, amount=-one.amount) for one in of_line)
            for code, of_line in said.adjustments.items()
        }
        kept = ProviderAdjustment("WO", "OLD1", Decimal(pick))
        self._answer(claim, Paid(status="22", adjustments=back), *([kept] if pick else []))

    def _reject(self, pick: int) -> None:
        claim = self._one(pick, State.SENT)
        if claim is not None:
            content = self.payers[claim.pk].status(**{claim.code: StatusCode("A7", "562", "85")})
            take_answers(clinic=self.given.clinic, content=content, actor=self.biller, now=self.now)

    def _next_payer(self, pick: int) -> None:
        due = due_to_next(self.given.clinic).order_by("pk").first()
        if due is not None:
            self._hand_over(make_later_claim(claim=due, actor=self.biller, now=self.now))

    def _correct(self, pick: int) -> None:
        claim = self._one(pick, State.ACCEPTED, State.PAID, State.DENIED)
        if claim is None:
            return
        how = void_claim if pick % 2 else replace_claim
        made = how(claim=claim, reason="Wrong day", actor=self.biller, now=self.now)
        self._hand_over(made)
        content = self.payers[made.pk].status()
        take_answers(clinic=self.given.clinic, content=content, actor=self.biller, now=self.now)

    def _receive(self, pick: int) -> None:
        course, by = self.given.course, self.biller
        paid = PatientPayment.objects.filter(kind="payment", withdrawn_by__isnull=True).first()
        if pick == 7 and paid is not None:
            withdraw_payment(payment=paid, reason="Typed twice", actor=by, now=self.now)
            return
        values = {
            "kind": "refund" if pick == 6 else "payment",
            "amount": Decimal(pick) + Decimal("1.25"),
            "received_on": self.given.clinic.day_of(self.now),
            "method": "check",
        }
        record_payment(course=course, values=values, actor=by, now=self.now)

    def _bank(self, pick: int) -> None:
        paid = Remittance.objects.filter(deposits__isnull=True, amount__gt=0).first()
        if paid is not None:
            enter_deposit(
                clinic=self.given.clinic,
                banked_on=self.given.clinic.day_of(self.now),
                amount=paid.amount,
                reference="EFT",
                remittances=[paid.code],
                actor=self.biller,
                now=self.now,
            )


def _reasons(of: tuple[tuple[str, str, str], ...]) -> tuple[Adjustment, ...]:
    return tuple(Adjustment(group, reason, Decimal(amount)) for group, reason, amount in of)


def _after(owed: Decimal) -> tuple[Adjustment, ...]:
    before = (Adjustment("OA", "23", CHARGE - owed),) if owed < CHARGE else ()
    return (*before, *((Adjustment("PR", "3", min(Decimal(1), owed)),) if owed else ()))


ACTS = ["send", "send", "pay", "pay", "reverse", "reject", "next payer", "correct", "receive", "bank"]
STORIES = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 7)), min_size=6, max_size=14)


def test_every_day_balances_and_all_who_tell_of_money_agree(given: Given, biller: User) -> None:
    make_billable(given, biller)
    second_coverage(given, biller)
    lines = [make_line(given, n) for n in range(6)]

    # The same stories each time: one takes seconds, and which of them are told decides nothing.
    @settings(max_examples=8, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
    @_given(STORIES)
    def tell(story: list[tuple[str, int]]) -> None:
        with transaction.atomic():
            month = Month(given, biller, lines)
            for name, pick in [("send", 0), *story]:
                month.act(name, pick)
            _all_agree(month, lines)
            transaction.set_rollback(True)

    tell()


def _all_agree(month: Month, lines: list[ClaimLine]) -> None:
    clinic, course = month.given.clinic, month.given.course
    day, last = clinic.day_of(NOW), clinic.day_of(month.now)
    while day <= last:
        sheet = sheet_of(clinic, day)
        assert sheet.differences == ()
        day += timedelta(days=1)
    statement = statement_of(course, month.now)
    assert statement.balance + statement.awaited == sheet.closing.patients_owe
    books = total(balances_of_lines([line.pk for line in lines]).values())
    assert books.asked == sheet.closing.charged
    assert books.paid == sheet.closing.paid
    assert (books.adjusted, books.patient_owes) == (sheet.closing.adjusted, sheet.closing.to_patient)
    assert books.open == sheet.closing.payers_owe
