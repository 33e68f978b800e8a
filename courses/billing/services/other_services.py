"""What else was billed for the patient on a day of treatment: noted, or struck with the reason."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.billing.facts import service_day
from courses.billing.services.lines import refresh_lines
from courses.models import ClaimMembership, Course, OtherService, Session
from eecp_clinic import audit
from eecp_clinic.errors import Conflict
from eecp_clinic.models import User
from eecp_clinic.roles import Role, require_role
from patients.services.records import future_days, insert, refusal

#: Who knows what else was done that day.
NOTES_OTHER_SERVICES = (Role.BILLING, Role.PHYSICIAN, Role.NURSE)


@transaction.atomic
def note_other_service(
    *, course: Course, values: Mapping[str, Any], actor: User, now: datetime
) -> OtherService:
    """Note a service of a day and look at the lines of that day again. Raises NotAllowed, InvalidInput, Conflict."""
    role = require_role(actor, course.clinic, *NOTES_OTHER_SERVICES)
    if problems := future_days(
        OtherService, dict(values), ["service_date"], course.clinic.day_of(now)
    ) or _sessions_own(values):
        raise refusal(problems)
    other = OtherService(course=course, recorded_by=actor, recorded_role=role, recorded_at=now, **values)
    insert(other)
    _follow("otherservice.noted", other, actor, now)
    return other


@transaction.atomic
def strike_other_service(*, other: OtherService, reason: str, actor: User, now: datetime) -> OtherService:
    """Cross an entry out; it stays to be read. Raises NotAllowed, InvalidInput, Conflict once the day was billed."""
    require_role(actor, other.course.clinic, *NOTES_OTHER_SERVICES)
    locked = OtherService.objects.select_for_update(of=("self",)).select_related("course").get(pk=other.pk)
    if locked.is_struck:
        raise Conflict(gettext("This entry is struck already. Open the page again."), code="struck")
    if is_billed(locked.course, locked.service_date):
        raise Conflict(
            gettext(
                "A claim for that day went out, so what was known of it stays. Replace or void the claim first."
            ),
            code="billed",
        )
    if not reason.strip():
        raise refusal({"reason": [gettext("Write why it is wrong: the entry stays to be read.")]})
    locked.struck_at, locked.struck_by, locked.struck_reason = now, actor, reason.strip()
    locked.save(update_fields=["struck_at", "struck_by", "struck_reason"])
    _follow("otherservice.struck", locked, actor, now)
    return locked


def is_billed(course: Course, day: date) -> bool:
    """Whether a live claim that was sent asks for a session of that day."""
    return ClaimMembership.objects.filter(
        claim__course=course, claim__sent_at__isnull=False, live=True, service_date=day
    ).exists()


def _sessions_own(values: Mapping[str, Any]) -> dict[str, list[str]]:
    if values.get("hcpcs") != "G0166":
        return {}
    sentence = gettext("G0166 is the session itself, which has its own line. Note other services only.")
    return {"hcpcs": [sentence]}


def _follow(action: str, other: OtherService, actor: User, now: datetime) -> None:
    clinic = other.course.clinic
    audit.record(
        action,
        subject=f"course:{other.course.code}",
        actor=actor,
        clinic=clinic,
        at=now,
        service=other.code,
        hcpcs=other.hcpcs,
        day=other.service_date.isoformat(),
    )
    signed = Session.objects.filter(course__patient=other.course.patient_id, signature__isnull=False)
    on_that_day = [
        one.pk for one in signed.select_related("course__clinic") if service_day(one) == other.service_date
    ]
    refresh_lines(sessions=on_that_day, now=now)
