"""What is announced makes a line after commit; what no announcement reached, the sweep finds."""

from datetime import timedelta

import pytest
from celery import current_app

from courses.billing import services
from courses.models import ClaimLine, Session
from courses.progress.services import note_supervision
from courses.signals import session_signed
from courses.tasks import refresh_due_lines, refresh_lines
from tests.courses.courses_given import FIRST_HOUR, Given
from tests.factories import PASSWORD

Sent = list[tuple[str, list[int]]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What the broker was given."""
    messages: Sent = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, args, **options: messages.append((name, args[0]))
    )
    return messages


def asked_for(session: Session) -> Sent:
    """Its line is looked at, and its sheet made."""
    return [("courses.tasks.refresh_lines", [session.pk]), ("courses.tasks.make_sheets", [session.pk])]


def test_signed_session_is_announced_after_commit(
    given: Given, sent: Sent, django_capture_on_commit_callbacks: type
) -> None:
    session = given.session(0)
    with django_capture_on_commit_callbacks(execute=True):
        session_signed.send(sender=None, session=session)
        assert sent == []
    assert sent == asked_for(session)


def test_supervision_noted_late_sends_the_sessions_of_that_time_only(
    given: Given, sent: Sent, django_capture_on_commit_callbacks: type
) -> None:
    touched = given.session(0, supervised=False)
    given.session(1, supervised=False)
    with django_capture_on_commit_callbacks(execute=True):
        note_supervision(
            clinic=given.clinic,
            practitioner=given.physician,
            mode="onsite",
            started_at=FIRST_HOUR - timedelta(hours=1),
            ended_at=FIRST_HOUR + timedelta(hours=3),
            now=FIRST_HOUR + timedelta(days=3),
            reason="Forgotten in the rush",
            password=PASSWORD,
        )
    assert sent == asked_for(touched)


def test_sweep_finds_a_session_that_no_announcement_reached(given: Given) -> None:
    signed = given.session(0)
    given.session(1, signed=False)
    refresh_due_lines()
    assert [line.session for line in ClaimLine.objects.all()] == [signed]


def test_sweep_looks_again_at_blocked_lines_soon_and_at_ready_ones_later(given: Given) -> None:
    blocked, ready = given.session(0, supervised=False), given.session(1)
    begun = FIRST_HOUR + timedelta(days=14)
    services.refresh_lines(sessions=[blocked.pk, ready.pk], now=begun)

    def looked_at(after: timedelta) -> list[Session]:
        return [line.session for line in services.refresh_due_lines(now=begun + after)]

    assert looked_at(timedelta(minutes=4)) == []
    assert looked_at(timedelta(minutes=6)) == [blocked]
    assert looked_at(timedelta(hours=25)) == [blocked, ready]


def test_task_may_run_twice(given: Given) -> None:
    session = given.session(0)
    for _ in range(2):
        refresh_lines([session.pk])
    assert ClaimLine.objects.count() == 1
