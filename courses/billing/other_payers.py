"""What payers before this one answered, as a claim to the next payer tells it (2320, 2330, 2430; boxes 9, 11 and 29).

Read from what was posted. A payer's answer that was taken back counts no more; what stands must be one answer, because
the next payer works out what it owes from it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.translation import gettext

from courses.billing.balances import postings
from courses.billing.people_asked import subscriber_asked
from courses.billing.postings import NOTHING, Posting
from courses.billing.x12 import parties
from courses.models import Claim, PayerProfile, RemittanceClaim
from eecp_clinic.errors import Conflict
from patients.models import Coverage, Payer

RANKS = {1: parties.Rank.PRIMARY, 2: parties.Rank.SECONDARY, 3: parties.Rank.TERTIARY}


@dataclass(frozen=True, slots=True)
class Before:
    """Payers in their order, and by the key of a line what each said of it."""

    payers: tuple[parties.OtherPayer, ...]
    lines: Mapping[int, tuple[parties.LineAdjudication, ...]]


def earlier(claim: Claim) -> list[Claim]:
    """The claims to the payers before this one, the first payer's first; one query each."""
    found: list[Claim] = []
    while (before := (found[-1] if found else claim).follows_id) is not None:
        found.append(Claim.objects.select_related("payer", "coverage").get(pk=before))
    return found[::-1]


def before(claim: Claim) -> Before:
    """What payers before this one answered; three queries a payer. Raises Conflict where that cannot be told."""
    payers: list[parties.OtherPayer] = []
    lines: defaultdict[int, list[parties.LineAdjudication]] = defaultdict(list)
    for one in earlier(claim):
        answer = standing_answer(one)
        paid_on = _paid_on(one, answer)
        payers.append(_payer(claim, one, answer, paid_on))
        for posting in answer:
            if posting.line is not None:
                lines[posting.line].append(_adjudication(one, posting, paid_on))
    return Before(tuple(payers), {line: tuple(found) for line, found in lines.items()})


def standing_answer(claim: Claim) -> list[Posting]:
    """The one answer of the claim's payer that stands, by line. Raises Conflict where there is none, or several."""
    standing: list[list[Posting]] = []
    for _, found in groupby(postings(claims=[claim.pk]), lambda one: one.answer):
        answer = list(found)
        if not answer[0].is_reversal:
            standing.append(answer)
        elif standing:
            standing.pop()
    name = {"payer": claim.payer.name}
    if not standing:
        said = gettext("%(payer)s has not answered, or took its answer back. Wait for its answer.")
        raise Conflict(said % name, code="earlier_payer_not_answered")
    if len(standing) > 1:
        said = gettext(
            "%(payer)s has answered more than once without taking the first answer back. Ask it which counts."
        )
        raise Conflict(said % name, code="earlier_payer_answered_twice")
    return standing[0]


def _paid_on(claim: Claim, answer: Sequence[Posting]) -> date:
    day = answer[0].paid_on
    if day is None:
        said = gettext(
            "The payment of %(payer)s has no date that can be read. Ask the payer for its answer again."
        )
        raise Conflict(said % {"payer": claim.payer.name}, code="earlier_payment_without_day")
    return day


def _payer(claim: Claim, asked: Claim, answer: Sequence[Posting], paid_on: date) -> parties.OtherPayer:
    row = RemittanceClaim.objects.get(pk=answer[0].answer)
    by_line = any(posting.line is not None for posting in answer)
    coverage = asked.coverage
    return parties.OtherPayer(
        rank=RANKS[asked.rank],
        name=asked.payer.name,
        id=asked.payer.payer_id,
        filing_code=_filing_code(asked.payer),
        member_id=coverage.member_id,
        subscriber=subscriber_asked(coverage, claim.course.patient),
        relationship=coverage.relationship,
        group_number=coverage.group_number,
        insurance_type=why_second(asked) if asked.rank > 1 else "",
        paid=row.paid,
        paid_on=None if by_line else paid_on,
        adjustments=tuple(one for posting in answer if posting.line is None for one in _reasons(posting)),
        patient_owes=None if by_line else sum((posting.said_owed for posting in answer), NOTHING),
    )


def _adjudication(asked: Claim, posting: Posting, paid_on: date) -> parties.LineAdjudication:
    return parties.LineAdjudication(
        payer_id=asked.payer.payer_id,
        paid=posting.paid,
        paid_on=paid_on,
        adjustments=tuple(_reasons(posting)),
        patient_owes=posting.said_owed,
    )


def _reasons(posting: Posting) -> Iterator[parties.Adjustment]:
    return (parties.Adjustment(one.group, one.code, one.amount) for one in posting.reasons)


def _filing_code(payer: Payer) -> str:
    found = PayerProfile.objects.filter(payer=payer).values_list("filing_code", flat=True).first()
    if not found:
        said = gettext("The claim filing code of %(payer)s is not known. Enter it in its profile.")
        raise Conflict(said % {"payer": payer.name}, code="filing_code_missing")
    return found


def why_second(claim: Claim) -> str:
    """SBR05 of a claim to Medicare after another payer. Raises Conflict where nobody entered why."""
    if claim.payer.kind != Payer.Kind.ORIGINAL_MEDICARE:
        return ""
    if not claim.coverage.secondary_reason:
        raise Conflict(
            gettext("Why Medicare pays second is not known. Enter it at the patient's Medicare coverage."),
            code="secondary_reason_missing",
        )
    return str(Coverage.SecondaryReason(claim.coverage.secondary_reason).value)
