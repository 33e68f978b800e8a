"""Supervision: begun, ended, noted late; and the board that shows what nobody covered."""

from datetime import UTC, datetime, timedelta

import pytest

from courses.models import Session, SupervisionPeriod, TreatmentRules
from courses.progress.services import begin_supervision, end_supervision, note_supervision
from courses.progress.supervision_board import board
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed, NotFound
from eecp_clinic.models import AuditEvent, Clinic, User
from tests import factories
from tests.courses.courses_given import FIRST_HOUR, Given
from tests.factories import PASSWORD

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
    with pytest.raises(InvalidInput, match="late entry"):
        end_supervision(clinic=clinic, practitioner=physician, now=tomorrow, ended_at=left)
    period = end_supervision(
        clinic=clinic,
        practitioner=physician,
        now=tomorrow,
        ended_at=left,
        reason="Called away",
        password=PASSWORD,
    )
    assert (period.ended_at, period.end_noted_at, period.late_reason) == (left, tomorrow, "Called away")
    assert period.signature is not None


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


def test_time_of_the_same_day_is_noted_without_a_password_and_says_when_it_was_written(
    clinic: Clinic, physician: User, now: datetime
) -> None:
    period = note_supervision(
        clinic=clinic,
        practitioner=physician,
        mode="onsite",
        started_at=now - 3 * HOUR,
        ended_at=now - HOUR,
        now=now,
    )
    assert AuditEvent.objects.get().action == "supervision.noted_late"
    assert (period.noted_at, period.signature) == (now, None)


def note_yesterday(clinic: Clinic, physician: User, now: datetime, **given: str) -> SupervisionPeriod:
    return note_supervision(
        clinic=clinic,
        practitioner=physician,
        mode="onsite",
        started_at=now - 27 * HOUR,
        ended_at=now - 25 * HOUR,
        now=now,
        **given,
    )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"password": PASSWORD}, "reason"),
        ({"reason": "Forgotten"}, "password"),
        ({"reason": "Forgotten", "password": "wrong"}, "password"),
    ],
)
def test_time_of_an_earlier_day_needs_a_reason_and_the_password(
    clinic: Clinic, physician: User, now: datetime, given: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        note_yesterday(clinic, physician, now, **given)
    assert field in refused.value.data["fields"]
    assert not SupervisionPeriod.objects.exists()


def test_late_entry_is_signed_and_names_when_it_was_written(
    clinic: Clinic, physician: User, now: datetime
) -> None:
    period = note_yesterday(clinic, physician, now, reason="Forgotten", password=PASSWORD)
    assert period.signature is not None
    assert "Forgotten" in period.signature.content
    assert period.written_late == now


def settle_audio_video(clinic: Clinic, owner: User, now: datetime) -> None:
    TreatmentRules.objects.create(
        clinic=clinic,
        owner=owner,
        settled_at=now - HOUR,
        effective_on=clinic.day_of(now - HOUR),
        reason="Agreed with the contractor",
        audio_video_supervision=True,
    )


def test_audio_and_video_is_refused_until_the_clinic_allows_it(
    clinic: Clinic, physician: User, now: datetime
) -> None:
    def afar(evidence: str) -> SupervisionPeriod:
        return begin_supervision(clinic=clinic, practitioner=physician, mode="av", now=now, evidence=evidence)

    with pytest.raises(InvalidInput, match="has not allowed supervision by live audio and video"):
        afar("Call 7")
    settle_audio_video(clinic, physician, now)
    with pytest.raises(InvalidInput, match="Name the video connection"):
        afar(" ")
    assert afar("Call 7").evidence == "Call 7"


def test_audio_and_video_before_2026_is_refused_whatever_the_clinic_says(
    clinic: Clinic, physician: User, now: datetime
) -> None:
    then = datetime(2025, 12, 30, 15, 0, tzinfo=UTC)
    settle_audio_video(clinic, physician, then)
    with pytest.raises(InvalidInput, match="from 01-Jan-2026 on"):
        begin_supervision(clinic=clinic, practitioner=physician, mode="av", now=then, evidence="Call 7")


@pytest.mark.parametrize("allowed", [True, False])
def test_audio_and_video_covers_a_session_where_the_clinic_allowed_it(given: Given, allowed: bool) -> None:
    given.session(0, supervised=False)
    SupervisionPeriod.objects.create(
        clinic=given.clinic,
        practitioner=given.physician,
        mode="av",
        started_at=FIRST_HOUR - HOUR,
        ended_at=FIRST_HOUR + 3 * HOUR,
    )
    if allowed:
        settle_audio_video(given.clinic, given.physician, FIRST_HOUR - HOUR)
    shown = board(given.clinic, given.nurse, FIRST_HOUR + 5 * HOUR)
    assert [one.session.code for one in shown.uncovered] == ([] if allowed else [Session.objects.get().code])


def test_gaps_of_today_stand_apart_from_those_of_the_days_before(given: Given) -> None:
    before, today = given.session(0, supervised=False), given.session(1, supervised=False)
    shown = board(given.clinic, given.nurse, FIRST_HOUR + timedelta(days=1, hours=3))
    assert [one.session for one in shown.gaps_today] == [today]
    assert [one.session for one in shown.gaps_before] == [before]


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
    assert [(gap.interval.start, gap.interval.end) for gap in item.gaps] == [
        (FIRST_HOUR, FIRST_HOUR + HOUR / 2)
    ]
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
