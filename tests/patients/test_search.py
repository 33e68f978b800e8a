"""Finding patients: as typed, else as spelled alike, else nobody."""

from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from eecp_clinic.models import Clinic
from patients.models import Patient
from patients.search import find
from tests import factories


@pytest.fixture
def otto(clinic: Clinic) -> Patient:
    factories.make_patient(clinic)
    return factories.make_patient(
        clinic,
        "Müller-O'Brien",
        "Otto",
        mrn="EX-0077",
        birth_date=date(1950, 1, 31),
        phone="+1 (312) 555-0199",
        other_phone="773 555 0123",
    )


@pytest.mark.parametrize(
    "typed",
    [
        "muller",
        "MÜLLER otto",
        "obrien",
        "o'brien, otto",
        "ot",
        "ex-0077",
        "EX0077",
        "0077",
        "3125550199",
        "312-555-0199",
        "555-0123",
        "31-Jan-1950",
        "otto 1/31/1950",
    ],
)
def test_patient_is_found_by_what_people_type(clinic: Clinic, otto: Patient, typed: str) -> None:
    found = find(clinic, typed, None)
    assert list(found.page) == [otto]
    assert not found.alike


@pytest.mark.parametrize("typed", ["muler", "Miller Otto", "mueller obrian", "otto 1/1/1950"])
def test_spelling_is_forgiven_and_said_so(clinic: Clinic, otto: Patient, typed: str) -> None:
    found = find(clinic, typed, None)
    assert otto in list(found.page)
    assert found.alike


@pytest.mark.parametrize("typed", ["zzyzx", "1/1/1950", "9999999999"])
def test_who_is_not_there_is_not_found(clinic: Clinic, otto: Patient, typed: str) -> None:
    assert list(find(clinic, typed, None).page) == []


def test_two_letters_are_the_beginning_of_a_word(clinic: Clinic, otto: Patient) -> None:
    assert list(find(clinic, "tt", None).page) == []


def test_patient_of_another_clinic_is_not_found_however_spelled(otto: Patient) -> None:
    other = factories.make_clinic(name="Elsewhere Example Clinic")
    assert list(find(other, "muller", None).page) == []
    assert list(find(other, "muler", None).page) == []


def test_merged_record_leads_to_the_kept_one(clinic: Clinic, otto: Patient) -> None:
    old = factories.make_patient(clinic, "Mueller", "Otto", mrn="OLD-1", merged_into=otto)
    assert list(find(clinic, old.mrn, None).page) == [otto]
    assert list(find(clinic, "otto", None).page) == [otto]


@pytest.mark.parametrize("typed", ["", "sample", "sampel"])
def test_queries_do_not_grow_with_patients(
    clinic: Clinic, typed: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(30):
        factories.make_coverage(factories.make_patient(clinic))
    with django_assert_max_num_queries(6):  # of these two open and end the transaction
        assert len(list(find(clinic, typed, None).page)) == 25
