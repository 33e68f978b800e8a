"""The session's page as a nurse walks it: ready, start, treat, end, sign; and what it says when refused."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import Appointment, Session, VitalSigns
from courses.treatment import services
from eecp_clinic.models import Signature, User
from tests import factories
from tests.courses.treatment import scenes

pytestmark = pytest.mark.usefixtures("nurse", "physician", "mid_morning")

BEFORE = {
    "before-identity_checked": "on",
    "before-systolic_mmhg": "128",
    "before-diastolic_mmhg": "72",
    "before-heart_rate_bpm": "66",
    "before-spo2_percent": "97",
    "before-weight_kg": "71.5",
    "before-skin": "Intact",
}
AFTER = {
    "after-systolic_mmhg": "124",
    "after-diastolic_mmhg": "70",
    "after-heart_rate_bpm": "64",
    "after-skin_after": "Intact",
    "after-symptoms": "none",
    "after-education": ["skin_care", "diary"],
}


@pytest.fixture
def now() -> datetime:
    """The pages look at the clock themselves; the hour began half an hour ago."""
    return timezone.now() - timedelta(minutes=30)


def post(client: Client, session: Session, step: str, **data: Any) -> Any:
    url = reverse(f"courses:session-{step}", args=[session.code])
    return client.post(url, {"patient": session.course.patient.code, **data})


def page(client: Client, session: Session) -> str:
    response = client.get(session.get_absolute_url())
    assert response.status_code == 200
    return str(response.content.decode())


def test_whole_session_by_its_pages(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    hour = scenes.make_hour(nurse, physician, now)
    url = reverse("courses:open-session", args=[hour.code])
    assert nurse_client.post(url, {"patient": hour.patient.code}).status_code == 302
    session = Session.objects.get(appointment=hour)
    assert "Save and check" in page(nurse_client, session)
    assert post(nurse_client, session, "ready", **BEFORE).status_code == 302
    assert "Start treatment" in page(nurse_client, session)
    assert post(nurse_client, session, "start").status_code == 302
    assert "not an alarm system" in page(nurse_client, session)
    assert post(nurse_client, session, "pause", **{"pause-reason": "Bathroom"}).status_code == 302
    assert "Resume" in page(nurse_client, session)
    assert post(nurse_client, session, "resume").status_code == 302
    reading = {"reading-pressure_mmhg": "262", "reading-note": "Comfortable"}
    assert post(nurse_client, session, "readings", **reading).status_code == 302
    assert post(nurse_client, session, "end", stop_reason="completed").status_code == 302
    assert "Still missing" in page(nurse_client, session)
    assert post(nurse_client, session, "after", **AFTER).status_code == 302
    assert "Why there is no recording" in page(nurse_client, session)
    signing = {"password": factories.PASSWORD, "without_recording_reason": "The agent was off"}
    assert post(nurse_client, session, "sign", **signing).status_code == 302
    sheet = page(nurse_client, session)
    assert "This session is final" in sheet
    assert Signature.objects.get(subject=f"session:{session.code}").content_sha256 in sheet
    assert "<form" not in sheet.split('<main class="page"')[1]


def test_form_of_another_patient_is_refused(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_ready(nurse, physician, now)
    response = post(nurse_client, session, "start", patient="somebody")
    assert response.status_code == 409
    session.refresh_from_db()
    assert session.state == "draft"


def test_refused_vital_signs_keep_what_was_typed(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = services.open_session(appointment=scenes.make_hour(nurse, physician, now), actor=nurse, now=now)
    typed = {**BEFORE, "before-systolic_mmhg": "72", "before-diastolic_mmhg": "128"}
    response = post(nurse_client, session, "ready", **typed)
    assert response.status_code == 200
    assert 'value="128"' in response.content.decode()
    assert "Check the two numbers" in response.content.decode()
    assert not VitalSigns.objects.filter(session=session).exists()


def test_last_time_is_shown_beside_the_field_and_not_in_it(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = services.open_session(appointment=scenes.make_hour(nurse, physician, now), actor=nurse, now=now)
    former = factories.make_appointment(session.course, session.device, now - timedelta(days=1))
    factories.make_vitals(factories.make_session(former, nurse, "ended"), nurse, systolic_mmhg=141)
    text = page(nurse_client, session)
    assert "Last time: 141" in text
    assert 'value="141"' not in text


def test_hold_is_shown_and_the_nurse_cannot_start(
    nurse_client: Client, physician_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_ready(nurse, physician, now, systolic_mmhg=188)
    text = page(nurse_client, session)
    assert "Systolic pressure is 188 mmHg." in text
    assert "Override and start" not in text
    response = post(nurse_client, session, "start")
    assert response.status_code == 403
    assert "Override and start" in page(physician_client, session)
    assert post(physician_client, session, "start", override_reason="Examined").status_code == 302


def test_hold_for_today_gives_the_hour_back(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_ready(nurse, physician, now)
    assert post(nurse_client, session, "hold", **{"hold-reason": "Fever"}).status_code == 302
    assert Appointment.objects.get(session=session).state == "held"
    assert "Held today" in page(nurse_client, session)


def test_end_without_a_reason_comes_back_with_the_question(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_running(nurse, physician, now)
    response = post(nurse_client, session, "end", stop_reason="")
    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.content.decode()


def test_act_on_a_session_that_moved_on_is_refused_as_a_page(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_running(nurse, physician, now)
    response = post(nurse_client, session, "start")
    assert response.status_code == 409
    assert "load the page again" in response.content.decode()


def test_missing_fields_are_links_to_the_inputs_on_the_page(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_ended(nurse, physician, now - timedelta(hours=1))
    VitalSigns.objects.filter(session=session).update(spo2_percent=None)
    text = page(nurse_client, session)
    for field in ("id_after-systolic_mmhg", "id_after-symptoms", "id_before-spo2_percent"):
        assert f'href="#{field}"' in text
        assert f'id="{field}"' in text


def test_steps_lead_to_their_parts_of_the_page_where_the_session_stands(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    made = {
        "ready": scenes.make_ready(nurse, physician, now),
        "over": scenes.make_complete(nurse, physician, now - timedelta(hours=2)),
    }
    for name, places in (("ready", ["ready-title", "start-title"]), ("over", ["after-title", "sign-title"])):
        html = page(nurse_client, made[name])
        steps = html.partition('class="stepper"')[2].partition("</ol>")[0]
        assert re.findall('href="#([^"]+)"', steps) == places
        assert all(f'id="{place}"' in html for place in places)


def test_reader_who_cannot_sign_is_led_nowhere(
    biller_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    html = page(biller_client, scenes.make_complete(nurse, physician, now))
    assert "<a " not in html.partition('class="stepper"')[2].partition("</ol>")[0]


def test_wrong_password_is_said_at_the_password(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_complete(nurse, physician, now - timedelta(hours=2))
    scenes.make_recorded(session)
    response = post(nurse_client, session, "sign", password="wrong")
    assert response.status_code == 200
    assert "The password is not right" in response.content.decode()


def test_signing_while_the_analysis_runs_answers_409_and_says_so(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    start = now - timedelta(hours=2)
    session = scenes.make_complete(nurse, physician, start)
    recording = factories.make_recording(session.device, start, stored_at=None, verified_at=None)
    services.bind_recording(recording=recording, now=now)
    response = post(nurse_client, session, "sign", password=factories.PASSWORD)
    assert response.status_code == 409
    assert "still being analysed, usually under a minute" in response.content.decode()


def test_biller_reads_and_is_offered_nothing_to_change(
    biller_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    text = page(biller_client, scenes.make_ended(nurse, physician, now - timedelta(hours=1)))
    assert "Nora Nurse-Example" in text
    assert "<form" not in text.split('<main class="page"')[1]


def test_page_asks_the_same_number_of_questions_for_any_number_of_rows(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_running(nurse, physician, now)
    counts = []
    for minutes in (3, 4):
        services.add_reading(
            session=session,
            values={"spo2_percent": 96},
            at=now + timedelta(minutes=minutes),
            actor=nurse,
            now=now + timedelta(minutes=10),
        )
        with CaptureQueriesContext(connection) as queries:
            page(nurse_client, session)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 45
