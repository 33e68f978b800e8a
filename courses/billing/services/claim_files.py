"""Files of claims: made once, kept byte for byte, sent by a person."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext

from courses.billing import asking, readiness
from courses.billing.services.claim_moving import Why, locked, move
from courses.billing.services.control_numbers import next_control_number
from courses.billing.setup_gathering import setup_facts
from courses.billing.x12.claim_837p import Batch, write
from courses.billing.x12.elements import X12Refusal
from courses.billing.x12.parties import Receiver, Submitter
from courses.billing.x12.segments import Envelope
from courses.claim_states import Event
from courses.models import Claim, ClaimFile, PayerProfile
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role, require_role


@transaction.atomic
def make_claim_file(*, claims: Sequence[Claim], actor: User, now: datetime) -> ClaimFile:
    """One 837P of claims that are ready, of one clinic to one payer, under the next control number.

    Raises NotAllowed, Conflict (a claim is not ready, or something is missing before the first), InvalidInput (a value
    that cannot be written, with claim and field). A refusal uses up no control number.
    """
    clinic, profile = _of_one_payer(claims)
    require_role(actor, clinic, Role.BILLING)
    locked = asking.with_all(Claim.objects.filter(pk__in=[claim.pk for claim in claims]))
    found = list(locked.select_for_update(of=("self",)).order_by("made_at", "pk"))
    if any(claim.state != Claim.State.READY for claim in found):
        raise Conflict(
            gettext("One of these claims is not ready to send. Look at the list again."), code="not_ready"
        )
    _refuse_unready(clinic, profile, found, now)
    number = next_control_number(submitter_id=profile.submitter_id, receiver_id=profile.receiver_id)
    content = _written(clinic, profile, found, number, now)
    digest = hashlib.sha256(content).hexdigest()
    name = f"claims/{clinic.code}/{profile.receiver_id}-{number:09}.837"
    made = ClaimFile(
        clinic=clinic,
        submitter_id=profile.submitter_id,
        receiver_id=profile.receiver_id,
        control_number=number,
        is_test=not profile.production,
        file=default_storage.save(name, ContentFile(content)),
        sha256=digest,
        size=len(content),
        made_by=actor,
        made_at=now,
    )
    made.full_clean()
    made.save(force_insert=True)
    made.claims.set(found)
    _record("claimfile.made", made, actor, now, sha256=digest, claims=[claim.code for claim in found])
    return made


@transaction.atomic
def mark_sent(*, file: ClaimFile, way: str, actor: User, now: datetime) -> ClaimFile:
    """A person has handed the file over. Its claims are sent with it, unless it is a test.

    Raises NotAllowed, Conflict where it was sent before.
    """
    require_role(actor, file.clinic, Role.BILLING)
    waiting = ClaimFile.objects.filter(pk=file.pk, sent_at__isnull=True)
    if way not in ClaimFile.Way.values:
        raise InvalidInput(gettext("Choose how the file was sent."))
    if not waiting.update(sent_at=now, sent_by=actor, way=way):
        raise Conflict(gettext("This file was sent already. Look at the list again."), code="already_sent")
    if not file.is_test:
        ready = Claim.objects.filter(pk__in=file.claims.filter(state=Claim.State.READY).values("pk"))
        said = gettext("With file %(number)s.") % {"number": f"{file.control_number:09}"}
        for claim in locked(ready):
            move(claim, Event.SEND, Why(now=now, actor=actor, note=said))
    _record("claimfile.sent", file, actor, now, way=way)
    file.refresh_from_db()
    return file


def _of_one_payer(claims: Sequence[Claim]) -> tuple[Clinic, PayerProfile]:
    if not claims:
        raise InvalidInput(gettext("Choose at least one claim."))
    clinic, payer = claims[0].course.clinic, claims[0].payer
    if any(claim.course.clinic_id != clinic.pk or claim.payer_id != payer.pk for claim in claims):
        raise Conflict(gettext("A file holds claims to one payer. Make one for each."), code="several_payers")
    profile = PayerProfile.objects.filter(payer=payer).select_related("payer").first()
    if profile is None:
        raise Conflict(gettext("The payer has no profile yet. Make it first."), code="profile_missing")
    if profile.form != PayerProfile.Form.ELECTRONIC:
        raise Conflict(gettext("This payer takes paper. Print the CMS-1500 instead."), code="paper")
    return clinic, profile


def _refuse_unready(clinic: Clinic, profile: PayerProfile, claims: Sequence[Claim], now: datetime) -> None:
    people = {m.supervisor for claim in claims for m in claim.memberships.all() if m.supervisor is not None}
    facts = setup_facts(
        clinic,
        profile.payer,
        practitioners=sorted(people, key=lambda user: user.pk),
        day=clinic.day_of(now),
        charge=next((m.charge for claim in claims for m in claim.memberships.all()), None),
    )
    findings = readiness.missing_setup(facts)
    if not readiness.may_send(findings):
        said = next(finding.sentence for finding in findings if finding.severity == "block")
        raise Conflict(said, code="setup_missing", findings=[finding.code for finding in findings])


def _written(
    clinic: Clinic, profile: PayerProfile, claims: Sequence[Claim], number: int, now: datetime
) -> bytes:
    billing = asking.billing_provider(clinic)
    batch = Batch(
        submitter=Submitter(
            name=billing.name, id=profile.submitter_id, contact=billing.contact, phone=billing.phone
        ),
        receiver=Receiver(name=profile.receiver_name, id=profile.receiver_id),
        billing=billing,
        claims=tuple(asking.claim_asked(claim) for claim in claims),
        reference=f"{number:09}",
    )
    envelope = Envelope(
        sender_qualifier=profile.submitter_qualifier,
        sender_id=profile.submitter_id,
        receiver_qualifier=profile.receiver_qualifier,
        receiver_id=profile.receiver_id,
        control_number=number,
        made_at=clinic.local(now),
        is_test=not profile.production,
    )
    try:
        return write(batch, envelope)
    except X12Refusal as refusal:
        raise InvalidInput(str(refusal), code="not_writable", field=refusal.field) from refusal


def _record(action: str, file: ClaimFile, actor: User, now: datetime, **data: object) -> None:
    audit.record(
        action,
        subject=f"claimfile:{file.code}",
        actor=actor,
        clinic=file.clinic,
        at=now,
        control_number=file.control_number,
        **data,
    )
