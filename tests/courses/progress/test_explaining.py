"""The reason of an exception: chosen by a person; and the month that counts them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import Appointment, ExceptionNote
from courses.progress.course_page import course_page
from courses.progress.month_page import month_page
from courses.progress.services import explain_exception, explain_exceptions
from eecp_clinic.errors import InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, User
from tests import factories
from tests.conftest import client_of
from tests.courses.courses_given import FIRST_HOUR, Given

LATER = FIRST_HOUR + timedelta(days=60)


def explain(given: Given, hour: Appointment, **change: str) -> ExceptionNote:
    values = {"parameter": "minutes", "why": "discomfort", "text": "", **change}
    return explain_exception(appointment=hour, **values, actor=given.nurse, now=LATER)


def test_chosen_reason_stands_on_the_page_and_is_corrected_with_its_history(given: Given) -> None:
    session = given.session(0, minutes_delivered=Decimal(41))
    (row,) = course_page(given.course, LATER).exceptions
    assert (row.state, row.light) == ("Choose why", "look")
    explain(given, session.appointment)
    explain(given, session.appointment, why="device", text="Hose off")
    (row,) = course_page(given.course, LATER).exceptions
    assert row.note is not None
    assert (row.state, row.note.get_why_display(), row.note.text) == (
        "Explained",
        "Device or its computer",
        "Hose off",
    )
    assert AuditEvent.objects.filter(action="exception.explained").count() == 2


def test_missed_day_is_an_exception_that_is_explained_too(given: Given) -> None:
    hour = factories.make_appointment(given.course, given.device, FIRST_HOUR, state="missed", reason="Bus")
    (row,) = course_page(given.course, LATER).exceptions
    assert (row.parameter, row.what, row.why) == ("attendance", "Missed Mon 30-Nov-2026", "Bus")
    explain(given, hour, parameter="attendance", why="transport")
    assert course_page(given.course, LATER).exceptions[0].state == "Explained"


@pytest.mark.parametrize(("change", "field"), [({"why": ""}, "why"), ({"why": "other", "text": " "}, "text")])
def test_reason_that_says_nothing_is_refused(given: Given, change: dict[str, str], field: str) -> None:
    hour = factories.make_appointment(given.course, given.device, FIRST_HOUR, state="missed")
    with pytest.raises(InvalidInput) as refused:
        explain(given, hour, **change)
    assert field in refused.value.data["fields"]


def test_biller_explains_nothing(given: Given, biller: User) -> None:
    hour = factories.make_appointment(given.course, given.device, FIRST_HOUR, state="missed")
    with pytest.raises(NotAllowed):
        explain_exception(appointment=hour, parameter="minutes", why="late", text="", actor=biller, now=LATER)


def test_reason_is_chosen_in_the_form(given: Given, nurse_client: Client) -> None:
    hour = factories.make_appointment(given.course, given.device, FIRST_HOUR, state="missed")
    address = reverse("courses:explain", args=[hour.code, "attendance"])
    typed = {"patient": given.course.patient.code, "why": "illness"}
    assert nurse_client.post(address, {**typed, "why": ""}).status_code == 200
    assert nurse_client.post(address, typed).status_code == 302
    assert ExceptionNote.objects.get().why == "illness"


def test_one_reason_is_kept_for_the_other_hours_of_the_same_cause(given: Given, nurse_client: Client) -> None:
    hours = [
        given.session(i, recording=None, without_recording_reason="Agent down").appointment for i in range(3)
    ]
    address = reverse("courses:explain", args=[hours[0].code, "no_recording"])
    page = nurse_client.get(address).content.decode()
    assert "The same reason also for" in page
    assert "Session 2, Tue 01-Dec-2026: No recording" in page
    typed = {"patient": given.course.patient.code, "why": "device", "also": [hours[2].code]}
    page = nurse_client.post(address, typed, follow=True).content.decode()
    assert "The reason is saved for 2 hours." in page
    assert set(ExceptionNote.objects.values_list("appointment__code", "parameter", "why")) == {
        (hours[0].code, "no_recording", "device"),
        (hours[2].code, "no_recording", "device"),
    }


def test_hour_of_another_course_is_not_explained_along(given: Given, nurse_client: Client) -> None:
    hour = factories.make_appointment(given.course, given.device, FIRST_HOUR, state="missed")
    other = factories.make_course(factories.make_patient(given.clinic), given.physician)
    theirs = factories.make_appointment(other, given.device, LATER, state="missed")
    address = reverse("courses:explain", args=[hour.code, "attendance"])
    typed = {"patient": given.course.patient.code, "why": "illness", "also": [theirs.code]}
    assert nurse_client.post(address, typed).status_code == 200
    assert not ExceptionNote.objects.exists()


def test_refused_reason_is_kept_for_no_hour(given: Given) -> None:
    hours = [
        factories.make_appointment(given.course, given.device, FIRST_HOUR + timedelta(days=n), state="missed")
        for n in range(2)
    ]
    with pytest.raises(InvalidInput):
        explain_exceptions(
            appointments=hours, parameter="attendance", why="other", text="", actor=given.nurse, now=LATER
        )
    assert not ExceptionNote.objects.exists()


def test_month_names_each_course_once_and_what_is_not_explained_by_parameter(
    given: Given, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: LATER)  # the page looks at the clock
    for index in range(1, 4):
        given.session(index, recording=None, without_recording_reason="Agent down")
    factories.make_appointment(
        given.course, given.device, FIRST_HOUR + timedelta(days=9), state="missed", reason="Bus"
    )
    address = reverse("courses:exceptions", query={"month": "2026-12"})
    page = client_of(given.nurse).get(address).content.decode()
    assert page.count(given.course.patient.board_name) == 1 + 2  # and for each button by its hidden words
    assert "Sessions 1, 2, 3; the oldest Tue 01-Dec-2026" in page
    assert "Missed Wed 09-Dec-2026" in page


def test_parameter_that_is_none_is_not_there(given: Given, nurse_client: Client) -> None:
    hour = factories.make_appointment(given.course, given.device, FIRST_HOUR, state="missed")
    assert nurse_client.get(reverse("courses:explain", args=[hour.code, "mood"])).status_code == 404


def test_month_counts_shares_and_names_who_is_not_explained(given: Given) -> None:
    for index in range(2):
        given.session(index, minutes_delivered=Decimal(60 if index else 41))
    page = month_page(given.clinic, FIRST_HOUR.date().replace(day=1), LATER.date())
    minutes = page.rows[0].month
    assert (minutes.beyond, minutes.of, minutes.unexplained) == (1, 1, 1)
    assert [one.found.what for one in page.unexplained] == ["41 of 60 min"]
    december = month_page(given.clinic, LATER.date().replace(month=12, year=2026, day=1), LATER.date())
    assert (december.rows[0].month.beyond, december.rows[0].before) == (0, minutes)


def test_month_costs_the_same_queries_for_many_sessions(given: Given, physician_client: Client) -> None:
    address = reverse("courses:exceptions", query={"month": "2026-12"})

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert physician_client.get(address).status_code == 200
        return len(seen)

    given.session(1)
    queries()
    one = queries()
    for index in range(2, 6):
        given.session(index)
    assert queries() == one


def test_month_that_is_no_month_is_not_there(physician_client: Client) -> None:
    assert physician_client.get(reverse("courses:exceptions", query={"month": "soon"})).status_code == 404
