from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from courses.models import ClinicLimit, TreatmentRules, VitalSigns
from courses.treatment import services
from courses.treatment.limit_rules import Tier
from courses.treatment.precheck import findings_for
from eecp_clinic.errors import InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Clinic, User
from tests.courses.treatment import scenes

TODAY = date(2026, 11, 23)
RULES: dict[str, Any] = {"effective_on": TODAY, "reason": "Staff meeting", "countersignature": True}
LIMIT: dict[str, Any] = {
    "standing": "own",
    "figure": Decimal(170),
    "answer": "hold",
    "effective_on": TODAY,
    "reason": "Frail patients",
}


def test_an_administrator_settles_the_rules_and_it_is_written_down(
    clinic: Clinic, administrator: User, now: datetime
) -> None:
    services.settle_rules(clinic=clinic, values=RULES, actor=administrator, now=now)
    assert TreatmentRules.objects.in_force(clinic, now).countersignature
    event = AuditEvent.objects.get(action="clinic.rules_settled")
    assert (event.actor, event.data) == (administrator, {"effective_on": "2026-11-23"})


def test_rules_are_not_settled_for_the_past(clinic: Clinic, administrator: User, now: datetime) -> None:
    values = RULES | {"effective_on": date(2026, 11, 22)}
    with pytest.raises(InvalidInput, match="days that are past"):
        services.settle_rules(clinic=clinic, values=values, actor=administrator, now=now)


def test_minutes_without_words_are_refused(clinic: Clinic, administrator: User, now: datetime) -> None:
    values = RULES | {"billable_from_minutes": 50}
    with pytest.raises(InvalidInput, match="rule in words"):
        services.settle_rules(clinic=clinic, values=values, actor=administrator, now=now)


def test_a_physician_does_not_settle_rules_and_a_nurse_no_limits(
    clinic: Clinic, physician: User, nurse: User, now: datetime
) -> None:
    with pytest.raises(NotAllowed):
        services.settle_rules(clinic=clinic, values=RULES, actor=physician, now=now)
    with pytest.raises(NotAllowed):
        services.settle_limit(clinic=clinic, rule="systolic_high", values=LIMIT, actor=nurse, now=now)


def test_a_limit_holds_from_now_on_and_not_for_what_was_charted_before(
    nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_ready(nurse, physician, now, systolic_mmhg=175)
    clinic = session.course.clinic
    services.settle_limit(clinic=clinic, rule="systolic_high", values=LIMIT, actor=physician, now=now)

    def tier() -> Tier:
        session.refresh_from_db()
        return next(f.tier for f in findings_for(session) if f.code == "systolic_high")

    assert tier() is Tier.GO
    services.chart_vitals(
        session=session,
        phase=VitalSigns.Phase.BEFORE,
        values={"systolic_mmhg": 175},
        actor=nurse,
        now=now + timedelta(minutes=1),
    )
    assert tier() is Tier.HOLD


def test_the_published_figure_comes_back(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now + timedelta(minutes=10), systolic_mmhg=175)
    clinic = session.course.clinic
    for minutes, values in ((0, LIMIT), (1, LIMIT | {"standing": "published"})):
        services.settle_limit(
            clinic=clinic,
            rule="systolic_high",
            values=values,
            actor=physician,
            now=now + timedelta(minutes=minutes),
        )
    found = next(f for f in findings_for(session) if f.code == "systolic_high")
    assert found.tier is Tier.GO
    assert found.source.standing == "published"


def test_a_limit_that_cannot_be_meant_is_refused_beneath_its_field(
    clinic: Clinic, physician: User, now: datetime
) -> None:
    values = LIMIT | {"figure": Decimal(17)}
    with pytest.raises(InvalidInput, match="between 60 and 220 mmHg") as refused:
        services.settle_limit(clinic=clinic, rule="systolic_high", values=values, actor=physician, now=now)
    assert list(refused.value.data["fields"]) == ["figure"]
    assert not ClinicLimit.objects.exists()


def test_a_sign_is_switched_off_without_a_figure(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now + timedelta(minutes=10), bladder_emptied="no")
    clinic = session.course.clinic
    assert "bladder_full" in {f.code for f in findings_for(session)}
    values = LIMIT | {"standing": "off", "figure": None}
    services.settle_limit(clinic=clinic, rule="bladder_full", values=values, actor=physician, now=now)
    assert "bladder_full" not in {f.code for f in findings_for(session)}
