"""What payers say and approve."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from pytest_django import DjangoAssertNumQueries

from courses.models import Session
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import AuditEvent, Clinic, User
from patients import services
from patients.delivered import counted
from patients.models import Coverage, Patient, PriorAuthorization, Verification
from tests import factories

CALL: dict[str, Any] = {
    "way": "phone",
    "outcome": "active",
    "spoken_with": "Operator 12",
    "said": "In force, copayment 20 %, no authorization needed.",
    "reference": "REF-1",
}
APPROVAL: dict[str, Any] = {
    "number": "PA-1",
    "starts_on": date(2026, 11, 1),
    "ends_on": date(2026, 12, 31),
    "sessions_approved": 35,
}


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


@pytest.fixture
def coverage(patient: Patient) -> Coverage:
    plan = factories.make_payer(patient.clinic, "medicare_advantage", "Invented Advantage")
    return factories.make_coverage(patient, plan, member_id="INV 1234")


def approve(coverage: Coverage, actor: User, now: datetime, **values: Any) -> PriorAuthorization:
    return services.add_authorization(coverage=coverage, values=APPROVAL | values, actor=actor, now=now)


def test_call_is_kept_with_who_asked_whom(coverage: Coverage, biller: User, now: datetime) -> None:
    call = services.record_verification(coverage=coverage, values=CALL, actor=biller, now=now)
    assert (call.made_by, call.spoken_with, call.made_at) == (biller, "Operator 12", now)
    event = AuditEvent.objects.get(action="coverage.verified")
    assert "Operator" not in str(event.data)


def test_call_that_names_nobody_is_refused(coverage: Coverage, biller: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="names whom you spoke with") as refused:
        services.record_verification(
            coverage=coverage, values=CALL | {"spoken_with": ""}, actor=biller, now=now
        )
    assert list(refused.value.data["fields"]) == ["spoken_with"]


def test_database_refuses_to_change_what_was_said(coverage: Coverage, biller: User, now: datetime) -> None:
    services.record_verification(coverage=coverage, values=CALL, actor=biller, now=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Verification.objects.update(said="Something else")


def test_second_approval_of_the_same_number_is_refused(
    coverage: Coverage, biller: User, now: datetime
) -> None:
    approve(coverage, biller, now)
    with pytest.raises(InvalidInput, match="Edit that one"):
        approve(coverage, biller, now)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [({"ends_on": date(2026, 10, 1)}, "ends before it starts"), ({"sessions_approved": 0}, "1 to 200")],
)
def test_approval_that_cannot_be_is_refused(
    coverage: Coverage, biller: User, now: datetime, values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        approve(coverage, biller, now, **values)


def test_edit_that_somebody_else_crossed_is_refused(coverage: Coverage, biller: User, now: datetime) -> None:
    approval = approve(coverage, biller, now)
    edit: dict[str, Any] = {
        "authorization": approval,
        "actor": biller,
        "now": now,
        "opened": {"sessions_approved": 35},
    }
    services.edit_authorization(values={"sessions_approved": 40}, **edit)
    with pytest.raises(Conflict, match="Bill Biller-Example"):
        services.edit_authorization(values={"sessions_approved": 20}, **edit)


def test_used_and_booked_are_counted_within_the_dates(
    patient: Patient, coverage: Coverage, physician: User, nurse: User, now: datetime
) -> None:
    course = factories.make_course(patient, physician)
    device = factories.make_device(patient.clinic)
    days = {
        -40: Session.State.SIGNED,  # before it was valid
        -2: Session.State.SIGNED,
        -1: Session.State.ENDED,
        0: Session.State.DRAFT,  # opened and not begun: still to come
        1: None,
        60: None,  # after it ends
    }
    for day, state in days.items():
        hour = factories.make_appointment(course, device, now + timedelta(days=day))
        if state:
            factories.make_session(hour, nurse, state)
    [found] = counted([approve(coverage, nurse, now, sessions_approved=3)], now)
    assert (found.standing.used, found.standing.booked, found.standing.left) == (2, 2, 1)
    assert found.finding.code == "booked_beyond"


def test_session_at_the_edge_of_the_clinics_day_is_within_it(
    patient: Patient, coverage: Coverage, physician: User, nurse: User, now: datetime
) -> None:
    course = factories.make_course(patient, physician)
    # 18:00 in Chicago is the next day in UTC, and within the last day of the approval all the same.
    evening = datetime.fromisoformat("2026-12-31T18:00:00-06:00")
    hour = factories.make_appointment(course, factories.make_device(patient.clinic), evening)
    factories.make_session(hour, nurse, Session.State.ENDED)
    [found] = counted([approve(coverage, nurse, now)], now)
    assert found.standing.used == 1


def test_counting_takes_two_queries_however_many_there_are(
    coverage: Coverage, nurse: User, now: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    approvals = [approve(coverage, nurse, now, number=f"PA-{n}") for n in range(5)]
    with django_assert_num_queries(2):
        assert len(counted(approvals, now)) == 5
