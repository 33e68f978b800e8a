"""A payer's request for records (ADR): recorded with its days, and closed with how it was answered."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.models import Claim, Course, PayerProfile, RecordsRequest
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import Role, require_role

RECORDS = (Role.BILLING, Role.PHYSICIAN)


@transaction.atomic
def record_request(*, course: Course, values: dict[str, Any], actor: User, now: datetime) -> RecordsRequest:
    """Keep a request as its letter says it. Where it names no day, the payer's own number of days counts, if it is known.

    Raises NotAllowed, ValidationError, Conflict where the claim is of another course.
    """
    require_role(actor, course.clinic, *RECORDS)
    claim: Claim | None = values.get("claim")
    if claim is not None and claim.course_id != course.pk:
        raise Conflict(
            gettext("This claim is of another course. Record the request there."), code="other_course"
        )
    request = RecordsRequest(course=course, recorded_by=actor, recorded_at=now, **values)
    if request.received_on > course.clinic.day_of(now):
        raise InvalidInput(
            gettext("The day on which it was received lies ahead. Correct it."), code="not_yet"
        )
    request.due_on = request.due_on or due_by_profile(course, claim, request.received_on)
    request.full_clean()
    request.save(force_insert=True)
    _record("records.requested", request, actor, now)
    return request


def due_by_profile(course: Course, claim: Claim | None, received_on: date) -> date | None:
    """By the days of the payer's profile, once that is confirmed; None is not known."""
    coverage = course.order.assessment.coverage
    payer = claim.payer_id if claim is not None else coverage.payer_id if coverage is not None else None
    profile = PayerProfile.objects.filter(payer=payer, confirmed_at__isnull=False).first()
    if profile is None or profile.records_days is None:
        return None
    return received_on + timedelta(days=profile.records_days)


@transaction.atomic
def answer_request(*, request: RecordsRequest, how: str, actor: User, now: datetime) -> None:
    """Note that the answer went out, and how. Raises NotAllowed, InvalidInput, Conflict where it was noted already."""
    require_role(actor, request.course.clinic, *RECORDS)
    if not how.strip():
        raise InvalidInput(
            gettext("Say how the answer was sent: by which way, and its tracking number."), code="how_missing"
        )
    open_one = RecordsRequest.objects.filter(pk=request.pk, answered_at__isnull=True)
    if not open_one.update(answered_at=now, answered_by=actor, answered_how=how.strip()[:200]):
        raise Conflict(gettext("This request was answered already. Its page says how."), code="answered")
    _record("records.answered", request, actor, now)


def _record(action: str, request: RecordsRequest, actor: User, now: datetime) -> None:
    audit.record(
        action,
        subject=f"records_request:{request.code}",
        actor=actor,
        clinic=request.course.clinic,
        at=now,
        course=request.course.code,
    )
