"""What waits for somebody, whatever the day: the aside of the board."""

from collections.abc import Iterable, Iterator
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
from patients.models import Patient

#: So many patients are shown; the rest follows as these are done.
MOST = 12
LOOK_BACK = timedelta(days=14)
#: The most urgent first.
LIGHTS = ("stop", "look", "idle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """State, who, since when, why, and one click to where it is mended. ``subject`` is the same for all that is of ``who``.

    ``since`` None: it has no hour of its own.
    """

    subject: str
    light: str
    label: str
    who: str
    since: datetime | None
    text: str
    action: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """All needs of one kind that are of the same: the oldest, which is shown, and how many there are."""

    oldest: Need
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """What one patient needs, the most urgent first."""

    who: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Needs:
    groups: tuple[Group, ...]
    more: int


def needs_of(clinic: Clinic, now: datetime) -> Needs:
    """All of the clinic by patient, the most urgent and of these the oldest first. A fixed number of queries."""
    found = [
        *_held(clinic, now),
        *_unsigned(clinic),
        *_unmarked(clinic, now),
        *_stranded(clinic, now),
        *_untold(clinic),
        *_courses(clinic, now),
        *_unmatched(clinic, now),
    ]
    groups = grouped(found, now)
    return Needs(groups[:MOST], max(0, len(groups) - MOST))


def grouped(found: Iterable[Need], now: datetime) -> tuple[Group, ...]:
    """Each patient once; of one kind only the oldest is told, with the number of all. ``now`` dates what has no hour."""

    def order(need: Need) -> tuple[int, datetime]:
        return LIGHTS.index(need.light), need.since or now

    by_subject: dict[str, dict[str, list[Need]]] = {}
    for need in sorted(found, key=order):
        by_subject.setdefault(need.subject, {}).setdefault(need.label, []).append(need)
    return tuple(
        Group(
            next(iter(kinds.values()))[0].who, tuple(Line(needs[0], len(needs)) for needs in kinds.values())
        )
        for kinds in by_subject.values()
    )


def _subject(patient: Patient) -> str:
    return f"patient:{patient.code}"


def _held(clinic: Clinic, now: datetime) -> Iterator[Need]:
    rows = Appointment.objects.of(clinic).filter(state=Appointment.State.HELD, starts_at__gte=now - LOOK_BACK)
    for row in rows.select_related("patient", "session"):
        session = getattr(row, "session", None)
        url = session.get_absolute_url() if session else reverse("courses:appointment", args=[row.code])
        yield Need(
            subject=_subject(row.patient),
            light="stop",
            label=gettext("Hold"),
            who=row.patient.board_name,
            since=row.starts_at,
            text=row.reason,
            action=gettext("Look and decide"),
            url=url,
        )


def _unsigned(clinic: Clinic) -> Iterator[Need]:
    rows = Session.objects.of(clinic).filter(state=Session.State.ENDED)
    for session in rows.select_related("course__patient"):
        patient = session.course.patient
        ended = spoken(clinic.day_of(session.ended_at)) if session.ended_at else gettext("Not known")
        yield Need(
            subject=_subject(patient),
            light="look",
            label=gettext("Sign"),
            who=patient.board_name,
            since=session.ended_at,
            text=gettext("session %(number)s ended %(day)s, not signed")
            % {"number": session.number, "day": ended},
            action=gettext("Go to the session"),
            url=session.get_absolute_url(),
        )


def _unmarked(clinic: Clinic, now: datetime) -> Iterator[Need]:
    rows = Appointment.objects.of(clinic).filter(
        state__in=[Appointment.State.BOOKED, Appointment.State.ARRIVED],
        ends_at__lt=now,
        starts_at__gte=now - LOOK_BACK,
        session__isnull=True,
    )
    for row in rows.select_related("patient"):
        local = clinic.local(row.starts_at)
        yield Need(
            subject=_subject(row.patient),
            light="look",
            label=gettext("Not marked"),
            who=row.patient.board_name,
            since=row.starts_at,
            text=gettext("%(day)s %(time)s is over, and nobody said whether the patient came")
            % {"day": spoken(local.date()), "time": f"{local:%H:%M}"},
            action=gettext("Say what happened"),
            url=reverse("courses:appointment", args=[row.code]),
        )


def _stranded(clinic: Clinic, now: datetime) -> Iterator[Need]:
    """Booked on a device that is down at that hour."""
    down = MaintenanceWindow.objects.filter(
        device=OuterRef("device"), during__overlap=TsTzRange(OuterRef("starts_at"), OuterRef("ends_at"))
    )
    rows = Appointment.objects.of(clinic).filter(
        Exists(down), state=Appointment.State.BOOKED, starts_at__gte=now
    )
    for row in rows.select_related("patient", "device"):
        local = clinic.local(row.starts_at)
        window = {"begins": f"{local:%Y-%m-%dT%H:%M}", "ends": f"{clinic.local(row.ends_at):%Y-%m-%dT%H:%M}"}
        asked = {"kind": "device", "device": row.device.code, "reason": gettext("Device down"), **window}
        yield Need(
            subject=_subject(row.patient),
            light="stop",
            label=gettext("Device down"),
            who=row.patient.board_name,
            since=row.starts_at,
            text=gettext("%(day)s %(time)s is booked on %(device)s, which cannot be used then")
            % {"day": spoken(local.date()), "time": f"{local:%H:%M}", "device": row.device.name},
            action=gettext("Find another hour"),
            url=f"{reverse('courses:repair')}?{urlencode(asked)}",
        )


def _untold(clinic: Clinic) -> Iterator[Need]:
    waiting = Move.objects.of(clinic).to_tell()
    count = waiting.count()
    if count:
        yield Need(
            subject="moves",
            light="look",
            label=gettext("To tell"),
            who=ngettext("%(count)d patient", "%(count)d patients", count) % {"count": count},
            since=None,
            text=gettext("moved to another hour and not told yet"),
            action=gettext("See whom to call"),
            url=reverse("courses:moves"),
        )


def _courses(clinic: Clinic, now: datetime) -> Iterator[Need]:
    courses = list(Course.objects.of(clinic).going_on().select_related("order", "patient"))
    found = outlooks(clinic, courses, now)
    for course in courses:
        outlook = found[course.pk]
        too_few = outlook.feasibility is not None and outlook.feasibility.slack_days < 0
        if not (too_few or outlook.unbooked):
            continue
        fact = outlook.feasibility.sentence if too_few and outlook.feasibility else outlook.text
        yield Need(
            subject=_subject(course.patient),
            light="stop" if too_few else "look",
            label=gettext("Feasibility") if too_few else gettext("To plan"),
            who=course.patient.board_name,
            since=None,
            text=fact,
            action=gettext("See ways out") if too_few else gettext("Plan the rest"),
            url=reverse("courses:plan", args=[course.code]),
        )


def _unmatched(clinic: Clinic, now: datetime) -> Iterator[Need]:
    rows = Recording.objects.filter(
        device__clinic=clinic, session__isnull=True, started_at__gte=now - LOOK_BACK
    )
    try:
        url = reverse("courses:unmatched")
    except NoReverseMatch:  # the list belongs to a later stage
        url = ""
    for recording in rows.select_related("device"):
        local = clinic.local(recording.started_at)
        yield Need(
            subject=f"device:{recording.device.code}",
            light="idle",
            label=gettext("Unmatched"),
            who=gettext("Recording, %(device)s") % {"device": recording.device.name},
            since=recording.started_at,
            text=f"{spoken(local.date())} {local:%H:%M}",
            action=gettext("Attach") if url else "",
            url=url,
        )
