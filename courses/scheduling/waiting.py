"""Whom of the wait list a free hour fits, from the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from courses.models import Appointment, Course, WaitListEntry, WaitListOffer
from courses.scheduling.clashes import clashes
from courses.scheduling.outlook import Outlook, outlooks
from courses.scheduling.plan import Slot
from courses.scheduling.requests import request_for
from courses.scheduling.wait_fit import FreeHour, Standing, WaitWish, rank, why_not
from courses.scheduling.wishes import Wish, left_to_book
from devices.models import Device
from eecp_clinic.models import Clinic


@dataclass(frozen=True, slots=True)
class Fit:
    """Somebody who waits, against one hour. ``why_not`` is empty where it fits; ``gives_up`` is the booked hour
    that would be moved, None where a session is still to be booked."""

    entry: WaitListEntry
    outlook: Outlook
    why_not: str
    gives_up: Appointment | None
    offer: WaitListOffer | None


def waiting_of(clinic: Clinic) -> list[WaitListEntry]:
    return list(
        WaitListEntry.objects.of(clinic)
        .waiting()
        .select_related("course__clinic", "course__order", "course__patient", "device")
    )


def fits_of(clinic: Clinic, device: Device, starts_at: datetime, now: datetime) -> list[Fit]:
    """Everybody who waits, those whom the hour fits first, best first; then the others with what is in the way."""
    entries = waiting_of(clinic)
    found = outlooks(clinic, [entry.course for entry in entries], now)
    offers = {
        offer.entry_id: offer
        for offer in WaitListOffer.objects.filter(entry__in=entries, device=device, starts_at=starts_at)
    }
    fits = [
        _fit(entry, found[entry.course_id], device, starts_at, now, offers.get(entry.pk)) for entry in entries
    ]
    return sorted(fits, key=lambda fit: (bool(fit.why_not), rank(_standing(fit.entry, fit.outlook))))


def given_up_for(course: Course, starts_at: datetime, now: datetime) -> Appointment | None:
    """The booked hour that an earlier one replaces: the last, so that the course ends sooner.

    None where a session is still unbooked, or nothing later is booked.
    """
    if left_to_book(course, now):
        return None
    return (
        Appointment.objects.filter(
            course=course, state=Appointment.State.BOOKED, starts_at__gt=max(now, starts_at)
        )
        .order_by("-starts_at")
        .first()
    )


def slot_at(course: Course, device: Device, starts_at: datetime) -> Slot:
    return Slot(
        starts_at, starts_at + timedelta(minutes=course.order.session_minutes), device.code, in_window=True
    )


def _fit(
    entry: WaitListEntry,
    outlook: Outlook,
    device: Device,
    starts_at: datetime,
    now: datetime,
    offer: WaitListOffer | None,
) -> Fit:
    course = entry.course
    gives_up = given_up_for(course, starts_at, now)
    reason = why_not(wish_of(entry), _hour(course, device, starts_at), now)
    if not reason and not outlook.unbooked and gives_up is None:
        reason = "Has no later hour that could be given up."
    if not reason:
        reason = _clash(course, device, starts_at, gives_up, now)
    return Fit(entry, outlook, reason, gives_up, offer)


def wish_of(entry: WaitListEntry) -> WaitWish:
    return WaitWish(
        weekdays=tuple(entry.weekdays),
        from_time=entry.from_time,
        until_time=entry.until_time,
        device_id=entry.device.code if entry.device else None,
        notice=timedelta(hours=entry.notice_hours),
    )


def _hour(course: Course, device: Device, starts_at: datetime) -> FreeHour:
    clinic, slot = course.clinic, slot_at(course, device, starts_at)
    return FreeHour(starts_at, clinic.local(slot.start), clinic.local(slot.end), device.code)


def _clash(
    course: Course, device: Device, starts_at: datetime, moved: Appointment | None, now: datetime
) -> str:
    local = course.clinic.local(starts_at)
    wish = Wish(
        start_date=local.date(),
        preferred_time=local.time().replace(tzinfo=None),
        devices=[device],
        finish_by=local.date(),
    )
    without = [moved.pk] if moved else []
    request = request_for(course, wish, now, without=without, sessions=1)
    problems = clashes(request, [slot_at(course, device, starts_at)])
    return problems[0].sentence if problems else ""


def _standing(entry: WaitListEntry, outlook: Outlook) -> Standing:
    return Standing(
        urgency=entry.urgency,
        slack_days=outlook.feasibility.slack_days if outlook.feasibility else None,
        waits_since=entry.created_at,
    )
