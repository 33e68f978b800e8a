from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction

from courses.models import ClinicLimit, TreatmentRules
from eecp_clinic.models import Clinic, User


def settle(clinic: Clinic, owner: User, at: datetime, **values: Any) -> TreatmentRules:
    return TreatmentRules.objects.create(
        clinic=clinic,
        owner=owner,
        settled_at=at,
        effective_on=values.pop("effective_on", clinic.day_of(at)),
        reason="Agreed at the staff meeting",
        **values,
    )


def test_a_clinic_that_settled_nothing_has_the_defaults(clinic: Clinic, now: datetime) -> None:
    rules = TreatmentRules.objects.in_force(clinic, now)
    assert rules._state.adding
    assert not rules.countersignature
    assert not rules.audio_video_supervision  # on site, until the clinic settles otherwise
    assert rules.billable_from_minutes is None
    assert rules.no_supervision == TreatmentRules.Gate.WARN


def test_the_newest_rules_whose_day_has_come_are_in_force(
    clinic: Clinic, physician: User, now: datetime
) -> None:
    settle(clinic, physician, now, countersignature=True)
    settle(clinic, physician, now, effective_on=date(2026, 12, 1))
    assert TreatmentRules.objects.in_force(clinic, now).countersignature
    assert not TreatmentRules.objects.in_force(clinic, now + timedelta(days=14)).countersignature


def test_rules_do_not_reach_back_before_they_were_written(
    clinic: Clinic, physician: User, now: datetime
) -> None:
    settle(clinic, physician, now, countersignature=True)
    assert not TreatmentRules.objects.in_force(clinic, now - timedelta(minutes=1)).countersignature


@pytest.mark.parametrize("change", ["update", "delete"])
def test_settled_rules_cannot_be_changed(clinic: Clinic, physician: User, now: datetime, change: str) -> None:
    settle(clinic, physician, now)
    rows = TreatmentRules.objects.filter(clinic=clinic)
    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        rows.update(countersignature=True) if change == "update" else rows.delete()


def test_minutes_without_the_rule_in_words_are_refused(
    clinic: Clinic, physician: User, now: datetime
) -> None:
    rules = TreatmentRules(
        clinic=clinic, owner=physician, settled_at=now, effective_on=now.date(), reason="Test"
    )
    rules.billable_from_minutes = 50
    with pytest.raises(ValidationError, match="rule in words"):
        rules.full_clean()


def test_minutes_in_the_wrong_order_are_refused(clinic: Clinic, physician: User, now: datetime) -> None:
    rules = TreatmentRules(
        clinic=clinic, owner=physician, settled_at=now, effective_on=now.date(), reason="Test"
    )
    rules.short_session_rule = "As written"
    rules.billable_from_minutes, rules.not_billable_under_minutes = 30, 50
    with pytest.raises(ValidationError, match="cannot be the larger"):
        rules.full_clean()


def test_the_newest_limit_of_each_rule_is_in_force(clinic: Clinic, physician: User, now: datetime) -> None:
    for rule, figure, day in (
        ("systolic_high", 170, 1),
        ("systolic_high", 165, 2),
        ("heart_rate_low", 45, 1),
        ("heart_rate_low", 40, 28),
    ):
        ClinicLimit.objects.create(
            clinic=clinic,
            owner=physician,
            rule=rule,
            figure=figure,
            effective_on=date(2026, 11, day),
            settled_at=now - timedelta(hours=1),
            reason="The medical director",
        )
    found = {row.rule: row.figure for row in ClinicLimit.objects.in_force(clinic, now)}
    assert found == {"systolic_high": 165, "heart_rate_low": 45}
