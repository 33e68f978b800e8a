"""The rows of a clinic's data set: its ended courses and their sessions, in a fixed number of queries."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import Count, Max, Min, Q

from courses.models import Appointment, OutcomeMeasure, Session, TreatmentEvent
from courses.progress.clinic_figures import class_gain
from courses.progress.figure_facts import Period, courses_in
from patients.models import Patient

Row = dict[str, Any]
Point = OutcomeMeasure.Point


def data_rows(period: Period, chance: random.Random) -> tuple[list[Row], list[Row]]:
    """Courses with 'age', and sessions; ``chance`` draws their order and so their numbers, which name nobody."""
    courses = list(courses_in(period).select_related("patient", "order", "clinic"))
    chance.shuffle(courses)
    subjects = {course.pk: f"C{number:05}" for number, course in enumerate(courses, start=1)}
    events, first_days = _events(subjects), _first_days(period, subjects)
    sessions = list(_session_rows(period, subjects, first_days, events))
    given: defaultdict[str, list[Row]] = defaultdict(list)
    for row in sessions:
        given[row["subject"]].append(row)
    missed, later = _missed(subjects), _later_classes(subjects)
    rows = [
        _course_row(course, subjects[course.pk], given[subjects[course.pk]], first_days.get(course.pk))
        | {"missed": missed.get(course.pk, 0)}
        | {
            "ccs_six_months": later.get((course.pk, Point.SIX_MONTHS)),
            "ccs_twelve_months": later.get((course.pk, Point.TWELVE_MONTHS)),
        }
        for course in courses
    ]
    sessions.sort(key=lambda row: (row["subject"], row["session"]))
    for row in sessions:
        del row["severe_events"]
    return rows, sessions


def people_in(period: Period) -> list[Row]:
    """Age and sex of each course, and nothing else: how coarsely they would have to be told."""
    courses = list(courses_in(period).select_related("patient"))
    first_days = _first_days(period, {course.pk: "" for course in courses})
    return [_person(course, first_days.get(course.pk)) for course in courses]


def _person(course: Any, first_day: date | None) -> Row:
    sex = course.patient.sex
    age = course.patient.age_on(first_day) if first_day else None
    return {"age": age, "sex": {Patient.Sex.UNKNOWN: "unknown", Patient.Sex.OTHER: "other"}.get(sex, sex)}


def _course_row(course: Any, subject: str, given: Sequence[Row], first_day: date | None) -> Row:
    return {
        "subject": subject,
        **_person(course, first_day),
        "completed": int(course.state == course.State.COMPLETED),
        "end_reason": course.end_reason,
        "sessions_ordered": course.sessions_ordered,
        "sessions_given": len(given),
        "days": max((row["day"] for row in given), default=None),
        "hours_given": None if course.minutes is None else round(course.minutes / 60, 2),
        "ccs_before": course.baseline_ccs,
        "ccs_end": course.end_ccs,
        "ccs_gain": class_gain(course.baseline_ccs, course.end_ccs),
        "ds_area_end": course.last_area,
        "events": sum(row["events"] for row in given),
        "severe_events": sum(row["severe_events"] for row in given),
    }


_VALUES = (
    "pk", "course_id", "number", "started_at", "course__order__session_minutes", "minutes_delivered", "stop_reason",
    "gating_report__grade", "gating_report__effective_minutes", "gating_report__ds_peak", "gating_report__ds_area",
)  # fmt: skip


def _session_rows(
    period: Period,
    subjects: dict[int, str],
    first_days: dict[int, date],
    events: dict[int, tuple[int, int]],
) -> Iterator[Row]:
    found = Session.objects.completed().filter(course__in=list(subjects), started_at__isnull=False).order_by()
    for (
        pk,
        course,
        number,
        started_at,
        ordered,
        minutes,
        why,
        grade,
        effective,
        peak,
        area,
    ) in found.values_list(*_VALUES):
        told, severe = events.get(pk, (0, 0))
        yield {
            "subject": subjects[course],
            "session": number,
            "day": (period.clinic.day_of(started_at) - first_days[course]).days,
            "minutes_ordered": ordered,
            "minutes_delivered": minutes,
            "stop_reason": why,
            "grade": grade or "",
            "effective_minutes": effective,
            "ds_peak": peak,
            "ds_area": area,
            "events": told,
            "severe_events": severe,
        }


def _first_days(period: Period, subjects: dict[int, str]) -> dict[int, date]:
    found = Session.objects.completed().filter(course__in=list(subjects), started_at__isnull=False).order_by()
    rows = found.values_list("course_id").annotate(Min("started_at"))
    return {course: period.clinic.day_of(first) for course, first in rows}


def _events(subjects: dict[int, str]) -> dict[int, tuple[int, int]]:
    """By session: how many were charted, and how many of them severe."""
    severe = Count("pk", filter=Q(severity=TreatmentEvent.Severity.SEVERE))
    told = TreatmentEvent.objects.filter(struck_at=None, session__course__in=list(subjects)).order_by()
    rows = told.values_list("session_id").annotate(Count("pk"), severe=severe)
    return {session: (count, bad) for session, count, bad in rows}


def _missed(subjects: dict[int, str]) -> dict[int, int]:
    hours = Appointment.objects.filter(course__in=list(subjects), state=Appointment.State.MISSED).order_by()
    return dict(hours.values_list("course_id").annotate(Count("pk")))


def _later_classes(subjects: dict[int, str]) -> dict[tuple[int, str], int | None]:
    later = OutcomeMeasure.objects.filter(
        course__in=list(subjects), point__in=[Point.SIX_MONTHS, Point.TWELVE_MONTHS]
    )
    rows = later.order_by().values_list("course_id", "point").annotate(Max("ccs_class"))
    return {(course, point): ccs for course, point, ccs in rows}
