"""The list of recordings without a session, and attaching one by hand."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import Session
from eecp_clinic.models import User
from tests import factories
from tests.courses.treatment import scenes

pytestmark = pytest.mark.usefixtures("mid_morning")


def test_empty_list_says_what_would_stand_there(nurse_client: Client) -> None:
    text = nurse_client.get(reverse("courses:unmatched")).content.decode()
    assert "Every recording has its session" in text


def test_recording_is_attached_to_the_chosen_session(
    nurse_client: Client, nurse: User, physician: User
) -> None:
    start = timezone.now() - timedelta(minutes=70)
    session = scenes.make_ended(nurse, physician, start)
    recording = factories.make_recording(session.device, start - timedelta(minutes=12), minutes=70)
    listed = nurse_client.get(reverse("courses:unmatched")).content.decode()
    assert "SAMPLE, Joan" in listed
    url = reverse("courses:attach-recording", args=[recording.pk])
    assert nurse_client.post(url, {"session": session.code}).status_code == 302
    assert Session.objects.get(recording=recording) == session
    assert "SAMPLE, Joan" not in nurse_client.get(reverse("courses:unmatched")).content.decode()


def test_session_that_is_not_offered_is_refused(nurse_client: Client, nurse: User, physician: User) -> None:
    start = timezone.now() - timedelta(days=3)
    session = scenes.make_ended(nurse, physician, start)
    recording = factories.make_recording(session.device, timezone.now() - timedelta(hours=1))
    url = reverse("courses:attach-recording", args=[recording.pk])
    answer = nurse_client.post(url, {"session": session.code})
    assert answer.status_code == 200
    assert not Session.objects.filter(recording=recording).exists()


def test_recording_of_another_clinic_is_not_there(
    outsider_client: Client, nurse: User, physician: User
) -> None:
    device = factories.make_device(physician.memberships.get().clinic)
    recording = factories.make_recording(device)
    url = reverse("courses:attach-recording", args=[recording.pk])
    assert outsider_client.post(url, {"session": "any"}).status_code == 404


def test_list_asks_the_same_number_of_questions_for_any_length(
    nurse_client: Client, nurse: User, physician: User
) -> None:
    device = factories.make_device(physician.memberships.get().clinic)
    counts = []
    for _ in range(2):
        factories.make_recording(device)
        with CaptureQueriesContext(connection) as queries:
            nurse_client.get(reverse("courses:unmatched"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_recording_of_an_hour_that_has_another_leads_to_its_session(
    nurse_client: Client, nurse: User, physician: User
) -> None:
    start = timezone.now() - timedelta(minutes=70)
    session = scenes.make_ended(nurse, physician, start)
    scenes.make_recorded(session, minutes=40)
    factories.make_recording(session.device, start + timedelta(minutes=45), minutes=12)
    listed = nurse_client.get(reverse("courses:unmatched")).content.decode()
    assert "which has another recording" in listed
    assert f"{session.get_absolute_url()}#recording-choice" in listed
