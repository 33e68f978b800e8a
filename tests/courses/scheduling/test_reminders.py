"""Reminders: when they are due, that each goes out once, and that one failure stops no other."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from courses.models import Appointment, Reminder, ReminderOptOut
from courses.scheduling.plan import Slot
from courses.scheduling.reminder_times import DUE, QuietHours, due_kind
from courses.scheduling.reminders import send_due
from courses.scheduling.services import cancel, move
from eecp_clinic.models import Clinic, User
from tests import factories

CHICAGO = ZoneInfo("America/Chicago")
NOON = datetime(2026, 11, 23, 18, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("ahead_h", "kind"),
    [(49, None), (48, "two_days"), (25, "two_days"), (24, "one_day"), (4, "one_day"), (3, None), (-1, None)],
)
def test_reminder_is_due_two_days_and_one_day_before(ahead_h: int, kind: str | None) -> None:
    assert due_kind(NOON + ahead_h * HOUR, NOON, CHICAGO, QuietHours()) == kind


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.integers(0, 72))  # noqa: DTZ001
def test_nobody_is_written_to_in_the_quiet_hours(naive: datetime, ahead_h: int) -> None:
    now = naive.replace(tzinfo=UTC)
    quiet = QuietHours()
    if due_kind(now + ahead_h * HOUR, now, CHICAGO, quiet):
        assert quiet.ends <= now.astimezone(CHICAGO).time() < quiet.begins


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))  # noqa: DTZ001
def test_each_reminder_has_a_moment_outside_the_quiet_hours(naive: datetime) -> None:
    starts_at = naive.replace(tzinfo=UTC)
    moments = (starts_at - minutes * timedelta(minutes=10) for minutes in range(6 * 48 + 1))
    kinds = {due_kind(starts_at, moment, CHICAGO, QuietHours()) for moment in moments}
    assert kinds >= set(DUE)


def test_quiet_hours_may_lie_within_a_day() -> None:
    assert QuietHours(time(12), time(13)).hold(time(12, 30))
    assert not QuietHours(time(12), time(13)).hold(time(13))


@pytest.fixture
def appointment(clinic: Clinic, physician: User) -> Appointment:
    patient = factories.make_patient(clinic, email="joan@example.org")
    course = factories.make_course(patient, physician)
    return factories.make_appointment(course, factories.make_device(clinic), NOON + 26 * HOUR)


def test_a_reminder_goes_out_once_and_tells_no_treatment(appointment: Appointment) -> None:
    assert send_due(NOON) == 1
    assert send_due(NOON + HOUR / 6) == 0
    message = mail.outbox[0]
    assert message.to == ["joan@example.org"]
    assert "Tuesday, 24-Nov-2026, 14:00" in message.body
    for word in ("EECP", "angina", "session", "SAMPLE", "Joan", "counterpulsation"):
        assert word not in str(message.body) + str(message.subject)
    assert send_due(NOON + 3 * HOUR) == 1
    assert set(Reminder.objects.values_list("kind", "state")) == {("two_days", "sent"), ("one_day", "sent")}


def test_hours_that_are_due_together_go_into_one_mail(appointment: Appointment) -> None:
    later = appointment.starts_at + 3 * HOUR
    factories.make_appointment(appointment.course, appointment.device, later)
    assert send_due(NOON) == 1
    assert "14:00" in mail.outbox[0].body
    assert "17:00" in mail.outbox[0].body
    assert Reminder.objects.count() == 2


def test_moved_hour_is_reminded_of_anew_and_a_cancelled_one_is_not(
    appointment: Appointment, nurse: User
) -> None:
    send_due(NOON)
    sooner = Slot(
        appointment.starts_at - HOUR, appointment.starts_at, appointment.device.code, in_window=True
    )
    move(appointment=appointment, version=1, slot=sooner, reason="Asked", actor=nurse, now=NOON)
    assert send_due(NOON + HOUR / 6) == 1
    appointment.refresh_from_db()
    cancel(appointment=appointment, reason="Ill", actor=nurse, now=NOON)
    assert send_due(NOON + 4 * HOUR) == 0


def test_one_failure_stops_no_other_is_recorded_and_tried_again(
    appointment: Appointment, clinic: Clinic, physician: User, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "tests.courses.scheduling.failing_mail.FailsForJoan"
    other = factories.make_course(
        factories.make_patient(clinic, given_name="Ilse", email="ilse@example.org"), physician
    )
    factories.make_appointment(other, appointment.device, appointment.starts_at + 2 * HOUR)
    assert send_due(NOON) == 1
    failed = Reminder.objects.get(appointment=appointment)
    assert (failed.state, failed.error, failed.attempts) == ("failed", "SMTPRecipientsRefused", 1)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_due(NOON + HOUR / 6) == 0, "not at once again"
    assert send_due(NOON + HOUR) == 1
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("sent", 2)


def test_what_a_dead_worker_left_is_sent_after_a_while(appointment: Appointment) -> None:
    Reminder.objects.create(
        appointment=appointment,
        starts_at=appointment.starts_at,
        kind="two_days",
        email="joan@example.org",
        attempts=1,
        tried_at=NOON,
    )
    assert send_due(NOON + HOUR / 6) == 0
    assert send_due(NOON + HOUR) == 1


def test_patient_ends_reminders_by_the_link_and_a_scanner_does_not(appointment: Appointment) -> None:
    send_due(NOON)
    path = re.search(r"(/reminders/stop/\S+)", str(mail.outbox[0].body))
    assert path
    client = Client(enforce_csrf_checks=True)
    assert client.get(path[1]).status_code == 200
    assert not ReminderOptOut.objects.exists()
    assert "no more reminders" in client.post(path[1]).content.decode()
    assert ReminderOptOut.objects.get().by is None
    assert send_due(NOON + 4 * HOUR) == 0
    assert client.get(path[1][:-3] + "abc/").status_code == 404
