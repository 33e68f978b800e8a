"""Forms of devices."""

from django import forms

from devices.models import Device
from devices.services import DEVICE_FIELDS


class DeviceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    class Meta:
        model = Device
        fields = DEVICE_FIELDS

    def validate_unique(self) -> None:
        """Left to the service, whose constraint answer also holds when two people save at once."""

    def validate_constraints(self) -> None:
        """As above."""
