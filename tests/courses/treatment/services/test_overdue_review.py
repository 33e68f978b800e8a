"""An overdue mid-course review: told by default, a stop where the clinic says so, and an emergency past it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.models import HoldOverride, Session, TreatmentRules
from courses.progress.services import sign_review
from courses.treatment import services
from eecp_clinic.errors import InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Signature, User
from tests import factories
from tests.courses.treatment import scenes
from tests.factories import PASSWORD


def make_overdue(nurse: User, physician: User, now: datetime) -> Session:
    """A draft ready to start, of a course whose middle and one session more were given on the days before."""
    session = scenes.make_ready(nurse, physician, now)
    for day in range(2, 20):
        hour = factories.make_appointment(session.course, session.device, now - timedelta(days=day))
        factories.make_session(hour, nurse, Session.State.ENDED)
    return session


def settle_the_stop(session: Session, owner: User, now: datetime) -> None:
    clinic = session.course.clinic
    TreatmentRules.objects.create(
        clinic=clinic,
        owner=owner,
        settled_at=now - timedelta(hours=1),
        effective_on=clinic.day_of(now - timedelta(hours=1)),
        reason="Agreed",
        review_overdue="block",
    )


@pytest.fixture
def overdue(nurse: User, physician: User, now: datetime) -> Session:
    session = make_overdue(nurse, physician, now)
    settle_the_stop(session, physician, now)
    return session


def start(session: Session, actor: User, now: datetime, **given: Any) -> Session:
    return services.start_session(session=session, actor=actor, now=now, **given)


def test_by_default_it_stops_nobody(nurse: User, physician: User, now: datetime) -> None:
    assert start(make_overdue(nurse, physician, now), nurse, now).state == "in_progress"


def test_nurse_is_stopped_and_told_whom_to_ask(overdue: Session, nurse: User, now: datetime) -> None:
    with pytest.raises(NotAllowed, match="mid-course review is overdue since"):
        start(overdue, nurse, now, override_reason="The patient is here", password=PASSWORD)
    assert not HoldOverride.objects.exists()


def test_a_signed_review_lets_the_nurse_start(
    overdue: Session, nurse: User, physician: User, now: datetime
) -> None:
    sign_review(
        course=overdue.course,
        kind="mid_course",
        text="Well.",
        decision="continue",
        password=PASSWORD,
        actor=physician,
        now=now,
    )
    assert start(overdue, nurse, now).state == "in_progress"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"password": PASSWORD}, "override_reason"),
        ({"override_reason": "No review today"}, "password"),
        ({"override_reason": "No review today", "password": "wrong"}, "password"),
    ],
)
def test_emergency_needs_a_reason_and_the_password(
    overdue: Session, physician: User, now: datetime, given: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        start(overdue, physician, now, **given)
    assert field in refused.value.data["fields"]
    assert not HoldOverride.objects.exists()


def test_emergency_is_signed_kept_with_the_session_and_in_the_audit_trail(
    overdue: Session, physician: User, now: datetime
) -> None:
    start(overdue, physician, now, override_reason="Unstable at home, treated today", password=PASSWORD)
    kept = HoldOverride.objects.get(session=overdue)
    assert kept.signature == Signature.objects.get(subject=f"session:{overdue.code}")
    assert kept.signature is not None
    assert "Unstable at home" in kept.signature.content
    assert AuditEvent.objects.filter(action="session.hold_overridden", actor=physician).exists()


def test_other_holds_need_no_password(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now, systolic_mmhg=188)
    start(session, physician, now, override_reason="Examined")
    assert HoldOverride.objects.get().signature is None


def test_page_asks_the_physician_for_both_and_says_at_which_field_it_failed(
    nurse: User, physician: User, physician_client: Client
) -> None:
    now = timezone.now()
    session = make_overdue(nurse, physician, now)
    settle_the_stop(session, physician, now)
    page = physician_client.get(session.get_absolute_url()).content.decode()
    assert "it signs that you treat although the review is overdue" in page
    typed = {"patient": session.course.patient.code, "override_reason": "Emergency", "password": "wrong"}
    answer = physician_client.post(reverse("courses:session-start", args=[session.code]), typed)
    assert "The password is not right" in answer.content.decode()
    session.refresh_from_db()
    assert session.state == Session.State.DRAFT
