"""The banner says who the page is about, and what is not known."""

from datetime import date

from eecp_clinic.models import Clinic
from patients.banner import banner_for, primary_coverage
from patients.models import Patient
from tests import factories

TODAY = date(2026, 11, 23)


def test_banner_names_age_and_payer(clinic: Clinic) -> None:
    patient = factories.make_patient(clinic, alerts="Warfarin", allergies="Latex")
    factories.make_coverage(patient)
    banner = banner_for(patient, TODAY)
    assert (banner["born"], banner["age"], banner["sex"]) == ("04-Mar-1951", 75, "Female")
    assert (banner["payer"], banner["alerts"]) == ("Original Medicare", ["Warfarin"])
    assert (banner["allergies"], banner["language"]) == ("Latex", None)


def test_sex_and_payer_that_are_not_known_stay_unknown(clinic: Clinic) -> None:
    patient = factories.make_patient(clinic, sex=Patient.Sex.UNKNOWN)
    banner = banner_for(patient, TODAY)
    assert banner["sex"] is None
    assert banner["payer"] is None
    assert banner["alerts"] == []


def test_interpreter_is_announced(clinic: Clinic) -> None:
    patient = factories.make_patient(clinic, language="es", needs_interpreter=True)
    assert banner_for(patient, TODAY)["language"] == "Spanish, interpreter"


def test_merged_record_shows_the_banner_of_the_kept_one(clinic: Clinic) -> None:
    kept = factories.make_patient(clinic, allergies="Latex")
    merged = factories.make_patient(clinic, merged_into=kept)
    assert banner_for(merged, TODAY) == banner_for(kept, TODAY)


def test_what_pays_first_today_is_primary(clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    factories.make_coverage(patient, starts_on=date(2010, 1, 1), ends_on=date(2016, 2, 29))
    second = factories.make_payer(clinic, "commercial", "Invented Insurance")
    factories.make_coverage(patient, second, priority=2)
    current = factories.make_coverage(patient)
    assert primary_coverage(patient, TODAY) == current


def test_coverage_still_counts_on_its_last_day_and_not_after(clinic: Clinic) -> None:
    patient = factories.make_patient(clinic)
    coverage = factories.make_coverage(patient, ends_on=TODAY)
    assert primary_coverage(patient, TODAY) == coverage
    assert primary_coverage(patient, date(2026, 11, 24)) is None
