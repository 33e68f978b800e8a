"""An 835 becomes rows, tied to our claims and lines; what does not agree is said and kept."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext

from courses.billing.services.answer_file import AnswerFile, told
from courses.billing.x12 import remittance as paid
from courses.billing.x12.balance import imbalances
from courses.billing.x12.reading import Finding
from courses.models import (
    Claim,
    ClaimMembership,
    Remittance,
    RemittanceAdjustment,
    RemittanceClaim,
    RemittanceLine,
)
from eecp_clinic import audit
from patients.models import Payer


def store(file: AnswerFile, of: paid.Remittance, envelope: Sequence[Finding], position: int) -> Remittance:
    """One payment with its claims, lines and reasons, not posted yet."""
    known = file.claims(claim.reference for claim in of.claims)
    ours = _answered(of, known)
    found = Remittance(
        clinic=file.clinic,
        payer=_payer(file, of, ours.values()),
        payer_name=of.payer_name[:60],
        trace_number=of.trace_number[:50],
        paid_on=of.paid_on,
        method=of.method[:3],
        amount=of.amount,
        file=file.name,
        sha256=file.sha256,
        position=position,
        provider_adjustments=[
            {"reason": one.reason, "reference": one.reference, "amount": str(one.amount)}
            for one in of.provider_adjustments
        ],
        findings=told(
            [*imbalances(of), *of.findings, *envelope, *_strangers(of, known), *_of_others(of, ours)]
        ),
        read_by=file.actor,
        read_at=file.now,
    )
    found.save(force_insert=True)
    lines = _lines_of(ours.values())
    for number, claim in enumerate(of.claims, 1):
        _store_claim(found, claim, number, ours.get(number), lines)
    audit.record(
        "remittance.read",
        subject=f"remittance:{found.code}",
        actor=file.actor,
        clinic=file.clinic,
        at=file.now,
        trace=of.trace_number,
        sha256=file.sha256,
    )
    return found


def _answered(of: paid.Remittance, known: dict[str, Claim]) -> dict[int, Claim]:
    """By its number in the payment the claim of ours that each answers.

    A payer to which the first one passed our claim on knows it by the first one's number: what it judged as second or
    third in line answers the claim that stands for it.
    """
    codes = [claim.pk for claim in known.values()]
    passed = Claim.objects.filter(follows__in=codes, passed_on=True).select_related("course__clinic", "payer")
    later = {(claim.follows_id, claim.rank): claim for claim in passed.order_by("made_at", "pk")}
    found: dict[int, Claim] = {}
    for number, one in enumerate(of.claims, 1):
        claim = known.get(one.reference.lower())
        if claim is not None:
            rank = paid.JUDGED_LATER.get(one.status, claim.rank)
            found[number] = later.get((claim.pk, rank), claim)
    return found


def _of_others(of: paid.Remittance, ours: dict[int, Claim]) -> list[Finding]:
    """Judged as second or third in line, where nobody but a first payer is known to have been asked."""
    return [
        Finding(
            "judged_as_later_payer",
            gettext(
                "Claim %(number)s was judged as by a second payer, and no claim of ours asked one. Find out which payer"
                " this is: its coverage is missing, or the claim went to the wrong payer first."
            )
            % {"number": claim.reference},
            claim.segment,
        )
        for number, claim in enumerate(of.claims, 1)
        if number in ours and paid.JUDGED_LATER.get(claim.status, 1) > ours[number].rank
    ]


def _payer(file: AnswerFile, of: paid.Remittance, claims: Iterable[Claim]) -> Payer | None:
    """Whose claims it pays; where it pays none of ours, the payer of that id or name."""
    payers = {claim.payer for claim in claims}
    if len(payers) == 1:
        return payers.pop()
    own = Payer.objects.filter(clinic=file.clinic)
    by_id = own.filter(payer_id=of.payer_id).first() if of.payer_id else None
    return by_id or own.filter(name__iexact=of.payer_name).first()


def _strangers(of: paid.Remittance, known: dict[str, Claim]) -> list[Finding]:
    return [
        Finding(
            "unknown_claim",
            gettext("Claim %(number)s is none of ours. Find out whose it is before the payment is posted.")
            % {"number": claim.reference},
            claim.segment,
        )
        for claim in of.claims
        if claim.reference.lower() not in known
    ]


def _lines_of(claims: Iterable[Claim]) -> dict[int, list[ClaimMembership]]:
    found: dict[int, list[ClaimMembership]] = {claim.pk: [] for claim in claims}
    for member in ClaimMembership.objects.filter(claim__in=found).select_related("line").order_by("position"):
        found[member.claim_id].append(member)
    return found


def _store_claim(
    to: Remittance,
    of: paid.PaidClaim,
    position: int,
    claim: Claim | None,
    lines: dict[int, list[ClaimMembership]],
) -> None:
    row = RemittanceClaim.objects.create(
        remittance=to,
        claim=claim,
        position=position,
        reference=of.reference[:50],
        status=of.status[:2],
        is_reversal=of.is_reversal,
        charge=of.charge,
        paid=of.paid,
        patient_responsibility=of.stated_responsibility,
        payer_number=of.payer_number[:50],
        remarks=[remark[:10] for remark in of.remarks],
        is_passed_on=of.is_passed_on,
        passed_on_to=of.passed_on_to[:60],
    )
    adjustments = [_adjustment(row, None, one) for one in of.adjustments]
    members = lines[claim.pk] if claim else []
    for number, service in enumerate(of.services, 1):
        line = _store_line(row, service, number, members)
        adjustments += [_adjustment(row, line, one) for one in service.adjustments]
    RemittanceAdjustment.objects.bulk_create(adjustments)


def _store_line(
    row: RemittanceClaim, of: paid.PaidService, position: int, members: Sequence[ClaimMembership]
) -> RemittanceLine:
    member = _member(of, members)
    return RemittanceLine.objects.create(
        remittance_claim=row,
        line=member.line if member else None,
        position=position,
        reference=of.reference[:50],
        hcpcs=of.hcpcs[:48],
        modifiers=[modifier[:2] for modifier in of.modifiers],
        service_date=of.first_date,
        units=of.units,
        charge=of.charge,
        paid=of.paid,
        allowed=of.allowed,
        remarks=[remark[:10] for remark in of.remarks],
    )


def _member(of: paid.PaidService, members: Sequence[ClaimMembership]) -> ClaimMembership | None:
    """By the number that we sent; where it did not come back, by day and code where only one line has them."""
    code = of.reference.lower()
    by_number = [member for member in members if code and member.line.code == code]
    if by_number:
        return by_number[0]
    alike = [
        member
        for member in members
        if member.service_date == of.first_date
        and member.hcpcs == of.hcpcs.upper()
        and set(member.modifiers) == set(of.modifiers)
    ]
    return alike[0] if len(alike) == 1 else None


def _adjustment(
    row: RemittanceClaim, line: RemittanceLine | None, of: paid.Adjustment
) -> RemittanceAdjustment:
    return RemittanceAdjustment(
        remittance_claim=row,
        remittance_line=line,
        group=of.group[:2],
        reason=of.reason[:5],
        amount=of.amount,
        quantity=of.quantity,
    )
