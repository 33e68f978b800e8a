"""What the browser brings is kept for its writer alone, and forgotten once it is saved for real."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from courses.models import Session
from courses.treatment import services
from eecp_clinic.drafts import browser, posted, presence, store
from eecp_clinic.errors import InvalidInput, TooLarge
from eecp_clinic.models import Clinic, Draft, User
from eecp_clinic.roles import Role
from eecp_clinic.tasks import prune_drafts
from tests import factories
from tests.conftest import client_of
from tests.courses.treatment import scenes

LIFE = "abc123"


@pytest.fixture
def session(nurse: User, physician: User, now: datetime) -> Session:
    return services.open_session(appointment=scenes.make_hour(nurse, physician, now), actor=nurse, now=now)


def field(*texts: str, at: int = 1, life: str = LIFE) -> dict[str, Any]:
    return {"v": list(texts), "at": at, "life": life, "label": "Systolic", "was": [""]}


def send(
    client: Client, user: User, session: Session, body: Any, method: str = "post", what: str = "forms/before"
) -> Any:
    name = browser.name_of(user, session.course.clinic)
    address = f"/drafts/session:{session.code}/{what}/"
    call = getattr(client, method)
    return call(address, json.dumps(body), content_type="application/json", headers={"X-Draft-User": name})


def read(client: Client, session: Session) -> Any:
    return client.get(f"/drafts/session:{session.code}/").json()["drafts"]


def test_fields_are_kept_and_handed_back(nurse: User, nurse_client: Client, session: Session) -> None:
    answer = send(nurse_client, nurse, session, {"fields": {"before-systolic_mmhg": field("131")}})
    assert set(answer.json()) == {"saved_at", "settled"}
    send(nurse_client, nurse, session, {"fields": {"before-skin": field("dry")}})
    assert set(read(nurse_client, session)["before"]["fields"]) == {"before-systolic_mmhg", "before-skin"}


def test_draft_is_its_writers_alone(
    nurse: User, nurse_client: Client, physician_client: Client, session: Session
) -> None:
    send(nurse_client, nurse, session, {"fields": {"before-skin": field("dry")}})
    assert read(physician_client, session) == {}


def test_later_typed_wins_whatever_comes_first(nurse: User, nurse_client: Client, session: Session) -> None:
    send(nurse_client, nurse, session, {"fields": {"a": field("new", at=9)}})
    send(nurse_client, nurse, session, {"fields": {"a": field("old", at=5)}})
    assert read(nurse_client, session)["before"]["fields"]["a"]["v"] == ["new"]


def test_field_that_is_as_stored_again_is_no_draft(
    nurse: User, nurse_client: Client, session: Session
) -> None:
    send(nurse_client, nurse, session, {"fields": {"a": field("x")}})
    send(nurse_client, nurse, session, {"gone": ["a"]})
    assert read(nurse_client, session)["before"]["fields"] == {}


@pytest.mark.parametrize("name", ["password", "sign-password2", "csrfmiddlewaretoken", "otp"])
def test_secret_is_never_kept(name: str, nurse: User, nurse_client: Client, session: Session) -> None:
    send(nurse_client, nurse, session, {"fields": {name: field("secret words")}})
    assert Draft.objects.get().fields == {}


def test_page_of_somebody_else_is_refused(
    nurse: User, physician: User, nurse_client: Client, session: Session
) -> None:
    answer = send(nurse_client, physician, session, {"fields": {"a": field("x")}})
    assert answer.status_code == 409
    assert not Draft.objects.exists()


def test_session_of_another_clinic_is_not_there(outsider: User, session: Session, clinic: Clinic) -> None:
    client = client_of(outsider)
    theirs = outsider.memberships.first()
    assert theirs is not None
    name = browser.name_of(outsider, theirs.clinic)
    for what in ("forms/before", "here"):
        address = f"/drafts/session:{session.code}/{what}/"
        answer = client.post(address, "{}", "application/json", headers={"X-Draft-User": name})
        assert answer.status_code == 404


def test_front_desk_hears_nothing_of_a_session(front_desk: User, session: Session) -> None:
    assert send(client_of(front_desk), front_desk, session, {}, what="here").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        "no object",
        {"fields": []},
        {"fields": {"a": "text"}},
        {"fields": {"a": {"v": [1], "at": 1, "life": LIFE}}},
        {"fields": {"a": {"v": ["x"], "at": "now", "life": LIFE}}},
        {"fields": {"a": {"v": ["x"], "at": 1, "life": "a b"}}},
        {"fields": {"a": {"v": ["x"], "at": 1, "life": LIFE, "more": 1}}},
    ],
)
def test_what_is_no_draft_is_refused(body: Any, nurse: User, nurse_client: Client, session: Session) -> None:
    assert send(nurse_client, nurse, session, body).status_code == 422


def test_more_than_a_form_holds_is_refused(nurse: User, clinic: Clinic, now: datetime) -> None:
    place = store.Place(clinic=clinic, user=nurse, subject="patient:x", form="edit")
    with pytest.raises(TooLarge):
        store.keep(place=place, fields={"a": field("x" * 100_001)}, gone=[], now=now)


def test_form_without_a_plain_name_is_refused(nurse: User, clinic: Clinic, now: datetime) -> None:
    place = store.Place(clinic=clinic, user=nurse, subject="patient:x", form="Not a name")
    with pytest.raises(InvalidInput):
        store.keep(place=place, fields={}, gone=[], now=now)


def test_saving_the_form_forgets_its_draft_and_what_comes_late(
    nurse: User, nurse_client: Client, session: Session
) -> None:
    send(
        nurse_client,
        nurse,
        session,
        {"fields": {"before-skin": field("dry"), "other": field("x", life="zzz")}},
    )
    data = {
        "patient": session.course.patient.code,
        "before-skin": "dry",
        "draft": f"session:{session.code} before {LIFE}",
    }
    assert nurse_client.post(f"/sessions/{session.code}/ready/", data)["X-Draft-Saved"] == "1"
    send(nurse_client, nurse, session, {"fields": {"before-skin": field("dry", at=99)}})
    assert set(read(nurse_client, session)["before"]["fields"]) == {"other"}


def test_refused_form_keeps_its_draft(nurse: User, nurse_client: Client, session: Session) -> None:
    send(nurse_client, nurse, session, {"fields": {"before-systolic_mmhg": field("3")}})
    data = {
        "patient": session.course.patient.code,
        "before-systolic_mmhg": "3",
        "draft": f"session:{session.code} before {LIFE}",
    }
    assert "X-Draft-Saved" not in nurse_client.post(f"/sessions/{session.code}/ready/", data)
    assert "before-systolic_mmhg" in read(nurse_client, session)["before"]["fields"]


def test_discarded_draft_is_forgotten(nurse: User, nurse_client: Client, session: Session) -> None:
    send(nurse_client, nurse, session, {"fields": {"a": field("x")}})
    send(nurse_client, nurse, session, {"lives": [LIFE]}, method="delete")
    assert read(nurse_client, session)["before"]["fields"] == {}


def test_draft_to_which_nobody_comes_back_is_let_go(nurse: User, clinic: Clinic, now: datetime) -> None:
    place = store.Place(clinic=clinic, user=nurse, subject="patient:x", form="edit")
    store.keep(place=place, fields={"a": field("x")}, gone=[], now=now)
    assert store.prune(now=now + store.KEPT) == 0
    assert store.prune(now=now + store.KEPT + timedelta(seconds=1)) == 1
    prune_drafts()  # the task runs


def test_others_with_the_page_open_are_named(nurse: User, clinic: Clinic, now: datetime) -> None:
    rita = factories.make_user(clinic, Role.NURSE, "rita", "Rita", "Relief-Example", "RN")
    cache.clear()
    assert presence.told(clinic=clinic, user=nurse, subject="session:x", writing=True, now=now) == []
    later = now + timedelta(minutes=2)
    [nora] = presence.told(clinic=clinic, user=rita, subject="session:x", writing=False, now=later)
    assert nora == presence.Present("Nora Nurse-Example, RN", now, now)
    assert presence.told(clinic=clinic, user=rita, subject="session:y", writing=False, now=later) == []
    presence.left(clinic=clinic, user=nurse, subject="session:x")
    assert presence.told(clinic=clinic, user=rita, subject="session:x", writing=False, now=later) == []


def test_without_the_broker_nobody_is_named_and_nobody_held_up(
    nurse: User, nurse_client: Client, session: Session
) -> None:
    gone = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    with override_settings(CACHES={"default": gone}):
        answer = send(nurse_client, nurse, session, {"writing": True}, what="here")
        assert answer.json()["others"] == []
        assert send(nurse_client, nurse, session, {"leaves": True}, what="here").status_code == 200


def test_key_of_the_browsers_copy_differs_by_person_and_clinic(
    nurse: User, physician: User, clinic: Clinic
) -> None:
    elsewhere = factories.make_clinic(name="Elsewhere Example Clinic")
    keys = {
        browser.key_of(nurse, clinic),
        browser.key_of(physician, clinic),
        browser.key_of(nurse, elsewhere),
    }
    assert len(keys) == 3


def test_form_that_names_no_draft_settles_nothing(
    nurse: User, nurse_client: Client, session: Session
) -> None:
    for named in (
        "",
        "session:x before",
        "session:x before a,b c",
        f"session:x Before {LIFE}",
        "session:x before A!",
    ):
        data = {"patient": session.course.patient.code, "draft": named}
        assert "X-Draft-Saved" not in nurse_client.post(f"/sessions/{session.code}/ready/", data)
    assert not Draft.objects.exists()
    assert posted.MOST_LIVES
