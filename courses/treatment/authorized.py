"""Counting what was given and booked under payers' authorizations; hung into ``patients`` by ``courses.apps``."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Q

from courses.models import Appointment, Session
from eecp_clinic.models import Clinic
from patients.delivered import Used
from patients.models import PriorAuthorization

#: A session counts as given when it ran and is over, whether or not it is signed yet.
GIVEN = (Session.State.ENDED, Session.State.SIGNED)


def used_under(authorizations: Sequence[PriorAuthorization], now: datetime) -> dict[int, Used]:
    """Sessions given and hours to come within the dates of each authorization: two queries, however many there are."""
    sessions = {f"n{a.pk}": Count("pk", filter=_within(a, "started_at")) for a in authorizations}
    hours = {f"n{a.pk}": Count("pk", filter=_within(a, "starts_at")) for a in authorizations}
    people = [a.coverage.patient.kept().pk for a in authorizations]
    given = Session.objects.filter(course__patient__in=people, state__in=GIVEN).aggregate(**sessions)
    booked = (
        Appointment.objects.to_come(now)
        .filter(course__patient__in=people)
        .exclude(session__state__in=GIVEN)
        .aggregate(**hours)
    )
    return {a.pk: Used(given[f"n{a.pk}"], booked[f"n{a.pk}"]) for a in authorizations}


def _within(authorization: PriorAuthorization, moment: str) -> Q:
    patient = authorization.coverage.patient
    begins = _midnight(patient.clinic, authorization.starts_on)
    ends = _midnight(patient.clinic, authorization.ends_on + timedelta(days=1))
    return Q(course__patient=patient.kept().pk, **{f"{moment}__gte": begins, f"{moment}__lt": ends})


def _midnight(clinic: Clinic, day: date) -> datetime:
    return datetime.combine(day, time(), clinic.zone)
