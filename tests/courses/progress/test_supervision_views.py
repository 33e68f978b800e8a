"""The supervision board in the hands of a physician."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.models import SupervisionPeriod
from eecp_clinic.models import Clinic, User
from tests.factories import PASSWORD

BOARD = "courses:supervision"


def test_one_click_begins_and_one_ends(clinic: Clinic, physician_client: Client) -> None:
    page = physician_client.post(reverse("courses:supervision-begin"), {"mode": "onsite"}, follow=True)
    assert "End my supervision" in page.content.decode()
    SupervisionPeriod.objects.update(started_at=timezone.now() - timedelta(seconds=5))
    physician_client.post(reverse("courses:supervision-end"))
    assert SupervisionPeriod.objects.get().ended_at is not None


def test_nurse_sees_the_board_without_buttons(clinic: Clinic, nurse_client: Client) -> None:
    page = nurse_client.get(reverse(BOARD)).content.decode()
    assert "Nobody is recorded as supervising now" in page
    assert "Begin:" not in page


@pytest.fixture
def forgotten(clinic: Clinic, physician: User) -> SupervisionPeriod:
    return SupervisionPeriod.objects.create(
        clinic=clinic, practitioner=physician, started_at=timezone.now() - timedelta(days=2)
    )


def test_forgotten_period_asks_for_its_end(forgotten: SupervisionPeriod, physician_client: Client) -> None:
    assert "Enter when you left" in physician_client.get(reverse(BOARD)).content.decode()
    page = physician_client.post(reverse("courses:supervision-end"))
    assert page.status_code == 200
    assert "nothing shows when it ended" in page.content.decode()


def test_forgotten_period_ends_at_the_time_given(
    forgotten: SupervisionPeriod, clinic: Clinic, physician_client: Client
) -> None:
    left = clinic.local(forgotten.started_at + timedelta(hours=1)).replace(second=0, microsecond=0)
    typed = {
        "ended_at": left.strftime("%Y-%m-%dT%H:%M"),
        "reason": "Called away",
        "password": PASSWORD,
    }
    physician_client.post(reverse("courses:supervision-end"), typed)
    forgotten.refresh_from_db()
    assert forgotten.ended_at == left


@pytest.mark.parametrize("typed", ["", "yesterday", "2999-01-01T10:00"])
def test_end_that_cannot_be_is_refused_in_the_form(
    forgotten: SupervisionPeriod, physician_client: Client, typed: str
) -> None:
    page = physician_client.post(reverse("courses:supervision-end"), {"ended_at": typed})
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    forgotten.refresh_from_db()
    assert forgotten.ended_at is None


def test_past_time_is_noted_or_refused_in_the_form(clinic: Clinic, physician_client: Client) -> None:
    address = reverse("courses:supervision-note")
    wrong = {"mode": "onsite", "started_at": "2026-11-02T12:00", "ended_at": "2026-11-02T08:00"}
    page = physician_client.post(address, wrong)
    assert "before it has begun" in page.content.decode()
    right = wrong | {"ended_at": "2026-11-02T16:00"}
    page = physician_client.post(address, right)
    assert "so this is a late entry" in page.content.decode()
    physician_client.post(address, right | {"reason": "Forgotten", "password": PASSWORD})
    assert SupervisionPeriod.objects.count() == 1


def test_board_says_why_nobody_begins_by_audio_and_video(clinic: Clinic, physician_client: Client) -> None:
    page = physician_client.get(reverse(BOARD)).content.decode()
    assert "has not allowed supervision by live audio and video" in page
    answer = physician_client.post(reverse("courses:supervision-begin"), {"mode": "av", "evidence": "Call 7"})
    assert "has not allowed supervision by live audio and video" in answer.content.decode()
    assert not SupervisionPeriod.objects.exists()
