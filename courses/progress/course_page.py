"""What the page of one course shows, computed; the template only lays it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from courses.models import Appointment, Course, DiaryEntry, OutcomeMeasure, Review
from courses.progress.by_session import BySession
from courses.progress.charts import Chart
from courses.progress.clinic_median import ds_peak_medians, year_of
from courses.progress.decision_words import decision_in_words
from courses.progress.due import windows_of
from courses.progress.early import early_of
from courses.progress.early_response import EarlyResponse
from courses.progress.exception_rows import ExceptionRow, counts_of, exception_rows
from courses.progress.outcome_charts import angina_chart, point_charts
from courses.progress.outcome_table import OutcomeTable, outcome_table
from courses.progress.outcome_windows import Window
from courses.progress.published import CLASS_GAIN
from courses.progress.session_charts import augmentation_chart, body_charts, delivery_charts
from courses.progress.session_rows import SessionRow, session_rows
from courses.progress.sessions import Done, done_sessions
from courses.progress.strip import OVER, Cell, Hours, cells, hours_of
from courses.progress.weekly import Told, Week, weeks
from courses.scheduling.outlook import Outlook, outlook_of

__all__ = ["CoursePage", "course_page"]


@dataclass(frozen=True, slots=True)
class CoursePage:
    """``chart`` is the first picture; None before the first session. ``charts`` are the others that know something."""

    lead: str
    headline: str
    stopped: str
    cells: tuple[Cell, ...]
    chart: Chart | None
    charts: tuple[Chart, ...]
    outcomes: OutcomeTable
    windows: tuple[Window, ...]
    published_gain: str
    early: EarlyResponse
    exceptions: tuple[ExceptionRow, ...]
    exception_counts: tuple[tuple[str, int], ...]
    reviews: tuple[Review, ...]
    done: tuple[Done, ...]
    sessions: tuple[SessionRow, ...]

    @property
    def shown_windows(self) -> list[tuple[Window, str]]:
        return [(window, str(OutcomeMeasure.Point(window.point).label)) for window in self.windows]


def course_page(course: Course, now: datetime, outlook: Outlook | None = None) -> CoursePage:
    """Everything on the page, in a number of queries that does not grow with the sessions."""
    outlook = outlook or outlook_of(course, now)
    done, hours = done_sessions(course), hours_of(course)
    outcomes = list(OutcomeMeasure.objects.filter(course=course))
    by_week = weeks_of(course, done, now)
    pictures = course_charts(course, done, outcomes, by_week)
    found = exception_rows(course, done, hours)
    return CoursePage(
        lead=_lead(course, done, outlook.ends_on),
        headline=_headline(course, done, len(hours.starts(Appointment.State.MISSED))),
        stopped=_stopped(course),
        cells=cells(course, done, hours, now),
        chart=pictures[0] if done else None,
        charts=tuple(picture for picture in pictures[1:] if picture.svg),
        outcomes=outcome_table(outcomes),
        windows=_windows(course, done, hours, outcomes, now),
        published_gain=gettext(CLASS_GAIN.sentence)
        if any(o.point == OutcomeMeasure.Point.END for o in outcomes)
        else "",
        early=early_of(course, done, hours, outcomes, by_week, now),
        exceptions=tuple(sorted(found, key=lambda row: row.day, reverse=True)),
        exception_counts=counts_of(found),
        reviews=reviews_of(course),
        done=tuple(done),
        sessions=session_rows(course.clinic, done),
    )


def reviews_of(course: Course) -> tuple[Review, ...]:
    """With ``decided``: the decision and what it changed, in words."""
    found = tuple(Review.objects.filter(course=course).select_related("signature"))
    for review in found:
        review.decided = decision_in_words(review)  # type: ignore[attr-defined]  # for the template
    return found


def course_charts(
    course: Course,
    done: Sequence[Done],
    outcomes: Sequence[OutcomeMeasure],
    by_week: Sequence[Week],
    *,
    paper: bool = False,
) -> list[Chart]:
    """Every picture of the course: how well it was given, how the patient is, and the body.

    In ink it goes to a payer: what other patients of the clinic had stays out of it.
    """
    by = BySession(course, done, paper)
    year = year_of(course, done[-1].started_at) if done and not paper else None
    medians = ds_peak_medians(course, year) if year else {}
    return [
        augmentation_chart(by, medians, year),
        angina_chart(course, by_week, paper=paper),
        *point_charts(outcomes, course, paper=paper),
        *delivery_charts(by),
        *body_charts(by),
    ]


def paper_charts(course: Course, outcomes: Sequence[OutcomeMeasure], until: datetime) -> list[Chart]:
    """The same pictures in ink, of what was signed by ``until``; those that know nothing are left out."""
    done = [
        one
        for one in done_sessions(course)
        if one.session.signature is not None and one.session.signature.signed_at <= until
    ]
    drawn = course_charts(course, done, outcomes, weeks_of(course, done, until), paper=True)
    return [one for one in drawn if one.svg]


def weeks_of(course: Course, done: Sequence[Done], now: datetime) -> tuple[Week, ...]:
    """The weeks of the course, and those before it in which a diary was kept; none before the first session."""
    clinic = course.clinic
    told = [
        Told(clinic.day_of(one.started_at), before.angina_since_last, before.nitroglycerin_since_last)
        for one in done
        if (before := one.before) is not None
    ]
    diary = [
        Told(entry.day, entry.episodes, entry.nitroglycerin)
        for entry in DiaryEntry.objects.filter(course=course, entered_at__lte=now)
    ]
    if not done:
        return ()
    last = course.ended_on or clinic.day_of(now)
    begins = clinic.day_of(done[0].started_at)
    last = max(last, clinic.day_of(done[-1].started_at), *(entry.day for entry in diary))
    return weeks(begins, diary, told, last)


def _windows(
    course: Course, done: Sequence[Done], hours: Hours, outcomes: Sequence[OutcomeMeasure], now: datetime
) -> tuple[Window, ...]:
    """When each set is due; of a course that is over no point that it did not reach."""
    found = windows_of(course, [one.started_at for one in done], hours.first, outcomes, now)
    is_over = course.state in OVER
    return tuple(one for one in found if one.is_measured or one.due_on is not None or not is_over)


def _lead(course: Course, done: Sequence[Done], ends_on: date | None) -> str:
    """'Ordered 28-Sep-2026, signed · started Mon 05-Oct-2026 · ends Fri 04-Dec-2026 if nothing changes'."""
    order = course.order
    signed = gettext("signed") if order.is_signed else gettext("not signed")
    ordered = _day(course.clinic.day_of(order.ordered_at))
    parts = [gettext("Ordered %(day)s, %(signed)s") % {"day": ordered, "signed": signed}]
    if done:
        first = course.clinic.day_of(min(one.started_at for one in done))
        parts.append(gettext("started %(day)s") % {"day": _weekday(first)})
    else:
        parts.append(gettext("not started"))
    if course.ended_on:
        label = Course.State(course.state).label
        said = gettext("%(state)s %(day)s") % {"state": label, "day": _weekday(course.ended_on)}
        parts.append(f"{said}: {course.get_end_reason_display()}" if course.end_reason else said)
    elif ends_on:
        parts.append(gettext("ends %(day)s if nothing changes") % {"day": _weekday(ends_on)})
    return " · ".join(parts)


def _headline(course: Course, done: Sequence[Done], missed: int) -> str:
    """'26 of 35 done, 2 missed, 9 to come'."""
    told = {"count": len(done), "of": course.sessions_ordered}
    parts = [gettext("%(count)d of %(of)d done") % told]
    if missed:
        parts.append(ngettext("%(count)d missed", "%(count)d missed", missed) % {"count": missed})
    if course.state not in OVER:
        left = max(0, course.sessions_ordered - len(done))
        parts.append(gettext("%(count)d to come") % {"count": left})
    return ", ".join(parts)


def _stopped(course: Course) -> str:
    """'Stopped Thu 12-Nov-2026: Leg or back pain'; empty for a course that goes on or was completed."""
    if course.state != Course.State.DISCONTINUED or course.ended_on is None:
        return ""
    said = gettext("Stopped %(day)s") % {"day": _weekday(course.ended_on)}
    return f"{said}: {course.get_end_reason_display()}" if course.end_reason else said


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def _weekday(day: date) -> str:
    return date_format(day, "D d-M-Y")
