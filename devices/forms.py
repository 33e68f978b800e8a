"""Forms of devices."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from devices.models import Device, Recording
from devices.protocol import TriggerSource
from devices.services import DEVICE_FIELDS


class DeviceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    class Meta:
        model = Device
        fields = DEVICE_FIELDS

    def validate_unique(self) -> None:
        """Left to the service, whose constraint answer also holds when two people save at once."""

    def validate_constraints(self) -> None:
        """As above."""


class MoveForm(forms.Form):
    """The device of which an imported recording is."""

    device = forms.ModelChoiceField(
        label=_("Device"), queryset=Device.objects.none(), to_field_name="code", empty_label=_("Choose")
    )

    def __init__(self, *args: Any, recording: Recording, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Device.objects.of(recording.device.clinic).exclude(pk=recording.device_id)
        self.fields["device"].queryset = others.select_related("clinic")  # type: ignore[attr-defined]


class ConfirmImportForm(forms.Form):
    """What a console's file does not surely say: when it began, and on what the console triggered."""

    started_at = forms.DateTimeField(
        label=_("First sample"),
        help_text=_("By the clinic's clock. Correct it where the console's clock was wrong."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"],
    )
    trigger_source = forms.ChoiceField(
        label=_("The console triggers on"),
        choices=[
            ("", _("Choose")),
            (TriggerSource.R_WAVE.value, _("R wave of the ECG")),
            (TriggerSource.PULSE_WAVE.value, _("Pulse wave")),
            (TriggerSource.IMPEDANCE.value, _("Impedance")),
        ],
    )

    def confirmed(self, read: datetime | None) -> dict[str, Any]:
        """The answers; a start that was left as it was keeps the parts of a second that the field does not show."""
        typed = self.cleaned_data["started_at"]
        unchanged = read is not None and read.replace(microsecond=0) == typed
        return {
            "started_at": read if unchanged else typed,
            "trigger_source": TriggerSource(self.cleaned_data["trigger_source"]),
        }
