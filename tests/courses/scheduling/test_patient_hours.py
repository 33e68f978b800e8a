"""The patient's own calendar: on paper in two languages, and as a feed behind a secret that can be revoked."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from courses.models import Appointment, CalendarLink
from courses.scheduling.patient_hours import feed_of, months_of
from courses.scheduling.plan import Slot
from courses.scheduling.services import cancel, move
from courses.scheduling.services.reaching import make_calendar_link, revoke_calendar_link
from eecp_clinic.errors import NotAllowed
from eecp_clinic.models import Clinic, User
from tests import factories

LOCALE = Path(__file__).parents[3] / "locale" / "zh_Hans" / "LC_MESSAGES"
DAY = timedelta(days=1)


@pytest.fixture
def appointment(clinic: Clinic, physician: User, now: datetime) -> Appointment:
    course = factories.make_course(factories.make_patient(clinic), physician)
    return factories.make_appointment(course, factories.make_device(clinic), now + DAY)


def events(patient: object, now: datetime) -> list[dict[str, str]]:
    feed = Calendar.from_ical(feed_of(patient, now))  # type: ignore[arg-type]
    return [
        {name: str(event[name]) for name in ("UID", "SEQUENCE", "STATUS", "SUMMARY")}
        for event in feed.walk("VEVENT")
    ]


def test_feed_follows_a_move_and_a_cancellation_and_names_no_treatment(
    appointment: Appointment, nurse: User, now: datetime
) -> None:
    first = events(appointment.patient, now)[0]
    assert first["STATUS"] == "CONFIRMED"
    assert first["SUMMARY"] == "Example Heart Clinic"
    assert b"Joan" not in feed_of(appointment.patient, now)
    later = appointment.starts_at + timedelta(hours=1)
    slot = Slot(later, later + timedelta(hours=1), appointment.device.code, in_window=True)
    move(appointment=appointment, version=1, slot=slot, reason="Asked", actor=nurse, now=now)
    second = events(appointment.patient, now)[0]
    assert second["UID"] == first["UID"]
    assert int(second["SEQUENCE"]) > int(first["SEQUENCE"])
    appointment.refresh_from_db()
    cancel(appointment=appointment, reason="Ill", actor=nurse, now=now)
    assert events(appointment.patient, now)[0]["STATUS"] == "CANCELLED"


def test_link_opens_until_it_is_replaced_or_revoked(
    appointment: Appointment, front_desk: User, biller: User, now: datetime
) -> None:
    patient = appointment.patient
    _link, secret = make_calendar_link(patient=patient, actor=front_desk, now=now)
    assert CalendarLink.objects.get().sha256 != secret
    stranger = Client()

    def status(secret: str) -> int:
        return stranger.get(reverse("courses:calendar-feed", args=[secret])).status_code

    assert status(secret) == 200
    assert CalendarLink.objects.get().last_read_at is not None
    _link, newer = make_calendar_link(patient=patient, actor=front_desk, now=now + DAY)
    assert (status(secret), status(newer)) == (404, 200)
    assert revoke_calendar_link(patient=patient, actor=front_desk, now=now + DAY)
    assert not revoke_calendar_link(patient=patient, actor=front_desk, now=now + DAY)
    assert status(newer) == 404
    with pytest.raises(NotAllowed):
        make_calendar_link(patient=patient, actor=biller, now=now)


def test_months_hold_every_hour_once(appointment: Appointment, now: datetime) -> None:
    factories.make_appointment(appointment.course, appointment.device, now + 10 * DAY)
    months = months_of(appointment.patient, now)
    assert [month.first.month for month in months] == [11, 12]
    shown = [hour for month in months for week in month.weeks for day in week for hour in day.hours]
    assert shown == [appointment.starts_at, now + 10 * DAY]
    assert any(day.closed for week in months[0].weeks for day in week), "Thanksgiving"


def test_printed_calendar_speaks_chinese_and_english(
    nurse_client: Client, clinic: Clinic, physician: User
) -> None:
    course = factories.make_course(factories.make_patient(clinic), physician)
    factories.make_appointment(course, factories.make_device(clinic), timezone.now() + DAY)
    url = reverse("courses:patient-calendar", args=[course.patient.code])
    assert "Your appointments" in nurse_client.get(url).content.decode()
    chinese = nurse_client.get(url, {"lang": "zh-hans"}).content.decode()
    assert "您的预约" in chinese
    assert "星期" in chinese or "周" in chinese
    assert nurse_client.get(url, {"lang": "tlh"}).status_code == 404


def test_link_is_shown_once(nurse_client: Client, appointment: Appointment) -> None:
    patient = appointment.patient
    url = reverse("courses:calendar-link-make", args=[patient.code])
    page = nurse_client.post(url, {"patient": patient.code}).content.decode()
    address = re.search(r"http://testserver(/calendar/\S+\.ics)", page)
    assert address
    assert Client().get(address[1]).status_code == 200
    again = nurse_client.get(reverse("courses:patient-hours", args=[patient.code])).content.decode()
    assert "/calendar/" not in again.replace(reverse("courses:patient-calendar", args=[patient.code]), "")


def test_compiled_words_are_those_of_the_source() -> None:
    """Every sentence of the .po file stands in the compiled file beside it."""
    compiled = (LOCALE / "django.mo").read_bytes()
    source = (LOCALE / "django.po").read_text()
    for sentence in re.findall(r'^msgstr "(.+)"$', source, re.MULTILINE):
        assert sentence.encode() in compiled
