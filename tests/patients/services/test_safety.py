"""Safety: screened, overridden by a physician only, kept for ever, and in the way of an order until decided."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import Error, transaction

from courses.ordering.services import sign_order
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed, NotFound
from eecp_clinic.models import AuditEvent, Clinic, User
from patients import services
from patients.models import Patient, SafetyOverride, SafetyScreening
from patients.safety_page import safety_page
from patients.services.safety import undecided
from tests import factories

DAY = date(2026, 11, 23)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


def screened(patient: Patient, actor: User, now: datetime, **known: Any) -> SafetyScreening:
    return services.screen_patient(patient=patient, values=known, as_of=DAY, actor=actor, now=now)


def decide(
    screening: SafetyScreening,
    actor: User,
    now: datetime,
    rule: str = "bleeding",
    reason: str = "Mild; INR 1.1.",
) -> SafetyOverride:
    return services.override_rule(
        screening=screening, rule=rule, reason=reason, password=factories.PASSWORD, actor=actor, now=now
    )


def test_screening_keeps_facts_findings_and_version_of_the_rules(
    patient: Patient, nurse: User, now: datetime
) -> None:
    found = screened(patient, nurse, now, bleeding_diathesis=True, inr=2.4, arterial_puncture_on=DAY)
    raised = {finding["code"] for finding in found.findings if finding["state"] == "raised"}
    assert raised == {"bleeding", "inr", "arterial-puncture"}
    assert (found.facts["arterial_puncture_on"], found.rules_version) == ("2026-11-23", "2026-11.2")
    assert AuditEvent.objects.get(action="safety.screened").data["raised"] == [
        "bleeding",
        "arterial-puncture",
        "inr",
    ]


def test_screening_is_never_changed(patient: Patient, nurse: User, now: datetime) -> None:
    found = screened(patient, nurse, now, bleeding_diathesis=True)
    with pytest.raises(Error), transaction.atomic():
        SafetyScreening.objects.filter(pk=found.pk).update(findings=[])
    with pytest.raises(Error), transaction.atomic():
        found.delete()


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"arterial_puncture_on": DAY + timedelta(days=1)}, "lies in the future"),
        ({"systolic_mmhg": 1200}, "possible reading"),
    ],
)
def test_impossible_screening_is_refused(
    patient: Patient, nurse: User, now: datetime, known: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidInput, match=words):
        screened(patient, nurse, now, **known)


def test_physician_overrides_with_a_reason_and_it_stands_in_the_ledger(
    patient: Patient, nurse: User, physician: User, now: datetime
) -> None:
    screening = screened(patient, nurse, now, bleeding_diathesis=True)
    assert [finding["code"] for finding in undecided(screening)] == ["bleeding"]
    override = decide(screening, physician, now)
    assert undecided(screening) == []
    assert override.signature.meaning.startswith("Treats although contraindicated")
    assert "Mild; INR 1.1." in override.signature.content
    assert AuditEvent.objects.get(action="safety.overridden").data["rule"] == "bleeding"
    with pytest.raises(Error), transaction.atomic():
        SafetyOverride.objects.filter(pk=override.pk).update(reason="Other")
    with pytest.raises(Conflict, match="decided already"):
        decide(screening, physician, now)


def test_nurse_does_not_override(patient: Patient, nurse: User, now: datetime) -> None:
    screening = screened(patient, nurse, now, bleeding_diathesis=True)
    with pytest.raises(NotAllowed):
        decide(screening, nurse, now)
    assert not SafetyOverride.objects.exists()


def test_override_needs_a_reason_and_a_raised_rule(
    patient: Patient, nurse: User, physician: User, now: datetime
) -> None:
    screening = screened(patient, nurse, now, bleeding_diathesis=True, severe_lung_disease=False)
    with pytest.raises(InvalidInput, match="Give the reason"):
        decide(screening, physician, now, reason="  ")
    for rule in ("lung", "no-such-rule"):
        with pytest.raises(NotFound):
            decide(screening, physician, now, rule=rule)


def test_override_belongs_to_its_screening(
    patient: Patient, nurse: User, physician: User, now: datetime
) -> None:
    old = screened(patient, nurse, now, bleeding_diathesis=True)
    decide(old, physician, now)
    newer = screened(patient, nurse, now + timedelta(minutes=5), bleeding_diathesis=True)
    assert len(undecided(newer)) == 1
    with pytest.raises(Conflict, match="newer screening"):
        decide(old, physician, now, rule="bleeding")


def test_order_waits_for_what_is_not_decided(
    patient: Patient, nurse: User, physician: User, now: datetime
) -> None:
    order = factories.make_order(patient, physician, signed=False)
    screening = screened(patient, nurse, now, bleeding_diathesis=True, systolic_mmhg=190)
    with pytest.raises(Conflict, match="A tendency to bleed"):
        sign_order(order=order, password=factories.PASSWORD, actor=physician, now=now)
    for finding in undecided(screening):
        decide(screening, physician, now, rule=finding["code"])
    assert sign_order(order=order, password=factories.PASSWORD, actor=physician, now=now).patient == patient


def test_page_says_whose_move_it_is(patient: Patient, nurse: User, physician: User, now: datetime) -> None:
    first = screened(patient, nurse, now, bleeding_diathesis=True)
    assert safety_page(first).light.light == "stop"
    decide(first, physician, now)
    decided = SafetyScreening.objects.prefetch_related("overrides").get(pk=first.pk)
    assert safety_page(decided).light.light == "look"
