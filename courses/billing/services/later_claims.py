"""Claims to the second and third payer: made from the answer of the payer before, or passed on by that payer itself.

Nothing is asked twice: a line stands in one live claim at most for each payer in line, by a constraint. A claim that the
payer before passed on (crossover) is kept as sent by it, so that its answer finds a place and nobody sends it again.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from courses.billing.other_payers import standing_answer
from courses.billing.services.claim_making import ask_alike, check_claim
from courses.billing.services.claim_moving import Why, locked, move, note_step
from courses.claim_states import Event, State
from courses.models import Claim, ClaimMembership, PayerProfile, RemittanceClaim
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import Role, require_role
from patients.models import Coverage, Payer, PriorAuthorization

#: The payer before has said what it pays and what it does not.
ANSWERED = (State.PAID, State.DENIED)
#: The last payer in line that a claim knows (SBR01: P, S, T).
LAST_RANK = 3


def next_coverage(claim: Claim) -> Coverage | None:
    """Who is asked after this claim's payer: in force on every day of its lines, the next by priority."""
    days = sorted(claim.memberships.values_list("service_date", flat=True))
    if not days or claim.rank == LAST_RANK:
        return None
    return (
        Coverage.objects.filter(
            patient=claim.course.patient_id,
            priority__gt=claim.coverage.priority,
            starts_on__lte=days[0],
        )
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=days[-1]))
        .exclude(payer__kind=Payer.Kind.SELF_PAY)
        .select_related("payer")
        .order_by("priority", "-starts_on")
        .first()
    )


@transaction.atomic
def make_later_claim(*, claim: Claim, actor: User, now: datetime) -> Claim:
    """Ask the next payer for the same lines, with what this claim's payer answered; ready where nothing is missing.

    Raises NotAllowed, Conflict: the payer has not answered, nobody is next, or the next payer is asked already.
    """
    require_role(actor, claim.course.clinic, Role.BILLING)
    [found] = locked(Claim.objects.filter(pk=claim.pk))
    if found.state not in ANSWERED or found.frequency == Claim.Frequency.VOID:
        raise Conflict(
            gettext("The next payer is asked once this one has paid or denied. Wait for its answer."),
            code="claim_state",
        )
    standing_answer(found)
    coverage = next_coverage(found)
    if coverage is None:
        raise Conflict(
            gettext(
                "No other coverage was in force on these days. Enter the patient's second coverage first."
            ),
            code="no_next_coverage",
        )
    if (asked := _asked_already(found)) is not None:
        raise Conflict(
            gettext("The next payer is asked already, by claim %(code)s.") % {"code": asked.code},
            code="asked_already",
        )
    made = _follow(found, coverage, actor, now)
    profile = PayerProfile.objects.filter(payer=coverage.payer).first()
    ask_alike(made, found, without=profile.refused_modifiers if profile else ())
    note_step(made, Event.MAKE, None, Why(now=now, actor=actor))
    return check_claim(claim=made, actor=actor, now=now)


def note_passed_on(claim: Claim, row: RemittanceClaim, why: Why) -> Claim | None:
    """The payer said that it sent the claim on: keep that the next payer is asked. None where nobody is known to be next.

    ``claim`` is locked and has this answer. Whoever read the file answers for the entry, else who sent the claim.
    """
    coverage = next_coverage(claim)
    if coverage is None or _asked_already(claim) is not None:
        return None
    made = _follow(claim, coverage, why.actor or claim.made_by, why.now, passed_on=True)
    ask_alike(made, claim)
    to = row.passed_on_to or coverage.payer.name
    said = gettext("%(payer)s passed it on to %(to)s.") % {"payer": claim.payer.name, "to": to}
    made.note = said[:300]
    made.save(update_fields=["note"])
    note_step(made, Event.SEND, None, Why(now=why.now, actor=why.actor, note=said, remittance=why.remittance))
    return made


@transaction.atomic
def not_passed_on(*, claim: Claim, reason: str, actor: User, now: datetime) -> Claim:
    """The next payer never got what was to be passed on: its lines are free, and the clinic may ask it itself.

    Raises NotAllowed, InvalidInput, Conflict where it is no such claim or was answered.
    """
    require_role(actor, claim.course.clinic, Role.BILLING)
    if not reason.strip():
        sentence = gettext("Write who said that it did not arrive, and when.")
        raise InvalidInput(sentence, fields={"reason": [sentence]})
    [found] = locked(Claim.objects.filter(pk=claim.pk))
    if not found.passed_on or found.state != State.SENT:
        raise Conflict(
            gettext("Only a claim that was passed on and not answered can be asked anew. Look at it again."),
            code="claim_state",
        )
    return move(found, Event.REJECT, Why(now=now, actor=actor, note=reason.strip()))


def _asked_already(claim: Claim) -> Claim | None:
    member = (
        ClaimMembership.objects.filter(line__memberships__claim=claim, live=True, rank=claim.rank + 1)
        .select_related("claim")
        .first()
    )
    return member.claim if member else None


def _follow(
    claim: Claim, coverage: Coverage, actor: User, now: datetime, *, passed_on: bool = False
) -> Claim:
    made = Claim(
        course=claim.course,
        payer=coverage.payer,
        coverage=coverage,
        authorization=_approval(claim, coverage),
        follows=claim,
        rank=claim.rank + 1,
        passed_on=passed_on,
        state=State.SENT if passed_on else State.DRAFT,
        sent_at=now if passed_on else None,
        made_by=actor,
        made_at=now,
        state_at=now,
    )
    made.full_clean()
    made.save(force_insert=True)
    return made


def _approval(claim: Claim, coverage: Coverage) -> PriorAuthorization | None:
    """The next payer's approval that holds on all of these days; whether it needs one, its profile says."""
    days = sorted(claim.memberships.values_list("service_date", flat=True))
    holding = coverage.authorizations.filter(starts_on__lte=days[0], ends_on__gte=days[-1])
    return holding.order_by("ends_on", "pk").first()
