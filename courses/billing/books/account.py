"""The account of one course from the record: its sessions, invoices and payments."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from courses.billing.asking import SESSION_CODE
from courses.billing.balances import balances_of_lines
from courses.billing.books.statement import Entry, Statement, service_of
from courses.billing.books.waiting import awaited_payers
from courses.billing.facts import service_day
from courses.billing.findings import PATIENT_PAYS
from courses.models import BillingPaper, Course, PatientPayment, Session

#: What raises what the patient owes, and what lowers it.
_PAPER_SIGN = {BillingPaper.Kind.INVOICE: 1, BillingPaper.Kind.CREDIT: -1}
_PAYMENT_SIGN = {PatientPayment.Kind.PAYMENT: -1, PatientPayment.Kind.REFUND: 1}


def statement_of(course: Course, until: datetime) -> Statement:
    """Everything that was given, asked, paid and entered until that moment."""
    completed = (
        Session.objects.completed()
        .filter(course=course, ended_at__lte=until)
        .select_related("course__clinic", "claim_line")
        .order_by("started_at")
    )
    sessions = list(completed)
    lines = {session.pk: getattr(session, "claim_line", None) for session in sessions}
    balances = balances_of_lines([line.pk for line in lines.values() if line is not None])
    services, awaits = [], awaited_payers(course)
    for session in sessions:
        line = lines[session.pk]
        self_paid = line is not None and any(found["code"] == PATIENT_PAYS for found in line.findings)
        balance = balances.get(line.pk) if line is not None else None
        services.append(
            service_of(
                session.number,
                service_day(session),
                SESSION_CODE,
                balance,
                self_paid=self_paid,
                awaits=awaits.get(line.pk, "") if line is not None else "",
            )
        )
    entries = sorted([*_papers(course, until), *_payments(course, until)], key=lambda entry: entry.day)
    return Statement(services=tuple(services), entries=tuple(entries))


def _papers(course: Course, until: datetime) -> Iterator[Entry]:
    rows = BillingPaper.objects.filter(course=course, kind__in=_PAPER_SIGN, made_at__lte=until)
    for row in rows.order_by("made_at"):
        if row.amount is not None:
            yield Entry(
                day=course.clinic.day_of(row.made_at),
                what=str(row.get_kind_display()),
                reference=row.code.upper(),
                amount=row.amount * _PAPER_SIGN[BillingPaper.Kind(row.kind)],
            )


def _payments(course: Course, until: datetime) -> Iterator[Entry]:
    rows = PatientPayment.objects.filter(course=course, recorded_at__lte=until).select_related("withdraws")
    for row in rows.order_by("recorded_at"):
        how = gettext("%(what)s, %(how)s") % {
            "what": row.get_kind_display(),
            "how": row.get_method_display().lower(),
        }
        yield Entry(day=row.received_on, what=how, reference=row.reference, amount=row.amount * sign_of(row))


def sign_of(row: PatientPayment) -> int:
    """Whether an entry raises (1) or lowers (-1) what the patient owes; a withdrawal undoes the one it names."""
    if row.withdraws is not None:
        return -_PAYMENT_SIGN[PatientPayment.Kind(row.withdraws.kind)]
    return _PAYMENT_SIGN[PatientPayment.Kind(row.kind)]


def plain(statement: Statement) -> dict[str, Any]:
    """The statement as JSON, for the row that keeps what stood on a paper."""

    def money(amount: object) -> str | None:
        return None if amount is None else str(amount)

    return {
        "services": [
            {
                "number": one.number,
                "day": one.day.isoformat(),
                "code": one.code,
                "charge": money(one.charge),
                "paid": money(one.paid),
                "adjusted": money(one.adjusted),
                "owes": money(one.owes),
                "self_paid": one.self_paid,
                "awaits": one.awaits,
            }
            for one in statement.services
        ],
        "entries": [
            {
                "day": one.day.isoformat(),
                "what": one.what,
                "reference": one.reference,
                "amount": money(one.amount),
            }
            for one in statement.entries
        ],
        "balance": money(statement.balance),
        "awaited": money(statement.awaited),
        "not_known": statement.not_known,
    }
