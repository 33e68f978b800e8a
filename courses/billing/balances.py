"""What is paid, adjusted and left to the patient, of any lines or claims: the one place that asks the record.

Everything that shows money (worklist, statements, day sheet, ledger) asks here. Only what was **posted** counts
(``Remittance.posted_at``): a file that was read and does not balance waits for a biller and changes no balance.

- ``balances_of_lines(keys)``: by ``ClaimLine`` key, what is asked for (by its newest claim that was sent, and neither
  rejected nor taken back), paid, adjusted, what the patient owes, and what is open. A line that is asked of nobody has
  ``asked`` None; one without an answer ``answered`` False: show "Not known yet", not 0.
- ``balances_of_claims(keys)``: by ``Claim`` key, with adjustments of the claim as a whole, which belong to no line:
  what this claim's payer said, whatever payers before and after it did.
- ``postings(...)``: the single entries behind them, by lines, claims, or a clinic and the time of posting. Of lines and
  clinics each says what it changes where several payers answered (``later_payers``); of claims what it says.

Days that went out grouped on one line come back as one amount: it is shared among them in whole cents.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Sum

from courses.billing.later_payers import Asked, in_turn
from courses.billing.postings import NOTHING, Balance, Posting, Reason, balance, by_line, shares
from courses.models import (
    Claim,
    ClaimMembership,
    RemittanceAdjustment,
    RemittanceClaim,
    RemittanceLine,
)
from eecp_clinic.models import Clinic


def balances_of_lines(lines: Collection[int]) -> dict[int, Balance]:
    """How each of those lines stands; one query and those of ``postings``."""
    # A charge stands as in the books: until its claim is rejected, or a correction takes it out. A void asks for nothing.
    corrected = Claim.objects.filter(original=OuterRef("claim"), sent_at__isnull=False)
    sent = (
        ClaimMembership.objects.filter(line__in=lines, claim__sent_at__isnull=False, rank=1)
        .exclude(claim__frequency=Claim.Frequency.VOID)
        .exclude(claim__state=Claim.State.REJECTED)
        .exclude(Exists(corrected.exclude(state=Claim.State.REJECTED)))
        .order_by("claim__sent_at", "claim_id")
    )
    asked = dict(sent.values_list("line_id", "charge"))
    found = by_line(postings(lines=lines))
    return {line: balance(asked.get(line), found.get(line, ())) for line in lines}


def balances_of_claims(claims: Collection[int]) -> dict[int, Balance]:
    """How each of those claims stands, adjustments of the claim as a whole among them."""
    sums = dict(
        ClaimMembership.objects.filter(claim__in=claims, claim__sent_at__isnull=False)
        .order_by()
        .values_list("claim_id")
        .annotate(Sum("charge"))
    )
    found: dict[int, list[Posting]] = {}
    for one in postings(claims=claims):
        found.setdefault(one.claim, []).append(one)
    return {claim: balance(sums.get(claim), found.get(claim, ())) for claim in claims}


def postings(
    *,
    lines: Collection[int] | None = None,
    claims: Collection[int] | None = None,
    clinic: Clinic | None = None,
    posted_from: datetime | None = None,
    posted_before: datetime | None = None,
) -> list[Posting]:
    """Entries in the order in which they were posted, in a fixed number of queries. Narrow it by at least one."""
    if lines is None and claims is None and clinic is None:
        raise ValueError("Say whose entries are wanted: lines, claims or a clinic.")
    rows = _posted()
    if lines is not None:
        rows = rows.filter(claim__in=ClaimMembership.objects.filter(line__in=lines).values("claim"))
    if claims is not None:
        rows = rows.filter(claim__in=claims)
    if clinic is not None:
        rows = rows.filter(remittance__clinic=clinic)
    if posted_from is not None:
        rows = rows.filter(remittance__posted_at__gte=posted_from)
    if posted_before is not None:
        rows = rows.filter(remittance__posted_at__lt=posted_before)
    wanted = None if lines is None else set(lines)
    answers = list(_with_all(rows))
    found = [entry for row in answers for entry in entries_of(row)]
    if claims is None:
        found = _as_they_change(found, answers)
    return [entry for entry in found if wanted is None or entry.line in wanted]


def _posted() -> QuerySet[RemittanceClaim]:
    return RemittanceClaim.objects.filter(claim__isnull=False, remittance__posted_at__isnull=False)


def _as_they_change(found: list[Posting], answers: Sequence[RemittanceClaim]) -> list[Posting]:
    """The entries, with what each changes for lines of which a second payer was asked; two queries and those of theirs."""
    lines = {member.line_id for row in answers if row.claim for member in row.claim.memberships.all()}
    later = ClaimMembership.objects.filter(line__in=lines, rank__gt=1).values("line")
    claims = set(ClaimMembership.objects.filter(line__in=later).values_list("claim", flat=True))
    if not claims:
        return found
    by_course: defaultdict[int, list[RemittanceClaim]] = defaultdict(list)
    for row in _with_all(_posted().filter(claim__in=claims)):
        if row.claim is not None:
            by_course[row.claim.course_id].append(row)
    turned = [
        entry
        for rows in by_course.values()
        for entry in in_turn(
            [one for row in rows for one in entries_of(row)],
            {row.claim.pk: _asked(row.claim) for row in rows if row.claim is not None},
        )
    ]
    wanted = {row.pk for row in answers}
    mixed = [one for one in found if one.claim not in claims] + [
        one for one in turned if one.answer in wanted
    ]
    return sorted(mixed, key=lambda one: (one.posted_at, one.remittance, one.answer))


def _asked(claim: Claim) -> Asked:
    return Asked(claim.rank, frozenset(member.line_id for member in claim.memberships.all()))


def _with_all(rows: QuerySet[RemittanceClaim]) -> QuerySet[RemittanceClaim]:
    members = ClaimMembership.objects.order_by("service_date", "position")
    return (
        rows.select_related("remittance", "claim")
        .prefetch_related(
            Prefetch("lines", RemittanceLine.objects.prefetch_related("adjustments").order_by("position")),
            "adjustments",
            Prefetch("claim__memberships", members),
        )
        .order_by("remittance__posted_at", "remittance_id", "position")
    )


def entries_of(row: RemittanceClaim) -> Iterator[Posting]:
    """The entries of one claim of a remittance of ``_with_all``: one a day of service, and one of the claim itself."""
    if row.claim is None:
        return
    members = list(row.claim.memberships.all())
    for service in row.lines.all():
        yield from _of_service(row, service, members)
    own = row.own_adjustments
    if row.claim.rank > 1 and members and not row.lines.all():
        yield from _shared(row, own, members)
    elif own or not row.lines.all():
        # Without lines the claim's own amounts are all there is.
        bare = not row.lines.all()
        yield _posting(
            row,
            None,
            charge=row.charge if bare else NOTHING,
            paid=row.paid if bare else NOTHING,
            reasons=tuple(Reason(one.group, one.reason, one.amount) for one in own),
            remarks=tuple(row.remarks),
        )


def _shared(
    row: RemittanceClaim, own: Sequence[RemittanceAdjustment], members: Sequence[ClaimMembership]
) -> Iterator[Posting]:
    """Second payers often answer a claim as a whole: that is shared among its lines, to settle what each left open."""
    charged, paid = shares(row.charge, len(members)), shares(row.paid, len(members))
    adjusted = [(one, shares(one.amount, len(members))) for one in own]
    for at, member in enumerate(members):
        yield _posting(
            row,
            member.line_id,
            charge=charged[at],
            paid=paid[at],
            reasons=tuple(Reason(one.group, one.reason, parts[at]) for one, parts in adjusted),
            remarks=tuple(row.remarks),
        )


def _of_service(
    row: RemittanceClaim, service: RemittanceLine, members: Sequence[ClaimMembership]
) -> Iterator[Posting]:
    days = _days_of(service, members) or [None]
    adjusted = [(one, shares(one.amount, len(days))) for one in service.adjustments.all()]
    charged, paid = shares(service.charge, len(days)), shares(service.paid, len(days))
    allowed = None if service.allowed is None else shares(service.allowed, len(days))
    for at, line in enumerate(days):
        yield _posting(
            row,
            line,
            charge=charged[at],
            paid=paid[at],
            reasons=tuple(Reason(one.group, one.reason, parts[at]) for one, parts in adjusted),
            allowed=None if allowed is None else allowed[at],
            remarks=tuple(service.remarks),
        )


def _days_of(service: RemittanceLine, members: Sequence[ClaimMembership]) -> list[int | None]:
    """The lines that a service answers: its own, and those of the days that went out on it."""
    if service.line_id is None:
        return []
    first = next((at for at, one in enumerate(members) if one.line_id == service.line_id), None)
    asked = next((one.charge for one in members if one.line_id == service.line_id), None)
    if first is None or not asked:
        return [service.line_id]
    days = max(1, round(abs(service.charge) / asked))
    return [one.line_id for one in members[first : first + days]]


def _posting(
    row: RemittanceClaim,
    line: int | None,
    *,
    charge: Decimal,
    paid: Decimal,
    reasons: tuple[Reason, ...],
    allowed: Decimal | None = None,
    remarks: tuple[str, ...] = (),
) -> Posting:
    posted_at = row.remittance.posted_at
    if posted_at is None or row.claim_id is None:
        raise ValueError("Only what was posted to a claim of ours is an entry.")
    return Posting(
        claim=row.claim_id,
        line=line,
        remittance=row.remittance_id,
        answer=row.pk,
        posted_at=posted_at,
        paid_on=row.remittance.paid_on,
        charge=charge,
        paid=paid,
        reasons=reasons,
        allowed=allowed,
        remarks=remarks,
        is_reversal=row.is_reversal,
    )
