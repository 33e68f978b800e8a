"""A payer's request for records: its day, its packet with the cover letter, its answer."""

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from courses.billing.services import answer_request, record_request, render_packet
from courses.models import Packet, RecordsRequest
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, User
from tests.courses.billing.billing_given import make_profile
from tests.courses.billing.packets_given import LATER
from tests.courses.courses_given import Given

RECEIVED = date(2026, 12, 10)


def asked(given: Given, by: User, **values: object) -> RecordsRequest:
    said = {"number": "ADR-123", "asked_by": "Example Contractor", "received_on": RECEIVED} | values
    return record_request(course=given.course, values=said, actor=by, now=LATER)


def test_day_of_the_letter_counts(given: Given, biller: User) -> None:
    assert asked(given, biller, due_on=date(2027, 1, 24)).due_on == date(2027, 1, 24)


def test_without_one_the_confirmed_days_of_the_payer_count(given: Given, biller: User) -> None:
    payer = given.course.patient.coverages.get().payer
    make_profile(payer, records_days=45, confirmed_by=biller, confirmed_at=LATER)
    assert asked(given, biller).due_on == RECEIVED + timedelta(days=45)


@pytest.mark.parametrize("confirmed", [False, True])
def test_otherwise_the_day_is_not_known(given: Given, biller: User, *, confirmed: bool) -> None:
    payer = given.course.patient.coverages.get().payer
    if confirmed:
        make_profile(payer, confirmed_by=biller, confirmed_at=LATER)
    else:
        make_profile(payer, records_days=45)
    assert asked(given, biller).due_on is None


def test_what_cannot_be_is_refused(given: Given, biller: User) -> None:
    with pytest.raises(InvalidInput, match="lies ahead"):
        asked(given, biller, received_on=LATER.date() + timedelta(days=1))
    with pytest.raises(ValidationError, match="due before"):
        asked(given, biller, due_on=RECEIVED - timedelta(days=1))
    with pytest.raises(NotAllowed):
        asked(given, given.nurse)
    asked(given, biller)
    with pytest.raises(ValidationError, match="recorded for this course already"):
        asked(given, biller)


def test_answer_is_noted_once_with_how(given: Given, biller: User) -> None:
    request = asked(given, biller)
    with pytest.raises(InvalidInput, match="how the answer was sent"):
        answer_request(request=request, how=" ", actor=biller, now=LATER)
    answer_request(request=request, how="Portal, receipt 77", actor=biller, now=LATER)
    with pytest.raises(Conflict, match="answered already"):
        answer_request(request=request, how="Again", actor=biller, now=LATER)
    assert not RecordsRequest.objects.open().exists()
    assert AuditEvent.objects.filter(action="records.answered").count() == 1


def test_packet_begins_with_the_letter(given: Given, biller: User, biller_client: Client) -> None:
    given.session(0)
    request = asked(given, biller, address="Medical review\n100 Example Street")
    address = reverse("courses:records-request-packet", args=[request.code])
    biller_client.post(address, {"patient": given.course.patient.code})
    Packet.objects.update(requested_at=LATER)
    packet = Packet.objects.get(records_request=request)
    render_packet(packet_id=packet.pk, now=LATER)
    packet.refresh_from_db()
    pages = PdfReader(BytesIO(Path(packet.file.path).read_bytes())).pages
    letter = "".join(pages[0].extract_text().split())
    for piece in (
        "ADR-123",
        "Example Contractor",
        "Answer due Not known",
        "the record of 1 session",
        "10-Dec-2026",
    ):
        assert "".join(piece.split()) in letter, letter
    assert "Is it complete?" in pages[1].extract_text()


def test_open_requests_are_listed_by_what_is_due_first(
    given: Given, biller: User, biller_client: Client
) -> None:
    asked(given, biller, number="NO-DAY")
    asked(given, biller, number="LATE", due_on=RECEIVED)
    asked(given, biller, number="FAR", due_on=date(2099, 1, 1))
    page = biller_client.get(reverse("courses:records-requests")).content.decode()
    assert page.index("LATE") < page.index("FAR") < page.index("NO-DAY")
    assert "due day not known" in page


def test_request_is_recorded_on_a_form_that_keeps_what_was_typed(given: Given, biller_client: Client) -> None:
    address = reverse("courses:records-request-new", args=[given.course.code])
    form = {"patient": given.course.patient.code, "number": "ADR-9", "asked_by": "Example Contractor"}
    again = biller_client.post(address, form).content.decode()
    assert 'value="ADR-9"' in again
    answer = biller_client.post(address, form | {"received_on": "2026-11-20"})
    request = RecordsRequest.objects.get()
    assert answer.headers["Location"] == request.get_absolute_url()
    assert "Make the packet with its letter" in biller_client.get(request.get_absolute_url()).content.decode()
    biller_client.post(
        reverse("courses:records-request-answer", args=[request.code]),
        {"patient": given.course.patient.code, "how": "By mail"},
    )
    assert "By mail" in biller_client.get(request.get_absolute_url()).content.decode()
