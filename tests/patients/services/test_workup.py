"""Recording workups."""

from datetime import date, datetime
from typing import Any

import pytest

from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import AuditEvent, Clinic, User
from patients import services
from patients.models import Patient, Workup
from patients.services.workup import PAST_DAYS
from tests import factories


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


def record(patient: Patient, actor: User, now: datetime, **values: Any) -> Workup:
    return services.record_workup(patient=patient, values=values, actor=actor, now=now)


def test_what_is_left_out_is_not_known(patient: Patient, nurse: User, now: datetime) -> None:
    workup = record(patient, nurse, now, ccs_class=3)
    assert (workup.ccs_class, workup.cad_proven, workup.angina_stability) == (3, None, "")
    assert (workup.recorded_by, workup.recorded_at) == (nurse, now)
    assert AuditEvent.objects.get(action="workup.recorded").data == {"patient": patient.code}


def test_workup_with_nothing_in_it_is_refused(patient: Patient, nurse: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="Nothing is filled in"):
        record(patient, nurse, now, notes="", diagnoses=[], ccs_class=None)


def test_known_zero_is_something(patient: Patient, nurse: User, now: datetime) -> None:
    assert record(patient, nurse, now, prior_sessions_in_course=0).pk
    assert record(patient, nurse, now, cad_proven=False).pk


@pytest.mark.parametrize("name", PAST_DAYS)
def test_day_to_come_is_refused_where_it_cannot_be(
    patient: Patient, nurse: User, now: datetime, name: str
) -> None:
    with pytest.raises(InvalidInput, match="24-Nov-2026 is in the future") as refused:
        record(patient, nurse, now, **{name: date(2026, 11, 24)})
    assert list(refused.value.data["fields"]) == [name]


def test_today_is_not_the_future(patient: Patient, nurse: User, now: datetime) -> None:
    assert record(patient, nurse, now, opinion_on=date(2026, 11, 23)).pk


def test_today_is_the_clinics_day(patient: Patient, nurse: User) -> None:
    late_evening_in_chicago = datetime.fromisoformat("2026-11-24T04:30:00+00:00")
    with pytest.raises(InvalidInput, match="24-Nov-2026 is in the future"):
        record(patient, nurse, late_evening_in_chicago, ecg_on=date(2026, 11, 24))


def test_diagnoses_are_kept_in_capitals(patient: Patient, nurse: User, now: datetime) -> None:
    assert record(patient, nurse, now, diagnoses=["i25.112", "i10"]).diagnoses == ["I25.112", "I10"]


def test_unbillable_diagnosis_is_refused_beneath_its_field(
    patient: Patient, nurse: User, now: datetime
) -> None:
    with pytest.raises(InvalidInput, match="not billable") as refused:
        record(patient, nurse, now, diagnoses=["I25.11"])
    assert list(refused.value.data["fields"]) == ["diagnoses"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lvef_percent", 4),
        ("ccs_class", 5),
        ("prior_course_benefit_class_gain", 5),
        ("opinion_reasons", ["wish"]),
    ],
)
def test_value_out_of_range_is_refused(
    patient: Patient, nurse: User, now: datetime, name: str, value: Any
) -> None:
    with pytest.raises(InvalidInput):
        record(patient, nurse, now, **{name: value})


def test_implausible_lvef_is_refused_in_a_sentence(patient: Patient, nurse: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match=r"LVEF is between 5 and 90 %\. Correct it"):
        record(patient, nurse, now, lvef_percent=4)


def test_facts_that_contradict_are_refused(patient: Patient, nurse: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="says that there was none") as refused:
        record(patient, nurse, now, earlier_course=False, last_course_ended_on=date(2026, 1, 9))
    assert list(refused.value.data["fields"]) == ["last_course_ended_on"]
