"""The ledger of what was set aside, month by month: on a page that can be printed, and as CSV."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from courses.billing.books.month import month_asked
from courses.billing.books.overrides import by_person, set_aside
from courses.billing.books.safe_cells import csv_of
from eecp_clinic.roles import Role, StaffRequest, staff_view

#: The clinic's owner and compliance, and the physicians who answer for treatment.
READS_OVERRIDES = (Role.ADMINISTRATOR, Role.PHYSICIAN)
COLUMNS = ("at", "kind", "who", "role", "patient", "what", "why", "page")


@require_GET
@staff_view(*READS_OVERRIDES)
def overrides(request: StaffRequest) -> HttpResponse:
    month = month_asked(request.GET.get("month"), request.clinic, timezone.now())
    entries = set_aside(request.clinic, month.start, month.end)
    context = {"month": month, "entries": entries, "people": by_person(entries)}
    return render(request, "courses/billing/books/overrides.html", context)


@require_GET
@staff_view(*READS_OVERRIDES)
def overrides_csv(request: StaffRequest) -> HttpResponse:
    month = month_asked(request.GET.get("month"), request.clinic, timezone.now())
    rows = [
        (
            request.clinic.local(entry.at).isoformat(timespec="minutes"),
            entry.kind,
            entry.who,
            entry.role,
            entry.patient,
            entry.what,
            entry.why,
            request.build_absolute_uri(entry.url),
        )
        for entry in set_aside(request.clinic, month.start, month.end)
    ]
    return csv_answer(csv_of(COLUMNS, rows), f"overrides-{month.first:%Y-%m}.csv")


def csv_answer(content: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
