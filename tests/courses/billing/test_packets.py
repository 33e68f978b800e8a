"""Packets: really rendered, asked for and handed out, and what happens when something goes wrong."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import IO

import pytest
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from courses.billing.services import hand_out, render_packet, request_packet, retry_packet
from courses.billing.services.packets import make
from courses.models import Packet
from courses.progress.services import record_outcome, sign_review
from courses.tasks import render_packets
from devices.analysis import report_of
from eecp_clinic.errors import Conflict, NotAllowed, NotFound
from eecp_clinic.making import take_over
from eecp_clinic.models import AuditEvent, User
from tests.courses.billing.packets_given import file_consent
from tests.courses.courses_given import FIRST_HOUR, Given
from tests.devices.gating.synthetic import Session, draw
from tests.devices.stored import store_waveform
from tests.factories import PASSWORD

LATER = FIRST_HOUR + timedelta(days=14)


@pytest.fixture
def packet(given: Given, biller: User) -> Packet:
    """Of a course with three signed sessions, one outcome and one review."""
    file_consent(given)
    for index in range(3):
        given.session(index)
    record_outcome(
        course=given.course,
        point="baseline",
        values={"measured_on": FIRST_HOUR.date(), "ccs_class": 3},
        actor=given.nurse,
        now=LATER,
    )
    sign_review(
        course=given.course,
        kind="progress",
        text="Walks further.",
        decision="continue",
        password=PASSWORD,
        actor=given.physician,
        now=LATER,
    )
    return request_packet(course=given.course, actor=biller, now=LATER)


@pytest.fixture
def ready(packet: Packet) -> Packet:
    assert render_packet(packet_id=packet.pk, now=LATER)
    packet.refresh_from_db()
    return packet


def texts(packet: Packet) -> list[str]:
    with packet.file.open("rb") as file:
        reader = PdfReader(BytesIO(file.read()))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def without_spaces(text: str) -> str:
    """A narrow column breaks a date at its hyphens."""
    return "".join(text.lower().split())


def test_every_page_says_whose_it_is_and_which_of_how_many(ready: Packet) -> None:
    pages = texts(ready)
    assert ready.pages == len(pages)
    patient = ready.course.patient
    for number, text in enumerate(pages, start=1):
        assert f"SAMPLE, Joan · Born 04-Mar-1951 · MRN {patient.mrn}" in text
        assert f"page {number} of {len(pages)}" in text


def test_packet_holds_decision_order_sessions_reviews_and_hashes(ready: Packet) -> None:
    whole = without_spaces(" ".join(texts(ready)))
    session = ready.course.sessions.get(number=2)
    assert session.signature is not None
    for piece in (
        "NCD 20.20",
        "Session 1 of 35",
        "Session 3 of 35",
        "CCS class III on 02-Nov-2026",
        "I25.112",
        "Walks further.",
        "Petra Physician-Example, MD, NPI 1234567893, on site, 08:30 to 10:30",
        "The baseline was not steady.",
        "Validated on simulated counterpulsation and real ECG",
        "not an alarm system",
        str(session.recording_id),
        session.signature.content_sha256,
    ):
        assert without_spaces(piece) in whole


def test_packet_names_what_is_missing_on_its_first_page(ready: Packet) -> None:
    assert ready.missing == []
    assert "Nothing on the clinic's list is missing." in texts(ready)[0]


def test_unsigned_session_is_left_out_and_named(given: Given, packet: Packet) -> None:
    given.session(3, signed=False)
    assert "1 completed session is not signed and not in this packet." in make(packet, now=LATER).missing


def test_same_record_gives_the_same_bytes(ready: Packet) -> None:
    again = make(Packet.objects.get(pk=ready.pk), now=LATER)
    assert hashlib.sha256(again.document.content).hexdigest() == ready.sha256


def test_asking_twice_gives_the_packet_that_is_being_made(given: Given, packet: Packet, biller: User) -> None:
    assert request_packet(course=given.course, actor=biller, now=LATER) == packet


def test_nurse_may_not_ask_for_a_packet(given: Given) -> None:
    with pytest.raises(NotAllowed):
        request_packet(course=given.course, actor=given.nurse, now=LATER)


def test_task_that_runs_twice_makes_it_once(packet: Packet) -> None:
    render_packets([packet.pk])
    first = Packet.objects.get(pk=packet.pk)
    render_packets([packet.pk])
    second = Packet.objects.get(pk=packet.pk)
    assert (first.state, first.ready_at, first.file.name) == (
        second.state,
        second.ready_at,
        second.file.name,
    )
    assert AuditEvent.objects.filter(action="packet.ready").count() == 1


def test_worker_that_was_overtaken_leaves_the_other_file_alone(
    packet: Packet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FileSystemStorage.save

    def overtaken(storage: FileSystemStorage, name: str, content: IO[bytes]) -> str:
        Packet.objects.filter(pk=packet.pk).update(started_at=LATER + timedelta(minutes=16))
        return real(storage, name, content)

    monkeypatch.setattr(FileSystemStorage, "save", overtaken)
    assert not render_packet(packet_id=packet.pk, now=LATER)
    packet.refresh_from_db()
    assert (packet.state, packet.file.name) == (Packet.State.MAKING, "")
    assert not list((tmp_path / "media" / "packets").rglob("*.pdf"))


def test_packet_left_half_made_is_taken_over_after_a_quarter_of_an_hour(packet: Packet) -> None:
    Packet.objects.filter(pk=packet.pk).update(state=Packet.State.MAKING, started_at=LATER)
    assert take_over(Packet.objects.all(), now=LATER + timedelta(minutes=14)) == []
    assert take_over(Packet.objects.all(), now=LATER + timedelta(minutes=16)) == [packet.pk]


@pytest.fixture
def broken_storage(packet: Packet, tmp_path: Path) -> Iterator[None]:
    """A file stands where the folder of packets should be."""
    (tmp_path / "media").mkdir(exist_ok=True)
    block = tmp_path / "media" / "packets"
    block.write_text("in the way")
    yield
    block.unlink()


@pytest.mark.usefixtures("broken_storage")
def test_failure_says_why_and_can_be_tried_again(packet: Packet, biller: User) -> None:
    with pytest.raises(OSError, match="packets"):
        render_packet(packet_id=packet.pk, now=LATER)
    packet.refresh_from_db()
    assert packet.state == Packet.State.FAILED
    assert "Try again" in packet.failure
    retry_packet(packet=packet, actor=biller, now=LATER)
    packet.refresh_from_db()
    assert (packet.state, packet.failure) == (Packet.State.QUEUED, "")


def test_packet_that_did_not_fail_is_not_tried_again(packet: Packet, biller: User) -> None:
    with pytest.raises(Conflict):
        retry_packet(packet=packet, actor=biller, now=LATER)


def test_biller_downloads_what_was_made_and_the_audit_trail_says_so(
    ready: Packet, biller_client: Client
) -> None:
    answer = biller_client.get(reverse("courses:packet-file", args=[ready.code]))
    assert hashlib.sha256(answer.content).hexdigest() == ready.sha256
    assert answer["Content-Disposition"].startswith("attachment")
    assert AuditEvent.objects.get(action="packet.downloaded").data["sha256"] == ready.sha256


def test_person_of_another_clinic_finds_no_packet(ready: Packet, outsider_client: Client) -> None:
    for name in ("courses:packet", "courses:packet-file"):
        assert outsider_client.get(reverse(name, args=[ready.code])).status_code == 404


def test_packet_is_not_handed_out_before_it_is_ready(packet: Packet, biller: User) -> None:
    with pytest.raises(Conflict, match="not ready"):
        hand_out(packet=packet, actor=biller, now=LATER)


def test_file_that_was_changed_or_lost_is_not_handed_out(ready: Packet, biller: User) -> None:
    path = Path(ready.file.path)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(Conflict, match="no longer the one"):
        hand_out(packet=ready, actor=biller, now=LATER)
    path.unlink()
    with pytest.raises(NotFound, match="gone"):
        hand_out(packet=ready, actor=biller, now=LATER)


def test_status_asks_again_until_it_is_ready(packet: Packet, biller_client: Client) -> None:
    address = reverse("courses:packet", args=[packet.code])
    waiting = biller_client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    assert "<html" not in waiting
    render_packet(packet_id=packet.pk, now=LATER)
    done = biller_client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in done
    assert "Download the PDF" in done


def test_packet_is_asked_for_on_the_page_of_the_course(given: Given, biller_client: Client) -> None:
    address = reverse("courses:packet-request", args=[given.course.code])
    answer = biller_client.post(address, {"patient": given.course.patient.code})
    assert answer.headers["Location"] == reverse("courses:packet", args=[Packet.objects.get().code])


def test_packet_shows_the_beats_of_a_session(given: Given, biller: User) -> None:
    recording = store_waveform(given.device, draw(Session(minutes=2)), FIRST_HOUR, gap_seconds=0.0)
    given.session(0, recording=recording, gating_report=report_of(recording=recording, now=FIRST_HOUR))
    packet = request_packet(course=given.course, actor=biller, now=LATER)
    made = make(packet, now=LATER).document
    assert made.content == make(packet, now=LATER).document.content
    assert "Averaged beat of the whole recording" in text_of(made.content)


def test_session_without_kept_beats_says_so_in_the_packet(given: Given, biller: User) -> None:
    given.session(0)
    packet = request_packet(course=given.course, actor=biller, now=LATER)
    assert "made before beats were kept" in text_of(make(packet, now=LATER).document.content)


def text_of(pdf: bytes) -> str:
    pages = PdfReader(BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
