"""A physician countersigns what a nurse signed, where the clinic wants it: each by itself, with one password."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from courses.models import Countersignature, Session, TreatmentRules
from courses.treatment import services
from courses.treatment.countersigning import needs_countersignature, waiting_for
from eecp_clinic.errors import ClinicError, Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Clinic, Signature, User
from eecp_clinic.roles import Role
from eecp_clinic.signing import is_intact
from tests import factories
from tests.courses.treatment import scenes


def settle(clinic: Clinic, owner: User, at: datetime, *, wanted: bool = True) -> TreatmentRules:
    return TreatmentRules.objects.create(
        clinic=clinic,
        owner=owner,
        settled_at=at,
        effective_on=clinic.day_of(at),
        reason="Agreed at the staff meeting",
        countersignature=wanted,
    )


@pytest.fixture
def signed(clinic: Clinic, nurse: User, physician: User, now: datetime) -> Session:
    """Of a clinic that wants countersignatures."""
    settle(clinic, physician, now - timedelta(days=7))
    return scenes.make_signed(nurse, physician, now)


def countersign(by: User, now: datetime, *sessions: Session, **fields: Any) -> list[Countersignature]:
    values: dict[str, Any] = {
        "clinic": sessions[0].course.clinic,
        "seen": {session.code: session.amendments.count() for session in sessions},
        "password": factories.PASSWORD,
        **fields,
    }
    return services.countersign_sessions(actor=by, now=now + timedelta(hours=8), **values)


def amend(session: Session, by: User, now: datetime) -> None:
    services.amend_session(
        session=session,
        kind="addendum",
        text="Called.",
        reason="Later",
        password=factories.PASSWORD,
        actor=by,
        now=now + timedelta(hours=6),
    )


def test_each_session_gets_a_signature_of_its_own_over_the_signed_content(
    signed: Session, nurse: User, physician: User, now: datetime
) -> None:
    second = scenes.make_signed(nurse, physician, now + timedelta(days=1))
    assert list(waiting_for(signed.course.clinic)) == [signed, second]
    made = countersign(physician, now + timedelta(days=1), signed, second)
    assert {row.session for row in made} == {signed, second}
    for row in made:
        content = json.loads(row.signature.content)
        assert row.session.signature is not None
        assert content["session_content_sha256"] == row.session.signature.content_sha256
        assert (row.signature.meaning, is_intact(row.signature)) == ("Reviewed and countersigned", True)
    assert AuditEvent.objects.filter(action="session.countersigned", actor=physician).count() == 2
    assert not waiting_for(signed.course.clinic).exists()


def test_amendment_brings_the_session_back_to_be_read_again(
    signed: Session, nurse: User, physician: User, now: datetime
) -> None:
    countersign(physician, now, signed)
    amend(signed, nurse, now)
    assert list(waiting_for(signed.course.clinic)) == [signed]
    (again,) = countersign(physician, now + timedelta(days=1), signed)
    assert (again.amendments, signed.countersignatures.count()) == (1, 2)
    assert json.loads(again.signature.content)["amendments"][0]["code"] == signed.amendments.get().code


def test_session_signed_before_the_clinic_wanted_it_does_not_wait(
    clinic: Clinic, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_signed(nurse, physician, now)
    settle(clinic, physician, now + timedelta(days=1))
    assert not waiting_for(clinic).exists()
    assert not needs_countersignature(session)


def test_session_stays_waiting_when_the_clinic_wants_it_no_more(
    signed: Session, physician: User, now: datetime
) -> None:
    settle(signed.course.clinic, physician, now + timedelta(days=1), wanted=False)
    assert list(waiting_for(signed.course.clinic)) == [signed]
    assert needs_countersignature(signed)


def test_what_a_physician_signed_needs_none(
    clinic: Clinic, nurse: User, physician: User, now: datetime
) -> None:
    settle(clinic, physician, now - timedelta(days=7))
    session = scenes.make_complete(nurse, physician, now)
    scenes.make_recorded(session)
    signed = services.sign_session(
        session=session, password=factories.PASSWORD, actor=physician, now=now + timedelta(minutes=70)
    )
    assert not needs_countersignature(signed)
    assert not waiting_for(clinic).exists()


def test_nobody_countersigns_what_they_signed_themselves(signed: Session, nurse: User, now: datetime) -> None:
    factories.add_role(nurse, signed.course.clinic, Role.PHYSICIAN)
    with pytest.raises(Conflict, match="yourself"):
        countersign(nurse, now, signed)


def test_session_amended_after_the_list_was_opened_is_refused(
    signed: Session, nurse: User, physician: User, now: datetime
) -> None:
    amend(signed, nurse, now)
    with pytest.raises(Conflict, match="was amended after you opened the list"):
        countersign(physician, now, signed, seen={signed.code: 0})
    assert not Countersignature.objects.exists()


def test_refusal_of_one_signs_none(signed: Session, nurse: User, physician: User, now: datetime) -> None:
    second = scenes.make_signed(nurse, physician, now + timedelta(days=1))
    countersign(physician, now, signed)
    with pytest.raises(Conflict, match="countersigned already"):
        countersign(physician, now + timedelta(days=1), signed, second)
    assert not second.countersignatures.exists()


@pytest.mark.parametrize(
    ("who", "refusal"), [("nurse", NotAllowed), ("biller", NotAllowed), ("outsider", NotAllowed)]
)
def test_who_is_no_physician_here_cannot(
    who: str, refusal: type[ClinicError], signed: Session, now: datetime, request: pytest.FixtureRequest
) -> None:
    with pytest.raises((refusal, Conflict)):
        countersign(request.getfixturevalue(who), now, signed)
    assert not Countersignature.objects.exists()


def test_session_of_another_clinic_is_not_there(signed: Session, outsider: User, now: datetime) -> None:
    elsewhere = outsider.memberships.all()[0].clinic
    with pytest.raises(Conflict, match="not of this clinic"):
        countersign(outsider, now, signed, clinic=elsewhere)


def test_wrong_password_and_an_empty_choice_sign_nothing(
    signed: Session, physician: User, now: datetime
) -> None:
    with pytest.raises(InvalidInput, match="password"):
        countersign(physician, now, signed, password="not mine")
    with pytest.raises(InvalidInput, match="Choose"):
        countersign(physician, now, signed, seen={})
    assert not Signature.objects.filter(subject__startswith="countersignature:").exists()


def test_database_refuses_to_change_a_countersignature(
    signed: Session, physician: User, now: datetime
) -> None:
    (row,) = countersign(physician, now, signed)
    for statement in (
        "UPDATE courses_countersignature SET amendments = 9 WHERE id = %s",
        "DELETE FROM courses_countersignature WHERE id = %s",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [row.pk])
