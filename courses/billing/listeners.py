"""What earlier stages announce, heard: a line is made or looked at again, after commit and by a worker."""

from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from courses.hints import enqueue
from courses.models import Session
from courses.signals import (
    session_amended,
    session_countersigned,
    session_signed,
    supervision_noted,
)
from eecp_clinic.models import Clinic

#: Pages are heavy work: where many sessions are signed at once, the sweep makes their sheets a few at a time.
SHEET_WITHIN_S = 60


def connect() -> None:
    """Once, when the application is ready."""
    session_signed.connect(on_session_signed, dispatch_uid="billing.session_signed")
    session_amended.connect(on_session_signed, dispatch_uid="billing.session_amended")
    session_countersigned.connect(on_session_signed, dispatch_uid="billing.session_countersigned")
    supervision_noted.connect(on_supervision_noted, dispatch_uid="billing.supervision_noted")


def on_session_signed(sender: object, session: Session, **kwargs: Any) -> None:
    """Signed, amended or countersigned: its line is looked at, and its sheet made or made again."""
    _after_commit([session.pk])


def on_supervision_noted(
    sender: object, clinic: Clinic, start: datetime, end: datetime, **kwargs: Any
) -> None:
    """The signed sessions of that time."""
    touched = Session.objects.of(clinic).filter(
        signature__isnull=False, started_at__lt=end, ended_at__gt=start
    )
    keys = list(touched.values_list("pk", flat=True))
    if keys:
        _after_commit(keys)


def _after_commit(sessions: list[int]) -> None:
    transaction.on_commit(partial(enqueue, "courses.tasks.refresh_lines", sessions))
    transaction.on_commit(partial(enqueue, "courses.tasks.make_sheets", sessions, within_s=SHEET_WITHIN_S))
