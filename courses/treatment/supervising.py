"""Who directly supervises the clinic: now, and in the hour of a session."""

from datetime import datetime

from django.db.models import Q

from courses.models import Session, SupervisionPeriod
from eecp_clinic.models import Clinic


def supervising(clinic: Clinic, now: datetime) -> list[SupervisionPeriod]:
    """Who supervises at this moment; a period without an end goes on."""
    return _periods(clinic.pk, now, now)


def supervision_of(session: Session) -> list[SupervisionPeriod]:
    """Who supervised in any part of the session."""
    if session.started_at is None:
        return []
    return _periods(session.course.clinic_id, session.started_at, session.ended_at)


def _periods(clinic_id: int, start: datetime, end: datetime | None) -> list[SupervisionPeriod]:
    going_on = Q(ended_at__isnull=True) | Q(ended_at__gt=start)
    periods = SupervisionPeriod.objects.filter(going_on, clinic=clinic_id)
    if end is not None:
        periods = periods.filter(started_at__lte=end)
    return list(periods.select_related("practitioner").order_by("started_at"))
