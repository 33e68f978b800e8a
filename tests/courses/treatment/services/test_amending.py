"""What is written beside a signed session: marked, dated, signed, final, and never a change of what was signed."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from courses.models import Amendment, Session, VitalSigns
from courses.signals import session_amended
from courses.treatment import services
from courses.treatment.amendable import values_of
from courses.treatment.signed_page import amendments_shown
from eecp_clinic.errors import ClinicError, Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Signature, User
from eecp_clinic.signing import is_intact
from tests import factories
from tests.courses.treatment import scenes

Kind = Amendment.Kind
BEFORE_SYSTOLIC = "vital_signs/before/systolic_mmhg"


@pytest.fixture
def signed(nurse: User, physician: User, now: datetime) -> Session:
    return scenes.make_signed(nurse, physician, now)


def amend(session: Session, by: User, now: datetime, **fields: Any) -> Amendment:
    values: dict[str, Any] = {
        "kind": Kind.ADDENDUM,
        "text": "She telephoned in the evening: no pain.",
        "reason": "Told after the signature",
        "password": factories.PASSWORD,
        **fields,
    }
    return services.amend_session(session=session, actor=by, now=now + timedelta(hours=5), **values)


def correct(session: Session, by: User, now: datetime, path: str, corrected: str) -> Amendment:
    values = {"kind": Kind.CORRECTION, "field": path, "corrected": corrected, "text": ""}
    return amend(session, by, now, **values, reason="Read off the wrong line")


def test_late_entry_is_kept_with_author_time_reason_and_signature(
    signed: Session, nurse: User, now: datetime
) -> None:
    entry = amend(signed, nurse, now, kind=Kind.LATE_ENTRY, text="Cuff rewrapped.", happened_at=time(9, 20))
    entry.refresh_from_db()
    assert (entry.kind, entry.author, entry.made_at) == ("late_entry", nurse, now + timedelta(hours=5))
    assert entry.happened_at == now + timedelta(minutes=20)
    assert is_intact(entry.signature)
    content = json.loads(entry.signature.content)
    assert signed.signature is not None
    assert content["session_content_sha256"] == signed.signature.content_sha256
    assert (content["text"], content["reason"]) == ("Cuff rewrapped.", "Told after the signature")
    assert entry.signature.meaning == "Late entry to a signed session"
    assert AuditEvent.objects.get(action="session.amended").data["amendment"] == entry.code


def test_correction_keeps_the_signed_value_beside_the_right_one(
    signed: Session, nurse: User, now: datetime
) -> None:
    correct(signed, nurse, now, BEFORE_SYSTOLIC, "118")
    assert VitalSigns.objects.get(session=signed, phase="before").systolic_mmhg == 128
    (shown,) = amendments_shown(signed)
    assert (shown.kind, shown.what) == ("Correction", "Vital signs, Before: Systolic")
    assert (shown.original, shown.corrected) == ("128 mmHg", "118 mmHg")
    assert (shown.author, shown.by_another) == ("Nora Nurse-Example, RN", False)


def test_time_is_typed_as_the_clock_shows_it(signed: Session, nurse: User, now: datetime) -> None:
    made = correct(signed, nurse, now, "ended_at", "09:42")
    assert made.corrected == datetime(2026, 11, 23, 15, 42, tzinfo=UTC).isoformat()
    assert amendments_shown(signed)[0].corrected == "23-Nov-2026 09:42:00"


def test_value_that_was_wrong_may_be_corrected_to_not_known(
    signed: Session, nurse: User, now: datetime
) -> None:
    assert correct(signed, nurse, now, BEFORE_SYSTOLIC, "").corrected == ""


@pytest.mark.parametrize(
    ("path", "typed", "kept", "shown"),
    [
        ("stop_reason", "Skin", "skin", "Skin"),
        ("identity_checked", "no", "false", "no"),
        ("vital_signs/before/weight_kg", "70.5", "70.5", "70.5 kg"),
        ("symptoms", "Slight leg ache", "Slight leg ache", "Slight leg ache"),
    ],
)
def test_each_kind_of_value_is_read_as_it_was_charted(
    path: str, typed: str, kept: str, shown: str, signed: Session, nurse: User, now: datetime
) -> None:
    assert correct(signed, nurse, now, path, typed).corrected == kept
    assert amendments_shown(signed)[0].corrected == shown


def test_reading_is_named_by_its_time(signed: Session, physician: User, now: datetime) -> None:
    (path,) = [p for p in values_of(signed) if p.startswith("readings/") and p.endswith("pressure_mmhg")]
    correct(signed, physician, now, path, "252")
    (shown,) = amendments_shown(signed)
    assert (shown.what, shown.original, shown.corrected) == (
        "Reading, 09:20:00: Pressure",
        "262 mmHg",
        "252 mmHg",
    )
    assert shown.by_another


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no reason": ({"reason": " "}, "reason"),
    "no text": ({"text": ""}, "text"),
    "no kind": ({"kind": "rewrite"}, "kind"),
    "no field": ({"kind": Kind.CORRECTION, "field": "signature"}, "field"),
    "same value": ({"kind": Kind.CORRECTION, "field": BEFORE_SYSTOLIC, "corrected": "128"}, "corrected"),
    "no number": ({"kind": Kind.CORRECTION, "field": BEFORE_SYSTOLIC, "corrected": "high"}, "corrected"),
    "no time": ({"kind": Kind.CORRECTION, "field": "ended_at", "corrected": "25:00"}, "corrected"),
    "no such reason": ({"kind": Kind.CORRECTION, "field": "stop_reason", "corrected": "bored"}, "corrected"),
    "neither yes nor no": (
        {"kind": Kind.CORRECTION, "field": "identity_checked", "corrected": "perhaps"},
        "corrected",
    ),
    "in the future": ({"kind": Kind.LATE_ENTRY, "happened_at": time(23, 0)}, "happened_at"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_incomplete_is_refused_beneath_its_field(
    case: str, signed: Session, nurse: User, now: datetime
) -> None:
    fields, where = REFUSED[case]
    with pytest.raises(InvalidInput) as refusal:
        amend(signed, nurse, now, **fields)
    assert list(refusal.value.data["fields"]) == [where]
    assert not Amendment.objects.exists()


def test_wrong_password_writes_nothing(signed: Session, nurse: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="password"):
        amend(signed, nurse, now, password="not mine")
    assert not Signature.objects.filter(subject__startswith="amendment:").exists()


def test_session_that_is_not_signed_is_changed_itself(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_complete(nurse, physician, now)
    with pytest.raises(Conflict, match="needs it to be: signed"):
        amend(session, nurse, now)


@pytest.mark.parametrize("who", ["biller", "outsider"])
def test_who_does_not_treat_here_cannot_amend(
    who: str, signed: Session, now: datetime, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(ClinicError) as refusal:
        amend(signed, request.getfixturevalue(who), now)
    assert isinstance(refusal.value, NotAllowed)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE courses_amendment SET text = 'other' WHERE id = %s",
        "DELETE FROM courses_amendment WHERE id = %s",
    ],
)
def test_database_refuses_to_change_an_amendment(
    statement: str, signed: Session, nurse: User, now: datetime
) -> None:
    made = amend(signed, nurse, now)
    with pytest.raises(DatabaseError, match="annot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [made.pk])


def test_database_refuses_an_amendment_of_a_session_that_is_not_signed(
    signed: Session, nurse: User, now: datetime
) -> None:
    made = amend(signed, nurse, now)
    draft = factories.make_session(
        factories.make_appointment(signed.course, signed.device, now + timedelta(days=1)), nurse
    )
    signature = factories.make_signature(signed.course.clinic, nurse, "nurse", "x")  # type: ignore[arg-type]
    with (
        pytest.raises(DatabaseError, match="not signed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO courses_amendment (code, session_id, kind, field, original, corrected, text, reason,"
            " author_id, made_at, signature_id) SELECT 'X', %s, kind, field, original, corrected, text, reason,"
            " author_id, made_at, %s FROM courses_amendment WHERE id = %s",
            [draft.pk, signature.pk, made.pk],
        )


def test_amendment_is_announced(signed: Session, nurse: User, now: datetime) -> None:
    heard: list[Session] = []

    def listen(sender: object, session: Session, **kwargs: Any) -> None:
        heard.append(session)

    session_amended.connect(listen)
    try:
        amend(signed, nurse, now)
    finally:
        session_amended.disconnect(listen)
    assert heard == [signed]
