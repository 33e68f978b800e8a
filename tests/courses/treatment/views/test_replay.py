"""The replay's page: where one can go in the waves, who may look, and that it is written down once."""

import json
import re
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from courses.models import Reading, Session
from courses.treatment.replay_jumps import Timeline
from eecp_clinic.models import AuditEvent, User
from tests import factories
from tests.courses.treatment.replayed import GAP_S, make_replayed
from tests.factories import MONDAY_NINE

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(nurse: User, physician: User) -> Session:
    return make_replayed(nurse, physician)


def page(client: Client, session: Session, **query: str) -> Any:
    return client.get(reverse("courses:session-replay", args=[session.code]), query)


def data_of(response: Any) -> dict[str, Any]:
    [found] = re.findall(r'id="replay-data"[^>]*>(.*?)</script>', response.content.decode(), re.DOTALL)
    content: dict[str, Any] = json.loads(found)
    return content


def test_page_leads_to_everything_that_happened(nurse_client: Client, session: Session) -> None:
    response = page(nurse_client, session)
    said = response.content.decode()
    assert response.status_code == 200
    for words in (
        "Gap of 12.0 s",
        "all signals",
        "Sensor moved",
        "comfortable",
        "Session started",
        "Minute 4",
    ):
        assert words in said
    assert f"?t={GAP_S[0] - 2}&amp;w=" in said  # two seconds before the gap
    data = data_of(response)
    assert data["gaps"] == [[*GAP_S, [0, 1, 2, 3, 4]]]
    assert [row["name"] for row in data["channels"]] == [
        "ECG",
        "PLETH",
        "CUFF_CALF",
        "CUFF_THIGH",
        "CUFF_HIP",
    ]
    assert len(data["grades"]) == 4
    assert data["clock_s"] == 9 * 3600  # nine o'clock at the clinic


def test_page_opens_at_the_second_of_its_address(nurse_client: Client, session: Session) -> None:
    assert data_of(page(nurse_client, session, t="123.4"))["t_s"] == 123.4
    for odd in ("", "-1", "nan", "inf", "1e99", "soon"):
        assert data_of(page(nurse_client, session, t=odd))["t_s"] is None


def test_what_the_page_names_is_there(nurse_client: Client, session: Session) -> None:
    data = data_of(page(nurse_client, session))
    for url in (data["tiles_url"] + "0/0", data["events_url"], data["beats_url"]):
        assert nurse_client.get(url).status_code == 200


def test_one_opening_is_one_line_in_the_audit_trail(nurse_client: Client, session: Session) -> None:
    data = data_of(page(nurse_client, session))
    nurse_client.get(data["tiles_url"] + "0/0")
    nurse_client.get(data["beats_url"])
    [line] = AuditEvent.objects.filter(action="session.replayed")
    assert (line.subject, str(line.actor)) == (f"session:{session.code}", "Nora Nurse-Example, RN")


def test_running_recording_is_not_replayed(nurse_client: Client, nurse: User, physician: User) -> None:
    course = factories.make_course(factories.make_patient(physician.memberships.get().clinic), physician)
    device = factories.make_device(course.clinic)
    running = factories.make_recording(device, closed_at=None, ended_at=None, stored_at=None)
    hour = factories.make_appointment(course, device)
    session = factories.make_session(hour, nurse, Session.State.IN_PROGRESS, recording=running)
    response = page(nurse_client, session)
    assert "still running" in response.content.decode()
    assert "replay-data" not in response.content.decode()
    assert not AuditEvent.objects.filter(action="session.replayed").exists()


def test_lost_file_is_said_and_damaged_tiles_are_made_anew(nurse_client: Client, session: Session) -> None:
    page(nurse_client, session)
    [name] = _tiles()
    with default_storage.open(name, "wb") as file:
        file.write(b"EECPTILE cut short")
    assert "replay-data" in page(nurse_client, session).content.decode()
    assert session.recording is not None
    default_storage.delete(session.recording.file.name)
    default_storage.delete(name)
    assert "missing or has changed" in page(nurse_client, session).content.decode()


def _tiles() -> list[str]:
    [year] = default_storage.listdir("tiles")[0]
    [month] = default_storage.listdir(f"tiles/{year}")[0]
    return [f"tiles/{year}/{month}/{name}" for name in default_storage.listdir(f"tiles/{year}/{month}")[1]]


def test_session_without_recording_says_so(nurse_client: Client, nurse: User, physician: User) -> None:
    course = factories.make_course(factories.make_patient(physician.memberships.get().clinic), physician)
    hour = factories.make_appointment(course, factories.make_device(course.clinic))
    session = factories.make_session(hour, nurse, Session.State.ENDED)
    assert "No recording is bound" in page(nurse_client, session).content.decode()


def test_report_before_beats_were_kept_still_shows_waves(
    nurse_client: Client, nurse: User, physician: User
) -> None:
    session = make_replayed(nurse, physician, minutes=2)
    assert session.recording is not None
    newer = factories.make_report(session.recording, engine_version="0.9.0")
    Session.objects.filter(pk=session.pk).update(gating_report=newer)
    data = data_of(page(nurse_client, session))
    assert (data["beats_url"], data["grades"]) == ("", [])


def test_questions_to_the_database_do_not_grow_with_rows(
    nurse_client: Client,
    nurse: User,
    session: Session,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    page(nurse_client, session)
    for minute in range(10, 40):
        at = MONDAY_NINE.replace(minute=minute)
        Reading.objects.create(session=session, at=at, pressure_mmhg=250, recorded_by=nurse)
    with django_assert_max_num_queries(25):
        assert page(nurse_client, session).status_code == 200


def test_moment_outside_of_the_recording_has_no_place() -> None:
    timeline = Timeline(MONDAY_NINE, 60.0)
    assert timeline.of_moment("reading", "Reading", MONDAY_NINE.replace(hour=14)).t_s is None
    assert timeline.of_moment("reading", "Reading", MONDAY_NINE).elapsed == "0:00"
