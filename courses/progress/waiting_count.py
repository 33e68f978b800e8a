"""How much waits for a physician, for the head of every page: one query, whatever the clinic's size."""

from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Greatest

from courses.models import Course, Hold, Review, Session, TreatmentOrder
from courses.progress.services.reviews import OVER
from courses.treatment.countersigning import waiting_for
from eecp_clinic.models import Clinic, Membership, User
from eecp_clinic.roles import Role, StaffRequest
from patients.models import EligibilityAssessment


def at_reviews(request: StaffRequest) -> int:
    """The number beside Reviews; nobody but physicians has one."""
    is_physician = Role.PHYSICIAN in request.roles
    return physicians_count(request.clinic, request.user) if is_physician else 0


def physicians_count(clinic: Clinic, person: User) -> int:
    """What waits for this physician, by name or for anybody's, and only a physician ends (``work_items.PHYSICIANS_OWN``)."""
    statement, values = _statement(clinic.pk, clinic.time_zone, person.pk)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return sum(cursor.fetchone() or ())


@lru_cache(maxsize=256)
def _statement(clinic_key: int, time_zone: str, person: int) -> tuple[str, tuple[Any, ...]]:
    """The query of one physician at one clinic as text: putting it together takes longer than asking it."""
    clinic = Clinic(pk=clinic_key, time_zone=time_zone)
    parts = [
        EligibilityAssessment.objects.in_force().filter(patient__clinic=clinic, signature__isnull=True),
        TreatmentOrder.objects.filter(
            _theirs(clinic, person, "ordered_by"), patient__clinic=clinic, signature__isnull=True
        ),
        Hold.objects.filter(session__course__clinic=clinic, seen_at=None),
        _middles(clinic).filter(_theirs(clinic, person, "order__ordered_by")),
        _summaries(clinic).filter(_theirs(clinic, person, "order__ordered_by")),
        waiting_for(clinic).exclude(signature__signer=person),
    ]
    counts = {f"part_{number}": _number(rows) for number, rows in enumerate(parts)}
    row = Clinic.objects.filter(pk=clinic_key).order_by().values_list(*counts.values())
    statement, values = row.query.sql_with_params()
    return statement, tuple(values)


def _theirs(clinic: Clinic, person: int, who: str) -> Q:
    """What waits for ``who`` waits for this person: it is them, or one who no longer is a physician of this clinic."""
    still = Membership.objects.filter(
        clinic=clinic, user=OuterRef(who), role=Role.PHYSICIAN, user__is_active=True
    )
    return Q(**{who: person}) | Q(~Exists(still))


def _number(rows: QuerySet) -> Coalesce:  # type: ignore[type-arg]  # of any model
    counted = rows.order_by().annotate(_one=Value(1)).values("_one").annotate(_n=Count("pk")).values("_n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _reviewed(kind: str) -> Exists:
    return Exists(Review.objects.filter(course=OuterRef("pk"), kind=kind))


def _middles(clinic: Clinic) -> QuerySet[Course]:
    """The rule of ``milestones.middle_due_since`` in SQL; a test holds the two against each other."""
    given = Session.objects.completed().filter(course=OuterRef("pk")).order_by().values("course")
    ordered = F("order__sessions") + F("extra_sessions") + F("repeated_sessions")
    return (
        Course.objects.of(clinic)
        .exclude(state__in=OVER)
        .filter(~_reviewed(Review.Kind.MID_COURSE))
        .alias(given=Coalesce(Subquery(given.annotate(n=Count("pk")).values("n")), 0))
        .alias(middle=Greatest(Value(1), ordered / 2, output_field=IntegerField()))
        .filter(given__gte=F("middle"))
    )


def _summaries(clinic: Clinic) -> QuerySet[Course]:
    """The rule of ``milestones.summary_due_since`` in SQL."""
    given = Session.objects.completed().filter(course=OuterRef("pk"), ended_at__isnull=False)
    return Course.objects.of(clinic).filter(Q(state__in=OVER), ~_reviewed(Review.Kind.FINAL), Exists(given))
