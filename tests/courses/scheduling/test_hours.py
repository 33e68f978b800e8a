"""The clinic's usual hours, entered and taken away on their page."""

import pytest
from django.test import Client
from django.urls import reverse

from eecp_clinic.models import Clinic, OpeningHours, User
from eecp_clinic.roles import Role
from tests import factories

ADD = ("courses:hours-add", ["weekly"])


@pytest.fixture
def admin_client(clinic: Clinic) -> Client:
    client = Client()
    client.force_login(factories.make_user(clinic, Role.ADMINISTRATOR, "ada", "Ada", "Admin-Example", ""))
    return client


def typed(opens: str, closes: str) -> dict[str, str]:
    return {"weekly-weekday": "5", "weekly-opens": opens, "weekly-closes": closes}


def test_administrator_opens_a_weekday_and_shuts_it_again(admin_client: Client, clinic: Clinic) -> None:
    page = admin_client.post(reverse(ADD[0], args=ADD[1]), typed("08:00", "12:00"), follow=True)
    assert "Saturday" in page.content.decode()
    row = OpeningHours.objects.get(clinic=clinic, weekday=5)
    admin_client.post(reverse("courses:hours-remove", args=["weekly", row.pk]))
    assert not OpeningHours.objects.filter(clinic=clinic, weekday=5).exists()


def test_hours_that_overlap_are_refused_and_a_break_at_noon_is_not(
    admin_client: Client, clinic: Clinic
) -> None:
    address = reverse(ADD[0], args=ADD[1])
    admin_client.post(address, typed("08:00", "12:00"))
    refused = admin_client.post(address, typed("11:00", "15:00"))
    assert refused.status_code == 422
    assert "opens at that time already" in refused.content.decode()
    admin_client.post(address, typed("12:30", "15:00"))
    assert OpeningHours.objects.filter(clinic=clinic, weekday=5).count() == 2


def test_hours_that_end_before_they_begin_are_refused(admin_client: Client, clinic: Clinic) -> None:
    refused = admin_client.post(reverse(ADD[0], args=ADD[1]), typed("12:00", "08:00"))
    assert refused.status_code == 422
    assert not OpeningHours.objects.filter(clinic=clinic, weekday=5).exists()


def test_nurse_reads_the_hours_and_changes_none(nurse_client: Client, nurse: User) -> None:
    assert b"weekly-opens" not in nurse_client.get(reverse("courses:hours")).content
    assert nurse_client.post(reverse(ADD[0], args=ADD[1]), typed("08:00", "12:00")).status_code == 403
