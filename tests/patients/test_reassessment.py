"""Stored decisions judged anew: who would come out otherwise, and nothing is written."""

from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from eecp_clinic.models import Clinic, User
from patients import services
from patients.models import EligibilityAssessment
from patients.reassessment import reassess
from tests import factories

V2 = Path(__file__).parents[2] / "patients/eligibility/policies/ncd-20.20-v2.toml"


def decided(clinic: Clinic, actor: User, now: datetime, **workup: Any) -> EligibilityAssessment:
    patient = factories.make_patient(clinic)
    return services.assess(
        workup=factories.make_workup(patient, actor, **workup),
        coverage=factories.make_coverage(patient),
        as_of=date(2026, 11, 23),
        actor=actor,
        now=now,
    )


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("reassess", *arguments, stdout=out)
    return out.getvalue()


def test_same_day_and_policy_change_nobody(clinic: Clinic, nurse: User, now: datetime) -> None:
    decided(clinic, nurse, now)
    assert [found.is_changed for found in reassess(clinic, date(2026, 11, 23))] == [False]
    assert "1 decisions in force looked at for 2026-11-23; 0 would come out otherwise." in run(
        "--as-of", "2026-11-23"
    )


def test_newer_version_of_the_clinic_lists_whose_verdict_changes(
    clinic: Clinic, nurse: User, now: datetime, settings: Settings, tmp_path: Path
) -> None:
    kept, gains = decided(clinic, nurse, now), decided(clinic, nurse, now, ccs_class=2)
    (tmp_path / "policies").mkdir()
    newer = V2.read_text().replace('version = "2"', 'version = "3"').replace("2006-03-20", "2027-01-01")
    (tmp_path / "policies/ncd-v3.toml").write_text(newer.replace("ccs = [3, 4]", "ccs = [2, 3, 4]"))
    settings.CLINIC_RULES = tmp_path
    text = run("--as-of", "2027-01-04")
    assert gains.code in text
    assert "not_met (not_covered), version 2 -> met (covered), version 3" in text
    assert kept.code not in text
    assert "2 decisions in force looked at for 2027-01-04; 1 would come out otherwise." in text
    by_name = {found.assessment.pk: found for found in reassess(clinic, date(2026, 11, 23), version="3")}
    assert by_name[gains.pk].is_changed
    assert not by_name[kept.pk].is_changed
    gains.refresh_from_db()
    assert (gains.verdict, EligibilityAssessment.objects.count()) == ("not_met", 2)


def test_day_before_any_version_comes_out_unknown(clinic: Clinic, nurse: User, now: datetime) -> None:
    decided(clinic, nurse, now)
    assert "unknown (incomplete), version none" in run("--as-of", "2000-01-03")


def test_impossible_day_and_clinic_are_refused(clinic: Clinic) -> None:
    with pytest.raises(CommandError, match="must be a date"):
        run("--as-of", "tomorrow")
    with pytest.raises(CommandError, match="no clinic 'NONE'"):
        run("--as-of", "2026-11-23", "--clinic", "NONE")
