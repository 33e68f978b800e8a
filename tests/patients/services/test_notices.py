"""ABNs and plan determinations: made, answered once, and read by the next coverage decision."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import Error, transaction

from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import AuditEvent, Clinic, User
from patients import services
from patients.models import Coverage, Notice, Patient, Payer, PlanDetermination
from patients.record_facts import facts_of
from tests import factories

DAY = date(2026, 11, 23)
BLANKS: dict[str, Any] = {
    "service": "35 sessions of EECP",
    "reason": "Medicare pays only for class III or IV.",
    "sessions": 35,
    "estimate_usd": Decimal(4500),
    "first_day": DAY,
    "last_day": DAY + timedelta(days=79),
}
OPTION_2 = {"option": "2", "signed_by": "SAMPLE Joan", "signed_on": DAY}


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


@pytest.fixture
def medicare(patient: Patient) -> Coverage:
    return factories.make_coverage(patient)


@pytest.fixture
def plan(patient: Patient) -> Coverage:
    payer = factories.make_payer(patient.clinic, Payer.Kind.MEDICARE_ADVANTAGE, "Example Advantage Plan")
    return factories.make_coverage(patient, payer, member_id="X1")


def make(coverage: Coverage, actor: User, now: datetime, **changes: Any) -> Notice:
    return services.make_notice(
        patient=coverage.patient,
        coverage=coverage,
        assessment=None,
        values=BLANKS | changes,
        actor=actor,
        now=now,
    )


def ask(coverage: Coverage, actor: User, now: datetime, **changes: Any) -> PlanDetermination:
    values: dict[str, Any] = {"kind": "standard", "requested_at": now} | changes
    return services.ask_plan(
        patient=coverage.patient, coverage=coverage, assessment=None, **values, actor=actor, now=now
    )


def test_notice_is_made_and_audited_without_its_text(
    medicare: Coverage, front_desk: User, now: datetime
) -> None:
    notice = make(medicare, front_desk, now)
    event = AuditEvent.objects.get(action="notice.made")
    assert event.subject == f"notice:{notice.code}"
    assert "class" not in str(event.data)


def test_member_of_a_plan_is_never_given_an_abn(plan: Coverage, front_desk: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="never given an ABN"):
        make(plan, front_desk, now)
    assert not Notice.objects.exists()


def test_notice_with_a_coverage_of_another_patient_is_refused(
    medicare: Coverage, front_desk: User, now: datetime
) -> None:
    other = factories.make_patient(medicare.patient.clinic)
    with pytest.raises(InvalidInput, match="another patient"):
        services.make_notice(
            patient=other, coverage=medicare, assessment=None, values=BLANKS, actor=front_desk, now=now
        )


def test_answer_is_recorded_once_and_then_final(medicare: Coverage, front_desk: User, now: datetime) -> None:
    notice = services.answer_notice(
        notice=make(medicare, front_desk, now), values=OPTION_2, actor=front_desk, now=now
    )
    assert (notice.option, notice.answered_by) == ("2", front_desk)
    with pytest.raises(Conflict, match="answered already"):
        services.answer_notice(notice=notice, values=OPTION_2, actor=front_desk, now=now)
    with pytest.raises(Error), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(option="1")


def test_blanks_are_final_from_the_start(medicare: Coverage, front_desk: User, now: datetime) -> None:
    notice = make(medicare, front_desk, now)
    with pytest.raises(Error), transaction.atomic():
        Notice.objects.filter(pk=notice.pk).update(estimate_usd=1)
    with pytest.raises(Error), transaction.atomic():
        notice.delete()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"signed_on": None}, "Give the day"),
        ({"signed_on": DAY + timedelta(days=1)}, "future|after the first session"),
        ({"signed_on": DAY - timedelta(days=1)}, "before this notice was made"),
        ({"option": ""}, "Record the option"),
        ({"signed_by": ""}, "Record who signed"),
    ],
)
def test_answer_that_cannot_count_is_refused(
    medicare: Coverage, front_desk: User, now: datetime, changes: dict[str, Any], words: str
) -> None:
    notice = make(medicare, front_desk, now)
    with pytest.raises(InvalidInput, match=words):
        services.answer_notice(notice=notice, values=OPTION_2 | changes, actor=front_desk, now=now)
    notice.refresh_from_db()
    assert not notice.is_answered


def test_answer_after_the_first_session_does_not_count(
    medicare: Coverage, front_desk: User, now: datetime
) -> None:
    notice, later = make(medicare, front_desk, now), now + timedelta(days=3)
    values = OPTION_2 | {"signed_on": DAY + timedelta(days=2)}
    with pytest.raises(InvalidInput, match="after the first session"):
        services.answer_notice(notice=notice, values=values, actor=front_desk, now=later)


def test_refusal_to_sign_is_witnessed(medicare: Coverage, front_desk: User, now: datetime) -> None:
    values = {"signed_on": DAY, "witness": "Nora Nurse-Example, RN"}
    notice = services.answer_notice(
        notice=make(medicare, front_desk, now), values=values, actor=front_desk, now=now
    )
    assert (notice.option, notice.is_answered) == ("", True)


def test_decision_reads_the_answered_notice_while_it_lasts(
    patient: Patient, front_desk: User, nurse: User, now: datetime
) -> None:
    payer = factories.make_payer(patient.clinic, Payer.Kind.SELF_PAY, "Self-pay")
    coverage = factories.make_coverage(patient, payer, medicare_beneficiary=True, member_id="")
    workup = factories.make_workup(patient, nurse)
    notice = make(coverage, front_desk, now)
    assert facts_of(workup=workup, coverage=coverage, as_of=DAY).abn_option is None
    services.answer_notice(notice=notice, values=OPTION_2, actor=front_desk, now=now)
    known = facts_of(workup=workup, coverage=coverage, as_of=DAY)
    assert (known.abn_option, known.abn_signed_on) == ("2", DAY)
    after = facts_of(workup=workup, coverage=coverage, as_of=BLANKS["last_day"] + timedelta(days=1))
    assert (after.abn_option, after.abn_signed_on) == (None, None)


def test_plan_is_asked_and_its_clock_runs(plan: Coverage, biller: User, now: datetime) -> None:
    found = ask(plan, biller, now)
    assert found.due_at == now + timedelta(days=7)
    assert not found.is_overdue(now + timedelta(days=7))
    assert found.is_overdue(now + timedelta(days=7, seconds=1))


def test_expedited_question_is_due_in_72_hours(plan: Coverage, biller: User, now: datetime) -> None:
    assert ask(plan, biller, now, kind="expedited").due_at == now + timedelta(hours=72)


def test_only_a_plan_makes_a_determination(medicare: Coverage, biller: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="Only a Medicare Advantage plan"):
        ask(medicare, biller, now)


def test_plan_is_not_asked_in_the_future_nor_twice_at_once(
    plan: Coverage, biller: User, now: datetime
) -> None:
    with pytest.raises(InvalidInput, match="in the future"):
        ask(plan, biller, now, requested_at=now + timedelta(minutes=1))
    ask(plan, biller, now)
    with pytest.raises(InvalidInput, match="has not answered"):
        ask(plan, biller, now)


def test_denial_lets_the_patient_pay_and_is_read_by_the_decision(
    plan: Coverage, biller: User, nurse: User, now: datetime
) -> None:
    found = ask(plan, biller, now)
    values = {
        "outcome": "denied",
        "answered_on": DAY,
        "number": "D-1",
        "sessions": None,
        "reason": "Not met.",
    }
    services.record_answer(determination=found, values=values, actor=biller, now=now)
    workup = factories.make_workup(plan.patient, nurse)
    known = facts_of(workup=workup, coverage=plan, as_of=DAY)
    assert (known.ma_denial_on, known.medicare_advantage_member) == (DAY, True)
    assert facts_of(workup=workup, coverage=plan, as_of=DAY - timedelta(days=1)).ma_denial_on is None
    with pytest.raises(Conflict, match="recorded already"):
        services.record_answer(determination=found, values=values, actor=biller, now=now)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": ""}, "A denial comes with a reason"),
        ({"answered_on": DAY - timedelta(days=1)}, "before it was asked"),
        ({"answered_on": DAY + timedelta(days=1)}, "in the future"),
    ],
)
def test_answer_of_a_plan_that_cannot_be_is_refused(
    plan: Coverage, biller: User, now: datetime, changes: dict[str, Any], words: str
) -> None:
    values = {"outcome": "denied", "answered_on": DAY, "number": "", "sessions": None, "reason": "Not met."}
    with pytest.raises(InvalidInput, match=words):
        services.record_answer(
            determination=ask(plan, biller, now), values=values | changes, actor=biller, now=now
        )
