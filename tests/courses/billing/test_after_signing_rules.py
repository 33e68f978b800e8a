"""A line stands on what was signed; what was written beside it afterwards is said, and never changes it by itself."""

from datetime import datetime, timedelta

import pytest

from courses.billing.findings import Severity
from courses.billing.line import AmendedFact
from courses.billing.services import refresh_line
from courses.models import ClaimLine, Session, TreatmentRules
from courses.treatment.services import amend_session, countersign_sessions
from eecp_clinic.models import User
from tests.courses.billing.scrubber_cases import ADDED, ENDED, PULSE
from tests.courses.billing.scrubber_given import findings
from tests.courses.treatment import scenes
from tests.factories import PASSWORD


def test_corrected_end_warns_that_the_line_stands_on_what_was_signed() -> None:
    found = findings(amendments=(ENDED,))["amended_value"]
    assert found.severity is Severity.WARN
    assert found.sentence.startswith("Corrected on 17-Sep-2026, after signing: The hour: Ended.")


@pytest.mark.parametrize("amended", [PULSE, ADDED])
def test_what_no_line_stands_on_is_noted(amended: AmendedFact) -> None:
    found = findings(amendments=(amended,))["amended"]
    assert found.severity is Severity.NOTE
    assert amended.what in found.sentence


def test_countersigned_line_says_nothing_of_it() -> None:
    found = findings(countersignature_needed=True, countersigned_with=1, amendments=(ADDED,))
    assert not {"not_countersigned", "amended_after_countersigning"} & set(found)


def test_facts_come_from_the_record(nurse: User, physician: User, now: datetime) -> None:
    clinic = nurse.memberships.get().clinic
    TreatmentRules.objects.create(
        clinic=clinic,
        owner=physician,
        settled_at=now - timedelta(days=7),
        effective_on=now.date() - timedelta(days=7),
        reason="Agreed",
        countersignature=True,
    )
    session = scenes.make_signed(nurse, physician, now)
    assert "not_countersigned" in codes(session, now)
    countersign_sessions(
        clinic=clinic,
        seen={session.code: 0},
        password=PASSWORD,
        actor=physician,
        now=now + timedelta(hours=2),
    )
    assert not {"not_countersigned", "amended_value"} & codes(session, now)
    amend_session(
        session=session,
        kind="correction",
        field="ended_at",
        corrected="09:50",
        reason="Read off the wrong clock",
        password=PASSWORD,
        actor=nurse,
        now=now + timedelta(hours=3),
    )
    assert {"amended_value", "amended_after_countersigning"} <= codes(session, now)
    line = ClaimLine.objects.get(session=session)
    (finding,) = [f for f in line.findings if f["code"] == "amended_value"]
    assert "Corrected on 23-Nov-2026, after signing: The hour: Ended" in finding["sentence"]


def codes(session: Session, now: datetime) -> set[str]:
    line = refresh_line(session=session, now=now + timedelta(hours=5))
    return {finding["code"] for finding in line.findings}
