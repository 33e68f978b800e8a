"""The clinic's hours on one page: days opened by exception, closures, and who works when."""

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from courses.scheduling.hours_forms import (
    ClosureForm,
    NurseForm,
    OpeningExceptionForm,
    ReadingIntervalForm,
    StaffHoursForm,
    WeeklyHoursForm,
)
from courses.scheduling.services.hours import (
    add_hours,
    remove_hours,
    set_devices_per_nurse,
    set_reading_interval,
)
from eecp_clinic.errors import InvalidInput, NotFound
from eecp_clinic.models import Clinic
from eecp_clinic.roles import Role, StaffRequest, staff_view

FORMS: dict[str, Any] = {
    "weekly": WeeklyHoursForm,
    "opening": OpeningExceptionForm,
    "closure": ClosureForm,
    "staff": StaffHoursForm,
}
SEES = (Role.ADMINISTRATOR, Role.NURSE, Role.PHYSICIAN)


@require_GET
@staff_view(*SEES)
def hours(request: StaffRequest) -> HttpResponse:
    return _page(request)


@require_POST
@staff_view(Role.ADMINISTRATOR)
def add(request: StaffRequest, kind: str) -> HttpResponse:
    now, clinic = timezone.now(), request.clinic
    if kind == "nurse":
        nurse = NurseForm(request.POST, instance=Clinic.objects.get(pk=clinic.pk))
        if not nurse.is_valid():
            return _page(request, nurse=nurse, status=422)
        devices = nurse.cleaned_data["devices_per_nurse"]
        set_devices_per_nurse(clinic=clinic, devices=devices, actor=request.user, now=now)
    elif kind == "interval":
        interval = ReadingIntervalForm(request.POST, instance=Clinic.objects.get(pk=clinic.pk))
        if not interval.is_valid():
            return _page(request, interval=interval, status=422)
        minutes = interval.cleaned_data["reading_interval_minutes"]
        set_reading_interval(clinic=clinic, minutes=minutes, actor=request.user, now=now)
    else:
        form = _form(kind)(request.POST)
        form.instance.clinic = clinic
        if form.is_valid():
            try:
                add_hours(row=form.instance, actor=request.user, now=now)
            except InvalidInput as refusal:
                form.add_error(None, refusal.message)
        if form.errors:
            return _page(request, **{kind: form}, status=422)
    messages.success(request, gettext("Saved. New proposals know it; what is booked stays as it is."))
    return redirect("courses:hours")


@require_POST
@staff_view(Role.ADMINISTRATOR)
def remove(request: StaffRequest, kind: str, number: int) -> HttpResponse:
    model = _form(kind)._meta.model
    row = get_object_or_404(model, clinic=request.clinic, pk=number)
    remove_hours(row=row, actor=request.user, now=timezone.now())
    messages.success(request, gettext("Removed."))
    return redirect("courses:hours")


def _form(kind: str) -> Any:
    if kind not in FORMS:
        raise NotFound(gettext("There are no such hours. Go back to the clinic's hours."))
    return FORMS[kind]


def _page(request: StaffRequest, *, status: int = 200, **typed: BaseForm) -> HttpResponse:
    clinic = request.clinic
    today = clinic.day_of(timezone.now())
    context = {
        "clinic": clinic,
        "may_change": Role.ADMINISTRATOR in request.roles,
        "weekly": clinic.opening_hours.order_by("weekday", "opens"),
        "openings": clinic.opening_exceptions.filter(day__gte=today),
        "closures": clinic.closures.filter(day__gte=today),
        "staff": clinic.staff_hours.all(),
        "absences": clinic.staff_absences.filter(during__endswith__gt=timezone.now()),
        "weekly_form": typed.get("weekly") or WeeklyHoursForm(),
        "opening_form": typed.get("opening") or OpeningExceptionForm(),
        "closure_form": typed.get("closure") or ClosureForm(),
        "staff_form": typed.get("staff") or StaffHoursForm(),
        "interval_form": typed.get("interval") or ReadingIntervalForm(instance=clinic),
        "nurse_form": typed.get("nurse") or NurseForm(instance=clinic),
    }
    return render(request, "courses/scheduling/hours.html", context, status=status)
