"""The morning's mail: once a day to each, on open mornings, in counts that name nobody."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from courses.models import TreatmentRules, WorkMail, WorkMailOff
from courses.progress import work_mail
from courses.progress.services import switch_mail
from eecp_clinic.errors import NotAllowed
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from tests import factories
from tests.courses.courses_given import Given, course_given

#: Tuesday, 08:00 in Chicago; the day after the first session of the course.
MORNING = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
State = WorkMail.State


@pytest.fixture
def waits(given: Given) -> Given:
    """A nurse has a session to sign, a physician an order and a log."""
    given.session(0, signed=False)
    factories.make_order(factories.make_patient(given.clinic), given.physician, signed=False)
    return given


def to(person: User) -> list[mail.EmailMessage]:
    return [message for message in mail.outbox if message.to == [person.email]]


def test_each_gets_one_mail_with_counts_and_links(waits: Given) -> None:
    assert work_mail.send_due(MORNING) == 2
    (message,) = to(waits.physician)
    assert "Order: 1" in message.body
    assert "/reviews/?kind=order" in message.body
    assert WorkMail.objects.filter(state=State.SENT).count() == 2


def test_mail_names_no_patient(waits: Given) -> None:
    work_mail.send_due(MORNING)
    patient = waits.course.patient
    for message in mail.outbox:
        for word in (patient.family_name, patient.given_name, patient.mrn, waits.course.code):
            assert word.lower() not in f"{message.subject} {message.body}".lower()


def test_nobody_gets_a_second_mail_that_day_but_one_the_next(waits: Given) -> None:
    work_mail.send_due(MORNING)
    assert work_mail.send_due(MORNING + 2 * HOUR) == 0
    assert work_mail.send_due(MORNING + 24 * HOUR) == 2


def test_who_has_nothing_gets_none_that_day_even_if_something_comes(clinic: Clinic, physician: User) -> None:
    assert work_mail.send_due(MORNING) == 0
    assert WorkMail.objects.get().state == State.NOTHING
    factories.make_order(factories.make_patient(clinic), physician, signed=False)
    assert work_mail.send_due(MORNING + HOUR) == 0


@pytest.mark.parametrize(
    ("moment", "why"),
    [
        (datetime(2026, 12, 1, 12, 59, tzinfo=UTC), "before seven in Chicago"),
        (datetime(2026, 12, 1, 21, 0, tzinfo=UTC), "in the afternoon"),
        (datetime(2026, 12, 6, 14, 0, tzinfo=UTC), "on a Sunday"),
        (datetime(2026, 12, 25, 14, 0, tzinfo=UTC), "on a federal holiday"),
    ],
)
def test_no_mail_outside_an_open_morning(waits: Given, moment: datetime, why: str) -> None:
    assert work_mail.send_due(moment) == 0, why
    assert not WorkMail.objects.exists()


def test_morning_is_the_clinics_own(waits: Given) -> None:
    Clinic.objects.update(time_zone="Asia/Shanghai")
    assert work_mail.send_due(MORNING) == 0  # 22:00 there
    assert work_mail.send_due(MORNING + 10 * HOUR) == 2  # 08:00 there, the next day


def test_person_who_wants_none_gets_none(waits: Given) -> None:
    switch_mail(clinic=waits.clinic, person=waits.physician, wanted=False, now=MORNING)
    work_mail.send_due(MORNING)
    assert to(waits.physician) == []
    switch_mail(clinic=waits.clinic, person=waits.physician, wanted=True, now=MORNING)
    work_mail.send_due(MORNING + HOUR)
    assert len(to(waits.physician)) == 1


def test_biller_has_no_such_mail_to_switch(clinic: Clinic, biller: User) -> None:
    with pytest.raises(NotAllowed):
        switch_mail(clinic=clinic, person=biller, wanted=True, now=MORNING)


def test_clinic_that_wants_none_sends_none(waits: Given) -> None:
    TreatmentRules.objects.create(
        clinic=waits.clinic,
        owner=waits.physician,
        settled_at=MORNING - HOUR,
        effective_on=date(2026, 12, 1),
        reason="Told each other in the morning meeting",
        daily_mail=False,
    )
    assert work_mail.send_due(MORNING) == 0


def test_failed_mail_is_tried_again_three_times_and_stops_no_other(waits: Given, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "tests.courses.scheduling.failing_mail.FailsForAll"
    for hours in range(5):
        assert work_mail.send_due(MORNING + hours * HOUR) == 0
    rows = WorkMail.objects.all()
    assert {(row.state, row.attempts) for row in rows} == {(State.FAILED, 3)}
    assert len(rows) == 2


def test_mail_that_a_dead_worker_left_is_sent_by_the_next(waits: Given) -> None:
    WorkMail.objects.create(
        clinic=waits.clinic, person=waits.physician, day=date(2026, 12, 1), tried_at=MORNING
    )
    work_mail.send_due(MORNING + timedelta(minutes=10))
    assert to(waits.physician) == []
    work_mail.send_due(MORNING + HOUR)
    assert len(to(waits.physician)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one_mail() -> None:
    clinic = factories.make_clinic()
    nurse = factories.make_user(clinic, Role.NURSE, "nora", "Nora", "Nurse-Example", "RN")
    physician = factories.make_user(clinic, Role.PHYSICIAN, "petra", "Petra", "Physician-Example", "MD")
    course_given(clinic, nurse, physician).session(0, signed=False)

    def send(_worker: int) -> int:
        try:
            return work_mail.send_due(MORNING)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as workers:
        assert sum(workers.map(send, range(2))) == len(mail.outbox)
    assert len(to(physician)) == 1
    assert WorkMail.objects.count() == 2


def test_button_on_the_page_switches_the_mail(clinic: Clinic, physician_client: Client) -> None:
    address = reverse("courses:work-mail")
    page = physician_client.post(address, {"wanted": "no"}, follow=True).content.decode()
    assert "You get no more morning mails." in page
    assert WorkMailOff.objects.exists()
    physician_client.post(address, {"wanted": "yes"})
    assert not WorkMailOff.objects.exists()
