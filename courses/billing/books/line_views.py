"""Claim lines as CSV."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from courses.billing.books.line_export import COLUMNS, file_name, rows_of, wanted
from courses.billing.books.override_views import csv_answer
from courses.billing.books.safe_cells import csv_of
from eecp_clinic import audit
from eecp_clinic.roles import Role, StaffRequest, staff_view


@require_GET
@staff_view(Role.BILLING, Role.ADMINISTRATOR)
def lines_csv(request: StaffRequest) -> HttpResponse:
    """All lines that the address asks for (``from``, ``to``, ``state``); who took them out is in the audit trail."""
    clinic, now, asked = request.clinic, timezone.now(), wanted(request.GET)
    rows = rows_of(clinic, asked)
    audit.record(
        "claimline.exported",
        subject=f"clinic:{clinic.code}",
        actor=request.user,
        clinic=clinic,
        at=now,
        rows=len(rows),
    )
    return csv_answer(csv_of(COLUMNS, rows), file_name(clinic, now))
