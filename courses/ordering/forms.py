"""Forms of this stage."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from courses.models import Course, TreatmentOrder
from courses.ordering.services import FIELDS
from patients.diagnoses import DiagnosisError, check_codes, split_codes

UNITS = {
    "sessions": _("sessions"),
    "session_minutes": _("min"),
    "sessions_per_day": _("a day"),
    "days_per_week": _("days"),
    "pressure_target_mmhg": _("mmHg"),
}

#: The same as the database's constraints, so that the form says them beside the field.
BOUNDS = {
    "sessions": (1, 45),
    "sessions_per_day": (1, 2),
    "days_per_week": (1, 6),
    "pressure_target_mmhg": (80, 350),
}


class OrderForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """What the physician orders; diagnoses are typed as a list, the principal one first."""

    diagnoses = forms.CharField(
        label=_("Diagnoses (ICD-10-CM)"), help_text=_("The principal one first, such as I25.112, I50.22")
    )
    session_minutes = forms.IntegerField(
        label=_("Minutes a session"), min_value=15, max_value=120, initial=60
    )

    class Meta:
        model = TreatmentOrder
        fields = FIELDS
        widgets = {"goals": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "pressure_target_mmhg": _("Highest cuff pressure aimed at, between 80 and 350 mmHg"),
            "goals": _("What the patient and you want to reach, in a sentence or two"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, unit in UNITS.items():
            self.fields[name].unit = unit  # type: ignore[attr-defined]
        for name, (low, high) in BOUNDS.items():
            self.fields[name].widget.attrs |= {"min": low, "max": high}
            self.fields[name].validators += [MinValueValidator(low), MaxValueValidator(high)]
        diagnoses = self.initial.get("diagnoses")
        if isinstance(diagnoses, list):
            self.initial["diagnoses"] = ", ".join(diagnoses)

    def clean_diagnoses(self) -> list[str]:
        try:
            return check_codes(split_codes(self.cleaned_data["diagnoses"]))
        except DiagnosisError as error:
            raise forms.ValidationError(str(error)) from error


class PasswordForm(forms.Form):
    """The re-entered password of who signs."""

    password = forms.CharField(
        label=_("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )


class StopForm(forms.Form):
    """Why a course ends before its time."""

    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose")), *Course.EndReason.choices])
