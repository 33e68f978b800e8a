"""What EECP is asked for, who pays for it, and what it costs who pays alone."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from eecp_clinic.roles import EVERYBODY, StaffRequest, staff_view
from patients.clinic_rules import policy_book, prices
from patients.indications import indications
from patients.notice_form import SESSIONS
from patients.prices import estimate


@require_GET
@staff_view(*EVERYBODY)
def index(request: StaffRequest) -> HttpResponse:
    today = request.clinic.day_of(timezone.now())
    context = {
        "indications": indications(policy_book(), today),
        "estimate": estimate(prices(), sessions=SESSIONS, on=today),
        "prices": prices(),
        "today": today,
    }
    return render(request, "patients/indications.html", context)
