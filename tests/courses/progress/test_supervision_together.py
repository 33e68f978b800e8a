"""Logs of several days: one row of Reviews, one page, one password, and a signature a day."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.models import SupervisionLog
from courses.progress.services import sign_log, sign_logs
from courses.progress.supervision_days import log_of, logs_of
from courses.progress.supervision_logs_page import MOST_DAYS, logs_page
from courses.progress.waiting import Waiting, waiting
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import Signature, User
from eecp_clinic.roles import Role
from tests import factories
from tests.conftest import client_of
from tests.courses.courses_given import FIRST_HOUR, Given
from tests.factories import PASSWORD

DAY = timedelta(days=1)
NOW = FIRST_HOUR + 3 * DAY


@pytest.fixture
def days(given: Given) -> list[date]:
    """Three supervised days; on the second a session was covered by nobody."""
    for index in range(3):
        given.session(index, supervised=index != 1)
    factories.make_supervision(given.clinic, given.physician, FIRST_HOUR + DAY + timedelta(hours=5))
    return [given.clinic.day_of(FIRST_HOUR + index * DAY) for index in range(3)]


def seen(given: Given) -> dict[date, str]:
    return {one.day: one.seen for one in logs_page(given.clinic, given.physician, NOW).days}


def log_rows(given: Given, now: datetime = NOW) -> list[Waiting]:
    return [row for row in waiting(given.clinic, now) if row.item.fact.kind == "log"]


def test_logs_of_several_days_wait_as_one_row_with_the_oldest(given: Given, days: list[date]) -> None:
    (row,) = log_rows(given)
    assert row.detail == "3 days, the oldest Mon 30-Nov-2026"
    assert row.url == reverse("courses:supervision-logs", args=[given.physician.username])
    assert row.late == "2 days late"


def test_log_that_nobody_signed_waits_longer_than_the_board_looks_back(
    given: Given, days: list[date]
) -> None:
    much_later = NOW + timedelta(days=90)
    (row,) = log_rows(given, much_later)
    assert row.detail.startswith("3 days, the oldest")
    sign_log(clinic=given.clinic, actor=given.physician, day=days[0], password=PASSWORD, now=NOW)
    (row,) = log_rows(given, much_later)
    assert row.detail == "2 days, the oldest Tue 01-Dec-2026"


def test_several_days_are_each_as_they_are_alone(given: Given, days: list[date]) -> None:
    together = logs_of(given.clinic, given.physician, days, NOW)
    assert together == {day: log_of(given.clinic, given.physician, day, NOW) for day in days}
    assert [len(together[day].sessions) for day in days] == [1, 0, 1]


def test_page_costs_the_same_queries_for_one_day_as_for_three(given: Given, days: list[date]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            logs_page(given.clinic, given.physician, NOW)
        return len(captured)

    three = queries()
    for day in days[1:]:
        sign_log(clinic=given.clinic, actor=given.physician, day=day, password=PASSWORD, now=NOW)
    assert queries() == three


def test_day_with_a_gap_that_nobody_explained_is_not_chosen(given: Given, days: list[date]) -> None:
    page = logs_page(given.clinic, given.physician, NOW)
    assert [(one.day, one.is_chosen, one.with_gaps) for one in page.days] == [
        (days[0], True, 0),
        (days[1], False, 1),
        (days[2], True, 0),
    ]


def test_oldest_days_are_shown_and_the_rest_is_counted(given: Given) -> None:
    for index in range(MOST_DAYS + 2):
        factories.make_supervision(given.clinic, given.physician, FIRST_HOUR + index * DAY)
    page = logs_page(given.clinic, given.physician, FIRST_HOUR + 20 * DAY)
    assert (len(page.days), page.more) == (MOST_DAYS, 2)
    assert page.days[0].day == given.clinic.day_of(FIRST_HOUR)


def test_each_day_gets_a_signature_of_its_own(given: Given, days: list[date]) -> None:
    before = Signature.objects.count()
    signed = sign_logs(
        clinic=given.clinic, actor=given.physician, seen=seen(given), password=PASSWORD, now=NOW
    )
    assert [(log.day, log.version) for log in signed] == [(day, 1) for day in days]
    assert Signature.objects.count() == before + 3
    assert log_rows(given) == []


def test_day_that_changed_since_it_was_shown_is_refused_and_none_is_signed(
    given: Given, days: list[date]
) -> None:
    shown = seen(given)
    factories.make_supervision(given.clinic, given.physician, FIRST_HOUR + 2 * DAY + timedelta(hours=4))
    with pytest.raises(Conflict, match="changed since it was shown"):
        sign_logs(clinic=given.clinic, actor=given.physician, seen=shown, password=PASSWORD, now=NOW)
    assert not SupervisionLog.objects.exists()


def test_wrong_password_and_no_day_sign_nothing(given: Given, days: list[date]) -> None:
    for typed, chosen, said in (("wrong", seen(given), "password"), (PASSWORD, {}, "at least one day")):
        with pytest.raises(InvalidInput, match=said):
            sign_logs(clinic=given.clinic, actor=given.physician, seen=chosen, password=typed, now=NOW)
    assert not SupervisionLog.objects.exists()


def test_physician_signs_the_chosen_days_on_the_page_and_nobody_else_does(
    given: Given, days: list[date], nurse: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)  # the page looks at the clock
    address = reverse("courses:supervision-logs", args=[given.physician.username])
    shown = seen(given)
    typed = {"days": [f"{day}:{shown[day]}" for day in (days[0], days[2])], "password": PASSWORD}
    assert "A gap is not explained" in client_of(nurse).get(address).content.decode()
    assert client_of(nurse).post(address, typed).status_code == 403
    client = client_of(given.physician)
    refused = client.post(address, typed | {"password": "wrong"}).content.decode()
    assert "The password is not right" in refused
    assert refused.count(" checked") == 2
    assert "at least one day" in client.post(address, {"password": PASSWORD}).content.decode()
    assert "2 logs are signed." in client.post(address, typed, follow=True).content.decode()
    assert set(SupervisionLog.objects.values_list("day", flat=True)) == {days[0], days[2]}
    assert "2026-12-01" in client.get(address).content.decode()


def test_other_physician_does_not_sign_these_logs(given: Given, days: list[date]) -> None:
    other = factories.make_user(given.clinic, Role.PHYSICIAN, "otto", "Otto", "Other-Example", "MD")
    address = reverse("courses:supervision-logs", args=[given.physician.username])
    assert client_of(other).post(address, {"days": [], "password": PASSWORD}).status_code == 403


def test_day_that_is_none_is_not_there(given: Given) -> None:
    address = reverse("courses:supervision-logs", args=[given.physician.username])
    answer = client_of(given.physician).post(address, {"days": ["soon:x"], "password": PASSWORD})
    assert answer.status_code == 404
