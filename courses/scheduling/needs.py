"""What waits for somebody, whatever the day: the aside of the board."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext

from courses.models import Appointment, Course, Move, Session
from courses.models.scheduling import TsTzRange
from courses.scheduling.agenda import spoken
from courses.scheduling.outlook import outlooks
from devices.models import MaintenanceWindow, Recording
from eecp_clinic.models import Clinic

#: Of each kind the oldest are shown; the rest follows as these are done.
MOST = 8
LOOK_BACK = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Need:
    """State, who, why, and one click to where it is mended."""

    light: str
    label: str
    who: str
    text: str
    action: str
    url: str


def needs_of(clinic: Clinic, now: datetime) -> list[Need]:
    """All of the clinic, the most urgent kind first. A fixed number of queries."""
    return [
        *_held(clinic, now),
        *_unsigned(clinic),
        *_unmarked(clinic, now),
        *_stranded(clinic, now),
        *_untold(clinic),
        *_courses(clinic, now),
        *_unmatched(clinic, now),
    ]


def _held(clinic: Clinic, now: datetime) -> Iterator[Need]:
    rows = Appointment.objects.of(clinic).filter(state=Appointment.State.HELD, starts_at__gte=now - LOOK_BACK)
    for row in rows.select_related("patient", "session").order_by("starts_at")[:MOST]:
        session = getattr(row, "session", None)
        url = session.get_absolute_url() if session else reverse("courses:appointment", args=[row.code])
        yield Need(
            "stop", gettext("Hold"), row.patient.board_name, row.reason, gettext("Look and decide"), url
        )


def _unsigned(clinic: Clinic) -> Iterator[Need]:
    rows = Session.objects.of(clinic).filter(state=Session.State.ENDED)
    for session in rows.select_related("course__patient").order_by("ended_at")[:MOST]:
        ended = spoken(clinic.day_of(session.ended_at)) if session.ended_at else gettext("Not known")
        yield Need(
            "look",
            gettext("Sign"),
            gettext("%(who)s, session %(number)s")
            % {"who": session.course.patient.board_name, "number": session.number},
            gettext("Ended %(day)s, not signed") % {"day": ended},
            gettext("Go to the session"),
            session.get_absolute_url(),
        )


def _unmarked(clinic: Clinic, now: datetime) -> Iterator[Need]:
    rows = Appointment.objects.of(clinic).filter(
        state__in=[Appointment.State.BOOKED, Appointment.State.ARRIVED],
        ends_at__lt=now,
        starts_at__gte=now - LOOK_BACK,
        session__isnull=True,
    )
    for row in rows.select_related("patient").order_by("starts_at")[:MOST]:
        local = clinic.local(row.starts_at)
        yield Need(
            "look",
            gettext("Not marked"),
            row.patient.board_name,
            gettext("%(day)s %(time)s is over, and nobody said whether the patient came")
            % {"day": spoken(local.date()), "time": f"{local:%H:%M}"},
            gettext("Say what happened"),
            reverse("courses:appointment", args=[row.code]),
        )


def _stranded(clinic: Clinic, now: datetime) -> Iterator[Need]:
    """Booked on a device that is down at that hour."""
    down = MaintenanceWindow.objects.filter(
        device=OuterRef("device"), during__overlap=TsTzRange(OuterRef("starts_at"), OuterRef("ends_at"))
    )
    rows = Appointment.objects.of(clinic).filter(
        Exists(down), state=Appointment.State.BOOKED, starts_at__gte=now
    )
    for row in rows.select_related("patient", "device").order_by("starts_at")[:MOST]:
        local = clinic.local(row.starts_at)
        window = {"begins": f"{local:%Y-%m-%dT%H:%M}", "ends": f"{clinic.local(row.ends_at):%Y-%m-%dT%H:%M}"}
        asked = {"kind": "device", "device": row.device.code, "reason": gettext("Device down"), **window}
        yield Need(
            "stop",
            gettext("Device down"),
            row.patient.board_name,
            gettext("%(day)s %(time)s is booked on %(device)s, which cannot be used then")
            % {"day": spoken(local.date()), "time": f"{local:%H:%M}", "device": row.device.name},
            gettext("Find another hour"),
            f"{reverse('courses:repair')}?{urlencode(asked)}",
        )


def _untold(clinic: Clinic) -> Iterator[Need]:
    waiting = Move.objects.of(clinic).to_tell()
    count = waiting.count()
    if count:
        yield Need(
            "look",
            gettext("To tell"),
            ngettext("%(count)d patient", "%(count)d patients", count) % {"count": count},
            gettext("moved to another hour and not told yet"),
            gettext("See whom to call"),
            reverse("courses:moves"),
        )


def _courses(clinic: Clinic, now: datetime) -> Iterator[Need]:
    courses = list(Course.objects.of(clinic).going_on().select_related("order", "patient"))
    found = outlooks(clinic, courses, now)
    shown = 0
    for course in courses:
        outlook = found[course.pk]
        too_few = outlook.feasibility is not None and outlook.feasibility.slack_days < 0
        if shown == MOST or not (too_few or outlook.unbooked):
            continue
        shown += 1
        fact = outlook.feasibility.sentence if too_few and outlook.feasibility else outlook.text
        yield Need(
            "stop" if too_few else "look",
            gettext("Feasibility") if too_few else gettext("To plan"),
            course.patient.board_name,
            fact,
            gettext("See ways out") if too_few else gettext("Plan the rest"),
            reverse("courses:plan", args=[course.code]),
        )


def _unmatched(clinic: Clinic, now: datetime) -> Iterator[Need]:
    rows = Recording.objects.filter(
        device__clinic=clinic, session__isnull=True, started_at__gte=now - LOOK_BACK
    )
    try:
        url = reverse("courses:unmatched")
    except NoReverseMatch:  # the list belongs to a later stage
        url = ""
    for recording in rows.select_related("device").order_by("started_at")[:MOST]:
        local = clinic.local(recording.started_at)
        yield Need(
            "idle",
            gettext("Unmatched"),
            gettext("Recording, %(device)s") % {"device": recording.device.name},
            f"{spoken(local.date())} {local:%H:%M}",
            gettext("Attach") if url else "",
            url,
        )
