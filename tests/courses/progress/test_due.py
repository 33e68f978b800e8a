"""Outcomes that are due at a clinic."""

from datetime import date, timedelta

from django.test import Client
from django.urls import reverse

from courses.models import Course, OutcomeMeasure
from courses.progress.due import outcomes_due
from tests import factories
from tests.courses.courses_given import FIRST_HOUR, Given


def points(given: Given, days: int) -> list[str]:
    return [item.window.point for item in outcomes_due(given.clinic, FIRST_HOUR + timedelta(days=days))]


def test_baseline_is_due_from_the_first_booked_hour(given: Given) -> None:
    factories.make_appointment(given.course, given.device, FIRST_HOUR)
    assert points(given, -7) == ["baseline"]
    assert points(given, 1) == []


def test_two_weeks_are_due_until_they_are_measured(given: Given) -> None:
    given.session(0)
    assert points(given, 13) == ["two_weeks"]
    OutcomeMeasure.objects.create(
        course=given.course,
        point="two_weeks",
        measured_on=date(2026, 12, 14),
        feels="better",
        recorded_by=given.nurse,
    )
    assert points(given, 13) == []


def test_course_that_is_over_is_followed_for_a_year(given: Given) -> None:
    given.session(0)
    given.course.state, given.course.ended_on = Course.State.COMPLETED, FIRST_HOUR.date()
    given.course.save()
    assert points(given, 182) == ["six_months"]
    assert points(given, 500) == []


def test_list_is_there_when_nothing_is_due(nurse_client: Client) -> None:
    assert "Nothing is due" in nurse_client.get(reverse("courses:outcomes-due")).content.decode()
