"""What happened to one appointment, from the audit trail: who, when, what and why."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from courses.models import Appointment
from courses.scheduling.agenda import spoken
from devices.models import Device
from eecp_clinic.models import AuditEvent, Clinic


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    who: str
    what: str
    why: str


def history_of(appointment: Appointment) -> list[Event]:
    """Every change of the appointment, the newest first, beginning with its booking."""
    clinic = appointment.course.clinic
    own = AuditEvent.objects.filter(subject=f"appointment:{appointment.code}")
    booking = AuditEvent.objects.filter(
        subject=f"course:{appointment.course.code}",
        action="course.booked",
        data__appointments__contains=[appointment.code],
    )
    devices = dict(Device.objects.of(clinic).values_list("code", "name"))
    rows = (own | booking).select_related("actor").order_by("-at", "-id")
    return [
        Event(
            row.at,
            row.actor.get_full_name() if row.actor else "",
            _what(row, clinic, devices),
            str(row.data.get("reason", "")),
        )
        for row in rows
    ]


def _what(row: AuditEvent, clinic: Clinic, devices: dict[str, str]) -> str:
    words: dict[str, Callable[[], str]] = {
        "course.booked": lambda: gettext("Booked"),
        "appointment.arrived": lambda: gettext("Marked as arrived"),
        "appointment.missed": lambda: gettext("Marked as missed"),
        "appointment.cancelled": lambda: gettext("Cancelled"),
        "appointment.undone": lambda: gettext("The last change was undone"),
        "appointment.moved": lambda: (
            gettext("Moved from %(before)s to %(after)s")
            % {
                "before": _place(row.data["before"], clinic, devices),
                "after": _place(row.data["after"], clinic, devices),
            }
        ),
    }
    said = words.get(row.action)
    return said() if said else row.action


def _place(data: dict[str, Any], clinic: Clinic, devices: dict[str, str]) -> str:
    local = clinic.local(datetime.fromisoformat(data["starts_at"]))
    return f"{spoken(local.date())} {local:%H:%M}, {devices.get(data['device'], data['device'])}"
