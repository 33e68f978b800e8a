"""The audit trail only grows."""

from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError, connection, transaction

from eecp_clinic import audit
from eecp_clinic.models import AuditEvent, Clinic, User

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


def test_entry_tells_who_did_what_when(nurse: User, clinic: Clinic) -> None:
    event = audit.record(
        "session.started", subject="session:abc", actor=nurse, clinic=clinic, at=NOW, device="d1"
    )
    assert (event.actor, event.at, event.data) == (nurse, NOW, {"device": "d1"})


@pytest.mark.parametrize("action", ["Session.started", "started", "session started", ""])
def test_action_that_is_no_dotted_name_is_refused(clinic: Clinic, action: str) -> None:
    with pytest.raises(ValueError, match="dotted"):
        audit.record(action, subject="x", actor=None, clinic=clinic, at=NOW)


@pytest.mark.parametrize(
    "statement", ["UPDATE eecp_clinic_auditevent SET action = 'x.y'", "DELETE FROM eecp_clinic_auditevent"]
)
def test_not_even_sql_changes_or_removes_an_entry(clinic: Clinic, statement: str) -> None:
    audit.record("session.started", subject="session:abc", actor=None, clinic=clinic, at=NOW)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.count() == 1
