"""Registering and editing patients."""

from datetime import date, datetime, time
from typing import Any

import pytest

from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import AuditEvent, Clinic, User
from patients import services
from patients.models import Patient
from patients.services.people import identity_of
from tests import factories

VALUES: dict[str, Any] = {
    "family_name": "Sample",
    "given_name": "Joan",
    "birth_date": date(1951, 3, 4),
    "mrn": "T-1",
}


def register(
    clinic: Clinic, actor: User, now: datetime, *, confirmed: bool = False, **fields: Any
) -> Patient:
    return services.register_patient(
        clinic=clinic, values=VALUES | fields, actor=actor, now=now, look_alike_confirmed=confirmed
    )


def test_registered_patient_is_of_the_clinic_and_in_the_audit_trail(
    clinic: Clinic, front_desk: User, now: datetime
) -> None:
    patient = register(clinic, front_desk, now)
    assert patient.clinic == clinic
    event = AuditEvent.objects.get(action="patient.registered")
    assert (event.subject, event.actor) == (f"patient:{patient.code}", front_desk)
    assert "Sample" not in str(event.data)


@pytest.mark.parametrize(
    ("born", "sentence"),
    [(date(2026, 11, 24), "is in the future"), (date(1826, 3, 4), "look at the year")],
)
def test_impossible_birth_is_refused(
    clinic: Clinic, front_desk: User, now: datetime, born: date, sentence: str
) -> None:
    with pytest.raises(InvalidInput, match=sentence) as refused:
        register(clinic, front_desk, now, birth_date=born)
    assert list(refused.value.data["fields"]) == ["birth_date"]


def test_mrn_of_another_patient_is_refused(clinic: Clinic, front_desk: User, now: datetime) -> None:
    factories.make_patient(clinic, "Other", mrn="T-1")
    with pytest.raises(InvalidInput, match="has this MRN"):
        register(clinic, front_desk, now)


def test_same_mrn_at_another_clinic_is_nobodys_business(
    clinic: Clinic, front_desk: User, now: datetime
) -> None:
    factories.make_patient(factories.make_clinic(name="Elsewhere Example Clinic"), mrn="T-1")
    assert register(clinic, front_desk, now).mrn == "T-1"


@pytest.mark.parametrize("family_name", ["Sample", "SAMPLE", " sample "])
def test_look_alike_is_refused_until_somebody_confirms(
    clinic: Clinic, front_desk: User, now: datetime, family_name: str
) -> None:
    factories.make_patient(clinic, "Sample", "Joanna")
    with pytest.raises(Conflict) as refused:
        register(clinic, front_desk, now, family_name=family_name)
    assert refused.value.code == "look_alike"
    assert register(clinic, front_desk, now, confirmed=True, family_name=family_name).pk


@pytest.mark.parametrize(
    "fields",
    [
        {"family_name": "Sampel"},
        {"given_name": "Sample", "family_name": "Joan"},
        {"birth_date": date(1951, 4, 3)},
    ],
)
def test_slip_of_the_pen_is_a_look_alike(
    clinic: Clinic, front_desk: User, now: datetime, fields: dict[str, Any]
) -> None:
    twin = factories.make_patient(clinic)
    with pytest.raises(Conflict):
        register(clinic, front_desk, now, **fields)
    identity = identity_of(Patient(**VALUES | fields))
    [found] = services.look_alikes(clinic=clinic, identity=identity)
    assert found.patient == twin
    assert found.sentence


def test_same_name_with_quite_another_birthday_is_no_look_alike(
    clinic: Clinic, front_desk: User, now: datetime
) -> None:
    factories.make_patient(clinic, "Sample", "Joan", birth_date=date(1963, 8, 19))
    assert register(clinic, front_desk, now).pk


def test_double_spaces_are_no_part_of_a_name(clinic: Clinic, front_desk: User, now: datetime) -> None:
    assert register(clinic, front_desk, now, family_name=" van  Sample ").family_name == "van Sample"


def test_phone_that_nobody_could_dial_is_refused(clinic: Clinic, front_desk: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="seven digits"):
        register(clinic, front_desk, now, phone="555")


def test_preferred_hours_that_end_before_they_begin_are_refused(
    clinic: Clinic, front_desk: User, now: datetime
) -> None:
    with pytest.raises(InvalidInput, match="end before they begin"):
        register(clinic, front_desk, now, preferred_from=time(12), preferred_until=time(9))


def test_edit_saves_what_differs_and_says_which(clinic: Clinic, nurse: User, now: datetime) -> None:
    patient = factories.make_patient(clinic)
    values = {"family_name": patient.family_name, "phone": "312-555-0100", "alerts": "Warfarin"}
    services.edit_patient(patient=patient, values=values, actor=nurse, now=now)
    patient.refresh_from_db()
    assert (patient.phone, patient.alerts) == ("312-555-0100", "Warfarin")
    assert AuditEvent.objects.get(action="patient.edited").data == {"changed": ["alerts", "phone"]}


def test_edit_that_changes_nothing_leaves_no_trace(clinic: Clinic, nurse: User, now: datetime) -> None:
    patient = factories.make_patient(clinic)
    services.edit_patient(patient=patient, values={"mrn": patient.mrn}, actor=nurse, now=now)
    assert not AuditEvent.objects.filter(action="patient.edited").exists()


def test_edit_into_the_future_is_refused(clinic: Clinic, nurse: User, now: datetime) -> None:
    patient = factories.make_patient(clinic)
    with pytest.raises(InvalidInput, match="is in the future"):
        services.edit_patient(patient=patient, values={"birth_date": date(2027, 1, 1)}, actor=nurse, now=now)


def edit(patient: Patient, actor: User, now: datetime, opened: dict[str, Any], **values: Any) -> Patient:
    return services.edit_patient(patient=patient, values=opened | values, actor=actor, now=now, opened=opened)


def test_two_people_who_change_different_fields_both_keep_theirs(
    clinic: Clinic, nurse: User, front_desk: User, now: datetime
) -> None:
    patient = factories.make_patient(clinic)
    opened = {"phone": "", "alerts": ""}
    edit(patient, nurse, now, opened, alerts="Warfarin")
    edit(patient, front_desk, now, opened, phone="312-555-0199")
    patient.refresh_from_db()
    assert (patient.alerts, patient.phone) == ("Warfarin", "312-555-0199")


def test_second_who_changes_the_same_field_sees_both_values_and_who(
    clinic: Clinic, nurse: User, front_desk: User, now: datetime
) -> None:
    patient = factories.make_patient(clinic)
    edit(patient, nurse, now, {"alerts": ""}, alerts="Warfarin")
    with pytest.raises(Conflict, match="Nora Nurse-Example saved this") as refused:
        edit(patient, front_desk, now, {"alerts": ""}, alerts="Pacemaker")
    assert (refused.value.code, refused.value.data["theirs"]) == ("stale", {"alerts": "Warfarin"})
    patient.refresh_from_db()
    assert patient.alerts == "Warfarin"
