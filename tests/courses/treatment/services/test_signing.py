"""A signature covers everything, is refused while anything is missing, and freezes what it covers."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from courses.models import HoldOverride, Pause, Reading, Session, VitalSigns
from courses.signals import session_signed
from courses.treatment import services
from devices.models import GatingReport, Recording
from eecp_clinic.errors import ClinicError, Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Signature, User
from eecp_clinic.signing import is_intact, sha256_of
from tests import factories
from tests.courses.treatment import scenes


@pytest.fixture
def complete(nurse: User, physician: User, now: datetime) -> Session:
    return scenes.make_complete(nurse, physician, now)


def sign(session: Session, by: User, now: datetime, **fields: Any) -> Session:
    values = {"password": factories.PASSWORD, **fields}
    return services.sign_session(session=session, actor=by, now=now + timedelta(minutes=70), **values)


def test_signing_fixes_report_and_minutes(complete: Session, nurse: User, now: datetime) -> None:
    _, report = scenes.make_recorded(complete)
    signed = sign(complete, nurse, now)
    signed.refresh_from_db()
    assert (signed.state, signed.gating_report, signed.minutes_delivered) == (
        "signed",
        report,
        Decimal("60.0"),
    )
    assert AuditEvent.objects.filter(action="session.signed", actor=nurse).exists()


def test_signature_names_recording_report_rows_and_supervision(
    complete: Session, nurse: User, physician: User, now: datetime
) -> None:
    recording, report = scenes.make_recorded(complete)
    factories.make_supervision(complete.course.clinic, physician, now - timedelta(hours=1))
    signature = sign(complete, nurse, now).signature
    assert signature is not None
    content = json.loads(signature.content)
    assert is_intact(signature)
    assert signature.content_sha256 == sha256_of(signature.content)
    assert content["recording"]["uuid"] == str(recording.uuid)
    assert content["recording"]["file_sha256"] == recording.file_sha256
    assert content["recording"]["chunks_sha256"] == recording.chunks_sha256
    assert (content["report"]["code"], content["report"]["grade"]) == (report.code, "A")
    assert content["readings"][0]["pressure_mmhg"] == 262
    assert content["vital_signs"][0]["recorded_by"] == "Nora Nurse-Example, RN"
    assert content["supervision"][0]["name"] == "Petra Physician-Example, MD"
    assert content["minutes_delivered"] == "60.0"


def test_signing_is_announced(complete: Session, nurse: User, now: datetime) -> None:
    heard: list[Session] = []

    def listen(sender: object, session: Session, **kwargs: Any) -> None:
        heard.append(session)

    scenes.make_recorded(complete)
    session_signed.connect(listen)
    try:
        sign(complete, nurse, now)
    finally:
        session_signed.disconnect(listen)
    assert heard == [complete]


def test_session_without_recording_is_signed_only_with_the_reason(
    complete: Session, nurse: User, now: datetime
) -> None:
    with pytest.raises(Conflict, match="say why there is none"):
        sign(complete, nurse, now)
    signed = sign(complete, nurse, now, without_recording_reason="The agent was not installed")
    assert (signed.minutes_delivered, signed.gating_report) == (None, None)
    assert signed.without_recording_reason == "The agent was not installed"


def test_recording_that_is_being_analysed_is_waited_for(
    complete: Session, nurse: User, now: datetime
) -> None:
    recording = factories.make_recording(complete.device, now, stored_at=None, verified_at=None)
    services.bind_recording(recording=recording, now=now)
    with pytest.raises(Conflict, match="still being analysed, usually under a minute") as refusal:
        sign(complete, nurse, now, without_recording_reason="in a hurry")
    assert refusal.value.status == 409


def test_report_made_before_the_prescription_was_known_is_waited_for(
    complete: Session, nurse: User, now: datetime
) -> None:
    recording = factories.make_recording(complete.device, now, gap_seconds=0.0)
    factories.make_report(recording, config={"prescribed_pressure_mmhg": None})
    services.bind_recording(recording=recording, now=now)
    with pytest.raises(Conflict, match="still being analysed"):
        sign(complete, nurse, now)


def test_recording_that_still_runs_is_waited_for(complete: Session, nurse: User, now: datetime) -> None:
    open_now: dict[str, Any] = {"closed_at": None, "ended_at": None, "stored_at": None, "verified_at": None}
    recording = factories.make_recording(complete.device, now, **open_now)
    services.bind_recording(recording=recording, now=now)
    with pytest.raises(Conflict, match="still recording"):
        sign(complete, nurse, now)


def test_recording_that_cannot_be_analysed_needs_the_reason(
    complete: Session, nurse: User, now: datetime
) -> None:
    recording = factories.make_recording(complete.device, now, stored_at=None, failure="Nothing was sent.")
    services.bind_recording(recording=recording, now=now)
    with pytest.raises(Conflict, match="Nothing was sent"):
        sign(complete, nurse, now)
    signed = sign(complete, nurse, now, without_recording_reason="The agent sent nothing")
    assert (signed.recording, signed.gating_report) == (recording, None)


def test_what_is_missing_is_listed_by_name(nurse: User, physician: User, now: datetime) -> None:
    ended = scenes.make_ended(nurse, physician, now)
    with pytest.raises(Conflict, match=r"Still missing: .*After: systolic.*Skin and legs") as refusal:
        sign(ended, nurse, now)
    codes = {item.code for item in refusal.value.data["missing"]}
    assert codes == {
        "after_systolic_mmhg",
        "after_diastolic_mmhg",
        "after_heart_rate_bpm",
        "skin_after",
        "symptoms",
        "education",
    }


@pytest.mark.parametrize(
    ("password", "refusal"), [("not mine", InvalidInput), ("", InvalidInput)], ids=["wrong", "empty"]
)
def test_wrong_password_signs_nothing(
    password: str, refusal: type[ClinicError], complete: Session, nurse: User, now: datetime
) -> None:
    scenes.make_recorded(complete)
    with pytest.raises(refusal):
        sign(complete, nurse, now, password=password)
    complete.refresh_from_db()
    assert (complete.state, complete.signature, complete.minutes_delivered) == ("ended", None, None)


@pytest.mark.parametrize("who", ["biller", "outsider"])
def test_who_does_not_treat_here_cannot_sign(
    who: str, complete: Session, now: datetime, request: pytest.FixtureRequest
) -> None:
    scenes.make_recorded(complete)
    with pytest.raises(NotAllowed):
        sign(complete, request.getfixturevalue(who), now)
    assert not Signature.objects.filter(subject=f"session:{complete.code}").exists()


ROWS: dict[str, Callable[[Session], Any]] = {
    "session": lambda session: Session.objects.filter(pk=session.pk),
    "vital signs": lambda session: VitalSigns.objects.filter(session=session),
    "readings": lambda session: Reading.objects.filter(session=session),
    "pauses": lambda session: Pause.objects.filter(session=session),
    "overrides": lambda session: HoldOverride.objects.filter(session=session),
}
STATEMENTS = {
    "session": "UPDATE courses_session SET comments = 'later' WHERE id = %s",
    "vital signs": "UPDATE courses_vitalsigns SET systolic_mmhg = 120 WHERE session_id = %s",
    "readings": "UPDATE courses_reading SET pressure_mmhg = 1 WHERE session_id = %s",
    "pauses": "DELETE FROM courses_pause WHERE session_id = %s",
    "overrides": "UPDATE courses_holdoverride SET reason = 'later' WHERE session_id = %s",
}


@pytest.fixture
def signed(nurse: User, physician: User, now: datetime) -> Session:
    """Signed, with a row of every kind beneath it."""
    session = scenes.make_complete(nurse, physician, now)
    Pause.objects.create(
        session=session, started_at=now, ended_at=now + timedelta(minutes=1), reason="bathroom"
    )
    HoldOverride.objects.create(
        session=session, findings=[], reason="examined", decided_by=physician, decided_at=now
    )
    scenes.make_recorded(session)
    return sign(session, nurse, now)


@pytest.mark.parametrize("what", STATEMENTS)
def test_database_itself_refuses_a_change_after_signing(what: str, signed: Session) -> None:
    assert ROWS[what](signed).exists()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(STATEMENTS[what], [signed.pk])


def test_database_refuses_a_new_row_under_a_signed_session(
    signed: Session, nurse: User, now: datetime
) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Reading.objects.create(session=signed, at=now, note="late", recorded_by=nurse)


def test_recording_and_report_of_a_signed_session_cannot_be_deleted(signed: Session) -> None:
    for rows in (GatingReport.objects.filter(sessions=signed), Recording.objects.filter(session=signed)):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
