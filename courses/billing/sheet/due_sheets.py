"""Which signed sessions need a sheet, or another: what a lost announcement would have asked for."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from courses.billing.services.sheets import MOST_ATTEMPTS, RETRY_AFTER, State, request_sheets
from courses.models import Amendment, Countersignature, Session, SessionSheet, SupervisionPeriod
from courses.treatment.countersigning import how_many
from eecp_clinic.making import STALE_AFTER

#: A few at a time, so that recordings and packets are not kept waiting.
AT_ONCE = 5
#: Who supervised is noted late, but not later than that without somebody who says so.
LATE_NOTES = timedelta(days=60)


def due_sheets(*, now: datetime) -> list[int]:
    """Ask for what is due, the newest session first; the keys of all that wait for a worker now."""
    SessionSheet.objects.take_over(now - STALE_AFTER)
    again = SessionSheet.objects.filter(
        Q(state=State.QUEUED)
        | Q(state=State.FAILED, attempts__lt=MOST_ATTEMPTS, started_at__lt=now - RETRY_AFTER)
    )
    waiting = list(again.order_by("requested_at").values_list("pk", flat=True)[:AT_ONCE])
    if len(waiting) < AT_ONCE:
        keys = [*_without(AT_ONCE), *_with_late_notes(now, AT_ONCE)][: AT_ONCE - len(waiting)]
        waiting += request_sheets(sessions=keys, now=now)
    return waiting


def _not_in_the_making(sessions: QuerySet[Session]) -> QuerySet[Session]:
    making = SessionSheet.objects.filter(session=OuterRef("pk")).exclude(state=State.READY)
    return sessions.filter(~Exists(making), signature__isnull=False).order_by("-signature__signed_at", "-pk")


def _without(number: int) -> list[int]:
    """Sessions of which no sheet shows every amendment and countersignature."""
    showing_all = SessionSheet.objects.ready().filter(
        session=OuterRef("pk"), amendments=OuterRef("written"), countersignatures=OuterRef("countersigned")
    )
    counted = Session.objects.annotate(written=how_many(Amendment), countersigned=how_many(Countersignature))
    return list(
        _not_in_the_making(counted).filter(~Exists(showing_all)).values_list("pk", flat=True)[:number]
    )


def _with_late_notes(now: datetime, number: int) -> list[int]:
    """Sessions whose supervision was noted or changed after their sheet was last compared with the record."""
    history = SupervisionPeriod.pgh_event_models  # type: ignore[attr-defined]  # made by pghistory.track
    noted = next(iter(history.values())).objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=OuterRef("started_at")),
        clinic=OuterRef("course__clinic"),
        started_at__lt=OuterRef("ended_at"),
        pgh_created_at__gt=OuterRef("compared"),
    )
    newest = SessionSheet.objects.ready().filter(session=OuterRef("pk")).order_by("-version")
    recent = Session.objects.filter(started_at__gt=now - LATE_NOTES).annotate(
        compared=Subquery(newest.values("compared_at")[:1])
    )
    return list(_not_in_the_making(recent).filter(Exists(noted)).values_list("pk", flat=True)[:number])
