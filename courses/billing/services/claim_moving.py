"""One step of a claim's life, as ``claim_states`` allows it; every change of a claim's state goes through here."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext

from courses.claim_states import BILLED, TRANSITIONS, Event, ForbiddenTransition, State, after, states_of
from courses.models import Acknowledgement, Claim, ClaimMembership, ClaimStep, Remittance
from eecp_clinic import audit
from eecp_clinic.errors import Conflict
from eecp_clinic.models import User

#: After these nobody is asked for the lines any more, so that they may stand in another claim.
_FREES = (Event.REJECT, Event.DISCARD, Event.SETTLE)
_NOTE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Who or which answer moves a claim, and what is to be remembered of it."""

    now: datetime
    actor: User | None = None
    note: str = ""
    on: date | None = None
    lines: tuple[str, ...] = ()
    acknowledgement: Acknowledgement | None = field(default=None)
    remittance: Remittance | None = field(default=None)


def locked(claims: QuerySet[Claim]) -> list[Claim]:
    """Those claims for change, always in the same order, so that two at once queue."""
    return list(
        claims.select_for_update(of=("self",))
        .select_related("course__clinic", "original", "payer")
        .order_by("pk")
    )


def allows(claim: Claim, event: Event) -> bool:
    return (State(claim.state), event) in TRANSITIONS


def move(claim: Claim, event: Event, why: Why) -> Claim:
    """Take the step. ``claim`` is locked. Raises Conflict where the table has no such step."""
    was = State(claim.state)
    try:
        claim.state = after(was, event)
    except ForbiddenTransition as error:
        raise Conflict(_refusal(was, event), code="claim_state") from error
    if was != claim.state:
        claim.state_at = why.now
    if event is Event.SEND:
        claim.sent_at = why.now
    claim.note = why.note[:300]
    claim.save(update_fields=["state", "state_at", "sent_at", "note", "payer_number"])
    note_step(claim, event, was, why)
    if event in _FREES:
        _free_lines(claim)
    return claim


def note_step(claim: Claim, event: Event, was: State | None, why: Why) -> None:
    """Write the step down, for people and for the audit trail."""
    ClaimStep.objects.create(
        claim=claim,
        event=event.name.lower(),
        from_state=was or "",
        to_state=claim.state,
        at=why.now,
        by=why.actor,
        on=why.on,
        note=why.note[:_NOTE],
        lines=list(why.lines),
        acknowledgement=why.acknowledgement,
        remittance=why.remittance,
    )
    audit.record(
        f"claim.{event.name.lower()}",
        subject=f"claim:{claim.code}",
        actor=why.actor,
        clinic=claim.course.clinic,
        at=why.now,
        state=claim.state,
    )


def settle_original(correction: Claim, why: Why) -> None:
    """The payer has taken the correction: what it corrects is over. A void frees the lines."""
    if correction.original_id is None:
        return
    [original] = locked(Claim.objects.filter(pk=correction.original_id))
    if allows(original, Event.SETTLE):
        said = gettext("Corrected by claim %(code)s.") % {"code": correction.code}
        move(original, Event.SETTLE, Why(now=why.now, actor=why.actor, note=said))
    if correction.frequency == Claim.Frequency.VOID:
        correction.memberships.update(live=False)


def hand_over(original: Claim) -> None:
    """The lines of a claim are about to be asked for by its correction."""
    original.memberships.update(live=False)


def _free_lines(claim: Claim) -> None:
    """No longer asked for here; where a correction has failed, its original asks for them again."""
    claim.memberships.update(live=False)
    original = claim.original
    if original is not None and original.state in BILLED:
        taken = ClaimMembership.objects.filter(live=True, rank=claim.rank).values("line")
        original.memberships.exclude(line__in=taken).update(live=True)


def _refusal(was: State, event: Event) -> str:
    label = {state.value: state.label for state in Claim.State}
    allowed = " / ".join(str(label[state]) for state in states_of(event))
    return gettext("The claim is in the state “%(was)s”; this needs “%(allowed)s”. Look at it again.") % {
        "was": label[was],
        "allowed": allowed,
    }
