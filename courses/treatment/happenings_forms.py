"""What is typed about events, changes of settings, and rows that are wrong."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models import Session, SettingChange, TreatmentEvent
from courses.treatment.forms import moment_in
from eecp_clinic.models import Clinic

CHANGE_REASONS = (
    _("Discomfort"),
    _("Titration towards the ordered pressure"),
    _("Diastolic augmentation too low"),
    _("Inflation early or late"),
    _("Heart rate changed"),
)


class _MomentForm(forms.Form):
    """Of this moment while the session runs; of a typed time where one is given, and always after the hour."""

    time = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}),
        help_text=_("Empty: now"),
    )

    def __init__(self, *args: Any, over: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if over:
            self.fields["time"].required = True
            self.fields["time"].help_text = ""

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "time"}

    def moment(self, session: Session, clinic: Clinic) -> datetime | None:
        return moment_in(session, clinic, self.cleaned_data.get("time"))


class EventForm(_MomentForm):
    """An event: nothing is chosen beforehand."""

    prefix = "event"

    kind = forms.ChoiceField(label=_("What"), choices=[("", _("Choose")), *TreatmentEvent.Kind.choices])
    severity = forms.ChoiceField(
        label=_("How bad"), choices=TreatmentEvent.Severity.choices, widget=forms.RadioSelect
    )
    actions = forms.MultipleChoiceField(
        label=_("What was done"),
        choices=TreatmentEvent.Action.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Say what was done; “watched” is an answer.")},
    )
    note = forms.CharField(label=_("In words"), max_length=300, required=False)
    outcome = forms.ChoiceField(
        label=_("How it went"),
        choices=[("", _("Not known yet")), *TreatmentEvent.Outcome.choices],
        required=False,
    )

    field_order = ["kind", "severity", "actions", "note", "outcome", "time"]


class OutcomeForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("How it went"), choices=[("", _("Choose")), *TreatmentEvent.Outcome.choices]
    )


class ChangeForm(_MomentForm):
    """A change of the console's settings; the value before may be not known, the one after may not."""

    prefix = "change"

    what = forms.ChoiceField(label=_("What"), choices=[("", _("Choose")), *SettingChange.What.choices])
    from_value = forms.IntegerField(
        label=_("From"), min_value=-500, max_value=500, required=False, help_text=_("mmHg, or ms for timing")
    )
    to_value = forms.IntegerField(label=_("To"), min_value=-500, max_value=500)
    why = forms.CharField(
        label=_("Why"), max_length=200, widget=forms.TextInput(attrs={"list": "change-reasons"})
    )

    field_order = ["what", "from_value", "to_value", "why", "time"]


class StrikeForm(forms.Form):
    reason = forms.CharField(label=_("Why the row is wrong"), max_length=200)
