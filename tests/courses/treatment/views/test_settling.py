from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.models import ClinicLimit, TreatmentRules
from eecp_clinic.models import Clinic, User
from tests.conftest import client_of

RULES = {
    "coverage_not_current": "block",
    "authorization_used_up": "warn",
    "no_supervision": "off",
    "review_overdue": "warn",
    "billable_from_minutes": "50",
    "not_billable_under_minutes": "",
    "short_session_rule": "From 50 min we bill.",
    "reason": "Staff meeting",
}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def test_an_administrator_settles_the_rules(clinic: Clinic, administrator: User, now: datetime) -> None:
    client, url = client_of(administrator), reverse("courses:treatment-rules")
    assert "nothing was settled yet" in client.get(url).content.decode()
    data = RULES | {"effective_on": clinic.day_of(now).isoformat()}
    assert client.post(url, data).status_code == 302
    rules = TreatmentRules.objects.in_force(clinic, timezone.now())
    assert (rules.coverage_not_current, rules.billable_from_minutes) == ("block", 50)
    assert not rules.audio_video_supervision
    text = client.get(url).content.decode()
    assert "From 50 min we bill." in text
    assert "Staff meeting" in text


def test_a_refused_rule_keeps_what_was_typed(clinic: Clinic, administrator: User, now: datetime) -> None:
    data = RULES | {"effective_on": clinic.day_of(now).isoformat(), "short_session_rule": ""}
    response = client_of(administrator).post(reverse("courses:treatment-rules"), data)
    assert response.status_code == 422
    assert 'value="50"' in response.content.decode()
    assert not TreatmentRules.objects.exists()


def test_a_nurse_reads_the_rules_and_the_limits_without_a_form(nurse_client: Client) -> None:
    for name in ("treatment-rules", "limits"):
        text = nurse_client.get(reverse(f"courses:{name}")).content.decode()
        assert "<form" not in text.split('<main class="page"')[1]


def test_a_physician_sets_a_limit_and_everybody_reads_it(
    clinic: Clinic, physician_client: Client, nurse_client: Client, now: datetime
) -> None:
    url = reverse("courses:limit", args=["systolic_high"])
    assert "180 mmHg" in physician_client.get(url).content.decode()
    data = {
        "standing": "own",
        "figure": "170",
        "answer": "hold",
        "effective_on": clinic.day_of(now).isoformat(),
        "reason": "Frail patients",
    }
    assert physician_client.post(url, data).status_code == 302
    text = nurse_client.get(reverse("courses:limits")).content.decode()
    assert "Do not treat with a systolic pressure above 170 mmHg." in text
    assert "Published: Do not treat with a systolic pressure above 180 mmHg." in text
    assert "Frail patients" in text


def test_a_limit_with_a_wrong_digit_is_refused_beneath_its_field(
    clinic: Clinic, physician_client: Client, now: datetime
) -> None:
    data = {
        "standing": "own",
        "figure": "17",
        "answer": "hold",
        "effective_on": clinic.day_of(now).isoformat(),
        "reason": "A slip",
    }
    response = physician_client.post(reverse("courses:limit", args=["systolic_high"]), data)
    assert response.status_code == 422
    assert "between 60 and 220 mmHg" in response.content.decode()
    assert not ClinicLimit.objects.exists()


def test_a_limit_that_there_is_not_is_not_found(physician_client: Client) -> None:
    assert physician_client.get(reverse("courses:limit", args=["nothing"])).status_code == 404
