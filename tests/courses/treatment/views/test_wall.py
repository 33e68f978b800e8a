"""The wall: every device, running or quiet, naming patients only as the clinic chose."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from courses.models import Session
from courses.treatment.wall import choose_names, wall_of
from devices.models import Recording
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import AuditEvent, Clinic, User
from tests import factories
from tests.courses.treatment import scenes


@pytest.fixture
def running(nurse: User, physician: User) -> Session:
    return scenes.make_running(nurse, physician, timezone.now())


def judged(session: Session, now: datetime, **live: object) -> Recording:
    recording = factories.make_recording(session.device, now, closed_at=None, ended_at=None)
    Recording.objects.filter(pk=recording.pk).update(live=live, live_at=now)
    Session.objects.filter(pk=session.pk).update(recording=recording)
    return recording


def test_running_and_quiet_devices_stand_side_by_side(
    running: Session, clinic: Clinic, nurse_client: Client
) -> None:
    factories.make_device(clinic, "Device 2")
    page = nurse_client.get("/wall/").content.decode()
    assert running.get_absolute_url() in page
    assert "No session runs." in page
    assert "session 1 of 35" in page
    assert "It is not an alarm system" in page


def test_figures_come_with_their_targets_and_the_grade_in_a_word(running: Session, clinic: Clinic) -> None:
    now = timezone.now()
    recording = judged(running, now, grade="C", ds_peak=1.31, pressure_mmhg=251.2, hr_bpm=66)
    [tile] = wall_of(clinic, now).tiles
    assert (tile.grade, tile.light, tile.recording) == ("Gating C, look", "look", str(recording.pk))
    assert [figure.value for figure in tile.figures] == ["251", "1.31", "66"]
    assert (tile.figures[0].note, tile.figures[1].note) == ("ordered 260", "target 1.5 to 2.0")
    assert not tile.is_stale


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(), "minute 1 of 60"),
        (timedelta(minutes=59, seconds=59), "minute 60 of 60"),
        (timedelta(minutes=60), "past its 60 min"),
        (timedelta(days=20), "past its 60 min"),
    ],
)
def test_hour_that_nobody_ended_is_not_counted_on(
    running: Session, clinic: Clinic, passed: timedelta, said: str
) -> None:
    assert running.started_at is not None
    [tile] = wall_of(clinic, running.started_at + passed).tiles
    assert tile.minute == said


def test_figures_that_are_not_of_now_lose_their_light(running: Session, clinic: Clinic) -> None:
    now = timezone.now()
    judged(running, now, grade="A")
    [tile] = wall_of(clinic, now + timedelta(seconds=20)).tiles
    assert (tile.is_stale, tile.light) == (True, "idle")


@pytest.mark.parametrize(("shows", "who"), [("initials", "J.S."), ("device", ""), ("name", "SAMPLE, Joan")])
def test_patient_is_named_as_the_clinic_chose(
    running: Session, clinic: Clinic, nurse_client: Client, shows: str, who: str
) -> None:
    clinic.wall_shows = shows
    clinic.save(update_fields=["wall_shows"])
    [tile] = wall_of(clinic, timezone.now()).tiles
    assert tile.who == who
    assert ("SAMPLE" in nurse_client.get("/wall/").content.decode()) == (shows == "name")


def test_choice_of_names_is_kept_with_who_made_it(
    clinic: Clinic, physician: User, physician_client: Client
) -> None:
    assert physician_client.post("/wall/names/", {"shows": "device"}).status_code == 302
    clinic.refresh_from_db()
    assert clinic.wall_shows == "device"
    assert AuditEvent.objects.get(action="clinic.wall_names_chosen").actor == physician


def test_choice_that_does_not_exist_is_refused(clinic: Clinic, physician: User) -> None:
    with pytest.raises(InvalidInput, match="one of the three ways"):
        choose_names(clinic=clinic, shows="photo", actor=physician, now=timezone.now())


def test_poll_brings_figures_alone_until_a_tile_comes_or_goes(
    running: Session, clinic: Clinic, nurse_client: Client
) -> None:
    shown = wall_of(clinic, timezone.now()).shown
    same = nurse_client.get("/wall/", {"shown": shown}, headers={"HX-Request": "true"}).content.decode()
    assert f'id="wall-{running.code}" hx-swap-oob="true"' in same
    assert "data-feed" not in same
    other = nurse_client.get("/wall/", {"shown": "before"}, headers={"HX-Request": "true"}).content.decode()
    assert 'id="wall" hx-swap-oob="true"' in other


def test_another_clinic_sees_none_of_it(running: Session, outsider_client: Client) -> None:
    assert running.code not in outsider_client.get("/wall/").content.decode()


def test_questions_do_not_grow_with_the_devices(
    running: Session, clinic: Clinic, nurse: User, physician: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(3):
        device = factories.make_device(clinic, f"Device {number + 2}")
        hour = scenes.make_hour(nurse, physician, timezone.now(), device=device)
        factories.make_session(hour, nurse, Session.State.IN_PROGRESS)
    with django_assert_num_queries(3):
        assert len(wall_of(clinic, timezone.now()).tiles) == 4
