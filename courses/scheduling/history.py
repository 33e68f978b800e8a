"""What happened to one appointment: who booked, moved or marked it, when, and why."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.models import Appointment, Move
from courses.scheduling.agenda import spoken
from eecp_clinic.models import AuditEvent, Clinic

WORDS = {
    "course.booked": _("Booked"),
    "appointment.moved": _("Moved"),
    "appointment.patient_told": _("Patient told of the new hour"),
    "appointment.arrived": _("Arrived"),
    "appointment.missed": _("Missed"),
    "appointment.cancelled": _("Cancelled"),
    "appointment.undone": _("Undone"),
}


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    who: str
    what: str
    why: str


def history_of(appointment: Appointment) -> list[Line]:
    """The oldest first. Three queries."""
    own = AuditEvent.objects.filter(subject=f"appointment:{appointment.code}", action__in=WORDS)
    booked = AuditEvent.objects.filter(
        subject=f"course:{appointment.course.code}",
        action="course.booked",
        data__appointments__contains=[appointment.code],
    )
    moves = {
        move.code: move
        for move in Move.objects.filter(appointment=appointment).select_related("from_device", "to_device")
    }
    events = (own | booked).select_related("actor").order_by("at", "id")
    clinic = appointment.course.clinic
    return [
        Line(
            event.at,
            event.actor.get_full_name() if event.actor else gettext("Not known"),
            _what(clinic, event, moves.get(event.data.get("move", ""))),
            _why(event, moves.get(event.data.get("move", ""))),
        )
        for event in events
    ]


def _what(clinic: Clinic, event: AuditEvent, move: Move | None) -> str:
    said = str(WORDS[event.action])
    if move is None or event.action != "appointment.moved":
        return said
    return gettext("%(said)s from %(before)s, %(old)s, to %(after)s, %(new)s") % {
        "said": said,
        "before": _spoken(clinic, move.from_starts_at),
        "old": move.from_device.name,
        "after": _spoken(clinic, move.to_starts_at),
        "new": move.to_device.name,
    }


def _why(event: AuditEvent, move: Move | None) -> str:
    return move.reason if move is not None and event.action == "appointment.moved" else ""


def _spoken(clinic: Clinic, moment: datetime) -> str:
    local = clinic.local(moment)
    return f"{spoken(local.date())} {local:%H:%M}"
