"""Which claims a payer has that rest on a coverage or an approval, and which of those were corrected since."""

from collections.abc import Sequence

from django.db.models import Exists, Max, Min, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from courses.claim_states import BILLED
from courses.models import Claim
from eecp_clinic.models import AuditEvent, Clinic
from patients.billed import Billed
from patients.models import Coverage, PriorAuthorization


def billed_on(thing: Coverage | PriorAuthorization) -> Sequence[Billed]:
    """The claims that went out with it and that nobody has turned back, replaced or voided."""
    field = "coverage" if isinstance(thing, Coverage) else "authorization"
    rows = _standing(Claim.objects.filter(**{field: thing})).annotate(
        first_day=Min("memberships__service_date"), last_day=Max("memberships__service_date")
    )
    found = rows.order_by("sent_at", "pk").values_list("code", "first_day", "last_day")
    return [Billed(code, first, last) for code, first, last in found]


def corrected_since_billed(clinic: Clinic) -> QuerySet[Claim]:
    """Claims whose coverage or approval was corrected after they went out: the payer does not know of it yet."""
    return (
        _standing(Claim.objects.of(clinic))
        .filter(
            Exists(_corrections("coverage:", "coverage__code"))
            | Exists(_corrections("authorization:", "authorization__code"))
        )
        .order_by("sent_at", "pk")
    )


def _corrections(kind: str, code: str) -> QuerySet[AuditEvent]:
    subject = Concat(Value(kind), OuterRef(code))
    return AuditEvent.objects.filter(subject=subject, at__gt=OuterRef("sent_at"), data__has_key="billed")


def _standing(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """A correction under way holds the lines: what was asked before it is being corrected already."""
    billed = claims.filter(state__in=BILLED, sent_at__isnull=False, memberships__live=True)
    return billed.exclude(frequency=Claim.Frequency.VOID).distinct()
