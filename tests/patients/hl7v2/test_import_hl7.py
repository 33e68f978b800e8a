"""``manage.py import_hl7``: who is registered, updated, left alone, and why."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from eecp_clinic.models import AuditEvent, Clinic
from patients.models import Patient
from tests import factories
from tests.patients.fhir.bundles import shared_files
from tests.patients.hl7v2.test_adt import PID, adt


def run(*files: Path, **options: object) -> str:
    out = StringIO()
    call_command("import_hl7", *map(str, files), stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "feed.hl7"
    path.write_text(adt())
    return path


def test_a04_registers_a_patient_once(clinic: Clinic, file: Path) -> None:
    assert "registered: patient" in run(file)
    patient = Patient.objects.get()
    assert (patient.mrn, patient.family_name, patient.birth_date) == ("R-100", "Sample", date(1951, 3, 4))
    event = AuditEvent.objects.get(action="patient.registered")
    assert event.actor is None and event.clinic == clinic
    assert "1 unchanged." in run(file)
    assert Patient.objects.count() == 1


def test_a08_updates_what_it_says_and_keeps_the_rest(clinic: Clinic, tmp_path: Path) -> None:
    factories.make_patient(clinic, mrn="R-100", city="Oldtown", phone="312-555-0100", alerts="Latex")
    path = tmp_path / "a08.hl7"
    path.write_text(adt(event="A08", pid=PID))
    assert "1 updated." in run(path)
    patient = Patient.objects.get()
    assert (patient.city, patient.phone, patient.alerts) == ("Sampleton", "312-555-0100", "Latex")


def test_a08_of_somebody_unknown_is_skipped(clinic: Clinic, tmp_path: Path) -> None:
    path = tmp_path / "a08.hl7"
    path.write_text(adt(event="A08"))
    assert "nobody has this MRN" in run(path)
    assert not Patient.objects.exists()


def test_look_alike_with_another_mrn_is_left_to_a_person(clinic: Clinic, file: Path) -> None:
    factories.make_patient(clinic)
    said = run(file)
    assert "skipped: Somebody who may be the same person is registered already" in said
    assert Patient.objects.count() == 1


def test_value_that_the_record_cannot_hold_is_left_out_and_named(clinic: Clinic, tmp_path: Path) -> None:
    path = tmp_path / "long.hl7"
    path.write_text(adt(pid=PID.replace("60000", "60000-123456789")))
    assert "left out what the record cannot hold: postal_code" in run(path)
    assert Patient.objects.get().postal_code == ""


def test_message_without_a_birth_date_registers_nobody(clinic: Clinic, tmp_path: Path) -> None:
    path = tmp_path / "bare.hl7"
    path.write_text(adt(pid="PID|1||R-1^^^H^MR||Sample^Joan"))
    assert "does not say birth_date" in run(path)


def test_record_number_that_is_too_long_registers_nobody(clinic: Clinic, tmp_path: Path) -> None:
    path = tmp_path / "long.hl7"
    path.write_text(adt(pid=PID.replace("R-100", "R" * 21)))
    assert "1 skipped." in run(path)


def test_dry_run_says_the_same_and_saves_nothing(clinic: Clinic, file: Path) -> None:
    said = run(file, dry_run=True)
    assert "registered: patient" in said and "Nothing was saved." in said
    assert not Patient.objects.exists() and not AuditEvent.objects.exists()


def test_test_message_is_taken_only_when_that_is_said(clinic: Clinic, tmp_path: Path) -> None:
    path = tmp_path / "test.hl7"
    path.write_text(adt(mode="T"))
    assert "marked as a test" in run(path)
    assert "1 registered." in run(path, accept_tests=True)


def test_clinic_must_be_said_where_there_are_several(clinic: Clinic, file: Path) -> None:
    other = factories.make_clinic(name="Second Example Clinic")
    with pytest.raises(CommandError, match="Say which clinic"):
        run(file)
    with pytest.raises(CommandError, match="no clinic 'nowhere'"):
        run(file, clinic="nowhere")
    run(file, clinic=other.code)
    assert Patient.objects.get().clinic == other


def test_file_that_cannot_be_read_is_named_and_the_others_are_taken(
    clinic: Clinic, file: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.hl7"
    bad.write_text("hello")
    with pytest.raises(CommandError, match="2 of 3 files"):
        run(bad, tmp_path / "missing.hl7", file)
    assert Patient.objects.count() == 1


def test_every_public_message_has_its_line_in_the_report(clinic: Clinic) -> None:
    files = shared_files("hl7v2", "*.hl7")
    said = run(*files, accept_tests=True).splitlines()
    assert len(said) == len(files) + 1
    # Two A04 and two A08 are of one invented man, three A04 of others.
    assert said[-1] == "4 registered, 20 skipped, 3 unchanged."
    assert run(*files, accept_tests=True).splitlines()[-1] == "20 skipped, 7 unchanged."
