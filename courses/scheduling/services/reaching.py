"""The patient's calendar link, and whether reminders are wanted."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from courses.models import CalendarLink, ReminderOptOut
from eecp_clinic import audit
from eecp_clinic.models import User
from eecp_clinic.roles import CLINICAL, Role, require_role
from patients.models import Patient

REACHES = (*CLINICAL, Role.FRONT_DESK)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def make_calendar_link(*, patient: Patient, actor: User, now: datetime) -> tuple[CalendarLink, str]:
    """A new secret address of the patient's hours; an older one ends. The secret is told this once."""
    require_role(actor, patient.clinic, *REACHES)
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    locked.calendar_links.filter(revoked_at=None).update(revoked_at=now)
    secret = secrets.token_urlsafe(32)
    link = CalendarLink(patient=locked, sha256=digest_of(secret), created_at=now, created_by=actor)
    link.full_clean()
    link.save()
    audit.record(
        "calendar.link_made", subject=f"patient:{patient.code}", actor=actor, clinic=patient.clinic, at=now
    )
    return link, secret


@transaction.atomic
def revoke_calendar_link(*, patient: Patient, actor: User, now: datetime) -> bool:
    """End the address at once; False where there was none."""
    require_role(actor, patient.clinic, *REACHES)
    ended = patient.calendar_links.filter(revoked_at=None).update(revoked_at=now)
    if ended:
        audit.record(
            "calendar.link_revoked",
            subject=f"patient:{patient.code}",
            actor=actor,
            clinic=patient.clinic,
            at=now,
        )
    return bool(ended)


@transaction.atomic
def want_reminders(*, patient: Patient, wanted: bool, actor: User | None, now: datetime) -> None:
    """Remind the patient by e-mail, or no more. Without ``actor`` it is the patient who asks, by the mail's link."""
    if actor is not None:
        require_role(actor, patient.clinic, *REACHES)
    if wanted:
        changed = bool(ReminderOptOut.objects.filter(patient=patient).delete()[0])
    else:
        changed = ReminderOptOut.objects.get_or_create(patient=patient, defaults={"at": now, "by": actor})[1]
    if changed:
        audit.record(
            "reminders.wanted" if wanted else "reminders.stopped",
            subject=f"patient:{patient.code}",
            actor=actor,
            clinic=patient.clinic,
            at=now,
        )
