"""Which recording is the session's, on its page: shown, chosen, detached, and final once signed."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.models import Session
from devices.models import Recording
from eecp_clinic.models import User
from tests import factories
from tests.courses.treatment import scenes

MINUTE = timedelta(minutes=1)


@pytest.fixture
def session(nurse: User, physician: User) -> Session:
    session = scenes.make_ended(nurse, physician, timezone.now() - 70 * MINUTE)
    scenes.make_recorded(session, minutes=40)
    session.refresh_from_db()
    return session


@pytest.fixture
def second(session: Session) -> Recording:
    assert session.started_at is not None
    return factories.make_recording(session.device, session.started_at + 45 * MINUTE, minutes=12)


def body(session: Session) -> dict[str, str]:
    return {"patient": session.course.patient.code}


def test_page_names_the_other_recording_and_takes_it(
    nurse_client: Client, session: Session, second: Recording
) -> None:
    page = nurse_client.get(session.get_absolute_url()).content.decode()
    assert "Another recording has 12 min of this hour." in page
    url = reverse("courses:session-recording", args=[session.code, second.pk])
    assert url in page
    assert nurse_client.post(url, body(session)).status_code == 302
    assert Session.objects.get(recording=second) == session


def test_wrong_recording_is_detached_and_waits_unmatched(nurse_client: Client, session: Session) -> None:
    url = reverse("courses:session-detach", args=[session.code])
    assert nurse_client.post(url, body(session)).status_code == 302
    session.refresh_from_db()
    assert session.recording is None
    page = nurse_client.get(session.get_absolute_url()).content.decode()
    assert "belongs to no session" in page


def test_nothing_is_changed_on_the_page_of_another_patient(
    nurse_client: Client, session: Session, second: Recording
) -> None:
    url = reverse("courses:session-recording", args=[session.code, second.pk])
    assert nurse_client.post(url, {"patient": "other"}).status_code >= 400
    assert not Session.objects.filter(recording=second).exists()


def test_who_bills_sees_the_other_recording_and_no_button(
    biller_client: Client, session: Session, second: Recording
) -> None:
    page = biller_client.get(session.get_absolute_url()).content.decode()
    assert "Another recording" in page
    assert reverse("courses:session-detach", args=[session.code]) not in page


def test_clock_that_was_off_is_told_with_the_report(nurse_client: Client, session: Session) -> None:
    Recording.objects.update(clock_offset_ms=-95_000)
    page = nurse_client.get(session.get_absolute_url()).content.decode()
    assert "95 s behind the server&#x27;s. Times on this page follow the server&#x27;s clock." in page


def test_figures_bring_the_choice_only_when_it_changed(
    nurse_client: Client, nurse: User, physician: User
) -> None:
    session = scenes.make_running(nurse, physician, timezone.now() - 5 * MINUTE)
    url = reverse("courses:session-figures", args=[session.code])
    first = nurse_client.get(url, {"choice": ""})
    assert "recording-choice" not in first.content.decode()
    factories.make_recording(
        session.device, timezone.now() - 2 * MINUTE, closed_at=None, ended_at=None, stored_at=None
    )
    changed = nurse_client.get(url, {"choice": ""}).content.decode()
    assert 'id="recording-choice" hx-swap-oob="true"' in changed
    assert "A recording runs on this device and belongs to no session." in changed
    choice = changed.split('name="choice" value="')[1].split('"')[0]
    assert "recording-choice" not in nurse_client.get(url, {"choice": choice}).content.decode()
