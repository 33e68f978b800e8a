"""A nurse takes over a chart from another system, and hands a patient on as FHIR. In a real browser."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from eecp_clinic.roles import Role
from patients.models import Patient
from tests import factories
from tests.journeys.conftest import Login
from tests.patients.fhir.test_services import FILE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.browser
def test_chart_is_looked_at_saved_with_its_sources_and_exported(
    login: Login, tmp_path: Path, complaints: list[str]
) -> None:
    clinic = factories.make_clinic()
    factories.make_user(clinic, Role.NURSE, "nora", "Nora", "Nurse-Example", "RN")
    factories.make_payer(clinic)
    page = login("nora")
    page.goto("/patients/")
    page.get_by_role("link", name="Take over a chart").click()
    bad, good = tmp_path / "letter.json", tmp_path / "chart.json"
    bad.write_text("hello")
    good.write_bytes(FILE)
    field = page.get_by_label("FHIR R4 bundle of one patient")
    field.set_input_files(bad)
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_text("This is not a JSON file")).to_be_visible()
    field.set_input_files(good)
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_role("heading", name="Chart to look at")).to_be_visible()
    expect(page.get_by_label("Family name")).to_have_value("Sample")
    expect(page.get_by_text("From the file: LVEF 52 %, 01-Oct-2026")).to_be_visible()
    assert not Patient.objects.exists()
    page.get_by_role("spinbutton", name="LVEF").fill("55")
    page.get_by_role("button", name="Save the chart").click()
    expect(page.get_by_text("The chart is saved")).to_be_visible()
    patient = Patient.objects.get()
    assert patient.coverages.get().member_id == "1EG4TE5MK73"
    with page.expect_download() as saved:
        page.get_by_role("link", name="Export as FHIR").click()
    bundle = json.loads(Path(saved.value.path()).read_text())
    assert {entry["resource"]["resourceType"] for entry in bundle["entry"]} >= {"Patient", "Coverage"}
    page.goto(f"/patients/{patient.code}/workups/{patient.workups.get().code}/")
    expect(page.get_by_text("Typed. The file said 52: LVEF 52 %")).to_be_visible()
    assert [text for text in complaints if "422" not in text] == []
