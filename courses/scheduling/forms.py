"""Forms of this stage."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.models import Course, WaitListEntry
from courses.scheduling.plan import Slot
from devices.models import Device
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import Clinic


class PlanForm(forms.Form):
    """When the sessions of a course should be, and where."""

    start_date = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    preferred_time = forms.TimeField(
        label=_("Preferred hour"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    device = forms.ModelChoiceField(
        label=_("Device"),
        queryset=Device.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=_("Any device"),
    )
    finish_by = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("If there is one, such as the end of an authorization"),
    )

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.usable = Device.objects.of(clinic).in_use()
        self.fields["device"].queryset = self.usable  # type: ignore[attr-defined]

    @property
    def devices(self) -> list[Device]:
        """The one chosen, or all that are in use."""
        chosen = self.cleaned_data["device"]
        return [chosen] if chosen else list(self.usable)


class MoveForm(forms.Form):
    """Another hour or device for one booked session."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(label=_("Hour"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    device = forms.ModelChoiceField(label=_("Device"), queryset=Device.objects.none(), to_field_name="code")
    reason = forms.CharField(label=_("Why"), max_length=150)
    fewer_nurses = forms.BooleanField(
        label=_("Also with fewer nurses than the clinic's rule asks for"),
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["device"].queryset = Device.objects.of(clinic).in_use()  # type: ignore[attr-defined]


class WaitForm(forms.ModelForm):  # type: ignore[type-arg]
    """What hour a course waits for."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=list(WEEKDAYS_ABBR.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: any day"),
    )

    class Meta:
        model = WaitListEntry
        fields = ["urgency", "weekdays", "from_time", "until_time", "notice_hours", "device", "note"]
        widgets = {
            "from_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "until_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        device = self.fields["device"]
        device.queryset = Device.objects.of(clinic).in_use()  # type: ignore[attr-defined]
        device.empty_label = _("Any device")  # type: ignore[attr-defined]
        self.fields["notice_hours"].unit = "h"  # type: ignore[attr-defined]


REASONS = [
    ("", _("Choose")),
    ("called_off", _("Called off by the patient")),
    ("no_call", _("Did not come, no call")),
    ("ill", _("Ill")),
    ("hospital", _("In hospital")),
    ("transport", _("No transport")),
    ("weather", _("Weather")),
    ("clinic", _("Clinic or device")),
    ("other", _("Other")),
]


class ReasonForm(forms.Form):
    """Why an hour was not used."""

    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS)
    note = forms.CharField(label=_("Note"), max_length=150, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") == "other" and not cleaned.get("note"):
            self.add_error("note", _("Say in a few words what the other reason is."))
        return cleaned

    @property
    def text(self) -> str:
        """The reason as it is kept: 'Ill: flu'."""
        label = str(dict(REASONS)[self.cleaned_data["reason"]])
        note = self.cleaned_data["note"]
        return f"{label}: {note}" if note else label


def slot_text(slot: Slot) -> str:
    """A proposed hour as the page carries it to the booking."""
    return f"{slot.start.isoformat()}/{slot.device_id}"


def slots_from(values: Sequence[str], course: Course) -> list[Slot]:
    """The hours that a page carried. Raises InvalidInput where they cannot be read."""
    length = timedelta(minutes=course.order.session_minutes)
    slots = []
    for value in values:
        moment, _slash, device = value.partition("/")
        try:
            start = datetime.fromisoformat(moment)
        except ValueError:
            start = None
        if start is None or start.tzinfo is None or not device:
            raise InvalidInput(gettext("The proposed hours could not be read. Let them be proposed again."))
        slots.append(Slot(start, start + length, device, in_window=True))
    return slots
