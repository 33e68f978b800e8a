"""One patient's thread in a real browser, each step with the login of the role that takes it."""

import re
import subprocess
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from courses.models import Appointment, Course, Packet, Session
from devices.models import Device
from eecp_clinic.demo.calendar import zone_for
from eecp_clinic.models import Clinic, User
from patients.models import Patient
from tests import factories
from tests.journeys.conftest import BIN, Login

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def clinic(transactional_db: None) -> Clinic:
    """A clinic in whose time zone it is mid-morning, and that works today."""
    clinic = factories.make_clinic()
    clinic.time_zone = zone_for(timezone.now())
    clinic.save(update_fields=["time_zone"])
    today = clinic.day_of(timezone.now()).weekday()
    if today > 4:
        hours = clinic.opening_hours.get(weekday=0)
        clinic.opening_hours.create(weekday=today, opens=hours.opens, closes=hours.closes)
    factories.make_payer(clinic)
    return clinic


def submit(page: Page, name: str | re.Pattern[str]) -> None:
    """Press the button and wait for the page that follows."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def register(page: Page) -> Patient:
    page.goto("/patients/")
    page.get_by_role("link", name="Register a patient").first.click()
    page.get_by_label("Family name").fill("Sample")
    page.get_by_label("Given name").fill("Joan")
    page.locator("[name=birth_date]").fill("1951-03-04")
    page.locator("[name=sex]").select_option("F")
    page.locator("[name=mrn]").fill("J-00001")
    submit(page, "Register")
    return Patient.objects.get(mrn="J-00001")


def insure(page: Page, patient: Patient) -> None:
    page.goto(f"/patients/{patient.code}/coverages/add/")
    page.locator("[name=payer]").select_option(label="Original Medicare")
    page.locator("[name=member_id]").fill("1EG4-TE5-MK7")
    page.locator("[name=starts_on]").fill("2016-03-01")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("11 letters and digits").first).to_be_visible()
    expect(page.locator("[name=member_id]")).to_have_value("1EG4-TE5-MK7")
    page.locator("[name=member_id]").fill("1EG4-TE5-MK73")
    submit(page, "Save")
    assert patient.coverages.get().member_id == "1EG4TE5MK73"


def decide(page: Page, patient: Patient, today: str) -> None:
    page.goto(f"/patients/{patient.code}/workups/add/")
    page.locator("[name=ccs_class]").select_option("3")
    page.locator("[name=ccs_assessed_on]").fill(today)
    page.locator("[name=angina_stability]").select_option("stable")
    page.locator("[name=angina_is_primary]").select_option("true")
    page.locator("[name=opinion_by]").fill("C. Specialist-Example, MD")
    page.locator("[name=opinion_specialty]").select_option("cardiology")
    page.locator("[name=opinion_on]").fill(today)
    page.locator("[name=opinion_reasons][value=anatomy_not_amenable]").check()
    page.locator("[name=medical_therapy_maximal]").select_option("true")
    page.locator("[name=cac_agatston]").fill("640")
    page.locator("[name=device_kind]").select_option("pneumatic")
    page.locator("[name=earlier_course]").select_option("false")
    page.locator("[name=diagnoses]").fill("I25.112")
    submit(page, "Record the workup")
    page.goto(f"/patients/{patient.code}/assess/")
    submit(page, "Assess")
    expect(page.locator("main")).to_contain_text("NCD 20.20")


def sign_decision_and_order(page: Page, patient: Patient) -> Course:
    decision = patient.assessments.in_force().get()
    page.goto(f"/patients/{patient.code}/decisions/{decision.code}/")
    page.locator("#id_password").fill(factories.PASSWORD)
    submit(page, "Sign this decision")
    page.goto(f"/patients/{patient.code}/orders/new/")
    page.locator("[name=goals]").fill("Fewer angina episodes")
    submit(page, re.compile("Write the order|Save"))
    page.locator("#id_password").fill("not the password")
    page.get_by_role("button", name="Sign the order").click()
    expect(page.get_by_text("The password is not right").first).to_be_visible()
    page.locator("#id_password").fill(factories.PASSWORD)
    submit(page, "Sign the order")
    return Course.objects.get(patient=patient)


def plan(page: Page, course: Course, first_day: str) -> None:
    page.goto(f"/courses/{course.code}/plan/")
    page.locator("[name=start_date]").fill("2020-01-06")
    page.locator("[name=preferred_time]").fill("09:00")
    page.get_by_role("button", name="Propose the hours").click()
    expect(page.get_by_text("lies in the past").first).to_be_visible()
    page.locator("[name=start_date]").fill(first_day)
    page.get_by_role("button", name="Propose the hours").click()
    submit(page, re.compile("Book all 35"))
    assert course.appointments.count() == 35


def bring_to_now(course: Course) -> Appointment:
    """The first booked hour is now: the one thing a test cannot wait for."""
    appointment = course.appointments.earliest("starts_at")
    now = timezone.now()
    appointment.starts_at, appointment.ends_at = now - timedelta(minutes=10), now + timedelta(minutes=50)
    appointment.save(update_fields=["starts_at", "ends_at"])
    return appointment


def push(live_server: LiveServer, device: Device, started_at: datetime, folder: Path) -> None:
    """A real agent pushes five minutes of real ECG."""
    _, secret = factories.make_key(device)
    command = [
        str(BIN / "eecp-agent"),
        "run",
        "--source",
        "sample",
        "--server",
        live_server.url,
        "--key",
        secret,
    ]
    command += ["--speed", "max", "--start-at", started_at.isoformat(), "--spool", str(folder / "spool")]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def treat(page: Page, appointment: Appointment, live_server: LiveServer, folder: Path) -> Session:
    page.goto("/today/")
    expect(page.get_by_text("SAMPLE Joan").first).to_be_visible()
    page.goto(f"/appointments/{appointment.code}/")
    submit(page, "Open the session")
    page.locator("[name=before-identity_checked]").check()
    for name, value in {
        "systolic_mmhg": "132",
        "diastolic_mmhg": "74",
        "heart_rate_bpm": "66",
        "spo2_percent": "97",
    }.items():
        page.locator(f"[name=before-{name}]").fill(value)
    submit(page, re.compile("Save"))
    submit(page, re.compile("^Start"))
    session = Session.objects.get(appointment=appointment)
    now = timezone.now()
    Session.objects.filter(pk=session.pk).update(started_at=now - timedelta(minutes=6))
    push(live_server, appointment.device, now - timedelta(minutes=5, seconds=50), folder)
    session.refresh_from_db()
    assert session.recording is not None, "the recording binds itself by device and time"
    page.reload()
    expect(page.get_by_text("Delivered").first).to_be_visible()
    page.locator("[name=reading-systolic_mmhg]").fill("130")
    page.locator("[name=reading-diastolic_mmhg]").fill("73")
    page.locator("[name=reading-spo2_percent]").fill("97")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("130/73")).to_be_visible()
    page.get_by_text("End", exact=True).last.click()
    page.locator("[name=stop_reason]").select_option("other")
    page.locator("[name=stop_note]").fill("Recording of five minutes")
    submit(page, "End now")
    for name, value in {
        "systolic_mmhg": "128",
        "diastolic_mmhg": "72",
        "heart_rate_bpm": "64",
        "spo2_percent": "98",
    }.items():
        page.locator(f"[name=after-{name}]").fill(value)
    page.locator("[name=after-skin_after]").fill("Intact")
    page.locator("[name=after-symptoms]").fill("none")
    page.get_by_label("Skin and leg care").check()
    page.get_by_label("Next appointment").select_option(label="Confirmed with the patient")
    submit(page, "Save")
    return session


def sign_session(page: Page, session: Session) -> None:
    """The page is not loaded again: it shows the analysis by itself when a worker has made it."""
    expect(page.locator("#report").get_by_role("heading", name=re.compile("^Grade"))).to_be_visible(
        timeout=60_000
    )
    page.locator("#id_password").fill(factories.PASSWORD)
    submit(page, "Sign the session")
    session.refresh_from_db()
    assert session.is_signed
    expect(page.get_by_text(re.compile("Signed")).first).to_be_visible()


def review(page: Page, course: Course) -> None:
    page.goto("/reviews/")
    page.goto(f"/courses/{course.code}/review/")
    page.locator("[name=text]").fill("First hour well tolerated.")
    page.locator("[name=decision]").select_option("continue")
    page.locator("#id_password").fill(factories.PASSWORD)
    submit(page, re.compile("Sign"))
    assert course.reviews.count() == 1


def packet(
    page: Page, course: Course, eventually: Callable[[Callable[[], bool]], None], folder: Path
) -> None:
    page.goto("/claims/courses/")
    expect(page.get_by_text("SAMPLE Joan").first).to_be_visible()
    page.goto(f"/courses/{course.code}/")
    page.get_by_role("button", name=re.compile("packet|documentation", re.IGNORECASE)).first.click()
    eventually(lambda: Packet.objects.filter(course=course, state=Packet.State.READY).exists())
    made = Packet.objects.get(course=course)
    page.goto(f"/packets/{made.code}/")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Download")).first.click()
    path = folder / "packet.pdf"
    download.value.save_as(path)
    assert path.read_bytes().startswith(b"%PDF")


def test_one_patient_from_referral_to_packet(
    clinic: Clinic,
    nurse: User,
    physician: User,
    biller: User,
    front_desk: User,
    live_server: LiveServer,
    worker: None,
    login: Login,
    complaints: list[str],
    eventually: Callable[[Callable[[], bool]], None],
    tmp_path: Path,
) -> None:
    device = factories.make_device(clinic)
    factories.make_supervision(clinic, physician, timezone.now() - timedelta(hours=2))
    desk_page, nurse_page, physician_page, billing_page = map(
        login, [front_desk.username, nurse.username, physician.username, biller.username]
    )
    today = clinic.day_of(timezone.now())

    patient = register(desk_page)
    insure(desk_page, patient)
    decide(nurse_page, patient, today.isoformat())
    course = sign_decision_and_order(physician_page, patient)
    plan(nurse_page, course, (today + timedelta(days=1)).isoformat())
    appointment = bring_to_now(course)
    assert appointment.device == device
    session = treat(nurse_page, appointment, live_server, tmp_path)
    sign_session(nurse_page, session)
    review(physician_page, course)
    packet(billing_page, course, eventually, tmp_path)

    assert complaints == []
