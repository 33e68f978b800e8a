"""The audit trail: one call, from services only, inside the transaction of what it tells of."""

import re
from datetime import datetime
from typing import Any

from eecp_clinic.models import AuditEvent, Clinic, User

ACTION = re.compile(r"^[a-z]+(\.[a-z_]+)+$")


def record(
    action: str, *, subject: str, actor: User | None, clinic: Clinic | None, at: datetime, **data: Any
) -> AuditEvent:
    """Write one line: ``action`` dotted and stable ('session.signed'), ``subject`` such as 'session:CODE'.

    ``data`` holds codes and figures, never a name or free text about a patient.
    """
    if not ACTION.match(action):
        raise ValueError(f"an audit action is dotted and lower case, not {action!r}")
    return AuditEvent.objects.create(
        action=action, subject=subject, actor=actor, clinic=clinic, at=at, data=data
    )
