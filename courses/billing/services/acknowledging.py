"""TA1, 999 and 277CA become rows, and move the claims that they speak of."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext

from courses.billing.payer_codes import packaged_codes
from courses.billing.services.answer_file import AnswerFile, told
from courses.billing.services.claim_moving import Why, allows, locked, move, settle_original
from courses.billing.x12.acknowledgements import InterchangeAck, Outcome, SegmentError, SyntaxAck
from courses.billing.x12.claim_status import ClaimAck
from courses.billing.x12.codes import Table
from courses.billing.x12.reading import Interchange, Transaction
from courses.claim_states import Event
from courses.models import Acknowledgement, Claim, ClaimFile, ClaimStatus
from eecp_clinic import audit

Kind = Acknowledgement.Kind


def store_interchange(file: AnswerFile, of: Interchange, ack: InterchangeAck) -> Acknowledgement:
    """A TA1: where the envelope was refused, no claim of the file has arrived."""
    said = packaged_codes().interchange(ack).words
    found = _keep(
        file,
        of,
        Kind.INTERCHANGE,
        ack.outcome,
        claim_file=file.claim_file(str(ack.control_number), of),
        says=[{"code": f"TA1 {ack.note}", "sentence": said}],
    )
    if ack.outcome is Outcome.REJECTED:
        _turn_back(found, file.now, said)
    return found


def store_syntax(file: AnswerFile, of: Interchange, ack: SyntaxAck) -> Acknowledgement:
    """A 999: where the group was refused, no claim of the file was judged."""
    errors = [error for one in ack.transactions for error in one.errors]
    says = [{"code": f"999 {error.code}", "sentence": _in_words(error)} for error in errors]
    found = _keep(
        file,
        of,
        Kind.SYNTAX,
        ack.outcome,
        claim_file=file.claim_file(ack.group_control, of),
        says=says,
    )
    if ack.outcome is Outcome.REJECTED:
        first = says[0]["sentence"] if says else gettext("The payer refused the form of the file.")
        _turn_back(found, file.now, first)
    return found


def store_claims(
    file: AnswerFile, of: Interchange, transaction: Transaction, acks: Sequence[ClaimAck]
) -> Acknowledgement:
    """A 277CA: each claim was taken in or turned back; one that says neither waits for a person."""
    known = file.claims(ack.reference for ack in acks)
    says = [
        {
            "code": "unknown_claim",
            "sentence": gettext("Claim %(number)s is none of ours.") % {"number": ack.reference},
        }
        for ack in acks
        if ack.reference.lower() not in known
    ]
    found = _keep(
        file,
        of,
        Kind.CLAIMS,
        _together(acks),
        claim_file=_batch(file, of, transaction, list(known.values())),
        says=says,
    )
    for ack in acks:
        _store_status(found, ack, known.get(ack.reference.lower()))
    by_code = {claim.code: claim for claim in locked(Claim.objects.filter(code__in=known))}
    for ack in acks:
        if (claim := by_code.get(ack.reference.lower())) is not None:
            _move(claim, ack, found, file)
    return found


def _keep(
    file: AnswerFile,
    of: Interchange,
    kind: str,
    outcome: Outcome,
    *,
    claim_file: ClaimFile | None,
    says: list[dict[str, str]],
) -> Acknowledgement:
    before = Acknowledgement.objects.filter(clinic=file.clinic, sha256=file.sha256, kind=kind).count()
    if claim_file is None:
        sentence = gettext("It names no file of ours.")
        says = [*says, {"code": "unknown_file", "sentence": sentence}]
    found = Acknowledgement(
        clinic=file.clinic,
        claim_file=claim_file,
        kind=kind,
        position=before + 1,
        outcome=str(outcome),
        file=file.name,
        sha256=file.sha256,
        findings=[*says, *told(of.findings)],
        read_by=file.actor,
        read_at=file.now,
    )
    found.full_clean(validate_unique=False, validate_constraints=False)
    found.save(force_insert=True)
    audit.record(
        "acknowledgement.read",
        subject=f"acknowledgement:{found.code}",
        actor=file.actor,
        clinic=file.clinic,
        at=file.now,
        kind=kind,
        outcome=str(outcome),
        sha256=file.sha256,
    )
    return found


def _turn_back(found: Acknowledgement, now: datetime, said: str) -> None:
    """Every claim of a file that did not get in; claims of a test file were never sent."""
    if found.claim_file is None:
        return
    keys = found.claim_file.claims.values("pk")
    for claim in locked(Claim.objects.filter(pk__in=keys)):
        if allows(claim, Event.REJECT):
            move(claim, Event.REJECT, Why(now=now, note=said, acknowledgement=found))


def _in_words(error: SegmentError) -> str:
    book = packaged_codes()
    where = gettext("Segment %(tag)s, number %(position)s of the file: %(words)s") % {
        "tag": error.tag,
        "position": error.position if error.position is not None else "?",
        "words": book.meaning(Table.SEGMENT_ERROR, error.code).words,
    }
    elements = [
        gettext("Element %(position)s: %(words)s")
        % {
            "position": element.position,
            "words": book.meaning(Table.ELEMENT_ERROR, element.code).words,
        }
        for element in error.elements
    ]
    return " ".join([where, *elements])[:500]


def _together(acks: Sequence[ClaimAck]) -> Outcome:
    turned_back = sum(ack.accepted is False for ack in acks)
    if not turned_back:
        return Outcome.ACCEPTED
    return Outcome.REJECTED if turned_back == len(acks) else Outcome.PARTLY


def _batch(
    file: AnswerFile, of: Interchange, transaction: Transaction, claims: Sequence[Claim]
) -> ClaimFile | None:
    """The file whose number the acknowledgement gives back, else the one in which all of its claims went out."""
    for segment in transaction.segments:
        if segment.tag == "TRN" and segment.text(1) == "2":
            found = file.claim_file(segment.text(2), of)
            if found is not None:
                return found
            break
    files = ClaimFile.objects.of(file.clinic).filter(claims__in=claims, sent_at__isnull=False).distinct()
    sent = list(files[:2])
    return sent[0] if len(sent) == 1 else None


def _store_status(found: Acknowledgement, ack: ClaimAck, claim: Claim | None) -> None:
    book = packaged_codes()
    first = ack.statuses[0] if ack.statuses else None
    words = " ".join(dict.fromkeys(book.status(code).words for code in ack.statuses))
    row = ClaimStatus(
        acknowledgement=found,
        claim=claim,
        reference=ack.reference[:50],
        accepted=ack.accepted,
        category=first.category[:5] if first else "",
        status=first.status[:10] if first else "",
        entity=first.entity[:3] if first else "",
        message=" ".join(part for part in (words, ack.message) if part)[:500],
        payer_number=ack.payer_number[:50],
        amount=ack.amount,
        effective_on=ack.effective_on,
    )
    row.save(force_insert=True)


def _move(claim: Claim, ack: ClaimAck, found: Acknowledgement, file: AnswerFile) -> None:
    """As the answer says, where the claim stands so that it may: a test answer moves nothing."""
    if ack.accepted is None:
        return
    event = Event.ACCEPT if ack.accepted else Event.REJECT
    if not allows(claim, event):
        return
    if ack.payer_number:
        claim.payer_number = ack.payer_number[:50]
    row = found.statuses.filter(claim=claim).order_by("-pk")[0]
    why = Why(now=file.now, actor=file.actor, note=row.message, acknowledgement=found)
    move(claim, event, why)
    if event is Event.ACCEPT and claim.frequency == Claim.Frequency.VOID:
        settle_original(claim, why)
