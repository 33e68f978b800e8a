"""What a statement adds up: unknown is in no sum, invoices raise and payments lower the balance."""

from datetime import date
from decimal import Decimal

from courses.billing.books.statement import Entry, Statement, service_of
from courses.billing.postings import Balance
from tests.courses.billing.books.money_given import usd

DAY = date(2026, 11, 30)
ANSWERED = Balance(
    asked=Decimal(150), paid=Decimal(96), adjusted=Decimal(30), patient_owes=Decimal(24), answered=True
)
WAITING = Balance(asked=Decimal(150))


def test_session_without_an_answer_is_not_known_and_in_no_sum() -> None:
    waiting = service_of(2, DAY, "G0166", WAITING, self_paid=False)
    assert (waiting.charge, waiting.paid, waiting.owes, waiting.is_open) == (Decimal(150), None, None, True)
    both = Statement(services=(service_of(1, DAY, "G0166", ANSWERED, self_paid=False), waiting))
    assert (both.charged, both.paid, both.adjusted, both.balance) == usd(300, 96, 30, 24)
    assert both.not_known == 1


def test_what_waits_for_the_next_payer_is_told_apart_and_not_asked_for() -> None:
    waiting = service_of(1, DAY, "G0166", ANSWERED, self_paid=False, awaits="Sample Supplement")
    asked = service_of(2, DAY, "G0166", ANSWERED, self_paid=False)
    statement = Statement(services=(waiting, asked))
    assert (statement.balance, statement.awaited) == usd(24, 24)
    assert (waiting.due, asked.due) == (None, Decimal(24))
    assert statement.awaited_payers == ("Sample Supplement",)


def test_session_of_which_nothing_is_left_waits_for_nobody() -> None:
    paid = Balance(asked=Decimal(150), paid=Decimal(150), answered=True)
    assert service_of(1, DAY, "G0166", paid, self_paid=False, awaits="Sample Supplement").awaits == ""


def test_session_without_a_line_is_not_charged_yet() -> None:
    unsigned = service_of(3, DAY, "G0166", None, self_paid=False)
    assert (unsigned.charge, unsigned.is_open) == (None, True)


def test_session_that_the_patient_pays_waits_for_no_payer() -> None:
    own = service_of(1, DAY, "G0166", None, self_paid=True)
    assert not own.is_open
    assert Statement(services=(own,)).not_known == 0


def test_invoice_raises_and_payment_lowers_what_is_owed() -> None:
    entries = (
        Entry(day=DAY, what="Invoice", reference="A", amount=Decimal(4200)),
        Entry(day=DAY, what="Paid", reference="", amount=Decimal(-4300)),
    )
    statement = Statement(services=(), entries=entries)
    assert (statement.entered, statement.balance, statement.owed) == usd(-100, -100, 100)
