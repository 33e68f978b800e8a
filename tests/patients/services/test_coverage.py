"""Payers and coverages."""

from datetime import date, datetime
from typing import Any

import pytest

from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import AuditEvent, Clinic, User
from patients import services
from patients.models import Coverage, Patient, Payer
from tests import factories


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


def add(patient: Patient, actor: User, now: datetime, **fields: Any) -> Coverage:
    values: dict[str, Any] = {
        "payer": factories.make_payer(patient.clinic),
        "priority": 1,
        "member_id": "1eg4-te5-mk73",
        "starts_on": date(2016, 3, 1),
        "ends_on": None,
    }
    return services.add_coverage(patient=patient, values=values | fields, actor=actor, now=now)


def test_medicare_number_is_kept_in_capitals_without_dashes(
    patient: Patient, front_desk: User, now: datetime
) -> None:
    coverage = add(patient, front_desk, now)
    assert coverage.member_id == "1EG4TE5MK73"
    event = AuditEvent.objects.get(action="coverage.added")
    assert event.data == {"patient": patient.code}


@pytest.mark.parametrize("number", ["", "1EG4-TE5-MK7", "1SG4-TE5-MK73"])
def test_what_is_no_medicare_number_is_refused(
    patient: Patient, front_desk: User, now: datetime, number: str
) -> None:
    with pytest.raises(InvalidInput, match="MBI") as refused:
        add(patient, front_desk, now, member_id=number)
    assert "member_id" in refused.value.data["fields"]


def test_member_id_of_another_payer_has_no_form(patient: Patient, front_desk: User, now: datetime) -> None:
    payer = factories.make_payer(patient.clinic, "commercial", "Invented Insurance")
    assert add(patient, front_desk, now, payer=payer, member_id="x-1").member_id == "x-1"


SPOUSE = {
    "relationship": "01",
    "subscriber_family_name": " Sample ",
    "subscriber_given_name": "Jon",
    "subscriber_state": "il",
}


def test_spouses_plan_is_kept_with_whose_it_is(patient: Patient, front_desk: User, now: datetime) -> None:
    payer = factories.make_payer(patient.clinic, "commercial", "Invented Insurance")
    coverage = add(patient, front_desk, now, payer=payer, member_id="x-1", **SPOUSE)
    assert not coverage.is_own
    assert (coverage.subscriber_family_name, coverage.subscriber_state) == ("Sample", "IL")


@pytest.mark.parametrize("kind", ["original_medicare", "medicare_advantage", "self_pay"])
def test_under_medicare_everybody_is_their_own_subscriber(
    patient: Patient, front_desk: User, now: datetime, kind: str
) -> None:
    payer = factories.make_payer(patient.clinic, kind, f"Invented {kind}")
    member_id = "" if kind == "self_pay" else "1EG4TE5MK73"
    with pytest.raises(InvalidInput, match="their own subscriber"):
        add(patient, front_desk, now, payer=payer, member_id=member_id, **SPOUSE)


def test_nobody_else_is_named_where_the_patient_is_the_subscriber(
    patient: Patient, front_desk: User, now: datetime
) -> None:
    payer = factories.make_payer(patient.clinic, "commercial", "Invented Insurance")
    with pytest.raises(InvalidInput, match="patient is the subscriber here"):
        add(patient, front_desk, now, payer=payer, member_id="x-1", **{**SPOUSE, "relationship": "18"})


def test_group_number_is_none_of_medicares(patient: Patient, front_desk: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="no group number"):
        add(patient, front_desk, now, group_number="GRP7")


def test_subscriber_born_in_the_future_is_refused(patient: Patient, front_desk: User, now: datetime) -> None:
    payer = factories.make_payer(patient.clinic, "commercial", "Invented Insurance")
    with pytest.raises(InvalidInput, match="in the future"):
        add(
            patient,
            front_desk,
            now,
            payer=payer,
            member_id="x-1",
            subscriber_birth_date=date(2026, 12, 1),
            **SPOUSE,
        )


def test_end_before_start_is_refused(patient: Patient, front_desk: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="ends before it starts"):
        add(patient, front_desk, now, ends_on=date(2016, 2, 29))


def test_denial_notice_to_come_is_refused(patient: Patient, front_desk: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="in the future"):
        add(patient, front_desk, now, ma_denial_on=date(2026, 12, 1))


def test_payer_of_another_clinic_is_refused(patient: Patient, front_desk: User, now: datetime) -> None:
    payer = factories.make_payer(factories.make_clinic(name="Elsewhere Example Clinic"))
    with pytest.raises(InvalidInput, match="not one of this clinic"):
        add(patient, front_desk, now, payer=payer)


def test_second_coverage_of_one_rank_in_the_same_days_is_refused(
    patient: Patient, front_desk: User, now: datetime
) -> None:
    add(patient, front_desk, now, ends_on=date(2026, 12, 31))
    with pytest.raises(InvalidInput, match="priority 1"):
        add(patient, front_desk, now, starts_on=date(2026, 12, 31))


def test_coverage_after_another_or_of_another_rank_is_taken(
    patient: Patient, front_desk: User, now: datetime
) -> None:
    add(patient, front_desk, now, ends_on=date(2026, 12, 31))
    add(patient, front_desk, now, starts_on=date(2027, 1, 1))
    add(patient, front_desk, now, priority=2)
    assert patient.coverages.count() == 3


def test_edited_coverage_does_not_stand_in_its_own_way(
    patient: Patient, front_desk: User, now: datetime
) -> None:
    coverage = add(patient, front_desk, now)
    services.edit_coverage(
        coverage=coverage, values={"ends_on": date(2026, 12, 31)}, actor=front_desk, now=now
    )
    coverage.refresh_from_db()
    assert coverage.ends_on == date(2026, 12, 31)
    assert AuditEvent.objects.get(action="coverage.edited").data["changed"] == ["ends_on"]


def test_edit_that_would_overlap_is_refused(patient: Patient, front_desk: User, now: datetime) -> None:
    first = add(patient, front_desk, now, ends_on=date(2026, 12, 31))
    add(patient, front_desk, now, starts_on=date(2027, 1, 1))
    with pytest.raises(InvalidInput, match="priority 1"):
        services.edit_coverage(coverage=first, values={"ends_on": None}, actor=front_desk, now=now)


def payer_values(**fields: Any) -> dict[str, Any]:
    return {"name": "Invented Insurance", "kind": "commercial", "payer_id": "", "policy_id": ""} | fields


def test_payer_may_name_a_policy_of_its_kind(clinic: Clinic, biller: User, now: datetime) -> None:
    values = payer_values(policy_id="aetna-cpb-0262")
    assert (
        services.add_payer(clinic=clinic, values=values, actor=biller, now=now).policy_id == "aetna-cpb-0262"
    )


def test_policy_of_another_kind_of_payer_is_refused(clinic: Clinic, biller: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="not one for this kind of payer"):
        services.add_payer(clinic=clinic, values=payer_values(policy_id="ncd-20.20"), actor=biller, now=now)
    payer = services.add_payer(clinic=clinic, values=payer_values(), actor=biller, now=now)
    with pytest.raises(InvalidInput, match="not one for this kind of payer"):
        services.edit_payer(payer=payer, values={"policy_id": "ncd-20.20"}, actor=biller, now=now)


def test_payer_is_renamed_once_and_its_name_stays_unique(clinic: Clinic, biller: User, now: datetime) -> None:
    factories.make_payer(clinic)
    payer = services.add_payer(clinic=clinic, values=payer_values(), actor=biller, now=now)
    services.edit_payer(payer=payer, values={"name": "Made-up Insurance"}, actor=biller, now=now)
    assert Payer.objects.filter(name="Made-up Insurance").exists()
    with pytest.raises(InvalidInput):
        services.edit_payer(payer=payer, values={"name": "Original Medicare"}, actor=biller, now=now)
