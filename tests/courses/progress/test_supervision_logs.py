"""Gaps explained while they can be, and the log of a day signed, frozen, and signed again when more was written."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from courses.intervals import Interval
from courses.models import Session, SupervisionGapNote, SupervisionLog, SupervisionPeriod
from courses.progress.services import explain_gap, note_supervision, sign_log
from courses.progress.supervision_board import board
from courses.progress.supervision_file import file_of
from courses.progress.supervision_log import log_from
from courses.progress.supervision_page import log_page
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, User
from tests import factories
from tests.courses.courses_given import FIRST_HOUR, Given
from tests.factories import PASSWORD

HOUR = timedelta(hours=1)
EVENING = FIRST_HOUR + 10 * HOUR
HALF = Interval(FIRST_HOUR, FIRST_HOUR + HOUR / 2)


@pytest.fixture
def half(given: Given) -> Session:
    """A session whose second half alone was supervised."""
    session = given.session(0, supervised=False)
    factories.make_supervision(given.clinic, given.physician, FIRST_HOUR + HOUR / 2)
    return session


def explain(session: Session, actor: User, now: datetime, text: str = "Next door, forgot to begin") -> None:
    explain_gap(session=session, gap=HALF, text=text, actor=actor, now=now)


def sign(given: Given, now: datetime, password: str = PASSWORD) -> SupervisionLog:
    return sign_log(
        clinic=given.clinic,
        actor=given.physician,
        day=given.clinic.day_of(FIRST_HOUR),
        password=password,
        now=now,
    )


def test_gap_is_explained_with_name_and_time_and_stays_a_gap(given: Given, half: Session) -> None:
    explain(half, given.nurse, EVENING)
    (item,) = board(given.clinic, given.nurse, EVENING).gaps_today
    assert item.is_explained
    (gap,) = item.gaps
    assert gap.explanation is not None
    assert (gap.explanation.by, gap.explanation.at) == (given.nurse.signing_name, EVENING)
    assert AuditEvent.objects.filter(action="supervision.gap_explained").exists()


def test_explanation_without_words_is_refused(given: Given, half: Session) -> None:
    with pytest.raises(InvalidInput, match="Say in a few words"):
        explain(half, given.nurse, EVENING, text="  ")


def test_biller_explains_nothing(given: Given, half: Session, biller: User) -> None:
    with pytest.raises(NotAllowed):
        explain(half, biller, EVENING)


def test_stretch_that_is_covered_by_now_is_not_explained(given: Given, half: Session) -> None:
    SupervisionPeriod.objects.update(started_at=FIRST_HOUR - HOUR)
    with pytest.raises(Conflict, match="covered by now"):
        explain(half, given.nurse, EVENING)


def test_running_session_is_not_explained_yet(given: Given) -> None:
    hour = factories.make_appointment(given.course, given.device, FIRST_HOUR)
    running = factories.make_session(hour, given.nurse, Session.State.IN_PROGRESS)
    with pytest.raises(Conflict, match="is running"):
        explain_gap(session=running, gap=HALF, text="x", actor=given.nurse, now=FIRST_HOUR + HOUR / 2)


def test_explanation_is_never_changed_nor_taken_away(given: Given, half: Session) -> None:
    explain(half, given.nurse, EVENING)
    for act in (
        lambda: SupervisionGapNote.objects.update(text="Another"),
        lambda: SupervisionGapNote.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_log_is_signed_with_periods_sessions_and_gaps(given: Given, half: Session) -> None:
    explain(half, given.nurse, EVENING)
    signed = sign(given, EVENING)
    kept = log_page(given.clinic, given.physician, signed.day, EVENING)
    assert kept.is_signed
    (row,) = kept.log.sessions
    assert row.session.code == half.code
    assert [gap.interval for gap in row.gaps] == [HALF]
    assert "forgot to begin" in signed.signature.content
    assert half.course.patient.family_name not in signed.signature.content


def test_log_without_a_period_is_refused(given: Given) -> None:
    with pytest.raises(Conflict, match="no log to sign"):
        sign(given, EVENING)


def test_log_while_one_supervises_is_refused(given: Given) -> None:
    SupervisionPeriod.objects.create(clinic=given.clinic, practitioner=given.physician, started_at=FIRST_HOUR)
    with pytest.raises(Conflict, match="End it first"):
        sign(given, EVENING)


def test_log_while_a_session_of_the_day_runs_is_refused(given: Given, half: Session) -> None:
    course = factories.make_course(factories.make_patient(given.clinic), given.physician)
    hour = factories.make_appointment(course, given.device, FIRST_HOUR + 2 * HOUR)
    factories.make_session(hour, given.nurse, Session.State.IN_PROGRESS)
    with pytest.raises(Conflict, match="is running"):
        sign(given, EVENING)


def test_wrong_password_signs_nothing(given: Given, half: Session) -> None:
    with pytest.raises(InvalidInput, match="password is not right"):
        sign(given, EVENING, password="wrong")
    assert not SupervisionLog.objects.exists()


def test_nurse_signs_no_log(given: Given, half: Session) -> None:
    with pytest.raises(NotAllowed):
        sign_log(
            clinic=given.clinic,
            actor=given.nurse,
            day=given.clinic.day_of(FIRST_HOUR),
            password=PASSWORD,
            now=EVENING,
        )


def test_what_is_signed_as_it_stands_is_not_signed_twice(given: Given, half: Session) -> None:
    sign(given, EVENING)
    with pytest.raises(Conflict, match="signed as it stands"):
        sign(given, EVENING + HOUR)


def test_database_refuses_changes_to_periods_and_log_once_signed(given: Given, half: Session) -> None:
    sign(given, EVENING)
    for act in (
        lambda: SupervisionPeriod.objects.update(started_at=FIRST_HOUR - HOUR),
        lambda: SupervisionPeriod.objects.all().delete(),
        lambda: SupervisionLog.objects.update(version=2),
        lambda: SupervisionLog.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


def test_late_entry_after_signing_is_marked_and_signed_as_the_next_version(
    given: Given, half: Session
) -> None:
    first = sign(given, EVENING)
    tomorrow = EVENING + timedelta(days=1)
    note_supervision(
        clinic=given.clinic,
        practitioner=given.physician,
        mode="onsite",
        started_at=FIRST_HOUR - HOUR,
        ended_at=FIRST_HOUR + HOUR / 2,
        now=tomorrow,
        reason="Began to write too late",
        password=PASSWORD,
    )
    assert not log_page(given.clinic, given.physician, first.day, tomorrow).is_signed
    second = sign(given, tomorrow)
    assert (first.version, second.version) == (1, 2)
    page = log_page(given.clinic, given.physician, first.day, tomorrow)
    assert page.log.periods[0].noted_at == tomorrow
    assert page.log.sessions[0].is_supervised
    assert len(page.versions) == 2


def test_beginning_again_after_signing_can_still_be_ended(given: Given, half: Session) -> None:
    sign(given, EVENING)
    period = SupervisionPeriod.objects.create(
        clinic=given.clinic, practitioner=given.physician, started_at=EVENING
    )
    period.ended_at = EVENING + HOUR
    period.save()
    assert SupervisionPeriod.objects.filter(ended_at=EVENING + HOUR).exists()


def test_file_is_made_from_what_was_signed_and_always_the_same(given: Given, half: Session) -> None:
    signed = sign(given, EVENING)
    document = file_of(signed)
    assert document.content.startswith(b"%PDF")
    assert document.content == file_of(signed).content
    assert document.pages == 1


def test_board_tells_which_logs_are_open(given: Given, half: Session) -> None:
    (log,) = board(given.clinic, given.physician, EVENING).logs
    assert log.open_since is not None
    sign(given, EVENING)
    (log,) = board(given.clinic, given.physician, EVENING).logs
    assert (log.open_since, log.signed_at) == (None, EVENING)
    explain(half, given.nurse, EVENING + HOUR)
    (log,) = board(given.clinic, given.physician, EVENING + HOUR).logs
    assert log.open_since == EVENING + HOUR


def test_physician_signs_on_the_page_and_another_may_not(
    given: Given, half: Session, physician_client: Client, nurse_client: Client
) -> None:
    day = given.clinic.day_of(FIRST_HOUR).isoformat()
    address = reverse("courses:supervision-log", args=[day, given.physician.username])
    assert "Nobody from 09:00 to 09:30" in nurse_client.get(address).content.decode()
    assert nurse_client.post(address, {"password": PASSWORD}).status_code == 403
    page = physician_client.post(address, {"password": "wrong"})
    assert "The password is not right" in page.content.decode()
    page = physician_client.post(address, {"password": PASSWORD}, follow=True)
    assert "The log is signed." in page.content.decode()
    file = nurse_client.get(reverse("courses:supervision-log-file", args=[day, given.physician.username, 1]))
    assert file["Content-Type"] == "application/pdf"


def test_gap_is_explained_on_its_page_or_says_what_is_missing(
    given: Given, half: Session, nurse_client: Client
) -> None:
    address = reverse("courses:supervision-gap", args=[half.code])
    assert "09:00 to 09:30" in nurse_client.get(address).content.decode()
    typed = {
        "patient": half.course.patient.code,
        "start": HALF.start.isoformat(),
        "end": HALF.end.isoformat(),
        "text": "",
    }
    assert "errorlist" in nurse_client.post(address, typed).content.decode()
    page = nurse_client.post(address, typed | {"text": "Physician next door"}, follow=True)
    assert "The explanation is kept" in page.content.decode()
    assert SupervisionGapNote.objects.get().text == "Physician next door"


def test_signed_content_is_read_again(given: Given, half: Session) -> None:
    signed = sign(given, EVENING)
    kept = log_page(given.clinic, given.physician, signed.day, EVENING)
    assert log_from(json.loads(signed.signature.content)) == kept.log
