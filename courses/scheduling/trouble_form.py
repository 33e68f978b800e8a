"""What takes hours away, as a nurse says it: which device, which days, how many colleagues."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.intervals import Interval
from courses.models import Appointment
from courses.scheduling.calendar import day_bounds
from courses.scheduling.gathering import Trouble
from courses.scheduling.plan import Slot
from courses.scheduling.services import MoveTo
from devices.models import Device
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import Clinic

DEVICE, CLOSED, NURSES = "device", "clinic", "nurses"


class TroubleForm(forms.Form):
    """A device down, the clinic closed for whole days, or nurses away."""

    kind = forms.ChoiceField(
        label=_("What happened"),
        choices=[
            (DEVICE, _("A device is down")),
            (CLOSED, _("The clinic is closed (whole days)")),
            (NURSES, _("Nurses are away")),
        ],
    )
    device = forms.ModelChoiceField(
        label=_("Device"),
        queryset=Device.objects.none(),
        required=False,
        to_field_name="code",
        empty_label=_("Choose"),
    )
    nurses = forms.IntegerField(label=_("Nurses away"), min_value=1, max_value=20, initial=1, required=False)
    begins = forms.DateTimeField(
        label=_("From"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    ends = forms.DateTimeField(
        label=_("To"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    reason = forms.CharField(label=_("Reason"), max_length=120)

    def __init__(self, *args: Any, clinic: Clinic, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.clinic = clinic
        self.fields["device"].queryset = Device.objects.of(clinic).in_use()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("begins"), cleaned.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", _("The end must lie after the beginning."))
        elif begins and ends and ends - begins > timedelta(days=92):
            self.add_error("ends", _("At most three months at once. Choose an earlier end."))
        if cleaned.get("kind") == DEVICE and not cleaned.get("device"):
            self.add_error("device", _("Choose the device that is down."))
        if cleaned.get("kind") == NURSES and not self._knows_staff():
            self.add_error(
                "kind",
                _("It is not known who works when. Enter nurses' hours under Clinic hours first."),
            )
        return cleaned

    def _knows_staff(self) -> bool:
        return self.clinic.devices_per_nurse is not None and self.clinic.staff_hours.exists()

    @property
    def trouble(self) -> Trouble:
        said = self.cleaned_data
        during = Interval(said["begins"], said["ends"])
        if said["kind"] == CLOSED:
            last = self.clinic.day_of(said["ends"] - timedelta(seconds=1))
            begins = day_bounds(self.clinic, self.clinic.day_of(said["begins"]))[0]
            during = Interval(begins, day_bounds(self.clinic, last)[1])
        return Trouble(
            during=during,
            device=said["device"] if said["kind"] == DEVICE else None,
            closes_clinic=said["kind"] == CLOSED,
            nurses_away=(said["nurses"] or 1) if said["kind"] == NURSES else 0,
        )


def move_text(appointment: Appointment, slot: Slot) -> str:
    """A proposed move as the page carries it to its acceptance."""
    return f"{appointment.code}/{appointment.version}/{slot.start.isoformat()}/{slot.device_id}"


def moves_from(values: Sequence[str], clinic: Clinic) -> list[MoveTo]:
    """The moves that a page carried. Raises InvalidInput where they cannot be read."""
    parts = [value.split("/") for value in values]
    codes = [part[0] for part in parts]
    rows = {row.code: row for row in Appointment.objects.of(clinic).filter(code__in=codes)}
    found = []
    for part in parts:
        row = rows.get(part[0])
        start = _moment(part[2]) if len(part) == 4 else None
        if row is None or start is None or not part[1].isdecimal():
            raise InvalidInput(gettext("The proposed moves could not be read. Let them be proposed again."))
        slot = Slot(start, start + (row.ends_at - row.starts_at), part[3], in_window=True)
        found.append(MoveTo(row, int(part[1]), slot))
    return found


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
