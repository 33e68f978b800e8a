"""How the hour ended, and how the patient left."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Appointment, Session, VitalSigns
from courses.treatment import body_map
from courses.treatment.forms import with_units
from courses.treatment.services.charting import END_FIELDS
from eecp_clinic.drafts.forms import MergingForm


class EndForm(forms.Form):
    """Why the hour ended: never assumed, so nothing is chosen beforehand."""

    stop_reason = forms.ChoiceField(
        label=_("Why it ends"), choices=[("", _("Choose")), *Session.StopReason.choices]
    )
    stop_note = forms.CharField(
        label=_("In words"), max_length=200, required=False, help_text=_("“Other” needs words before signing")
    )


class AfterForm(MergingForm, forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    """Vital signs after the hour, and how the patient left."""

    prefix = "after"

    skin_after = forms.CharField(label=_("Skin and legs after"), max_length=200, required=False)
    symptoms = forms.CharField(
        label=_("Symptoms"), max_length=300, required=False, help_text=_("Write “none” if there were none")
    )
    education = forms.MultipleChoiceField(
        label=_("Education given"),
        choices=Session.Education.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    education_note = forms.CharField(label=_("Education, in words"), max_length=200, required=False)
    next_confirmed = forms.TypedChoiceField(
        label=_("Next appointment"),
        choices=[
            ("", _("Not known")),
            ("True", _("Confirmed with the patient")),
            ("False", _("Not confirmed")),
        ],
        coerce=lambda value: value == "True",
        empty_value=None,
        required=False,
    )
    left_how = forms.ChoiceField(
        label=_("How the patient left"), choices=[("", _("Not known")), *Session.Left.choices], required=False
    )
    stop_note = forms.CharField(label=_("About the end, in words"), max_length=200, required=False)
    comments = forms.CharField(label=_("Comments"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    END = END_FIELDS

    class Meta:
        model = VitalSigns
        fields = ["systolic_mmhg", "diastolic_mmhg", "heart_rate_bpm", "spo2_percent"]

    def __init__(
        self,
        *args: Any,
        before: VitalSigns | None = None,
        next_hour: Appointment | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        with_units(self)
        body_map.add_marks(self, before)
        if next_hour is None:
            del self.fields["next_confirmed"]  # nothing is booked that could be confirmed
        else:
            self.fields["next_confirmed"].help_text = hour_in_words(next_hour)
        for name in self.Meta.fields:
            value = getattr(before, name, None)
            if value is not None:
                self.fields[name].help_text = _("Before: %(value)s") % {"value": value}

    def measured(self) -> list[forms.BoundField]:
        return [self[name] for name in self.Meta.fields]

    def described(self) -> list[forms.BoundField]:
        return [self[name] for name in self.END if name in self.fields]

    def vitals(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def views(self) -> tuple[body_map.View, ...]:
        return body_map.views_of(self)

    def has_marks(self) -> bool:
        return body_map.has_marks(self)

    def marks(self) -> dict[str, str]:
        return body_map.marks_in(self.cleaned_data)

    def ending(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.END if name in self.cleaned_data}


def hour_in_words(appointment: Appointment) -> str:
    """'Tue 24-Nov-2026 09:00 · Device 1'."""
    local = appointment.course.clinic.local(appointment.starts_at)
    return f"{local:%a %d-%b-%Y %H:%M} · {appointment.device.name}"
