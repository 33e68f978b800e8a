"""Whether a clinic wants a physician's countersignature, and which signed sessions wait for it."""

from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet

from courses.models import Amendment, Countersignature, Reading, Session
from eecp_clinic.models import Clinic, Membership, User
from eecp_clinic.roles import Role


class Wish(StrEnum):
    """What a missing countersignature does to a claim line; with NO nobody is asked for one."""

    NO = "no"
    WARN = "warn"
    BLOCK = "block"


def wants_countersignature(clinic: Clinic) -> Wish:
    """What the clinic has settled."""
    return Wish.NO


def without_countersignature(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Those that were signed by somebody who is no physician of the clinic, and not countersigned as they now stand.

    A countersignature stands for the session with the amendments that it had: another one brings it back.
    """
    by_physician = Membership.objects.filter(
        clinic=OuterRef("course__clinic"), role=Role.PHYSICIAN, user=OuterRef("signature__signer")
    )
    seen = Countersignature.objects.filter(session=OuterRef("pk"), amendments=OuterRef("written"))
    return (
        sessions.filter(signature__isnull=False)
        .annotate(written=Count("amendments", distinct=True))
        .filter(~Exists(by_physician), ~Exists(seen))
    )


def waiting_for(clinic: Clinic) -> QuerySet[Session]:
    """What waits at this clinic, the longest first; nothing where it wants none."""
    if wants_countersignature(clinic) is Wish.NO:
        return Session.objects.none()
    return without_countersignature(Session.objects.of(clinic)).order_by("signature__signed_at", "pk")


def to_read(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """With what a physician reads of them."""
    return sessions.select_related(
        "course__patient", "course__order", "course__clinic", "device", "signature", "gating_report"
    ).prefetch_related(
        Prefetch("amendments", Amendment.objects.select_related("author").order_by("made_at")),
        Prefetch("readings", Reading.objects.order_by("at")),
        "pauses",
        "vital_signs",
    )


def may_countersign(user: User, session: Session) -> bool:
    """Nobody countersigns what they signed themselves."""
    return session.signature is not None and session.signature.signer_id != user.pk
