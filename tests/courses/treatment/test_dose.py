"""Minutes for the record: by the device's clock, less pauses and gaps, and unknown where they are unknown."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from courses.models import Pause, Session
from courses.treatment.dose import delivered_in, minutes_of, minutes_so_far, time_on
from devices.models import Recording
from eecp_clinic.models import User
from tests import factories
from tests.courses.treatment import scenes

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ended(nurse: User, physician: User, now: datetime) -> Session:
    """It ran for an hour, and stood still for five minutes in it."""
    session = scenes.make_ended(nurse, physician, now)
    Pause.objects.create(
        session=session, started_at=now + 20 * MINUTE, ended_at=now + 25 * MINUTE, reason="bathroom"
    )
    return session


def record(session: Session, started_at: datetime, **fields: object) -> Decimal | None:
    recording = factories.make_recording(session.device, started_at, **{"gap_seconds": 0.0, **fields})  # type: ignore[arg-type]
    session.recording = recording
    return minutes_of(delivered_in(session))


def test_pauses_do_not_count(ended: Session, now: datetime) -> None:
    assert record(ended, now) == Decimal("55.0")


def test_what_was_recorded_before_the_start_and_after_the_end_does_not_count(
    ended: Session, now: datetime
) -> None:
    assert record(ended, now - 5 * MINUTE, minutes=80) == Decimal("55.0")


def test_recording_that_stopped_early_counts_as_long_as_it_ran(ended: Session, now: datetime) -> None:
    assert record(ended, now, minutes=40) == Decimal("35.0")


def test_minutes_are_cut_to_a_tenth(ended: Session, now: datetime) -> None:
    assert record(ended, now + timedelta(seconds=1)) == Decimal("54.9")


def test_pauses_are_placed_by_the_device_clock(ended: Session, now: datetime) -> None:
    offset = timedelta(hours=30)
    assert record(ended, now + offset, clock_offset_ms=30 * 3600 * 1000) == Decimal("55.0")


def test_time_in_which_the_device_stood_still_does_not_count(ended: Session, now: datetime) -> None:
    """The operator forgot to chart it, or an alarm stopped the device: its valves say so."""
    running = [[0.0, 600.0, True], [900.0, 3600.0, True]]
    assert record(ended, now, running=running) == Decimal("50.0")


def test_ungated_time_does_not_count(ended: Session, now: datetime) -> None:
    running = [[0.0, 600.0, True], [600.0, 720.0, False], [720.0, 3600.0, True]]
    assert record(ended, now, running=running) == Decimal("53.0")


def test_recording_without_valve_events_leaves_the_minutes_unknown(ended: Session, now: datetime) -> None:
    assert record(ended, now, running=[]) is None
    assert delivered_in(ended).reason == "No running of the device was recorded."


def test_events_are_read_from_the_file_where_they_were_not_kept_beside_it(
    ended: Session, now: datetime
) -> None:
    assert record(ended, now, running=None) is None  # this one has no file either


def test_row_of_the_flowsheet_has_the_gated_minutes_so_far(
    nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_running(nurse, physician, now + 2 * MINUTE)
    live = {"until_s": 1500.0, "running": [[0.0, 600.0], [660.0, 1500.0]]}
    session.recording = factories.make_recording(session.device, now, live=live)
    assert minutes_so_far(session) == Decimal("22.0")  # 8 + 14 from the second minute on
    Pause.objects.create(session=session, started_at=now + 20 * MINUTE, reason="bathroom")
    assert minutes_so_far(session) == Decimal("17.0")
    session.recording.clock_offset_ms = None
    assert minutes_so_far(session) is None


@pytest.mark.parametrize("unknown", ["clock_offset_ms", "gap_seconds", "ended_at", "stored_at"])
def test_what_is_not_known_makes_the_minutes_unknown(unknown: str, ended: Session, now: datetime) -> None:
    assert record(ended, now, **{unknown: None}) is None


def test_without_a_recording_the_minutes_are_unknown(ended: Session) -> None:
    found = delivered_in(ended)
    assert minutes_of(found) is None
    assert found.reason


def test_gap_counts_once_where_it_lies_in_a_pause(
    ended: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gaps_of(recording: Recording) -> tuple[tuple[float, float], ...]:
        return ((1200.0, 1500.0), (3000.0, 3120.0))  # the pause itself, and two minutes more

    monkeypatch.setattr("courses.treatment.dose.gaps_of", gaps_of)
    assert record(ended, now) == Decimal("53.0")


def test_time_on_screen_runs_by_the_server_and_stands_still_in_a_pause(
    nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_running(nurse, physician, now)
    Pause.objects.create(session=session, started_at=now + 10 * MINUTE, reason="bathroom")
    assert time_on(session, now + 30 * MINUTE) == 10 * MINUTE
