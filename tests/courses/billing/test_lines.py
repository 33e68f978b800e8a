"""Claim lines of real sessions: ready when all is in order, and each reason that keeps one back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.billing.services import decide_partial, refresh_line, refresh_lines
from courses.models import ClaimLine, Session, SupervisionPeriod, TreatmentRules
from courses.treatment.services import give_again
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, User
from patients.models import Coverage, Payer
from tests import factories
from tests.courses.billing.billing_given import add_line, make_claim, make_line, make_profile
from tests.courses.courses_given import FIRST_HOUR, Given

LATER = FIRST_HOUR + timedelta(days=14)


def codes(line: ClaimLine, severity: str = "block") -> set[str]:
    return {finding["code"] for finding in line.findings if finding["severity"] == severity}


def test_signed_supervised_recorded_session_is_ready(given: Given) -> None:
    line = refresh_line(session=given.session(0), now=LATER)
    assert (line.state, codes(line)) == (ClaimLine.State.READY, set())
    assert AuditEvent.objects.get(subject=f"claimline:{line.code}").action == "claimline.ready"


def test_unsigned_session_has_no_line(given: Given) -> None:
    with pytest.raises(Conflict, match="not signed"):
        refresh_line(session=given.session(0, signed=False), now=LATER)
    assert not ClaimLine.objects.exists()


def other_payer(given: Given) -> None:
    """Another coverage pays first than the one that was judged."""
    Coverage.objects.update(priority=2)
    factories.make_coverage(given.course.patient, priority=1)


def hospital(given: Given) -> None:
    given.clinic.place_of_service = "22"
    given.clinic.save()


def endless(given: Given) -> None:
    SupervisionPeriod.objects.update(ended_at=None)


def by_video(given: Given) -> None:
    SupervisionPeriod.objects.update(mode="av")


def without_npi(given: Given) -> None:
    given.physician.npi = ""
    given.physician.save()


def no_coverage(given: Given) -> None:
    Coverage.objects.update(ends_on=date(2026, 11, 29))


@pytest.mark.parametrize(
    ("fields", "change", "code", "mover"),
    [
        ({"supervised": False}, None, "not_supervised", "physician"),
        ({}, endless, "not_supervised", "physician"),
        ({}, by_video, "not_supervised", "physician"),
        ({}, without_npi, "billing_npi_not_known", "billing"),
        ({"recording": None}, None, "recording_missing", "nurse"),
        ({"minutes_delivered": Decimal("41.0")}, None, "partial_needs_decision", "billing"),
        ({"stop_reason": "patient_wish"}, None, "partial_needs_decision", "billing"),
        ({"minutes_delivered": None}, None, "partial_needs_decision", "nurse"),
        ({}, other_payer, "assessment_incomplete", "physician"),
        ({}, no_coverage, "coverage_not_in_force", "front_desk"),
        ({}, hospital, "place_denied", "billing"),
    ],
)
def test_line_is_kept_back_and_says_whose_move_it_is(
    given: Given, fields: dict[str, Any], change: Callable[[Given], None] | None, code: str, mover: str
) -> None:
    session = given.session(0, **fields)
    if change is not None:
        change(given)
    line = refresh_line(session=session, now=LATER)
    assert line.state == ClaimLine.State.BLOCKED
    assert code in codes(line)
    assert next(f["mover"] for f in line.findings if f["code"] == code) == mover


def test_recording_that_was_not_verified_keeps_the_line_back(given: Given) -> None:
    recording = factories.make_recording(given.device, FIRST_HOUR, verified_at=None)
    line = refresh_line(session=given.session(0, recording=recording), now=LATER)
    assert codes(line) == {"recording_not_verified"}


def test_partial_supervision_names_the_uncovered_minutes(given: Given) -> None:
    session = given.session(0, supervised=False)
    factories.make_supervision(given.clinic, given.physician, FIRST_HOUR + timedelta(minutes=31))
    line = refresh_line(session=session, now=LATER)
    (finding,) = [f for f in line.findings if f["code"] == "partly_supervised"]
    assert "09:00 to 09:31" in finding["sentence"]
    assert finding["uncovered"] == [["2026-11-30T15:00:00+00:00", "2026-11-30T15:31:00+00:00"]]


@pytest.mark.parametrize(
    ("pathway", "code"),
    [
        ("not_covered", "not_covered"),
        ("incomplete", "assessment_incomplete"),
        ("review", "assessment_incomplete"),
        ("of a later version", "assessment_incomplete"),
    ],
)
def test_line_follows_the_coverage_decision_in_force_on_the_day(
    given: Given, pathway: str, code: str
) -> None:
    session = given.session(0)
    old = given.course.order.assessment
    newer = factories.make_assessment(
        given.course.patient, given.physician, workup=old.workup, supersedes=old, pathway=pathway
    )
    assert newer.signature is not None
    assert code in codes(refresh_line(session=session, now=LATER))


def test_unsigned_decision_changes_nothing(given: Given) -> None:
    session = given.session(0)
    old = given.course.order.assessment
    factories.make_assessment(
        given.course.patient,
        given.physician,
        workup=old.workup,
        supersedes=old,
        signed=False,
        pathway="not_covered",
    )
    assert refresh_line(session=session, now=LATER).state == ClaimLine.State.READY


def test_order_signed_after_the_first_session_keeps_the_line_back(given: Given) -> None:
    early = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
    appointment = factories.make_appointment(given.course, given.device, early)
    session = factories.make_session(appointment, given.nurse, Session.State.SIGNED)
    assert {"order_signed_late", "assessment_missing"} <= codes(refresh_line(session=session, now=LATER))


def test_plan_of_medicare_advantage_must_decide_first(given: Given) -> None:
    session = given.session(0)
    Payer.objects.update(kind=Payer.Kind.MEDICARE_ADVANTAGE)
    old = given.course.order.assessment
    factories.make_assessment(
        given.course.patient,
        given.physician,
        workup=old.workup,
        supersedes=old,
        pathway="ma_determination",
    )
    assert "determination_missing" in codes(refresh_line(session=session, now=LATER))


def test_patient_who_pays_has_no_claim(given: Given) -> None:
    session = given.session(0)
    Payer.objects.update(kind=Payer.Kind.SELF_PAY)
    assert codes(refresh_line(session=session, now=LATER)) == {"patient_pays"}


def test_line_is_too_late_after_a_year(given: Given) -> None:
    line = refresh_line(session=given.session(0), now=FIRST_HOUR + timedelta(days=370))
    assert codes(line) == {"filed_too_late"}


def test_second_session_of_a_day_goes_with_its_modifier(given: Given) -> None:
    given.session(0)
    afternoon = factories.make_appointment(given.course, given.device, FIRST_HOUR + timedelta(hours=1.5))
    second = factories.make_session(afternoon, given.nurse, Session.State.SIGNED)
    assert "second_session_of_day" in codes(refresh_line(session=second, now=LATER), "note")


def test_line_is_ready_as_soon_as_what_was_missing_is_mended(given: Given) -> None:
    session = given.session(0, supervised=False)
    first = refresh_line(session=session, now=LATER)
    factories.make_supervision(given.clinic, given.physician, FIRST_HOUR - timedelta(hours=1))
    second = refresh_line(session=session, now=LATER)
    assert (first.pk, second.state) == (second.pk, ClaimLine.State.READY)


def test_line_made_twice_is_one_line_with_one_audit_entry(given: Given) -> None:
    session = given.session(0)
    for _ in range(2):
        refresh_line(session=session, now=LATER)
    assert ClaimLine.objects.count() == 1
    assert AuditEvent.objects.filter(action="claimline.ready").count() == 1


def test_lines_cost_the_same_queries_to_gather_for_two_as_for_five(given: Given) -> None:
    sessions = [given.session(index).pk for index in range(5)]
    refresh_lines(sessions=sessions, now=LATER)

    def reads(keys: list[int]) -> int:
        with CaptureQueriesContext(connection) as seen:
            refresh_lines(sessions=keys, now=LATER)
        return sum(q["sql"].startswith("SELECT") and "1 AS" not in q["sql"] for q in seen.captured_queries)

    assert reads(sessions) == reads(sessions[:2])


@pytest.fixture
def partial(given: Given) -> ClaimLine:
    return refresh_line(session=given.session(0, minutes_delivered=Decimal("41.0")), now=LATER)


@pytest.mark.parametrize(
    ("decision", "state"), [("bill", ClaimLine.State.READY), ("do_not_bill", ClaimLine.State.BLOCKED)]
)
def test_decision_about_a_short_session_is_kept_with_who_and_why(
    partial: ClaimLine, biller: User, decision: str, state: str
) -> None:
    line = decide_partial(line=partial, decision=decision, reason="By contract", actor=biller, now=LATER)
    assert line.state == state
    line.refresh_from_db()
    assert (line.decided_by, line.decided_at, line.decision_reason) == (biller, LATER, "By contract")


@pytest.mark.parametrize(("decision", "reason"), [("bill", " "), ("perhaps", "By contract")])
def test_decision_without_reason_or_sense_is_refused(
    partial: ClaimLine, biller: User, decision: str, reason: str
) -> None:
    with pytest.raises(InvalidInput):
        decide_partial(line=partial, decision=decision, reason=reason, actor=biller, now=LATER)


def test_nurse_may_not_decide_what_is_billed(partial: ClaimLine, nurse: User) -> None:
    with pytest.raises(NotAllowed):
        decide_partial(line=partial, decision="bill", reason="Because", actor=nurse, now=LATER)


def test_full_session_leaves_nothing_to_decide(given: Given, biller: User) -> None:
    line = refresh_line(session=given.session(0), now=LATER)
    with pytest.raises(Conflict, match="given in full"):
        decide_partial(line=line, decision="bill", reason="Because", actor=biller, now=LATER)


def settle(given: Given, **values: Any) -> None:
    TreatmentRules.objects.create(
        clinic=given.clinic,
        owner=given.physician,
        effective_on=date(2026, 11, 1),
        settled_at=FIRST_HOUR - timedelta(days=20),
        reason="Settled for the test",
        **values,
    )


@pytest.mark.parametrize(
    ("minutes", "code", "severity"),
    [
        ("50.0", "short_billable", "note"),
        ("19.9", "short_not_billable", "block"),
        ("30.0", "partial_needs_decision", "block"),
    ],
)
def test_short_hour_follows_the_clinics_written_rule(
    given: Given, minutes: str, code: str, severity: str
) -> None:
    settle(
        given,
        billable_from_minutes=45,
        not_billable_under_minutes=20,
        short_session_rule="As the medical director wrote.",
    )
    session = given.session(0, stop_reason="patient_wish", minutes_delivered=Decimal(minutes))
    line = refresh_line(session=session, now=LATER)
    assert code in codes(line, severity)
    assert (line.state == ClaimLine.State.READY) is (severity == "note")


def test_short_hour_that_the_rule_refuses_may_still_be_billed_by_decision(given: Given, biller: User) -> None:
    settle(given, not_billable_under_minutes=20, short_session_rule="As the medical director wrote.")
    session = given.session(0, stop_reason="patient_wish", minutes_delivered=Decimal("19.0"))
    line = refresh_line(session=session, now=LATER)
    line = decide_partial(line=line, decision="bill", reason="By contract", actor=biller, now=LATER)
    assert line.state == ClaimLine.State.READY


def test_hour_given_again_is_not_billed_and_does_not_count(given: Given, nurse: User) -> None:
    short = given.session(0, stop_reason="patient_wish", minutes_delivered=Decimal("20.0"))
    give_again(session=short, reason="Cut short after 20 min", actor=given.nurse, now=LATER)
    assert codes(refresh_line(session=short, now=LATER)) == {"given_again"}
    given.course.refresh_from_db()
    assert given.course.sessions_ordered == given.course.order.sessions + 1
    for number in range(1, 36):
        last = given.session(number)
    assert last.number == 36
    assert "beyond_course" not in codes(refresh_line(session=last, now=LATER + timedelta(days=60)))


def test_supervision_by_audio_and_video_counts_where_the_clinic_settled_it(given: Given) -> None:
    session = given.session(0)
    SupervisionPeriod.objects.update(mode=SupervisionPeriod.Mode.AUDIO_VIDEO)
    assert "not_supervised" in codes(refresh_line(session=session, now=LATER))
    settle(given, audio_video_supervision=True)
    assert "not_supervised" not in codes(refresh_line(session=session, now=LATER))


def test_answered_abn_lets_an_hour_that_is_not_covered_go_with_ga(given: Given) -> None:
    session, old = given.session(0), given.course.order.assessment
    factories.make_assessment(
        given.course.patient, given.physician, workup=old.workup, supersedes=old, pathway="not_covered"
    )
    assert codes(refresh_line(session=session, now=LATER)) == {"not_covered"}
    factories.make_notice(
        given.course.patient,
        given.physician,
        option="1",
        signed_on=date(2026, 11, 24),
        signed_by="SAMPLE Joan",
        answered_by=given.nurse,
        answered_at=FIRST_HOUR,
    )
    line = refresh_line(session=session, now=LATER)
    assert line.state == ClaimLine.State.READY
    assert "goes_with_ga" in codes(line, "note")


def test_authorization_counts_the_hours_given_under_it(given: Given) -> None:
    first, second = given.session(0), given.session(1)
    coverage = given.course.patient.coverages.get()
    make_profile(
        coverage.payer, needs_authorization=True, confirmed_by=given.physician, confirmed_at=FIRST_HOUR
    )
    assert codes(refresh_line(session=first, now=LATER)) == {"authorization_missing"}
    factories.make_authorization(coverage, sessions_approved=1)
    assert codes(refresh_line(session=first, now=LATER)) == set()
    assert codes(refresh_line(session=second, now=LATER)) == {"authorization_used_up"}


def test_session_asked_in_a_claim_is_held_to_what_the_claim_says(given: Given, biller: User) -> None:
    first, second = make_line(given, 0), make_line(given, 1)
    claim = make_claim(given, biller, first)
    add_line(claim, second, 2, service_date=FIRST_HOUR.date(), units=2)
    found = codes(refresh_line(session=second.session, now=LATER))
    assert found == {"duplicate_line", "units_not_one"}
    assert "duplicate_line" in codes(refresh_line(session=first.session, now=LATER))
