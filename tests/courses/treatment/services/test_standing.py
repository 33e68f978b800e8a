from datetime import date, datetime, timedelta
from typing import Any

import pytest

from courses.models import HoldOverride, Session, SupervisionPeriod, TreatmentRules
from courses.treatment import services
from courses.treatment.limit_rules import Tier
from courses.treatment.limits import LimitFinding
from courses.treatment.standing import standing_findings
from eecp_clinic.errors import NotAllowed
from eecp_clinic.models import User
from tests import factories
from tests.courses.treatment import scenes


@pytest.fixture
def session(nurse: User, physician: User, now: datetime) -> Session:
    return scenes.make_ready(nurse, physician, now)


def settle(session: Session, owner: User, now: datetime, **values: Any) -> None:
    clinic = session.course.clinic
    TreatmentRules.objects.create(
        clinic=clinic,
        owner=owner,
        settled_at=now - timedelta(hours=1),
        effective_on=clinic.day_of(now),
        reason="Agreed",
        **values,
    )


def findings(session: Session, now: datetime) -> dict[str, LimitFinding]:
    return {finding.code: finding for finding in standing_findings(session, now)}


def test_by_default_what_does_not_stand_warns_and_does_not_stop(
    session: Session, nurse: User, now: datetime
) -> None:
    session.course.patient.coverages.update(ends_on=date(2026, 10, 1))
    found = findings(session, now)
    assert found["order_signed"].tier is Tier.GO
    assert found["coverage"].tier is Tier.LOOK
    assert found["supervision"].fact == "Nobody is noted as supervising now."
    assert services.start_session(session=session, actor=nurse, now=now).state == "in_progress"


def test_a_clinic_that_blocks_without_supervision_stops_the_nurse_and_lists_the_physicians_override(
    session: Session, nurse: User, physician: User, now: datetime
) -> None:
    settle(session, physician, now, no_supervision="block")
    with pytest.raises(NotAllowed, match="Nobody is noted as supervising now"):
        services.start_session(session=session, actor=nurse, now=now)
    services.start_session(session=session, actor=physician, now=now, override_reason="I am here myself")
    kept = HoldOverride.objects.get(session=session)
    assert [finding["code"] for finding in kept.findings] == ["supervision"]


def test_a_blocking_clinic_lets_start_under_supervision(
    session: Session, nurse: User, physician: User, now: datetime
) -> None:
    settle(session, physician, now, no_supervision="block")
    SupervisionPeriod.objects.create(
        clinic=session.course.clinic, practitioner=physician, started_at=now - timedelta(hours=1)
    )
    assert services.start_session(session=session, actor=nurse, now=now).state == "in_progress"


def test_supervision_by_audio_and_video_stops_where_the_clinic_does_not_allow_it(
    session: Session, nurse: User, physician: User, now: datetime
) -> None:
    settle(session, physician, now, no_supervision="block", audio_video_supervision=False)
    SupervisionPeriod.objects.create(
        clinic=session.course.clinic,
        practitioner=physician,
        mode="av",
        started_at=now - timedelta(hours=1),
    )
    assert findings(session, now)["supervision"].tier is Tier.HOLD


@pytest.mark.parametrize(
    ("approved", "ends_on", "tier"),
    [
        (35, date(2027, 1, 31), Tier.GO),
        (1, date(2027, 1, 31), Tier.HOLD),
        (35, date(2026, 11, 20), Tier.HOLD),
    ],
)
def test_approved_sessions_that_are_used_up_or_past_stop_where_the_clinic_says_so(
    session: Session,
    nurse: User,
    physician: User,
    now: datetime,
    approved: int,
    ends_on: date,
    tier: Tier,
) -> None:
    settle(session, physician, now, authorization_used_up="block")
    coverage = session.course.patient.coverages.get()
    factories.make_authorization(coverage, sessions_approved=approved, ends_on=ends_on)
    earlier = factories.make_appointment(session.course, session.device, now - timedelta(days=3))
    factories.make_session(earlier, nurse, Session.State.ENDED)
    assert findings(session, now)["approval"].tier is tier


def test_a_review_that_is_overdue_is_told(
    session: Session, nurse: User, physician: User, now: datetime
) -> None:
    settle(session, physician, now, review_overdue="block")
    assert findings(session, now)["review"].tier is Tier.GO
    for day in range(4, 21):
        hour = factories.make_appointment(session.course, session.device, now - timedelta(days=day))
        factories.make_session(hour, nurse, Session.State.ENDED)
    assert findings(session, now)["review"].tier is Tier.GO  # due after the middle, and not late yet
    hour = factories.make_appointment(session.course, session.device, now - timedelta(days=3))
    factories.make_session(hour, nurse, Session.State.ENDED)
    found = findings(session, now)["review"]
    assert found.tier is Tier.HOLD
    assert found.fact == "The mid-course review is overdue since Fri 20-Nov-2026."
