"""Forms of the clinic's hours: days with hours of their own, closures, and who works when."""

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from eecp_clinic.models import Clinic, Closure, OpeningException, OpeningHours, StaffHours

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _clock() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class WeeklyHoursForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    prefix = "weekly"

    weekday = forms.TypedChoiceField(label=_("Weekday"), coerce=int, choices=list(WEEKDAYS.items()))

    class Meta:
        model = OpeningHours
        fields = ["weekday", "opens", "closes"]
        widgets = {"opens": _clock(), "closes": _clock()}


class OpeningExceptionForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    prefix = "opening"

    class Meta:
        model = OpeningException
        fields = ["day", "opens", "closes", "reason"]
        widgets = {"day": _DAY, "opens": _clock(), "closes": _clock()}


class ClosureForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    prefix = "closure"

    class Meta:
        model = Closure
        fields = ["day", "reason"]
        widgets = {"day": _DAY}


class StaffHoursForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    prefix = "staff"

    weekday = forms.TypedChoiceField(label=_("Weekday"), coerce=int, choices=list(WEEKDAYS.items()))

    class Meta:
        model = StaffHours
        fields = ["weekday", "begins", "ends", "nurses"]
        widgets = {"begins": _clock(), "ends": _clock()}


class ReadingIntervalForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """How often a session's flowsheet wants a reading."""

    prefix = "interval"

    class Meta:
        model = Clinic
        fields = ["reading_interval_minutes"]


class NurseForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """How many devices one nurse watches; empty: nurses are not counted."""

    prefix = "nurse"

    class Meta:
        model = Clinic
        fields = ["devices_per_nurse"]
