"""What the calendar in the browser asks for."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from courses.scheduling.feed import asked_days, hours_of, shut_of
from courses.scheduling.month import month_of
from courses.scheduling.views.today import asked_day
from devices.models import Device
from eecp_clinic.errors import ClinicError
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view

SEES_THE_WEEK = (Role.NURSE, Role.PHYSICIAN, Role.FRONT_DESK)


@require_GET
@staff_view(*SEES_THE_WEEK)
def hours(request: StaffRequest) -> HttpResponse:
    """The hours from ``?start=`` to before ``?end=``, of one device or all, as the calendar's events."""
    clinic, now = request.clinic, timezone.now()
    try:
        first, last = asked_days(request.GET.get("start", ""), request.GET.get("end", ""))
    except ClinicError as refusal:
        return JsonResponse({"message": refusal.message}, status=refusal.status)
    devices = list(Device.objects.of(clinic).in_use())
    clinical = bool(request.roles & set(CLINICAL))
    found = hours_of(clinic, first, last, now, clinical=clinical)
    return JsonResponse([*found, *shut_of(clinic, devices, first, last)], safe=False)


@require_GET
@staff_view(*SEES_THE_WEEK)
def month(request: StaffRequest) -> HttpResponse:
    """The month of ``?day=``: how full each day is."""
    clinic, now = request.clinic, timezone.now()
    day = asked_day(request, clinic.day_of(now))
    context = {"month": month_of(clinic, day, now), "this_month": clinic.day_of(now)}
    return render(request, "courses/scheduling/month.html", context)
