"""Whether a clinic wants a physician's countersignature, and which signed sessions wait for it.

What counts is what the clinic had settled when the session was signed. What a physician of the clinic signed needs none.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Exists, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate

from courses.models import Amendment, Countersignature, Session, TreatmentRules
from courses.treatment.settling import newest_of
from eecp_clinic.models import Clinic, Membership, User
from eecp_clinic.roles import Role, StaffRequest


def wanted_by(rules: Iterable[TreatmentRules], clinic: Clinic, signed_at: datetime) -> bool:
    """Whether ``rules`` (newest first, as they are ordered) of the clinic asked for it when a session was signed."""
    settled = newest_of(rules, clinic, signed_at)
    return settled is not None and settled.countersignature


def needs_countersignature(session: Session) -> bool:
    """Whether this signed session is to be countersigned, whether or not it has been."""
    signature, clinic = session.signature, session.course.clinic
    if signature is None or not TreatmentRules.objects.in_force(clinic, signature.signed_at).countersignature:
        return False
    return not Membership.objects.filter(
        clinic=clinic, role=Role.PHYSICIAN, user=signature.signer_id
    ).exists()


def how_many(model: type[Model]) -> Coalesce:
    """How many rows of ``model`` a session has, as a column of its own that other conditions may name."""
    rows = model._default_manager.filter(session=OuterRef("pk")).order_by().values("session")
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)


def waiting_for(clinic: Clinic) -> QuerySet[Session]:
    """What waits at this clinic, the longest first.

    A countersignature stands for the session with the amendments that it had: another one brings it back.
    """
    rules = TreatmentRules.objects.filter(
        clinic=clinic,
        effective_on__lte=OuterRef("signed_on"),
        settled_at__lte=OuterRef("signature__signed_at"),
    )
    by_physician = Membership.objects.filter(
        clinic=clinic, role=Role.PHYSICIAN, user=OuterRef("signature__signer")
    )
    ever_asked = TreatmentRules.objects.filter(clinic=clinic, countersignature=True)
    seen = Countersignature.objects.filter(session=OuterRef("pk"), amendments=OuterRef("written"))
    return (
        Session.objects.of(clinic)
        .filter(signature__isnull=False)
        .annotate(
            signed_on=TruncDate("signature__signed_at", tzinfo=clinic.zone),
            written=how_many(Amendment),
        )
        .alias(wanted=Subquery(rules.values("countersignature")[:1]))
        # The first is asked once for all: a clinic that never wanted any has none of its sessions looked at.
        .filter(Exists(ever_asked), ~Exists(by_physician), ~Exists(seen), wanted=True)
        .order_by("signature__signed_at", "pk")
    )


def may_countersign(user: User, session: Session) -> bool:
    """Nobody countersigns what they signed themselves."""
    return session.signature is not None and session.signature.signer_id != user.pk


def waiting_for_me(request: StaffRequest) -> QuerySet[Session]:
    """What waits for the physician who asks; nobody else countersigns."""
    if Role.PHYSICIAN not in request.roles:
        return Session.objects.none()
    return waiting_for(request.clinic).exclude(signature__signer=request.user)
