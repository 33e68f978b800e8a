"""Supervision: begun, ended, noted late; and the board that shows what nobody covered."""

from datetime import datetime, timedelta

import pytest

from courses.models import Session, SupervisionPeriod
from courses.progress.services import begin_supervision, end_supervision, note_supervision
from courses.progress.supervision_board import board
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed, NotFound
from eecp_clinic.models import AuditEvent, Clinic, User
from tests import factories
from tests.courses.courses_given import FIRST_HOUR, Given

HOUR = timedelta(hours=1)


def begin(clinic: Clinic, physician: User, now: datetime) -> SupervisionPeriod:
    return begin_supervision(clinic=clinic, practitioner=physician, mode="onsite", now=now)


def test_period_begins_and_ends_with_an_audit_line_each(
    clinic: Clinic, physician: User, now: datetime
) -> None:
    begin(clinic, physician, now)
    period = end_supervision(clinic=clinic, practitioner=physician, now=now + HOUR)
    assert period.ended_at == now + HOUR
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert actions == {"supervision.begun", "supervision.ended"}


def test_second_period_at_once_is_refused(clinic: Clinic, physician: User, now: datetime) -> None:
    begin(clinic, physician, now)
    with pytest.raises(Conflict, match="another supervision period"):
        begin(clinic, physician, now + HOUR)


def test_nurse_may_not_supervise(clinic: Clinic, nurse: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        begin(clinic, nurse, now)


def test_mode_by_audio_alone_is_refused(clinic: Clinic, physician: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="audio and video"):
        begin_supervision(clinic=clinic, practitioner=physician, mode="audio", now=now)


def test_ending_what_never_began_is_refused(clinic: Clinic, physician: User, now: datetime) -> None:
    with pytest.raises(NotFound):
        end_supervision(clinic=clinic, practitioner=physician, now=now)


def test_period_forgotten_overnight_needs_the_time_at_which_it_ended(
    clinic: Clinic, physician: User, now: datetime
) -> None:
    begin(clinic, physician, now)
    tomorrow = now + timedelta(days=1)
    with pytest.raises(InvalidInput, match="earlier day"):
        end_supervision(clinic=clinic, practitioner=physician, now=tomorrow)
    left = now + 8 * HOUR
    assert (
        end_supervision(clinic=clinic, practitioner=physician, now=tomorrow, ended_at=left).ended_at == left
    )


@pytest.mark.parametrize(("ended_after", "words"), [(-1, "before it has begun"), (48, "future")])
def test_impossible_end_is_refused(
    clinic: Clinic, physician: User, now: datetime, ended_after: int, words: str
) -> None:
    begin(clinic, physician, now)
    with pytest.raises(InvalidInput, match=words):
        end_supervision(
            clinic=clinic,
            practitioner=physician,
            now=now + 24 * HOUR,
            ended_at=now + ended_after * HOUR,
        )


def test_time_that_is_over_can_be_noted_and_says_that_it_was_late(
    clinic: Clinic, physician: User, now: datetime
) -> None:
    note_supervision(
        clinic=clinic,
        practitioner=physician,
        mode="onsite",
        started_at=now - 3 * HOUR,
        ended_at=now - HOUR,
        now=now,
    )
    assert AuditEvent.objects.get().action == "supervision.noted_late"


@pytest.mark.parametrize(("start", "end", "words"), [(-1, 1, "future"), (-1, -2, "before it has begun")])
def test_impossible_past_period_is_refused(
    clinic: Clinic, physician: User, now: datetime, start: int, end: int, words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        note_supervision(
            clinic=clinic,
            practitioner=physician,
            mode="onsite",
            started_at=now + start * HOUR,
            ended_at=now + end * HOUR,
            now=now,
        )


def test_board_shows_the_part_of_a_session_that_nobody_covered(given: Given) -> None:
    given.session(0, supervised=False)
    factories.make_supervision(given.clinic, given.physician, FIRST_HOUR + HOUR / 2)
    (item,) = board(given.clinic, given.nurse, FIRST_HOUR + 5 * HOUR).uncovered
    assert [(gap.start, gap.end) for gap in item.gaps] == [(FIRST_HOUR, FIRST_HOUR + HOUR / 2)]
    assert not item.is_running


def test_running_period_covers_until_now_on_its_own_day(given: Given) -> None:
    appointment = factories.make_appointment(given.course, given.device, FIRST_HOUR)
    factories.make_session(appointment, given.nurse, Session.State.IN_PROGRESS)
    begin(given.clinic, given.physician, FIRST_HOUR - HOUR)
    shown = board(given.clinic, given.physician, FIRST_HOUR + HOUR / 2)
    assert shown.uncovered == ()
    assert shown.mine is not None
    assert not shown.forgotten


def test_period_forgotten_yesterday_covers_nothing(given: Given) -> None:
    given.session(0, supervised=False)
    begin(given.clinic, given.physician, FIRST_HOUR - HOUR)
    shown = board(given.clinic, given.physician, FIRST_HOUR + timedelta(days=1))
    assert len(shown.uncovered) == 1
    assert shown.forgotten
    assert shown.now_supervising == ()


def test_running_session_without_supervision_stands_on_the_board(given: Given) -> None:
    appointment = factories.make_appointment(given.course, given.device, FIRST_HOUR)
    factories.make_session(appointment, given.nurse, Session.State.IN_PROGRESS)
    (item,) = board(given.clinic, given.nurse, FIRST_HOUR + HOUR / 2).uncovered
    assert item.is_running
