"""What waits for the physician, and the pages on which it is done."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.intervals import Interval
from courses.models import Course, Hold, OutcomeMeasure, Review, Session, TreatmentRules
from courses.progress.milestones import middle_of
from courses.progress.services import explain_exception, explain_gap, sign_review
from courses.progress.waiting import Waiting, mine, waiting
from courses.progress.waiting_count import physicians_count
from courses.progress.work_items import PHYSICIANS_OWN
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from tests import factories
from tests.conftest import client_of
from tests.courses.courses_given import FIRST_HOUR, Given, course_given
from tests.factories import PASSWORD

LATER = FIRST_HOUR + timedelta(days=60)


def what(clinic: Clinic, now: datetime = LATER) -> list[str]:
    """What waits but logs: every supervised session leaves one, and ``test_supervision_together`` tells of them."""
    return [str(item.what) for item in waiting(clinic, now) if item.item.fact.kind != "log"]


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
    (item,) = (row for row in waiting(clinic, LATER) if row.item.fact.kind == "mid_course")
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


def test_session_that_is_not_signed_waits_from_the_next_morning_on(given: Given) -> None:
    given.session(0, signed=False)
    assert "Session not signed" not in what(given.clinic, FIRST_HOUR + timedelta(hours=10))
    assert "Session not signed" in what(given.clinic, FIRST_HOUR + timedelta(hours=17))


def test_longest_due_stands_first(given: Given) -> None:
    given.session(1, signed=False)
    factories.make_assessment(factories.make_patient(given.clinic), given.physician, signed=False)
    since = [item.due_since for item in waiting(given.clinic, LATER)]
    assert since == sorted(since)
    assert len(since) == 3  # the decision, the session, and the log of its day


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


def rows(given: Given, now: datetime = LATER) -> dict[str, Waiting]:
    return {str(row.item.fact.kind): row for row in waiting(given.clinic, now)}


def not_better(given: Given, now: datetime) -> None:
    OutcomeMeasure.objects.create(
        course=given.course,
        point="two_weeks",
        feels="same",
        measured_on=given.clinic.day_of(now),
        recorded_by=given.nurse,
    )


def test_mid_course_review_is_late_once_one_session_more_was_given(
    clinic: Clinic, nurse: User, physician: User
) -> None:
    given = course_given(clinic, nurse, physician, sessions=4)
    given.session(0)
    given.session(1)
    row = rows(given, FIRST_HOUR + timedelta(days=9))["mid_course"]
    assert (row.item.due_on, row.late) == (None, "")
    third = given.session(2)
    assert third.ended_at is not None
    row = rows(given, third.ended_at + timedelta(days=3))["mid_course"]
    assert row.late == "3 days late"


def test_patient_who_is_not_better_waits_until_a_physician_has_signed_a_review(given: Given) -> None:
    given.session(0)
    two_weeks = FIRST_HOUR + timedelta(days=15)
    assert "early" not in rows(given, two_weeks)
    not_better(given, two_weeks)
    row = rows(given, two_weeks)["early"]
    assert "feels the same" in row.detail
    sign_review(
        course=given.course,
        kind="progress",
        text="Pressure raised.",
        decision="continue",
        password=PASSWORD,
        actor=given.physician,
        now=two_weeks + timedelta(hours=1),
    )
    assert "early" not in rows(given, two_weeks + timedelta(hours=2))


def test_exceptions_without_a_reason_wait_as_one_row_for_the_nurses(given: Given) -> None:
    hour = given.session(0, stop_reason="patient", signed=False).appointment
    row = rows(given, FIRST_HOUR + timedelta(days=1))["exceptions"]
    assert row.who == "Any nurse"
    assert row.url.endswith("#exceptions-title")
    for parameter in ("minutes", "pressure", "ds_ratio", "timing", "interruptions", "gating"):
        explain_exception(
            appointment=hour,
            parameter=parameter,
            why="patient_wish",
            text="",
            actor=given.nurse,
            now=FIRST_HOUR + timedelta(hours=3),
        )
    assert "exceptions" not in rows(given, FIRST_HOUR + timedelta(days=1))


def test_gap_waits_until_it_is_explained(given: Given) -> None:
    session = given.session(0, supervised=False)
    evening = FIRST_HOUR + timedelta(hours=3)
    row = rows(given, evening)["gap"]
    assert row.detail == "nobody noted 09:00 to 10:00"
    assert session.ended_at is not None
    explain_gap(
        session=session,
        gap=Interval(FIRST_HOUR, session.ended_at),
        text="The physician was called to a patient",
        actor=given.nurse,
        now=evening,
    )
    assert "gap" not in rows(given, evening)


def test_gaps_of_one_day_wait_as_one_row_that_leads_to_the_board(given: Given) -> None:
    given.session(0, supervised=False)
    other = factories.make_course(factories.make_patient(given.clinic), given.physician)
    later = factories.make_appointment(other, given.device, FIRST_HOUR + timedelta(hours=2), state="done")
    factories.make_session(later, given.nurse, Session.State.ENDED)
    row = rows(given, FIRST_HOUR + timedelta(hours=5))["gap"]
    assert (row.patient, row.detail) == (None, "2 sessions of Mon 30-Nov-2026")
    assert row.url == reverse("courses:supervision")
    assert row.due_since == FIRST_HOUR + timedelta(hours=1)


def test_log_of_a_day_waits_for_the_one_who_supervised(given: Given) -> None:
    given.session(0)
    other = factories.make_user(given.clinic, Role.PHYSICIAN, "otto", "Otto", "Other-Example", "MD")
    found = waiting(given.clinic, FIRST_HOUR + timedelta(days=2))
    (log,) = [row for row in found if row.item.fact.kind == "log"]
    assert log.late == "1 day late"
    assert log in mine(found, given.physician, {"physician"})
    assert log not in mine(found, other, {"physician"})


def test_order_of_somebody_who_left_waits_for_any_physician(clinic: Clinic, physician: User) -> None:
    gone = factories.make_user(clinic, Role.PHYSICIAN, "gone", "Gerd", "Gone-Example", "MD")
    factories.make_order(factories.make_patient(clinic), gone, signed=False)
    (row,) = waiting(clinic, LATER)
    assert row.who == gone.short_name
    gone.is_active = False
    gone.save()
    (row,) = waiting(clinic, LATER)
    assert row.who == "Any physician"
    assert mine([row], physician, {"physician"}) == [row]


def test_outcomes_wait_for_the_nurses_from_the_first_day_of_their_window(given: Given) -> None:
    given.session(0)
    row = next(
        row
        for row in waiting(given.clinic, FIRST_HOUR + timedelta(days=12))
        if row.item.fact.kind == "outcomes" and row.detail == "Two weeks"
    )
    assert row.who == "Any nurse"
    assert row.item.due_on == given.clinic.day_of(FIRST_HOUR) + timedelta(days=14)


def test_countersignature_does_not_wait_for_who_signed(given: Given) -> None:
    TreatmentRules.objects.create(
        clinic=given.clinic,
        owner=given.physician,
        settled_at=FIRST_HOUR - timedelta(days=30),
        effective_on=given.clinic.day_of(FIRST_HOUR - timedelta(days=30)),
        reason="Agreed",
        countersignature=True,
    )
    given.session(0)
    row = rows(given, FIRST_HOUR + timedelta(days=1))["countersign"]
    assert mine([row], given.physician, {"physician"}) == [row]
    assert mine([row], given.nurse, {"nurse", "physician"}) == []


def everything(clinic: Clinic, nurse: User, physician: User) -> Given:
    """A course with every kind of thing that only a physician ends."""
    TreatmentRules.objects.create(
        clinic=clinic,
        owner=physician,
        settled_at=FIRST_HOUR - timedelta(days=30),
        effective_on=clinic.day_of(FIRST_HOUR - timedelta(days=30)),
        reason="Agreed",
        countersignature=True,
    )
    given = course_given(clinic, nurse, physician, sessions=3)
    given.session(0)
    hour = factories.make_appointment(given.course, given.device, FIRST_HOUR + timedelta(days=9))
    held = factories.make_session(hour, nurse, Session.State.DRAFT)
    Hold.objects.create(session=held, reason="Pressure", held_by=nurse, held_at=FIRST_HOUR)
    factories.make_order(factories.make_patient(clinic), physician, signed=False)
    factories.make_assessment(factories.make_patient(clinic), physician, signed=False)
    given.device.name = "Device 2"
    given.device.save()
    over = course_given(clinic, nurse, physician, sessions=1)
    over.session(1)
    over.course.state = Course.State.COMPLETED
    over.course.save()
    return given


def test_number_in_the_head_is_what_the_page_counts_for_physicians_in_one_query(
    clinic: Clinic, nurse: User, physician: User, physician_client: Client
) -> None:
    everything(clinic, nurse, physician)
    with CaptureQueriesContext(connection) as seen:
        number = physicians_count(clinic, physician)
    assert len(seen) == 1
    own = mine(waiting(clinic, LATER), physician, {"physician"})
    assert number == sum(row.item.fact.kind in PHYSICIANS_OWN for row in own) == 7
    page = physician_client.get(reverse("courses:today")).content.decode()
    assert f'<span class="nav-count">{number}<' in page


def test_number_in_the_head_is_ones_own_and_of_who_has_left_everybodys(
    clinic: Clinic, nurse: User, physician: User
) -> None:
    everything(clinic, nurse, physician)
    other = factories.make_user(clinic, Role.PHYSICIAN, "otto", "Otto", "Other-Example", "MD")

    def counted(person: User) -> int:
        own = mine(waiting(clinic, LATER), person, {"physician"})
        number = physicians_count(clinic, person)
        assert number == sum(row.item.fact.kind in PHYSICIANS_OWN for row in own)
        return number

    # The order, the middle and the summary are of who ordered: they wait for nobody else.
    assert (counted(physician), counted(other)) == (7, 4)
    physician.is_active = False
    physician.save()
    assert counted(other) == 7


def test_page_says_what_the_number_in_the_head_counts(
    clinic: Clinic, nurse: User, physician: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: LATER)  # the page looks at the clock
    everything(clinic, nurse, physician)
    page = " ".join(client_of(physician).get(reverse("courses:reviews")).content.decode().split())
    rows = waiting(clinic, LATER)
    own = mine(rows, physician, {"physician"})
    assert (
        f"{len(own)} wait for you, 7 of them for your signature or decision · {len(rows)} at the clinic"
        in page
    )
    assert (
        '<span class="nav-count">7<span class="visually-hidden"> wait for your signature or decision<' in page
    )


def test_nurse_has_no_number_in_the_head(given: Given, nurse_client: Client) -> None:
    factories.make_order(factories.make_patient(given.clinic), given.physician, signed=False)
    assert "nav-count" not in nurse_client.get(reverse("courses:today")).content.decode()


@pytest.mark.parametrize(("ordered", "done"), [(1, 1), (2, 1), (3, 1), (5, 2), (35, 17), (36, 18)])
def test_middle_in_the_database_is_the_middle_of_the_rule(
    clinic: Clinic, nurse: User, physician: User, ordered: int, done: int
) -> None:
    given = course_given(clinic, nurse, physician, sessions=ordered)
    assert middle_of(ordered) == done
    for index in range(done):
        assert physicians_count(clinic, physician) == 0
        hour = factories.make_appointment(given.course, given.device, FIRST_HOUR + timedelta(days=index))
        factories.make_session(hour, nurse, Session.State.ENDED)
    assert physicians_count(clinic, physician) == 1


def test_page_shows_what_is_mine_and_everything_on_request(given: Given, physician_client: Client) -> None:
    hour = factories.make_appointment(given.course, given.device, timezone.now() - timedelta(days=3))
    factories.make_session(hour, given.nurse, Session.State.ENDED)
    factories.make_order(factories.make_patient(given.clinic), given.physician, signed=False)
    address = reverse("courses:reviews")
    mine_only = physician_client.get(address).content.decode()
    assert "Read and sign" in mine_only
    assert "Open the session" not in mine_only
    assert "Open the session" in physician_client.get(address, {"whose": "all"}).content.decode()
    orders = physician_client.get(address, {"whose": "all", "kind": "order"}).content.decode()
    assert "Open the session" not in orders


def test_page_with_nothing_of_ones_own_says_that_others_have_something(
    given: Given, physician_client: Client
) -> None:
    factories.make_order(factories.make_patient(given.clinic), given.physician, signed=False)
    page = physician_client.get(reverse("courses:reviews"), {"kind": "hold"}).content.decode()
    assert "Nothing waits for you" in page
