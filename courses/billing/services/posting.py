"""A payment goes into the books: claims are moved, and from then on it counts in every balance."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from courses.billing.postings import PAID_BEFORE, PATIENT
from courses.billing.services.claim_moving import Why, allows, locked, move, settle_original
from courses.billing.services.later_claims import note_passed_on
from courses.billing.x12.remittance import DENIED
from courses.claim_states import Event
from courses.models import Claim, Remittance, RemittanceClaim
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import Role, require_role

#: Not judged by this payer (sent on to the one whose claim it is), or a forecast without payment (CLP02).
_NO_JUDGEMENT = ("23", "25")


@transaction.atomic
def post_remittance(
    *, remittance: Remittance, actor: User, now: datetime, in_spite_of: str = ""
) -> Remittance:
    """Post a payment. Where its sums do not agree or a claim is not known, ``in_spite_of`` says why it is right.

    Raises NotAllowed, InvalidInput without that reason, Conflict where it was posted before.
    """
    require_role(actor, remittance.clinic, Role.BILLING)
    found = _lock(remittance)
    if found.findings and not in_spite_of.strip():
        sentence = gettext("Something in this payment does not agree. Write why it is posted all the same.")
        raise InvalidInput(sentence, fields={"in_spite_of": [sentence]})
    return _post(found, actor, now, in_spite_of.strip())


@transaction.atomic
def post_by_itself(*, remittance: Remittance, now: datetime) -> bool:
    """Post what needs nobody: all sums agree, every claim is ours, and nothing was taken for other reasons."""
    found = _lock(remittance)
    if found.findings or found.provider_adjustments:
        return False
    _post(found, None, now, "")
    return True


def _lock(remittance: Remittance) -> Remittance:
    found = Remittance.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=remittance.pk)
    if found.posted_at is not None:
        raise Conflict(gettext("This payment was posted already. Look at the list again."), code="posted")
    return found


def _post(found: Remittance, actor: User | None, now: datetime, reason: str) -> Remittance:
    rows = list(found.claims.filter(claim__isnull=False).prefetch_related("lines", "adjustments"))
    claims = {
        claim.pk: claim for claim in locked(Claim.objects.filter(pk__in=[row.claim_id for row in rows]))
    }
    for row in rows:
        if row.claim_id is not None:
            _move(claims[row.claim_id], row, Why(now=now, actor=actor, remittance=found))
    in_spite_of = [one["code"] for one in found.findings]
    if reason:
        found.findings = [*found.findings, {"code": "posted_all_the_same", "sentence": reason}]
    found.posted_by, found.posted_at = actor, now
    found.save(update_fields=["posted_by", "posted_at", "findings"])
    audit.record(
        "remittance.posted",
        subject=f"remittance:{found.code}",
        actor=actor,
        clinic=found.clinic,
        at=now,
        amount=str(found.amount),
        by_itself=actor is None,
        in_spite_of=in_spite_of,
    )
    return found


def _move(claim: Claim, row: RemittanceClaim, why: Why) -> None:
    """A claim that stands where the answer cannot move it (void, a draft) keeps its state; the amounts count."""
    if row.status in _NO_JUDGEMENT:
        return
    event = _event(row)
    if not allows(claim, event):
        return
    if row.payer_number:
        claim.payer_number = row.payer_number
    move(claim, event, why)
    if event is not Event.REVERSE and claim.original_id is not None:
        settle_original(claim, why)
    if event is not Event.REVERSE and row.is_passed_on:
        note_passed_on(claim, row, why)


def _event(row: RemittanceClaim) -> Event:
    if row.is_reversal:
        return Event.REVERSE
    return Event.DENY if row.status == DENIED or _nobody_pays(row) else Event.PAY


def _nobody_pays(row: RemittanceClaim) -> bool:
    """Charged, nothing paid, and nothing left to the patient or paid before: a denial, whatever the status says."""
    owed = sum(one.amount for one in row.adjustments.all() if one.group == PATIENT)
    settled_before = any((one.group, one.reason) == PAID_BEFORE for one in row.adjustments.all())
    return row.charge > 0 and row.paid == 0 and owed == 0 and not settled_before
