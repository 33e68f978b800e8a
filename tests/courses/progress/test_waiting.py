"""What waits for the physician, and the pages on which it is done."""

from datetime import datetime, timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.models import Course, Review
from courses.progress.services import sign_review
from courses.progress.waiting import waiting
from eecp_clinic.models import Clinic, User
from tests import factories
from tests.courses.courses_given import FIRST_HOUR, Given, course_given
from tests.factories import PASSWORD

LATER = FIRST_HOUR + timedelta(days=60)


def what(clinic: Clinic, now: datetime = LATER) -> list[str]:
    return [str(item.what) for item in waiting(clinic, now)]


def test_nothing_waits_at_an_empty_clinic(clinic: Clinic) -> None:
    assert waiting(clinic, LATER) == []


def test_unsigned_decision_and_order_wait(clinic: Clinic, physician: User) -> None:
    first, second = factories.make_patient(clinic), factories.make_patient(clinic)
    factories.make_assessment(first, physician, signed=False)
    factories.make_order(second, physician, signed=False)
    assert sorted(what(clinic)) == ["Coverage decision", "Order"]


def test_superseded_decision_no_longer_waits(clinic: Clinic, physician: User) -> None:
    patient = factories.make_patient(clinic)
    old = factories.make_assessment(patient, physician, signed=False)
    factories.make_assessment(patient, physician, supersedes=old)
    assert what(clinic) == []


def test_mid_course_review_waits_from_the_middle_session_on(
    clinic: Clinic, nurse: User, physician: User
) -> None:
    given = course_given(clinic, nurse, physician, sessions=4)
    given.session(0)
    assert what(clinic) == []
    second = given.session(1)
    (item,) = waiting(clinic, LATER)
    assert (str(item.what), item.due_since) == ("Mid-course review", second.ended_at)
    assert item.url.endswith("?kind=mid_course")
    sign_review(
        course=given.course,
        kind="mid_course",
        text="Well.",
        decision="continue",
        password=PASSWORD,
        actor=physician,
        now=LATER,
    )
    assert what(clinic) == []


def test_course_summary_waits_when_the_course_is_over(given: Given) -> None:
    given.session(0)
    given.course.state = Course.State.COMPLETED
    given.course.save()
    assert what(given.clinic) == ["Course summary"]


def test_session_unsigned_for_a_day_waits(given: Given) -> None:
    given.session(0, signed=False)
    assert what(given.clinic, FIRST_HOUR + timedelta(hours=24)) == []
    assert what(given.clinic, FIRST_HOUR + timedelta(hours=26)) == ["Session not signed"]


def test_longest_due_stands_first(given: Given) -> None:
    given.session(1, signed=False)
    factories.make_assessment(factories.make_patient(given.clinic), given.physician, signed=False)
    since = [item.due_since for item in waiting(given.clinic, LATER)]
    assert since == sorted(since)
    assert len(since) == 2


def test_list_costs_the_same_queries_for_one_course_as_for_three(
    clinic: Clinic, nurse: User, physician: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            waiting(clinic, LATER)
        return len(seen)

    for hour in range(3):
        given = course_given(clinic, nurse, physician, sessions=2)
        given.device.name = f"Device {hour + 2}"
        given.device.save()
        given.session(hour, signed=False)
        if hour == 0:
            one = queries()
    assert queries() == one


def test_nurse_of_another_clinic_sees_nothing_of_it(given: Given, outsider_client: Client) -> None:
    given.session(0, signed=False)
    page = outsider_client.get(reverse("courses:reviews")).content.decode()
    assert "Nothing waits" in page


def test_physician_signs_a_review_on_its_page(given: Given, physician_client: Client) -> None:
    address = reverse("courses:review", args=[given.course.code])
    typed = {
        "patient": given.course.patient.code,
        "kind": "progress",
        "text": "Walks further.",
        "decision": "continue",
        "password": PASSWORD,
    }
    answer = physician_client.post(address, typed, follow=True)
    assert "Walks further." in answer.content.decode()
    assert Review.objects.get().course == given.course


def test_wrong_password_is_said_at_its_field_and_the_text_is_kept(
    given: Given, physician_client: Client
) -> None:
    address = reverse("courses:review", args=[given.course.code])
    typed = {
        "patient": given.course.patient.code,
        "kind": "progress",
        "text": "Walks further.",
        "decision": "continue",
        "password": "no",
    }
    page = physician_client.post(address, typed)
    assert page.status_code == 200
    assert "The password is not right" in page.content.decode()
    assert "Walks further." in page.content.decode()
    assert not Review.objects.exists()
