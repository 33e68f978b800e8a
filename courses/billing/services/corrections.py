"""A claim that was sent is corrected by another: a replacement (frequency 7) or a void (frequency 8)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from courses.billing.line_asking import lines_asked
from courses.billing.services.claim_making import add_lines, ask_alike, check_claim
from courses.billing.services.claim_moving import Why, hand_over, locked, note_step
from courses.claim_states import CORRECTABLE, Event, State
from courses.models import Claim
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import Role, require_role

#: A correction that is over stands in nobody's way.
_OVER = (State.REJECTED, State.VOID)


@transaction.atomic
def replace_claim(*, claim: Claim, reason: str, actor: User, now: datetime) -> Claim:
    """The same lines asked for anew, as the record stands now. The payer's answer to it ends the original.

    Raises NotAllowed, InvalidInput, Conflict: the payer has no such claim yet, another correction is under way, or the
    scrubber blocks a line as it stands (then mend that first, or void the claim).
    """
    original = _to_correct(claim, reason, actor)
    if original.rank > 1:
        return _replace_later(original, reason, actor, now)
    lines = [member.line for member in original.memberships.select_related("line").order_by("position")]
    hand_over(original)
    asked, left = lines_asked(lines, now)
    if left:
        said = gettext("%(line)s: %(why)s Mend it first, or void the claim.")
        first = left[0]
        raise Conflict(
            said % {"line": first.line, "why": first.sentence},
            code=first.code,
            findings=[one.code for one in left],
        )
    made = _correction(original, Claim.Frequency.REPLACEMENT, reason, actor, now)
    add_lines(made, asked)
    return check_claim(claim=made, actor=actor, now=now)


@transaction.atomic
def void_claim(*, claim: Claim, reason: str, actor: User, now: datetime) -> Claim:
    """Take the claim back whole, exactly as it was asked; its lines are free once the payer has taken the void.

    Raises NotAllowed, InvalidInput, Conflict as ``replace_claim``.
    """
    original = _to_correct(claim, reason, actor)
    hand_over(original)
    made = _correction(original, Claim.Frequency.VOID, reason, actor, now)
    ask_alike(made, original)
    return check_claim(claim=made, actor=actor, now=now)


def _replace_later(original: Claim, reason: str, actor: User, now: datetime) -> Claim:
    """To a later payer: the lines as the first payer was asked, with what payers before it answer today."""
    hand_over(original)
    made = _correction(original, Claim.Frequency.REPLACEMENT, reason, actor, now)
    ask_alike(made, original)
    return check_claim(claim=made, actor=actor, now=now)


def _to_correct(claim: Claim, reason: str, actor: User) -> Claim:
    require_role(actor, claim.course.clinic, Role.BILLING)
    if not reason.strip():
        sentence = gettext("Write the reason: an auditor will ask for it.")
        raise InvalidInput(sentence, fields={"reason": [sentence]})
    [original] = locked(Claim.objects.filter(pk=claim.pk))
    if original.state not in CORRECTABLE:
        raise Conflict(
            gettext(
                "Only a claim that the payer has taken is replaced or voided. Wait for its answer, or discard a draft."
            ),
            code="claim_state",
        )
    if original.frequency == Claim.Frequency.VOID:
        raise Conflict(gettext("A void takes its claim back for good. Make a new claim."), code="is_void")
    if not original.payer_number:
        raise Conflict(
            gettext("The payer's number of this claim is not known yet. It comes with the 277CA or the 835."),
            code="payer_number_missing",
        )
    waiting = original.later_claims.filter(state__in=[State.DRAFT, State.READY]).first()
    if waiting is not None:
        raise Conflict(
            gettext("Claim %(code)s to the next payer rests on this one. Discard it first.")
            % {"code": waiting.code},
            code="later_claim_waits",
        )
    under_way = original.corrections.exclude(state__in=_OVER).first()
    if under_way is not None:
        raise Conflict(
            gettext("Claim %(code)s corrects this one already.") % {"code": under_way.code},
            code="corrected_already",
        )
    return original


def _correction(original: Claim, frequency: str, reason: str, actor: User, now: datetime) -> Claim:
    made = Claim(
        course=original.course,
        payer=original.payer,
        coverage=original.coverage,
        authorization=original.authorization,
        frequency=frequency,
        original=original,
        follows=original.follows,
        rank=original.rank,
        made_by=actor,
        made_at=now,
        state_at=now,
    )
    made.full_clean()
    made.save(force_insert=True)
    note_step(made, Event.MAKE, None, Why(now=now, actor=actor, note=reason.strip()))
    return made
