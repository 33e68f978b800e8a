"""A signed session is built again and compared with what was signed: intact, grown around it, or gone around the triggers."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from courses.models import Session
from courses.treatment.verifying import Verdict, verify
from eecp_clinic.models import Signature, User
from tests import factories
from tests.courses.treatment import scenes


@pytest.fixture
def signed(nurse: User, physician: User, now: datetime) -> Session:
    return scenes.make_signed(nurse, physician, now)


def fresh(session: Session) -> Session:
    return Session.objects.get(pk=session.pk)


@contextmanager
def triggers_off() -> Iterator[None]:
    """What only the owner of the database can do, and what verifying must find out."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")


def test_signed_session_is_verified_against_its_signature(signed: Session) -> None:
    found = verify(fresh(signed))
    assert (found.verdict, found.differences) == (Verdict.VERIFIED, ())
    assert found.sentence == "The content was verified against its signature."
    assert signed.signature is not None
    assert found.content_sha256 == signed.signature.content_sha256


def test_unsigned_session_has_nothing_to_verify(nurse: User, physician: User, now: datetime) -> None:
    assert verify(scenes.make_complete(nurse, physician, now)).verdict is Verdict.UNSIGNED


def test_supervision_noted_later_stands_around_the_session(
    signed: Session, physician: User, now: datetime
) -> None:
    factories.make_supervision(signed.course.clinic, physician, now - timedelta(minutes=5))
    found = verify(fresh(signed))
    assert found.verdict is Verdict.GROWN
    assert found.is_good
    assert "supervision" in found.sentence


def test_new_name_of_the_patient_stands_around_the_session(signed: Session) -> None:
    patient = signed.course.patient
    patient.family_name = "Example"
    patient.save(update_fields=["family_name"])
    assert [d.path for d in verify(fresh(signed)).differences] == ["patient/family_name"]
    assert verify(fresh(signed)).is_good


def test_new_credentials_of_who_charted_stand_around_the_session(signed: Session, nurse: User) -> None:
    nurse.credentials = "RN, BSN"
    nurse.save(update_fields=["credentials"])
    assert verify(fresh(signed)).verdict is Verdict.GROWN


def test_amendment_leaves_the_signed_content_verified(signed: Session, nurse: User, now: datetime) -> None:
    from courses.treatment import services

    services.amend_session(
        session=signed,
        kind="addendum",
        text="Called.",
        reason="Later",
        password=factories.PASSWORD,
        actor=nurse,
        now=now + timedelta(hours=3),
    )
    assert verify(fresh(signed)).verdict is Verdict.VERIFIED


CHANGES = {
    "a vital sign": (
        "UPDATE courses_vitalsigns SET systolic_mmhg = 99 WHERE phase = 'before' AND session_id = %s",
        "Vital signs, Before: Systolic",
    ),
    "the end": (
        "UPDATE courses_session SET ended_at = ended_at + interval '1 hour' WHERE id = %s",
        "The hour: Ended",
    ),
    "a reading taken away": (
        "DELETE FROM courses_reading WHERE session_id = %s",
        "Reading, 09:20:00: Pressure",
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_change_that_went_around_the_triggers_is_named(what: str, signed: Session) -> None:
    statement, label = CHANGES[what]
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(statement, [signed.pk])
    found = verify(fresh(signed))
    assert (found.verdict, found.is_good) == (Verdict.DIFFERS, False)
    assert label in found.sentence
    assert "Tell the administrator" in found.sentence


def test_row_that_was_put_in_is_found(signed: Session, nurse: User, now: datetime) -> None:
    with triggers_off(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO courses_pause (session_id, started_at, ended_at, reason) VALUES (%s, %s, %s, 'x')",
            [signed.pk, now, now + timedelta(minutes=1)],
        )
    assert verify(fresh(signed)).verdict is Verdict.DIFFERS


def test_kept_content_that_was_changed_no_longer_has_its_hash(signed: Session) -> None:
    with triggers_off():
        signature = Signature.objects.get(session=signed)
        signature.content = signature.content.replace("intact", "bruised")
        signature.save(update_fields=["content"])
    assert verify(fresh(signed)).verdict is Verdict.BROKEN


def test_page_of_a_signed_session_compares_it_by_itself_and_says_what_it_found(
    nurse_client: Client, nurse: User, physician: User, signed: Session
) -> None:
    address = reverse("courses:session-verification", args=[signed.code])
    assert f'hx-get="{address}" hx-trigger="load"' in nurse_client.get(signed.get_absolute_url()).text
    assert (
        "was verified against its signature" in nurse_client.get(address, headers={"HX-Request": "true"}).text
    )
    with triggers_off():
        Session.objects.filter(pk=signed.pk).update(stop_note="changed by force")
    assert "Not as signed" in nurse_client.get(address, headers={"HX-Request": "true"}).text


def test_what_is_not_signed_is_not_compared(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_complete(nurse, physician, now)
    address = reverse("courses:session-verification", args=[session.code])
    answer = nurse_client.get(address, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["Location"]) == (302, session.get_absolute_url())
