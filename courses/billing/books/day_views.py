"""The day sheet: what was given, signed and claimed, and what moved the books."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from courses.billing.books.day_sheet import Kind, day_sheet
from courses.billing.books.month import midnight
from courses.billing.books.payer_money import bank_differences, bank_lines, payer_money
from courses.billing.books.positions import movements, position
from courses.models import ClaimLine, ClaimMembership, Session
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import Clinic
from eecp_clinic.roles import Role, StaffRequest, staff_view

KINDS = {
    Kind.CHARGED: _("Charge"),
    Kind.PAID: _("Paid by payer"),
    Kind.ADJUSTED: _("Adjusted"),
    Kind.TO_PATIENT: _("Left to patient"),
    Kind.INVOICED: _("Invoice"),
    Kind.RECEIVED: _("Paid by patient"),
}


@dataclass(frozen=True, slots=True)
class Counts:
    """The sessions that ended on a day, and how far each came; ``left`` names those that are not claimed."""

    given: int
    signed: int
    billable: int
    claimed: int
    left: tuple[dict[str, Any], ...]


@require_GET
@staff_view(Role.BILLING, Role.ADMINISTRATOR)
def day(request: StaffRequest) -> HttpResponse:
    clinic, now = request.clinic, timezone.now()
    asked = _day_asked(request.GET.get("day"), clinic.day_of(now))
    start, end = midnight(asked, clinic), midnight(asked + timedelta(days=1), clinic)
    moved = movements(clinic, start, end)
    money, banked = payer_money(clinic, start, end), bank_lines(clinic, asked)
    sheet = day_sheet(
        position(clinic, start),
        moved,
        position(clinic, end),
        others=(*money.differences, *bank_differences(banked)),
    )
    context = {
        "day": asked,
        "before": asked - timedelta(days=1),
        "after": asked + timedelta(days=1),
        "is_today": asked == clinic.day_of(now),
        "sheet": sheet,
        "money": money,
        "banked": banked,
        "movements": [{"kind": KINDS[one.kind], "of": one} for one in moved],
        "counts": counts_of(clinic, asked),
    }
    return render(request, "courses/billing/books/day.html", context)


def _day_asked(text: str | None, today: date) -> date:
    if not text:
        return today
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(gettext("Write the day as 2026-11-30.")) from error


def counts_of(clinic: Clinic, day: date) -> Counts:
    """The sessions that began on that day, in a fixed number of queries."""
    start, end = midnight(day, clinic), midnight(day + timedelta(days=1), clinic)
    rows = (
        Session.objects.of(clinic)
        .completed()
        .filter(started_at__gte=start, started_at__lt=end)
        .select_related("claim_line", "course__patient", "signature")
        .order_by("started_at")
    )
    sessions = list(rows)
    lines = {one.pk: getattr(one, "claim_line", None) for one in sessions}
    keys = [line.pk for line in lines.values() if line is not None]
    live = ClaimMembership.objects.filter(line__in=keys, live=True, claim__sent_at__isnull=False)
    claimed = set(live.values_list("line_id", flat=True))
    ready = [line for line in lines.values() if line is not None and line.state == ClaimLine.State.READY]
    left = [
        {"session": one, "line": line, "why": _why(one, line)}
        for one in sessions
        if (line := lines[one.pk]) is None or line.pk not in claimed
    ]
    signed = sum(one.is_signed for one in sessions)
    return Counts(len(sessions), signed, len(ready), len(claimed), tuple(left))


def _why(session: Session, line: ClaimLine | None) -> str:
    if not session.is_signed:
        return gettext("Not signed")
    if line is None:
        return gettext("Not looked at yet")
    if line.state == ClaimLine.State.READY:
        return gettext("Ready, in no claim that was sent")
    sentences = (found["sentence"] for found in line.findings if found["severity"] == "block")
    return str(next(sentences, gettext("Blocked")))
