"""The list of claims and the page of one line."""

from datetime import timedelta
from decimal import Decimal

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.billing.services import refresh_line
from courses.billing.worklist.claims_page import claim_row, courses_with_claims, summary_of
from courses.models import ClaimLine
from patients.models import Payer
from tests.courses.courses_given import FIRST_HOUR, Given

LATER = FIRST_HOUR + timedelta(days=14)
CLAIMS = "courses:claims-by-course"


def test_course_with_ready_lines_is_ready_with_its_filing_limit(given: Given) -> None:
    for index in (0, 1):
        refresh_line(session=given.session(index), now=LATER)
    row = claim_row(courses_with_claims(given.clinic).get(), LATER)
    assert (row.state, row.reasons, row.movers) == ("Ready", (), ())
    assert row.days_left == 351  # to 30-Nov-2027, from 14-Dec-2026
    assert summary_of(given.clinic) == "2 lines ready · 0 blocked · 0 sessions not signed"


def test_each_reason_stands_once_with_its_number_of_lines_and_whose_move(given: Given) -> None:
    for index in (0, 1):
        refresh_line(session=given.session(index, recording=None), now=LATER)
    given.session(2, signed=False)
    row = claim_row(courses_with_claims(given.clinic).get(), LATER)
    assert row.state == "Blocked"
    assert any(reason.endswith("(and 1 other line)") for reason in row.reasons)
    assert "Session 3 is not signed (N. Nurse-Example, RN)." in row.reasons
    assert [str(mover) for mover in row.movers] == ["Nurse"]


def test_signed_session_that_was_not_looked_at_yet_says_so(given: Given) -> None:
    given.session(0)
    row = claim_row(courses_with_claims(given.clinic).get(), LATER)
    assert row.lines[0].state == "To be checked"


def test_patient_who_pays_is_no_claim(given: Given) -> None:
    session = given.session(0)
    Payer.objects.update(kind=Payer.Kind.SELF_PAY)
    refresh_line(session=session, now=LATER)
    row = claim_row(courses_with_claims(given.clinic).get(), LATER)
    assert (row.state, row.days_left, row.lines[0].state) == ("Patient pays", None, "Patient pays")
    assert summary_of(given.clinic).startswith("0 lines ready · 0 blocked")


def test_list_costs_the_same_queries_for_one_session_as_for_five(given: Given, biller_client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert biller_client.get(reverse(CLAIMS)).status_code == 200
        return len(seen)

    refresh_line(session=given.session(0), now=LATER)
    queries()
    one = queries()
    for index in range(1, 5):
        refresh_line(session=given.session(index), now=LATER)
    assert queries() == one


def test_empty_list_says_what_would_stand_there(biller_client: Client) -> None:
    assert "Each signed session becomes one line" in biller_client.get(reverse(CLAIMS)).content.decode()


def test_another_clinic_sees_none_of_it(given: Given, outsider_client: Client) -> None:
    refresh_line(session=given.session(0), now=LATER)
    assert "No claims yet" in outsider_client.get(reverse(CLAIMS)).content.decode()


def test_line_leads_to_session_recording_and_report(given: Given, biller_client: Client) -> None:
    session = given.session(0)
    assert session.recording and session.gating_report
    line = refresh_line(session=session, now=LATER)
    page = biller_client.get(reverse("courses:claim-line", args=[line.code])).content.decode()
    assert session.get_absolute_url() in page
    assert str(session.recording_id) in page
    assert session.recording.file_sha256 in page
    assert session.gating_report.code in page


def test_session_leads_back_to_its_line_for_those_who_read_lines(
    given: Given, biller_client: Client, nurse_client: Client
) -> None:
    session = given.session(0)
    line = refresh_line(session=session, now=LATER)
    address = reverse("courses:claim-line", args=[line.code])
    assert address in biller_client.get(session.get_absolute_url()).content.decode()
    assert address not in nurse_client.get(session.get_absolute_url()).content.decode()


def test_decision_is_taken_on_the_page_of_the_line(given: Given, biller_client: Client) -> None:
    line = refresh_line(session=given.session(0, minutes_delivered=Decimal(41)), now=LATER)
    address = reverse("courses:claim-decide", args=[line.code])
    patient = {"patient": given.course.patient.code}
    refused = biller_client.post(address, patient | {"decision": "bill"})
    assert refused.status_code == 200
    assert "This field is required" in refused.content.decode()
    biller_client.post(address, patient | {"decision": "bill", "reason": "Payer accepts 40 min"})
    line.refresh_from_db()
    assert line.partial_decision == ClaimLine.PartialDecision.BILL


def test_lines_are_checked_again_by_hand(given: Given, biller_client: Client) -> None:
    given.session(0)
    address = reverse("courses:claims-check", args=[given.course.code])
    page = biller_client.post(address, {"patient": given.course.patient.code}, follow=True)
    assert ClaimLine.objects.count() == 1
    assert "of 1 lines are ready" in page.content.decode()
