"""Orders are written on a signed decision, signed by a physician, and final from then on."""

from datetime import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from courses.models import Course, TreatmentOrder
from courses.ordering.services import edit_order, sign_order, write_order
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Clinic, User
from eecp_clinic.signing import is_intact
from patients.models import Patient
from tests import factories
from tests.factories import PASSWORD

VALUES = {
    "sessions": 35,
    "session_minutes": 60,
    "sessions_per_day": 1,
    "days_per_week": 5,
    "pressure_target_mmhg": 260,
    "diagnoses": ["I25.112"],
    "goals": "Walk to the shop without angina.",
}


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


@pytest.fixture
def draft(patient: Patient, physician: User) -> TreatmentOrder:
    return factories.make_order(patient, physician, signed=False)


def test_nurse_writes_a_draft_on_a_signed_decision(
    patient: Patient, physician: User, nurse: User, now: datetime
) -> None:
    assessment = factories.make_assessment(patient, physician)
    order = write_order(patient=patient, assessment=assessment, values=VALUES, actor=nurse, now=now)
    assert not order.is_signed
    assert order.diagnoses == ["I25.112"]
    assert AuditEvent.objects.get(action="order.written").subject == f"order:{order.code}"


def test_order_on_an_unsigned_decision_is_refused_with_the_way_out(
    patient: Patient, physician: User, nurse: User, now: datetime
) -> None:
    assessment = factories.make_assessment(patient, physician, signed=False)
    with pytest.raises(NotAllowed, match="ask a physician to sign"):
        write_order(patient=patient, assessment=assessment, values=VALUES, actor=nurse, now=now)


def test_order_on_a_superseded_decision_is_refused(
    patient: Patient, physician: User, nurse: User, now: datetime
) -> None:
    old = factories.make_assessment(patient, physician)
    factories.make_assessment(patient, physician, supersedes=old)
    with pytest.raises(Conflict, match="decision in force"):
        write_order(patient=patient, assessment=old, values=VALUES, actor=nurse, now=now)


def test_order_on_a_decision_of_another_patient_is_refused(
    clinic: Clinic, patient: Patient, physician: User, nurse: User, now: datetime
) -> None:
    other = factories.make_patient(clinic, given_name="Otto")
    assessment = factories.make_assessment(other, physician)
    with pytest.raises(Conflict, match="another patient"):
        write_order(patient=patient, assessment=assessment, values=VALUES, actor=nurse, now=now)


def test_order_where_payer_does_not_cover_may_be_written_for_self_pay(
    patient: Patient, physician: User, now: datetime
) -> None:
    assessment = factories.make_assessment(patient, physician, verdict="not_covered", pathway="not_covered")
    order = write_order(patient=patient, assessment=assessment, values=VALUES, actor=physician, now=now)
    assert sign_order(order=order, password=PASSWORD, actor=physician, now=now).state == "planned"


def test_biller_does_not_write_orders(patient: Patient, physician: User, biller: User, now: datetime) -> None:
    assessment = factories.make_assessment(patient, physician)
    with pytest.raises(NotAllowed):
        write_order(patient=patient, assessment=assessment, values=VALUES, actor=biller, now=now)


@pytest.mark.parametrize(
    ("field", "value"),
    [("sessions", 46), ("sessions_per_day", 3), ("days_per_week", 7), ("pressure_target_mmhg", 400)],
)
def test_value_out_of_range_is_refused(
    draft: TreatmentOrder, nurse: User, now: datetime, field: str, value: int
) -> None:
    with pytest.raises(ValidationError):
        edit_order(order=draft, values={field: value}, actor=nurse, now=now)


def test_draft_can_be_edited(draft: TreatmentOrder, nurse: User, now: datetime) -> None:
    edit_order(order=draft, values={**VALUES, "sessions": 20}, actor=nurse, now=now)
    draft.refresh_from_db()
    assert draft.sessions == 20
    assert "goals" in AuditEvent.objects.get(action="order.edited").data["fields"]


def test_signing_makes_a_planned_course_and_keeps_what_was_signed(
    draft: TreatmentOrder, physician: User, now: datetime
) -> None:
    course = sign_order(order=draft, password=PASSWORD, actor=physician, now=now)
    draft.refresh_from_db()
    assert course.state == Course.State.PLANNED
    assert course.order == draft
    assert draft.signature is not None
    assert is_intact(draft.signature)
    assert '"sessions":35' in draft.signature.content


def test_nurse_cannot_sign(draft: TreatmentOrder, nurse: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        sign_order(order=draft, password=PASSWORD, actor=nurse, now=now)
    assert not Course.objects.exists()


def test_wrong_password_changes_nothing(draft: TreatmentOrder, physician: User, now: datetime) -> None:
    with pytest.raises(InvalidInput):
        sign_order(order=draft, password="not it", actor=physician, now=now)
    draft.refresh_from_db()
    assert not draft.is_signed
    assert not Course.objects.exists()


def test_second_course_at_once_is_refused(
    patient: Patient, draft: TreatmentOrder, physician: User, now: datetime
) -> None:
    sign_order(order=draft, password=PASSWORD, actor=physician, now=now)
    again = factories.make_order(patient, physician, signed=False, assessment=draft.assessment)
    with pytest.raises(Conflict, match="not ended"):
        sign_order(order=again, password=PASSWORD, actor=physician, now=now)


def test_signed_order_can_be_neither_edited_nor_signed_again(
    draft: TreatmentOrder, physician: User, now: datetime
) -> None:
    sign_order(order=draft, password=PASSWORD, actor=physician, now=now)
    with pytest.raises(Conflict, match="final"):
        edit_order(order=draft, values={"sessions": 20}, actor=physician, now=now)
    with pytest.raises(Conflict, match="final"):
        sign_order(order=draft, password=PASSWORD, actor=physician, now=now)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE courses_treatmentorder SET sessions = 10",
        "UPDATE courses_treatmentorder SET signature_id = NULL",
        "DELETE FROM courses_treatmentorder",
    ],
)
def test_signed_order_is_final_in_the_database(
    draft: TreatmentOrder, physician: User, now: datetime, statement: str
) -> None:
    sign_order(order=draft, password=PASSWORD, actor=physician, now=now)
    with (
        pytest.raises(DatabaseError, match="Cannot update or delete"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    draft.refresh_from_db()
    assert draft.sessions == 35
    assert draft.is_signed
