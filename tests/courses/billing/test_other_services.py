"""Other services of a day: noted, struck, read by the scrubber, frozen once the day was billed."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client
from django.urls import reverse

from courses.billing.services import note_other_service, strike_other_service
from courses.models import BillingRules, ClaimLine, OtherService
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, User
from tests.courses.billing.billing_given import make_claim, make_line
from tests.courses.courses_given import FIRST_HOUR, Given

LATER = FIRST_HOUR + timedelta(days=14)
FIRST_DAY = date(2026, 11, 30)


def an_entry(**fields: Any) -> dict[str, Any]:
    return {
        "service_date": FIRST_DAY,
        "hcpcs": "99213",
        "billed_by": "clinic",
        "separate_because": "",
    } | fields


@pytest.fixture
def line(given: Given) -> ClaimLine:
    return make_line(given)


def codes(line: ClaimLine) -> set[str]:
    line.refresh_from_db()
    return {finding["code"] for finding in line.findings}


def test_office_visit_of_the_day_is_told_on_its_line(given: Given, line: ClaimLine, biller: User) -> None:
    assert "same_day_codes" not in codes(line)
    other = note_other_service(course=given.course, values=an_entry(), actor=biller, now=LATER)
    assert "same_day_codes" in codes(line)
    (found,) = [finding for finding in line.findings if finding["code"] == "same_day_codes"]
    assert "99213" in found["sentence"]
    assert (other.origin, other.recorded_by) == (OtherService.Origin.TYPED, biller)
    assert AuditEvent.objects.filter(action="otherservice.noted", actor=biller).exists()


@pytest.mark.parametrize("fields", [{"service_date": date(2026, 11, 29)}, {"hcpcs": "93306"}])
def test_another_day_or_a_code_that_does_not_conflict_says_nothing(
    given: Given, line: ClaimLine, biller: User, fields: dict[str, Any]
) -> None:
    note_other_service(course=given.course, values=an_entry(**fields), actor=biller, now=LATER)
    assert not codes(line) & {"same_day_codes", "same_day_separate"}


def test_service_that_is_separate_with_its_reason_is_a_note(
    given: Given, line: ClaimLine, biller: User
) -> None:
    values = an_entry(separate_because="Visit for a cough, note of that day")
    note_other_service(course=given.course, values=values, actor=biller, now=LATER)
    assert "same_day_separate" in codes(line)
    assert "same_day_codes" not in codes(line)


def test_struck_entry_stays_and_speaks_no_more(given: Given, line: ClaimLine, biller: User) -> None:
    other = note_other_service(course=given.course, values=an_entry(), actor=biller, now=LATER)
    strike_other_service(other=other, reason="Wrong patient", actor=biller, now=LATER)
    assert "same_day_codes" not in codes(line)
    kept = OtherService.objects.get()
    assert (kept.struck_by, kept.struck_reason) == (biller, "Wrong patient")
    note_other_service(course=given.course, values=an_entry(), actor=biller, now=LATER)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"hcpcs": "G0166"}, "hcpcs"),
        ({"hcpcs": "office"}, "hcpcs"),
        ({"hcpcs": "9921"}, "hcpcs"),
        ({"service_date": date(2027, 1, 1)}, "service_date"),
        ({"billed_by": ""}, "billed_by"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_field(
    given: Given, biller: User, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        note_other_service(course=given.course, values=an_entry(**fields), actor=biller, now=LATER)
    assert field in refused.value.data["fields"]


def test_same_code_of_a_day_is_noted_once(given: Given, biller: User) -> None:
    note_other_service(course=given.course, values=an_entry(), actor=biller, now=LATER)
    with pytest.raises(InvalidInput, match="already"):
        note_other_service(course=given.course, values=an_entry(), actor=biller, now=LATER)


def test_strike_wants_a_reason_and_is_done_once(given: Given, biller: User) -> None:
    other = note_other_service(course=given.course, values=an_entry(), actor=biller, now=LATER)
    with pytest.raises(InvalidInput, match="why"):
        strike_other_service(other=other, reason=" ", actor=biller, now=LATER)
    strike_other_service(other=other, reason="Typed twice", actor=biller, now=LATER)
    with pytest.raises(Conflict, match="struck already"):
        strike_other_service(other=other, reason="Typed twice", actor=biller, now=LATER)


def test_front_desk_notes_nothing(given: Given, front_desk: User) -> None:
    with pytest.raises(NotAllowed):
        note_other_service(course=given.course, values=an_entry(), actor=front_desk, now=LATER)


def test_once_the_day_was_billed_what_was_known_stays(given: Given, line: ClaimLine, biller: User) -> None:
    other = note_other_service(course=given.course, values=an_entry(), actor=biller, now=LATER)
    make_claim(given, biller, line, state="sent", sent_at=LATER)
    with pytest.raises(Conflict, match="went out"):
        strike_other_service(other=other, reason="Wrong", actor=biller, now=LATER)
    by_force = [
        "UPDATE courses_otherservice SET struck_reason = 'by force'",
        "UPDATE courses_otherservice SET hcpcs = '93306'",
        "DELETE FROM courses_otherservice",
    ]
    for statement in by_force:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    # What is learned later is still noted.
    note_other_service(course=given.course, values=an_entry(hcpcs="93040"), actor=biller, now=LATER)


def test_clinic_settles_how_many_sessions_are_usual(given: Given, biller: User) -> None:
    BillingRules.objects.create(
        clinic=given.clinic,
        owner=biller,
        settled_at=FIRST_HOUR - timedelta(days=9),
        effective_on=date(2026, 11, 30),
        reason="Our contractor says so",
        usual_sessions=1,
        minimum_gap_minutes=30,
    )
    first, second = make_line(given, 0), make_line(given, 1)
    assert "beyond_course" not in codes(first)
    assert "beyond_course" in codes(second)


def test_rules_of_a_later_day_do_not_judge_an_earlier_session(given: Given, biller: User) -> None:
    BillingRules.objects.create(
        clinic=given.clinic,
        owner=biller,
        settled_at=FIRST_HOUR,
        effective_on=date(2026, 12, 15),
        reason="From the new contract",
        usual_sessions=1,
    )
    make_line(given, 0)
    assert "beyond_course" not in codes(make_line(given, 1))


def test_page_notes_and_strikes(given: Given, line: ClaimLine, biller_client: Client) -> None:
    address = reverse("courses:other-services", args=[given.course.code])
    form = an_entry(hcpcs="99213", service_date="2026-11-02", patient=given.course.patient.code)
    answer = biller_client.post(address, form, follow=True)
    assert "were checked again" in answer.content.decode()
    other = OtherService.objects.get()
    strike = reverse("courses:other-service-strike", args=[given.course.code, other.code])
    biller_client.post(strike, {"patient": given.course.patient.code, "reason": "Wrong day"})
    assert "Wrong day" in biller_client.get(address).content.decode()


def test_page_keeps_what_was_typed_when_it_is_refused(given: Given, biller_client: Client) -> None:
    address = reverse("courses:other-services", args=[given.course.code])
    form = an_entry(hcpcs="9921", patient=given.course.patient.code, separate_because="Kept words")
    answer = biller_client.post(address, form).content.decode()
    assert "five characters" in answer
    assert "Kept words" in answer


def test_outsider_does_not_find_the_page(given: Given, outsider_client: Client) -> None:
    assert outsider_client.get(reverse("courses:other-services", args=[given.course.code])).status_code == 404
