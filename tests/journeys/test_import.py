"""A nurse brings what a console saved on a stick; an administrator enrols an agent. Both in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from devices import ingest
from devices.models import Device, Recording
from eecp_clinic.roles import Role
from tests import factories
from tests.devices.given_files import edf_of, wfdb_of
from tests.devices.records.samples import waveform
from tests.journeys.conftest import Login
from tests.journeys.looking import look_at

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Device:
    monkeypatch.setattr(ingest, "enqueue_finish", lambda recording: None)
    clinic = factories.make_clinic()
    factories.make_user(clinic, Role.NURSE, "nora", "Nora", "Nurse-Example", "RN")
    factories.make_user(clinic, Role.ADMINISTRATOR, "ada", "Ada", "Admin-Example", "")
    return factories.make_device(clinic)


def test_file_of_a_console_is_refused_in_words_then_taken(
    login: Login, device: Device, tmp_path: Path, complaints: list[str]
) -> None:
    page = login("nora")
    page.goto(device.get_absolute_url())
    page.get_by_role("link", name="Import a file").click()
    bad = tmp_path / "notes.edf"
    bad.write_bytes(b"no recording")
    field = page.get_by_label("EDF file, or the files")
    field.set_input_files(bad)
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_text("neither an EDF file nor a WFDB record")).to_be_visible()
    assert field.evaluate("input => input.files.length") == 1
    look_at(page, "import-refused")
    paths = []
    for given in wfdb_of(waveform(61.0)):
        paths.append(tmp_path / given.name)
        paths[-1].write_bytes(given.data)
    field.set_input_files(paths)
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_role("heading", name="What is in the file")).to_be_visible()
    page.get_by_label("The console triggers on").select_option("r_wave")
    look_at(page, "import-confirm")
    page.get_by_label("First sample").fill("2026-03-09T09:00:00")
    page.get_by_role("button", name="Take it as a recording").click()
    expect(page.get_by_text("The recording is taken")).to_be_visible()
    look_at(page, "device-after-import")
    assert Recording.objects.get().last_seq == 60
    assert [line for line in complaints if "Error Code 422" not in line] == []  # htmx notes the refusal too


def test_file_that_is_too_large_is_not_sent(
    login: Login, device: Device, tmp_path: Path, complaints: list[str], settings: object
) -> None:
    settings.UPLOAD_MAX_BYTES = 1000  # type: ignore[attr-defined]
    page = login("nora")
    page.goto(f"{device.get_absolute_url()}import/")
    path = tmp_path / "session.edf"
    path.write_bytes(edf_of(waveform(61.0))[0].data)
    page.get_by_label("EDF file, or the files").set_input_files(path)
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.method))
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_text("The files are larger than")).to_be_visible()
    assert "POST" not in requests
    assert complaints == []


def test_administrator_gets_a_code_for_an_agent(login: Login, device: Device, complaints: list[str]) -> None:
    page = login("ada")
    page.goto(device.get_absolute_url())
    look_at(page, "device")
    page.get_by_role("button", name="Enrol an agent").click()
    code = page.locator(".enrol-code").inner_text()
    assert len(code) == 11
    look_at(page, "enrol")
    page.goto(device.get_absolute_url())
    assert code not in page.content()
    assert complaints == []
