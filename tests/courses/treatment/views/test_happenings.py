"""Events, changes and struck rows on the session's page, with and without a script."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import Session
from courses.treatment import services
from eecp_clinic.models import User
from tests import factories
from tests.courses.treatment import scenes

pytestmark = pytest.mark.usefixtures("mid_morning")

EVENT: dict[str, Any] = {
    "event-kind": "skin",
    "event-severity": "mild",
    "event-actions": ["observed", "padded"],
}
CHANGE: dict[str, Any] = {"change-what": "pressure", "change-to_value": "220", "change-why": "Calf pain"}


@pytest.fixture
def running(nurse: User, physician: User) -> Session:
    return scenes.make_running(nurse, physician, timezone.now() - timedelta(minutes=30))


def post(client: Client, session: Session, step: str, *args: Any, htmx: bool = True, **data: Any) -> Any:
    url = reverse(f"courses:session-{step}", args=[session.code, *args])
    headers = {"HX-Request": "true"} if htmx else None
    return client.post(url, {"patient": session.course.patient.code, **data}, headers=headers)


def test_event_is_listed_and_asks_how_it_went(nurse_client: Client, running: Session) -> None:
    text = post(nurse_client, running, "events", **EVENT).content.decode()
    assert "Watched, Padding or cuffs adjusted" in text
    assert "how it went is not known" in text
    event = running.treatment_events.get()
    text = post(nurse_client, running, "event-outcome", event.code, outcome="gone").content.decode()
    assert "not known" not in text.split("happenings-forms")[0]


def test_change_is_listed_with_an_unknown_value_before(nurse_client: Client, running: Session) -> None:
    text = post(nurse_client, running, "changes", **CHANGE).content.decode()
    assert "not known → 220\N{NO-BREAK SPACE}mmHg · Calf pain" in text


def test_without_a_script_the_page_comes_back(nurse_client: Client, running: Session) -> None:
    assert post(nurse_client, running, "events", htmx=False, **EVENT).status_code == 302
    assert "Watched" in nurse_client.get(running.get_absolute_url()).content.decode()
    response = post(nurse_client, running, "changes", htmx=False, **{**CHANGE, "change-why": ""})
    assert 'value="220"' in response.content.decode()


@pytest.mark.parametrize("left_out", ["event-kind", "event-severity", "event-actions"])
def test_event_that_says_too_little_comes_back_with_what_was_typed(
    left_out: str, nurse_client: Client, running: Session
) -> None:
    typed: dict[str, Any] = {name: value for name, value in EVENT.items() if name != left_out}
    text = post(nurse_client, running, "events", **(typed | {"event-note": "Left calf"})).content.decode()
    assert 'value="Left calf"' in text
    assert 'aria-invalid="true"' in text
    assert not running.treatment_events.exists()


def test_form_of_another_patient_is_refused(nurse_client: Client, running: Session) -> None:
    assert post(nurse_client, running, "events", **(EVENT | {"patient": "somebody"})).status_code == 409
    assert not running.treatment_events.exists()


def test_row_is_struck_with_a_reason_and_stays(nurse_client: Client, nurse: User, running: Session) -> None:
    row = services.add_reading(session=running, values={"note": "Pale"}, actor=nurse, now=timezone.now())
    url = reverse("courses:session-strike", args=[running.code, "reading", row.pk])
    assert "It stays to be read" in nurse_client.get(url).content.decode()
    assert post(nurse_client, running, "strike", "reading", row.pk, htmx=False, reason="").status_code == 200
    answer = post(nurse_client, running, "strike", "reading", row.pk, htmx=False, reason="Wrong bed")
    assert answer.status_code == 302
    text = nurse_client.get(running.get_absolute_url()).content.decode()
    assert "is-struck" in text
    assert "Nora Nurse-Example, RN: Wrong bed" in text


@pytest.mark.parametrize("kind", ["reading", "pause"])
def test_row_of_another_session_is_not_there(
    kind: str, nurse_client: Client, nurse: User, physician: User, running: Session
) -> None:
    start = timezone.now() - timedelta(minutes=9)
    patient = factories.make_patient(running.course.clinic, given_name="Tilda")
    device = factories.make_device(running.course.clinic, "Device 2")
    hour = scenes.make_hour(nurse, physician, start, patient=patient, device=device)
    other = factories.make_session(hour, nurse, "in_progress")
    row = services.add_reading(session=other, values={"note": "Pale"}, actor=nurse, now=timezone.now())
    assert post(nurse_client, running, "strike", kind, row.pk, reason="Wrong").status_code == 404


def test_page_says_when_the_next_reading_is_due(nurse_client: Client, nurse: User, running: Session) -> None:
    text = nurse_client.get(running.get_absolute_url()).content.decode()
    assert "late by 15 min" in text
    services.add_reading(session=running, values={"note": "Fine"}, actor=nurse, now=timezone.now())
    assert "in 15 min" in nurse_client.get(running.get_absolute_url()).content.decode()


def test_stretch_without_a_reading_is_named_when_the_hour_is_over(
    nurse_client: Client, nurse: User, running: Session
) -> None:
    services.end_session(session=running, stop_reason="skin", actor=nurse, now=timezone.now())
    text = nurse_client.get(running.get_absolute_url()).content.decode()
    assert "30 min of treatment, one every 15 min wanted" in text


def test_next_appointment_is_shown_and_must_be_answered(
    nurse_client: Client, nurse: User, running: Session
) -> None:
    tomorrow = timezone.now() + timedelta(days=1)
    factories.make_appointment(running.course, running.device, tomorrow)
    services.end_session(session=running, stop_reason="other", actor=nurse, now=timezone.now())
    text = nurse_client.get(running.get_absolute_url()).content.decode()
    assert running.course.clinic.local(tomorrow).strftime("%a %d-%b-%Y %H:%M") in text
    assert "Whether the next appointment was confirmed is not known" in text
    assert "Why it ended is “other”, without words" in text
    answer = {"after-next_confirmed": "False", "after-stop_note": "Fire alarm", "after-left_how": "rested"}
    assert post(nurse_client, running, "after", htmx=False, **answer).status_code == 302
    running.refresh_from_db()
    assert (running.next_confirmed, running.stop_note, running.left_how) == (False, "Fire alarm", "rested")


def test_education_of_nothing_stands_alone(nurse_client: Client, nurse: User, running: Session) -> None:
    services.end_session(session=running, stop_reason="completed", actor=nurse, now=timezone.now())
    both = {"after-education": ["nothing_new", "diary"], "after-symptoms": "none"}
    text = post(nurse_client, running, "after", htmx=False, **both).content.decode()
    assert "stands alone" in text
    assert 'value="none"' in text


def test_page_asks_the_same_number_of_questions_for_any_hour(
    nurse_client: Client, nurse: User, running: Session
) -> None:
    counts = []
    for _round in range(2):
        now = timezone.now()
        for _number in range(3):
            event = services.record_event(
                session=running,
                values={"kind": "skin", "severity": "mild", "actions": ["padded"]},
                actor=nurse,
                now=now,
            )
            services.change_setting(
                session=running,
                values={"what": "pressure", "to_value": 220, "why": "Pain"},
                actor=nurse,
                now=now,
            )
        services.strike(row=event, reason="Twice", actor=nurse, now=now)
        with CaptureQueriesContext(connection) as queries:
            nurse_client.get(running.get_absolute_url())
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 45
