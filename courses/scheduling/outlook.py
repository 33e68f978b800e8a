"""How a course stands against its end: given, booked, and whether the rest still fits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import gettext, ngettext

from courses.models import Appointment, Course, Session
from courses.scheduling.agenda import spoken
from courses.scheduling.calendar import (
    closures,
    day_bounds,
    first_usable_day,
    opening_hours,
    special_hours,
)
from courses.scheduling.feasibility import Feasibility, Light, feasibility
from courses.scheduling.remaining import treatment_days_left
from eecp_clinic.models import Clinic


@dataclass(frozen=True, slots=True)
class Outlook:
    """``booked``: hours to come. ``feasibility`` is None where no last day was set or the course is over."""

    state: str
    total: int
    done: int
    booked: int
    ends_on: date | None
    feasibility: Feasibility | None

    @property
    def unbooked(self) -> int:
        """Ordered sessions that are neither given nor booked; none where the course is over."""
        return max(0, self.total - self.done - self.booked) if self.is_going_on else 0

    @property
    def is_going_on(self) -> bool:
        return self.state not in {Course.State.COMPLETED, Course.State.DISCONTINUED}

    @property
    def session_label(self) -> str:
        """'27 of 35': the session that is next, or the last one."""
        number = min(self.done + 1, self.total) if self.is_going_on else self.done
        return gettext("%(number)d of %(total)d") % {"number": number, "total": self.total}

    @property
    def light(self) -> str:
        """go, look, stop or idle, as the banner's chip takes it."""
        if not self.is_going_on:
            return "idle"
        if self.feasibility and self.feasibility.light == Light.STOP:
            return "stop"
        if self.state == Course.State.ON_HOLD or self.unbooked:
            return "look"
        return str(self.feasibility.light) if self.feasibility else "idle"

    @property
    def text(self) -> str:
        """The few words inside the chip."""
        slack = self.feasibility.slack_days if self.feasibility else None
        if not self.is_going_on or self.state == Course.State.ON_HOLD:
            return str(Course.State(self.state).label)
        if slack is not None and slack < 0:
            return ngettext("%(days)d day too few", "%(days)d days too few", -slack) % {"days": -slack}
        if self.unbooked:
            return ngettext(
                "%(count)d session not booked", "%(count)d sessions not booked", self.unbooked
            ) % {"count": self.unbooked}
        if slack is None:
            return gettext("Ends %(day)s") % {"day": spoken(self.ends_on)} if self.ends_on else ""
        days = ngettext("slack %(days)d day", "slack %(days)d days", slack) % {"days": slack}
        return gettext("On track, %(slack)s") % {"slack": days} if self.light == "go" else days.capitalize()


def outlook_of(course: Course, now: datetime) -> Outlook:
    return outlooks(course.clinic, [course], now)[course.pk]


def outlooks(clinic: Clinic, courses: Sequence[Course], now: datetime) -> dict[int, Outlook]:
    """The outlook of each course by its key, in a fixed number of queries; their orders must be fetched."""
    done = _count(Session.objects.completed().filter(course__in=courses))
    booked = (
        Appointment.objects.to_come(now)
        .filter(course__in=courses)
        .order_by()
        .values("course_id")
        .annotate(count=Count("pk"), last=Max("starts_at"))
    )
    to_come: dict[int, dict[str, Any]] = {row["course_id"]: dict(row) for row in booked}
    calendar = _Calendar(clinic, courses, now)
    return {
        course.pk: Outlook(
            state=course.state,
            total=course.sessions_ordered,
            done=done.get(course.pk, 0),
            booked=to_come[course.pk]["count"] if course.pk in to_come else 0,
            ends_on=clinic.day_of(to_come[course.pk]["last"]) if course.pk in to_come else None,
            feasibility=calendar.feasibility(course, done.get(course.pk, 0)),
        )
        for course in courses
    }


def _count(sessions: Any) -> dict[int, int]:
    return dict(sessions.order_by().values_list("course_id").annotate(Count("pk")))


def _holds_a_last_day(course: Course) -> bool:
    ended = course.state in {Course.State.COMPLETED, Course.State.DISCONTINUED}
    return course.target_end_on is not None and not ended


class _Calendar:
    """What all courses of one clinic share: its days, and which of this week each course has had.

    Asked for only where a course has a last day to be held: others cost no query.
    """

    def __init__(self, clinic: Clinic, courses: Sequence[Course], now: datetime) -> None:
        self.clinic = clinic
        self.now = now
        held = [course for course in courses if _holds_a_last_day(course)]
        if not held:
            return
        today = clinic.day_of(now)
        last = max(today, *(course.target_end_on for course in held if course.target_end_on))
        self.hours = opening_hours(clinic)
        self.special = special_hours(clinic, today, last)
        self.closed = {closure.day for closure in closures(clinic, today, last, self.special)}
        self.used = self._days_had(held, today)

    def _days_had(self, courses: Sequence[Course], today: date) -> dict[int, set[date]]:
        monday = date.fromordinal(today.toordinal() - today.weekday())
        rows = Session.objects.completed().filter(
            course__in=courses, started_at__gte=day_bounds(self.clinic, monday)[0]
        )
        days: dict[int, set[date]] = {}
        for course_id, started_at in rows.values_list("course_id", "started_at"):
            if started_at is not None:
                days.setdefault(course_id, set()).add(self.clinic.day_of(started_at))
        return days

    def feasibility(self, course: Course, done: int) -> Feasibility | None:
        if course.target_end_on is None or not _holds_a_last_day(course):
            return None
        order = course.order
        days = treatment_days_left(
            first_usable_day(self.clinic, self.hours, self.now, order.session_minutes, self.special),
            course.target_end_on,
            weekdays={hours.weekday for hours in self.hours},
            closed=self.closed,
            days_per_week=order.days_per_week,
            used=self.used.get(course.pk, set()),
            opened={hours.day for hours in self.special},
        )
        return feasibility(max(0, course.sessions_ordered - done), days, per_day=order.sessions_per_day)
