"""The ledger of overrides: every kind, by month, with who and why; and nothing of another clinic."""

import csv
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.billing.books.month import month_asked
from courses.billing.books.overrides import by_person, set_aside
from courses.billing.services import decide_partial, note_other_service, refresh_line
from courses.models import ClaimOverride, Hold, HoldOverride, Move
from eecp_clinic import audit
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import Role
from patients.models import SafetyOverride
from tests import factories
from tests.conftest import client_of
from tests.courses.billing.billing_given import make_line
from tests.courses.courses_given import FIRST_HOUR, Given

LATER = FIRST_HOUR + timedelta(hours=5)  # still November
OVERRIDES = "courses:overrides"


def everything_set_aside(given: Given, biller: User) -> None:
    """One of each kind on the last day of November."""
    line = refresh_line(session=given.session(0, minutes_delivered=Decimal("41.0")), now=LATER)
    decide_partial(line=line, decision="bill", reason="Most of the hour", actor=biller, now=LATER)
    ClaimOverride.objects.create(
        line=line,
        finding="same_day_codes",
        sentence="99213 on the same day",
        reason="=Separate visit",
        decided_by=biller,
        role=Role.BILLING,
        decided_at=LATER,
    )
    draft = given.session(1, signed=False)
    finding = {"code": "bp", "fact": "Blood pressure 190/100 mmHg."}
    HoldOverride.objects.create(
        session=draft,
        findings=[finding],
        reason="Known, treated",
        decided_by=given.physician,
        decided_at=LATER,
    )
    Hold.objects.create(
        session=draft,
        reason="Fever",
        held_by=given.nurse,
        held_at=LATER,
        seen_by=given.physician,
        seen_at=LATER,
        answer="Gone after an hour",
        released_at=LATER,
    )
    screening = factories.make_screening(given.course.patient, given.physician)
    signature = factories.make_signature(
        given.clinic, given.physician, Role.PHYSICIAN, f"safety:{screening.code}"
    )
    SafetyOverride.objects.create(
        screening=screening,
        rule=screening.findings[0]["code"],
        tier="precaution",
        reason="Benefit outweighs",
        signature=signature,
    )
    appointment = draft.appointment
    move = Move.objects.create(
        appointment=appointment,
        batch="batch",
        from_starts_at=appointment.starts_at,
        from_device=appointment.device,
        to_starts_at=appointment.starts_at,
        to_device=appointment.device,
        reason="Nurse ill",
        moved_by=given.nurse,
        moved_at=LATER,
    )
    audit.record(
        "appointment.moved",
        subject=f"appointment:{appointment.code}",
        actor=given.nurse,
        clinic=given.clinic,
        at=LATER,
        move=move.code,
        fewer_nurses=True,
        role=Role.NURSE,
    )
    given.session(2, recording=None, without_recording_reason="Agent was down")
    values = {
        "service_date": FIRST_HOUR.date(),
        "hcpcs": "99213",
        "billed_by": "clinic",
        "separate_because": "Visit for a cough",
    }
    note_other_service(course=given.course, values=values, actor=biller, now=LATER)


def of_both_months(given: Given) -> dict[str, str]:
    """Reasons by kind; factories sign some things in the weeks before."""
    start = FIRST_HOUR - timedelta(days=60)
    return {str(one.kind): one.why for one in set_aside(given.clinic, start, LATER + timedelta(days=30))}


def test_every_kind_is_listed_with_its_reason(given: Given, biller: User) -> None:
    everything_set_aside(given, biller)
    assert of_both_months(given) == {
        "Claim finding": "=Separate visit",
        "Treated on a hold": "Known, treated",
        "Hold released": "Gone after an hour",
        "Contraindication or precaution": "Benefit outweighs",
        "Fewer nurses than the rule": "Nurse ill",
        "Session that ended early": "Most of the hour",
        "Signed without recording or report": "Agent was down",
        "Other service called separate": "Visit for a cough",
    }


def test_every_entry_says_as_what_it_was_decided(given: Given, biller: User) -> None:
    everything_set_aside(given, biller)
    start = FIRST_HOUR - timedelta(days=60)
    entries = set_aside(given.clinic, start, LATER + timedelta(days=30))
    roles = {str(one.kind): str(one.role) for one in entries}
    assert (roles["Session that ended early"], roles["Other service called separate"]) == ("Billing",) * 2
    assert roles["Fewer nurses than the rule"] == "Nurse"
    assert "" not in roles.values()


def test_nothing_set_aside_is_said_so(given: Given) -> None:
    given.session(0)
    assert of_both_months(given) == {}
    page = client_of(given.physician).get(reverse(OVERRIDES), {"month": "2026-11"}).content.decode()
    assert "Nothing was set aside" in page


def test_finding_taken_up_again_names_itself(given: Given, biller: User) -> None:
    line = make_line(given)
    fields = {"line": line, "finding": "x", "sentence": "X", "decided_by": biller, "role": Role.BILLING}
    first = ClaimOverride.objects.create(**fields, reason="Looked at it", decided_at=LATER)
    ClaimOverride.objects.create(**fields, reason="Was wrong", decided_at=LATER, withdraws=first)
    assert of_both_months(given) == {
        "Claim finding": "Looked at it",
        "Claim finding taken up again": "Was wrong",
    }


def test_month_is_the_clinics_own(given: Given, biller: User) -> None:
    """The evening of 30-Nov in Chicago is 1-Dec in UTC, and belongs to November."""
    evening = FIRST_HOUR.replace(day=1, month=12, hour=3)
    line = make_line(given)
    fields = {"line": line, "finding": "x", "sentence": "X", "decided_by": biller, "role": Role.BILLING}
    ClaimOverride.objects.create(**fields, reason="Late", decided_at=evening)
    november, december = (month_asked(text, given.clinic, LATER) for text in ("2026-11", "2026-12"))
    assert [one.why for one in set_aside(given.clinic, november.start, november.end)] == ["Late"]
    assert set_aside(given.clinic, december.start, december.end) == []
    assert (november.previous, november.next) == ("2026-10", "2026-12")


@pytest.mark.parametrize("text", ["November", "2026-13", "2026-11-01"])
def test_month_that_is_none_is_refused(given: Given, text: str) -> None:
    with pytest.raises(InvalidInput, match="2026-11"):
        month_asked(text, given.clinic, LATER)


def test_another_clinic_sees_nothing_of_it(given: Given, biller: User) -> None:
    everything_set_aside(given, biller)
    elsewhere = factories.make_clinic(name="Elsewhere")
    assert set_aside(elsewhere, FIRST_HOUR - timedelta(days=60), LATER + timedelta(days=30)) == []


def test_people_are_counted_the_busiest_first(given: Given, biller: User) -> None:
    everything_set_aside(given, biller)
    people = by_person(set_aside(given.clinic, FIRST_HOUR - timedelta(days=60), LATER + timedelta(days=9)))
    counts = [person.count for person in people]
    assert (sum(counts), counts) == (8, sorted(counts, reverse=True))
    assert {person.who: person.count for person in people}[biller.signing_name] == 3


def test_csv_holds_the_same_and_runs_no_formula(given: Given, biller: User) -> None:
    everything_set_aside(given, biller)
    answer = client_of(given.physician).get(reverse("courses:overrides-csv"), {"month": "2026-11"})
    rows = list(csv.DictReader(StringIO(answer.content.decode(), newline="")))
    assert "'=Separate visit" in {row["why"] for row in rows}
    assert {row["role"] for row in rows} >= {"Billing", "Physician"}


def test_ledger_costs_the_same_queries_for_few_and_for_many(given: Given, biller: User) -> None:
    client: Client = client_of(given.physician)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(OVERRIDES), {"month": "2026-11"}).status_code == 200
        return len(seen)

    everything_set_aside(given, biller)
    queries()
    before = queries()
    line = make_line(given, 3)
    for number in range(3):
        ClaimOverride.objects.create(
            line=line,
            finding=str(number),
            sentence="X",
            reason="Y",
            decided_by=biller,
            role=Role.BILLING,
            decided_at=LATER,
        )
    assert queries() == before
