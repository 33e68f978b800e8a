"""Forms about days: hours wished on single weekdays, and days on which a patient cannot come."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from courses.models import PatientAbsence
from courses.scheduling.plan import WeekdayWish
from eecp_clinic.models import Clinic


class WeekdaysForm(forms.Form):
    """Another hour on some weekdays, and weekdays on which the patient never comes."""

    prefix = "week"

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weekdays = sorted(set(clinic.opening_hours.values_list("weekday", flat=True)))
        for weekday in self.weekdays:
            self.fields[f"on_{weekday}"] = forms.TimeField(
                label=WEEKDAYS[weekday],
                required=False,
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            )
        self.fields["never"] = forms.TypedMultipleChoiceField(
            label=_("Never on"),
            required=False,
            coerce=int,
            choices=[(weekday, WEEKDAYS[weekday]) for weekday in self.weekdays],
            widget=forms.CheckboxSelectMultiple,
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.weekdays and set(cleaned.get("never", ())) >= set(self.weekdays):
            self.add_error("never", _("The patient has to come on at least one weekday."))
        return cleaned

    @property
    def is_used(self) -> bool:
        """Whether anything was said, so that it is shown without asking."""
        return self.is_bound and (bool(self.errors) or bool(self.wishes))

    @property
    def wishes(self) -> tuple[WeekdayWish, ...]:
        never = set(self.cleaned_data["never"])
        other = {day: self.cleaned_data[f"on_{day}"] for day in self.weekdays if day not in never}
        said = {day: clock for day, clock in other.items() if clock is not None}
        return tuple(WeekdayWish(day, said.get(day)) for day in sorted({*never, *said}))


class AbsenceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """From when to when a patient cannot come."""

    prefix = "absence"

    class Meta:
        model = PatientAbsence
        fields = ["first_day", "last_day", "reason"]
        widgets = {
            "first_day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "last_day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
