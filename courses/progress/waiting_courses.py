"""What courses wait for: reviews, a look at who is not better at two weeks, and reasons of exceptions."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Subquery

from courses.models import Course, DiaryEntry, OutcomeMeasure, Review, Session
from courses.progress.early import in_second_week
from courses.progress.early_response import ASKED_AFTER, EarlyFacts, State, early_response
from courses.progress.milestones import middle_due_since, middle_of, middle_overdue_since
from courses.progress.month_page import Unexplained, gathered
from courses.progress.services.reviews import OVER
from courses.progress.weekly import Told, weeks
from courses.progress.work_items import Kind
from courses.scheduling.calendar import day_bounds
from eecp_clinic.models import Clinic

Point = OutcomeMeasure.Point
#: Exceptions of so many days are asked for here, so that one which is not explained stands here as late for three
#: weeks; then the record of the month, whose page names it, is the clinic's.
EXCEPTION_DAYS = 28


@dataclass(frozen=True, slots=True)
class CourseWaits:
    """``reviews`` are kind, since when, and the day by which where that is known; moments None: nothing waits."""

    course: Course
    given: int
    reviews: tuple[tuple[Kind, datetime, date | None], ...] = ()
    not_better_since: datetime | None = None
    not_better: str = ""
    unexplained: int = 0
    unexplained_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Rows:
    """What is known of many courses, by their keys."""

    given: Mapping[int, Sequence[tuple[datetime, datetime]]]
    diaries: Mapping[int, Sequence[Told]]
    unexplained: Mapping[int, Sequence[Unexplained]]


def course_waits(clinic: Clinic, now: datetime) -> list[CourseWaits]:
    """Of every course that goes on or lacks its summary what it waits for, in a fixed number of queries."""
    courses = _going_on(clinic)
    today = clinic.day_of(now)
    recent = gathered(clinic, today - timedelta(days=EXCEPTION_DAYS), today + timedelta(days=1))
    rows = _Rows(_given(courses), _diaries(courses), _by_course(recent.unexplained))
    found = [_waits(course, rows, now) for course in courses] + _without_summary(clinic, rows)
    known = {one.course.pk for one in found}
    others = {one.course.pk: one.course for one in recent.unexplained if one.course.pk not in known}
    return [*found, *(_only_exceptions(course, rows.unexplained[pk]) for pk, course in others.items())]


def _going_on(clinic: Clinic) -> list[Course]:
    return list(
        Course.objects.of(clinic)
        .exclude(state__in=OVER)
        .select_related("clinic", "patient", "order")
        .prefetch_related(
            Prefetch("reviews", Review.objects.only("course_id", "kind", "reviewed_at")),
            Prefetch("outcomes", OutcomeMeasure.objects.filter(point__in=[Point.BASELINE, Point.TWO_WEEKS])),
        )
    )


def _without_summary(clinic: Clinic, rows: _Rows) -> list[CourseWaits]:
    """Of the courses that are over only their summary is asked, so only the end of their last session is read."""
    summed_up = Review.objects.filter(course=OuterRef("pk"), kind=Review.Kind.FINAL)
    ended = Session.objects.completed().filter(course=OuterRef("pk"), ended_at__isnull=False)
    given = ended.order_by().values("course")
    courses = (
        Course.objects.of(clinic)
        .filter(~Exists(summed_up), state__in=OVER)
        .annotate(
            given=Subquery(given.values(n=Count("pk"))), last_end=Subquery(given.values(at=Max("ended_at")))
        )
        .filter(last_end__isnull=False)
        .select_related("patient", "order")
        .only(*_NAMED, "order__ordered_by", "order__sessions")
    )
    return [
        CourseWaits(
            course=course,
            given=course.given,  # type: ignore[attr-defined]  # annotated above
            reviews=((Kind.SUMMARY, course.last_end, None),),  # type: ignore[attr-defined]  # annotated above
            unexplained=len(unexplained),
            unexplained_since=_since(clinic, unexplained),
        )
        for course in courses
        for unexplained in (rows.unexplained.get(course.pk, ()),)
    ]


#: What a row of the page says of a course that is over, and of whom it was.
_NAMED = (
    "code",
    "clinic",
    "extra_sessions",
    "repeated_sessions",
    "patient__code",
    "patient__mrn",
    "patient__family_name",
    "patient__given_name",
)


def _given(courses: Iterable[Course]) -> dict[int, list[tuple[datetime, datetime]]]:
    found: defaultdict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    rows = Session.objects.completed().filter(course__in=list(courses)).order_by("ended_at")
    for course_id, started_at, ended_at in rows.values_list("course_id", "started_at", "ended_at"):
        if started_at is not None and ended_at is not None:
            found[course_id].append((started_at, ended_at))
    return found


def _diaries(courses: Iterable[Course]) -> dict[int, list[Told]]:
    found: defaultdict[int, list[Told]] = defaultdict(list)
    rows = DiaryEntry.objects.filter(course__in=list(courses))
    for course_id, day, episodes, nitroglycerin in rows.values_list(
        "course_id", "day", "episodes", "nitroglycerin"
    ):
        found[course_id].append(Told(day, episodes, nitroglycerin))
    return found


def _by_course(unexplained: Iterable[Unexplained]) -> dict[int, list[Unexplained]]:
    found: defaultdict[int, list[Unexplained]] = defaultdict(list)
    for one in unexplained:
        found[one.course.pk].append(one)
    return found


def _waits(course: Course, rows: _Rows, now: datetime) -> CourseWaits:
    given = rows.given.get(course.pk, ())
    since, sentence = _not_better(course, given, rows.diaries.get(course.pk, ()), now)
    unexplained = rows.unexplained.get(course.pk, ())
    return CourseWaits(
        course=course,
        given=len(given),
        reviews=tuple(_reviews(course, [end for _start, end in given])),
        not_better_since=since,
        not_better=sentence,
        unexplained=len(unexplained),
        unexplained_since=_since(course.clinic, unexplained),
    )


def _reviews(course: Course, ends: Sequence[datetime]) -> Iterable[tuple[Kind, datetime, date | None]]:
    total = course.sessions_ordered
    reviewed = any(review.kind == Review.Kind.MID_COURSE for review in course.reviews.all())
    middle = middle_due_since(ends, total, reviewed=reviewed)
    if middle is not None:
        late = middle_overdue_since(ends, total, reviewed=reviewed)
        yield Kind.MID_COURSE, middle, course.clinic.day_of(late) if late else None


def _not_better(
    course: Course, given: Sequence[tuple[datetime, datetime]], diary: Sequence[Told], now: datetime
) -> tuple[datetime | None, str]:
    """Since when the patient is known not to be better at two weeks while no physician has signed a review since."""
    if not given:
        return None, ""
    clinic = course.clinic
    first, today = clinic.day_of(min(start for start, _end in given)), clinic.day_of(now)
    by_point = {outcome.point: outcome for outcome in course.outcomes.all()}
    asked, baseline = by_point.get(Point.TWO_WEEKS), by_point.get(Point.BASELINE)
    kept = [one for one in diary if one.day <= today]
    found = early_response(
        EarlyFacts(
            today=today,
            first_session_on=first,
            sessions_done=len(given),
            feels=asked.feels if asked else "",
            angina_before=baseline.angina_per_week if baseline else None,
            angina_now=in_second_week(asked, weeks(first, kept, (), max(first, today))),
            asked_until=middle_of(course.sessions_ordered),
        )
    )
    if found.state is not State.NOT_BETTER:
        return None, ""
    known_on = asked.measured_on if asked else min(today, first + ASKED_AFTER)
    since = min(now, day_bounds(clinic, known_on)[0])
    looked_at = any(review.reviewed_at >= since for review in course.reviews.all())
    return (None, "") if looked_at else (since, found.sentence)


def _only_exceptions(course: Course, unexplained: Sequence[Unexplained]) -> CourseWaits:
    return CourseWaits(
        course=course,
        given=0,
        unexplained=len(unexplained),
        unexplained_since=_since(course.clinic, unexplained),
    )


def _since(clinic: Clinic, unexplained: Sequence[Unexplained]) -> datetime | None:
    days = [one.day for one in unexplained]
    return day_bounds(clinic, min(days))[0] if days else None
