"""While it runs: the figures with their age, the strip, and rows that the device fills."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.models import Reading, Session
from courses.treatment import binding, services, tile
from courses.treatment.services.charting import DEVICE_FIELDS
from devices.beat_file import to_plain
from devices.gating.average_beat import NOTHING, OFFSETS_MS, AverageBeat
from devices.models import Recording
from eecp_clinic.models import Clinic, User
from tests import factories
from tests.courses.treatment import scenes

pytestmark = pytest.mark.usefixtures("mid_morning")

LIVE: dict[str, Any] = {
    "grade": "A",
    "sentence": "Gating is on time.",
    "n_beats": 68,
    "hr_bpm": 67.6,
    "ds_peak": 1.42,
    "ds_area": 1.1,
    "running": [[0.0, 190.0]],
    "inflation_median_ms": -12.4,
    "deflation_lead_ms": 84.0,
    "pressure_mmhg": 262.1,
    "until_s": 200.0,
    "grades": {"0": "B", "2": "A"},
}


BEAT = to_plain(
    AverageBeat(60, 68, 58, np.sin(OFFSETS_MS / 200), 270.0, 300.0, 230.0, 800.0),
)


@pytest.fixture
def running(nurse: User, physician: User) -> Session:
    """A session that began half an hour ago, with figures of this moment."""
    start = timezone.now() - timedelta(minutes=30)
    session = scenes.make_running(nurse, physician, start)
    open_now: dict[str, Any] = {"closed_at": None, "ended_at": None, "stored_at": None, "verified_at": None}
    recording = factories.make_recording(session.device, start, live=LIVE, live_at=timezone.now(), **open_now)
    binding.bind_recording(recording=recording, now=start)
    session.refresh_from_db()
    return session


@pytest.mark.parametrize(
    ("passed", "shown", "asks_to_end"),
    [
        (timedelta(minutes=30, seconds=5), "30:05", False),
        (timedelta(minutes=61), "61:00", False),
        (timedelta(minutes=62), "62:00", True),
        (timedelta(hours=30), "30 h", True),
        (timedelta(days=20), "20 days", True),
    ],
)
def test_hour_past_its_time_says_so_and_is_told_in_words_in_the_end(
    running: Session, passed: timedelta, shown: str, asks_to_end: bool
) -> None:
    assert running.started_at is not None
    delivered = tile.tile_of(running, running.started_at + passed).delivered
    assert (delivered.value, "end the session" in delivered.chip) == (shown, asks_to_end)


def poll(client: Client, session: Session, **query: str) -> Any:
    url = reverse("courses:session-figures", args=[session.code])
    return client.get(url, {"state": "in_progress", **query}, headers={"HX-Request": "true"})


def add(client: Client, session: Session, **data: str) -> Any:
    url = reverse("courses:session-readings", args=[session.code])
    patient = session.course.patient.code
    return client.post(url, {"patient": patient, **data}, headers={"HX-Request": "true"})


def test_figures_are_shown_with_unit_band_and_age(nurse_client: Client, running: Session) -> None:
    text = poll(nurse_client, running).content.decode()
    for part in ("1.42", "−12", "band −40 to +20 ms", "68 beats", "262", "Gating is on time.", "s ago"):
        assert part in text
    assert "is-stale" not in text


def test_old_figures_turn_grey_and_say_so(nurse_client: Client, running: Session) -> None:
    Recording.objects.update(live_at=timezone.now() - timedelta(seconds=40))
    text = poll(nurse_client, running).content.decode()
    assert "is-stale" in text
    assert "look at the console" in text


def test_without_a_recording_nothing_is_made_up(nurse_client: Client, nurse: User, physician: User) -> None:
    session = scenes.make_running(nurse, physician, timezone.now() - timedelta(minutes=5))
    text = poll(nurse_client, session).content.decode()
    assert "Not known" in text
    assert "No figures from the device yet" in text


def test_session_that_ended_elsewhere_loads_its_page_anew(
    nurse_client: Client, nurse: User, running: Session
) -> None:
    services.end_session(session=running, stop_reason="completed", actor=nurse, now=timezone.now())
    assert poll(nurse_client, running)["HX-Refresh"] == "true"


def test_trace_is_brought_once_when_a_recording_appears(nurse_client: Client, running: Session) -> None:
    assert 'id="trace"' in poll(nurse_client, running, trace="").content.decode()
    url = reverse("devices:live", args=[running.recording_id])
    assert 'id="trace"' not in poll(nurse_client, running, trace=url).content.decode()


def test_strip_shows_each_minute_and_leaves_a_gap_a_gap(nurse_client: Client, running: Session) -> None:
    text = poll(nurse_client, running).content.decode()
    for title in ("Minute 1: B", "Minute 2: not assessable", "Minute 3: A", "Minute 4: running"):
        assert title in text


def test_row_takes_from_the_device_what_the_person_saw(
    nurse_client: Client, nurse: User, running: Session
) -> None:
    values = tile.device_values(running, timezone.now())
    token = tile.sealed(running, values)
    Recording.objects.update(live={**LIVE, "pressure_mmhg": 300.0})
    answer = add(nurse_client, running, device=token, **{"reading-spo2_percent": "96"})
    row = Reading.objects.get(session=running)
    assert (row.pressure_mmhg, row.heart_rate_bpm, row.inflation_ms, row.spo2_percent) == (262, 68, -12, 96)
    assert (row.ds_peak, row.ds_area, row.device_minutes) == (
        Decimal("1.42"),
        Decimal("1.10"),
        Decimal("3.1"),
    )
    assert row.from_device == list(DEVICE_FIELDS)
    assert "saved" in answer.content.decode()


def test_seal_that_somebody_made_up_gives_nothing_to_the_row(nurse_client: Client, running: Session) -> None:
    add(nurse_client, running, device="pressure_mmhg=999", **{"reading-note": "Comfortable"})
    row = Reading.objects.get(session=running)
    assert (row.pressure_mmhg, row.from_device) == (None, [])


def test_seal_of_another_session_gives_nothing_to_the_row(
    nurse: User, physician: User, running: Session
) -> None:
    token = tile.sealed(running, {"pressure_mmhg": 262})
    other = Session(code="another")
    assert tile.opened(running, token) == {"pressure_mmhg": 262}
    assert tile.opened(other, token) is None


def test_refused_row_keeps_what_was_typed(nurse_client: Client, nurse: User, physician: User) -> None:
    session = scenes.make_running(nurse, physician, timezone.now() - timedelta(minutes=5))
    typed = {"reading-spo2_percent": "19", "reading-note": "Pale"}
    answer = add(nurse_client, session, **typed)
    assert answer.status_code == 200
    assert 'value="Pale"' in answer.content.decode()
    assert not Reading.objects.exists()


def test_row_after_the_hour_has_the_time_that_was_typed(
    nurse_client: Client, nurse: User, physician: User, clinic: Clinic, now: datetime
) -> None:
    session = scenes.make_ended(nurse, physician, now)
    typed = f"{clinic.local(now + timedelta(minutes=40)):%H:%M}"
    answer = add(nurse_client, session, **{"reading-time": typed, "reading-spo2_percent": "96"})
    assert answer.status_code == 200
    row = Reading.objects.get(session=session, spo2_percent=96)
    assert row.at == now + timedelta(minutes=40)


def with_beat(running: Session, beat: dict[str, Any], age: timedelta = timedelta()) -> None:
    live = LIVE | {"beat": beat, "unassisted": None}
    Recording.objects.filter(session=running).update(live=live, live_at=timezone.now() - age)


def test_last_minutes_beat_stands_beside_the_sentence(nurse_client: Client, running: Session) -> None:
    with_beat(running, BEAT)
    text = poll(nurse_client, running).content.decode()
    assert "The last minute, averaged" in text
    assert "augmentation −70" in text
    assert "60 of 68 inflated beats" in text


def test_page_says_that_advice_does_not_control_the_device(nurse_client: Client, running: Session) -> None:
    with_beat(running, BEAT)
    text = nurse_client.get(running.get_absolute_url()).content.decode()
    assert "Advice for charting and review. It does not control the device." in text
    assert "The last minute, averaged" in text


def test_beat_that_is_not_of_now_is_not_shown(nurse_client: Client, running: Session) -> None:
    with_beat(running, BEAT, age=timedelta(seconds=40))
    assert "averaged" not in poll(nurse_client, running).content.decode()


def test_beat_of_another_version_is_not_shown(nurse_client: Client, running: Session) -> None:
    with_beat(running, BEAT | {"level": [0.0, 1.0]})
    assert "averaged" not in poll(nurse_client, running).content.decode()


def test_minute_without_a_readable_beat_has_none(nurse_client: Client, running: Session) -> None:
    with_beat(running, to_plain(NOTHING))
    assert "averaged" not in poll(nurse_client, running).content.decode()
