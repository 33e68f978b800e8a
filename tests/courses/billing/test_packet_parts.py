"""Packets of some days or of one claim, of several courses at once, and of sheets that are missing or damaged."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from courses.billing.packet.proof import evidence_in
from courses.billing.services import render_packet, request_packet, request_packets
from courses.models import Packet, PacketBatch, SessionSheet
from courses.tasks import render_packets
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.making import STALE_AFTER, take_over
from eecp_clinic.models import Clinic, User
from tests import factories
from tests.courses.billing.packets_given import LATER, another_course, sent_claim
from tests.courses.courses_given import FIRST_HOUR, Given

TUESDAY = FIRST_HOUR.date() + timedelta(days=1)


@pytest.fixture
def three(given: Given) -> Given:
    for index in range(3):
        given.session(index)
    return given


def numbers_in(packet: Packet) -> list[int]:
    assert render_packet(packet_id=packet.pk, now=LATER)
    packet.refresh_from_db()
    evidence = evidence_in(Path(packet.file.path).read_bytes())
    return [session["number"] for session in evidence["sessions"]]


def test_packet_of_days_holds_their_sessions_only(three: Given, biller: User) -> None:
    packet = request_packet(course=three.course, first_day=TUESDAY, last_day=TUESDAY, actor=biller, now=LATER)
    assert numbers_in(packet) == [2]
    assert (packet.sheets_done, packet.sheets_all) == (1, 1)


def test_packet_of_a_claim_holds_the_sessions_it_asks_for(three: Given, biller: User) -> None:
    first, _, third = three.course.sessions.order_by("number")
    claim = sent_claim(three, biller, first, third)
    packet = request_packet(course=three.course, claim=claim, actor=biller, now=LATER)
    assert numbers_in(packet) == [1, 3]


def test_days_that_are_not_in_order_are_refused(three: Given, biller: User) -> None:
    with pytest.raises(ValidationError, match="Give both days"):
        request_packet(
            course=three.course,
            first_day=TUESDAY,
            last_day=TUESDAY - timedelta(days=1),
            actor=biller,
            now=LATER,
        )


def test_claim_of_another_course_is_refused(three: Given, biller: User) -> None:
    other = another_course(three)
    claim = sent_claim(three, biller, three.course.sessions.get(number=1))
    with pytest.raises(Conflict, match="another course"):
        request_packet(course=other.course, claim=claim, actor=biller, now=LATER)


def test_packet_of_days_and_packet_of_all_are_two(three: Given, biller: User) -> None:
    whole = request_packet(course=three.course, actor=biller, now=LATER)
    part = request_packet(course=three.course, first_day=TUESDAY, last_day=TUESDAY, actor=biller, now=LATER)
    assert whole != part
    assert request_packet(course=three.course, actor=biller, now=LATER) == whole


def test_damaged_sheet_is_named_and_the_others_are_there(given: Given, biller: User) -> None:
    for index in range(2):
        given.session(index)
    first = request_packet(course=given.course, actor=biller, now=LATER)
    render_packet(packet_id=first.pk, now=LATER)
    sheet = SessionSheet.objects.get(session__number=2)
    Path(sheet.file.path).write_bytes(b"%PDF-1.7 another")
    second = request_packet(course=given.course, actor=biller, now=LATER)
    assert numbers_in(second) == [1, 2]
    first.refresh_from_db()
    assert first.pages is not None
    assert second.pages == first.pages - (sheet.pages or 0)
    (said,) = [sentence for sentence in second.missing if sentence.startswith("Session 2: the kept sheet")]
    assert "no longer the one that was made" in said
    assert "not in this packet" in said


def test_sheet_that_cannot_be_made_is_named(given: Given, biller: User, tmp_path: Path) -> None:
    given.session(0)
    (tmp_path / "media").mkdir(exist_ok=True)
    (tmp_path / "media" / "sheets").write_text("in the way")
    packet = request_packet(course=given.course, actor=biller, now=LATER)
    assert numbers_in(packet) == [1]
    assert "Session 1: its sheet could not be made. Its pages are not in this packet." in packet.missing


@pytest.fixture
def two_courses(given: Given) -> list[Given]:
    other = another_course(given)
    given.session(0)
    other.session(1)
    return [given, other]


def test_batch_goes_on_where_a_lost_worker_left_it(
    two_courses: list[Given], clinic: Clinic, biller: User
) -> None:
    courses = [one.course for one in two_courses]
    batch = request_packets(clinic=clinic, courses=courses, actor=biller, now=LATER)
    first, second = batch.packets.order_by("pk")
    render_packets([first.pk])
    Packet.objects.filter(pk=second.pk).update(state=Packet.State.MAKING, started_at=LATER)  # and it died
    assert take_over(Packet.objects.all(), now=LATER + STALE_AFTER / 2) == []
    again = take_over(Packet.objects.all(), now=LATER + STALE_AFTER + timedelta(seconds=1))
    assert again == [second.pk]
    render_packets(again)
    assert [packet.state for packet in batch.packets.all()] == [Packet.State.READY] * 2


def test_batch_of_nothing_of_too_many_or_by_a_nurse_is_refused(
    given: Given, clinic: Clinic, nurse: User, biller: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInput, match="at least one"):
        request_packets(clinic=clinic, courses=[], actor=biller, now=LATER)
    # In place of fifty-one courses, which would take a minute to make.
    monkeypatch.setattr("courses.billing.services.packet_batches.MOST_AT_ONCE", 0)
    with pytest.raises(InvalidInput, match="At most 0"):
        request_packets(clinic=clinic, courses=[given.course], actor=biller, now=LATER)
    with pytest.raises(NotAllowed):
        request_packets(clinic=clinic, courses=[given.course], actor=nurse, now=LATER)


def test_courses_are_ticked_and_their_packets_watched(
    two_courses: list[Given], biller_client: Client
) -> None:
    page = biller_client.get(reverse("courses:packets"))
    assert page.content.decode().count('name="course"') == 2
    answer = biller_client.post(
        reverse("courses:packets"), {"course": [one.course.code for one in two_courses]}
    )
    batch = PacketBatch.objects.get()
    assert answer.headers["Location"] == batch.get_absolute_url()
    watched = biller_client.get(batch.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "0 of 2 are ready" in watched
    assert "hx-trigger" in watched
    Packet.objects.update(state=Packet.State.FAILED)
    assert "hx-trigger" not in biller_client.get(batch.get_absolute_url()).content.decode()


def test_ticking_nothing_says_so(given: Given, biller_client: Client) -> None:
    answer = biller_client.post(reverse("courses:packets"), {})
    assert "Tick at least one course." in answer.content.decode()


def test_course_of_another_clinic_is_not_taken(biller_client: Client, outsider: User) -> None:
    clinic = outsider.memberships.all()[0].clinic
    course = factories.make_course(factories.make_patient(clinic), outsider)
    biller_client.post(reverse("courses:packets"), {"course": [course.code]})
    assert not Packet.objects.exists()


def test_packet_of_an_appeal_holds_the_sessions_of_the_lines_it_names(
    given: Given, biller: User, biller_client: Client
) -> None:
    sessions = [given.session(index) for index in range(3)]
    claim = sent_claim(given, biller, *sessions)
    lines = [claim.memberships.get(position=n).line.code for n in (2, 3)]
    scope = {"patient": given.course.patient.code, "claim": claim.code, "lines": lines}
    biller_client.post(reverse("courses:packet-request", args=[given.course.code]), scope)
    packet = Packet.objects.get()
    assert packet.lines == lines
    Packet.objects.update(requested_at=LATER)  # the page asked as of today
    assert render_packet(packet_id=packet.pk, now=LATER)
    packet.refresh_from_db()
    with packet.file.open() as stored:
        evidence = evidence_in(stored.read())
    assert [session["number"] for session in evidence["sessions"]] == [2, 3]
    assert evidence["scope"]["lines"] == lines


def test_line_of_another_claim_is_refused(given: Given, biller: User) -> None:
    first, second = (sent_claim(given, biller, given.session(index)) for index in range(2))
    other = [second.memberships.get().line.code]
    with pytest.raises(InvalidInput, match="Tick the lines"):
        request_packet(course=given.course, claim=first, lines=other, actor=biller, now=LATER)
