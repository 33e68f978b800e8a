"""What the page of one claim shows."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from courses.billing.balances import balances_of_claims, postings
from courses.billing.line_warnings import waiting
from courses.billing.payer_codes import packaged_codes
from courses.billing.postings import Balance, Posting, Reason, balance, by_line
from courses.billing.services.claim_moving import allows
from courses.billing.services.later_claims import next_coverage
from courses.billing.worklist.worklist import due_to_next, months_to_file
from courses.billing.worklist.worklist_rows import (
    LIGHTS,
    Clock,
    appeal_clock,
    appeal_clocks,
    filing_clock,
)
from courses.billing.x12.codes import Table
from courses.billing.x12.remittance import Adjustment
from courses.claim_states import CORRECTABLE, Event, State
from courses.models import Claim, ClaimMembership, PayerProfile
from patients.models import Coverage

_EVENTS = {
    "make": _("Made"),
    "check": _("Found ready"),
    "reopen": _("Taken back to draft"),
    "discard": _("Discarded"),
    "send": _("Sent"),
    "accept": _("Accepted"),
    "reject": _("Rejected"),
    "pay": _("Paid"),
    "deny": _("Denied"),
    "reverse": _("Payment taken back"),
    "appeal": _("Appealed"),
    "settle": _("Corrected by another"),
}
#: Nobody outside has seen it: what there is to look at can still be mended.
UNSENT = {State.DRAFT, State.READY}


@dataclass(frozen=True, slots=True)
class Told:
    """One reason of a payment in words: how much, whose it is, why."""

    code: str
    words: str
    amount: Any
    is_known: bool


@dataclass(frozen=True, slots=True)
class MemberRow:
    member: ClaimMembership
    balance: Balance
    reasons: tuple[Told, ...]
    is_denied: bool
    #: how many warnings nobody has set aside, while the claim is not sent
    to_look_at: int


@dataclass(frozen=True, slots=True)
class Appeal:
    """How long there is to appeal, and the ``lines`` by their position, none where all are denied; or when it was sent."""

    clock: Clock = field(default_factory=lambda: Clock(None))
    lines: tuple[int, ...] = ()
    sent_on: date | None = None


def claim_page(claim: Claim, now: datetime) -> dict[str, Any]:
    """Lines with their balances, history, files, answers, and what may be done; a fixed number of queries."""
    members = list(
        claim.memberships.select_related("line__session", "supervisor")
        .prefetch_related("line__overrides")
        .order_by("position")
    )
    found = postings(claims=[claim.pk])
    of_lines = by_line(found)
    today = claim.course.clinic.day_of(now)
    asked = claim.was_sent
    rows = [
        _row(member, balance(member.charge if asked else None, of_lines.get(member.line_id, ())), found)
        for member in members
    ]
    return {
        "rows": rows,
        "balance": balances_of_claims([claim.pk])[claim.pk],
        "of_claim": [
            told for one in found if one.line is None for told in in_words(one.reasons, one.remarks)
        ],
        "charge": sum(member.charge for member in members),
        "light": LIGHTS[Claim.State(claim.state)],
        "clock": _clock(claim, members, now),
        "appeal": _appeal(claim, rows, found, today),
        "steps": [
            {
                "step": step,
                "what": _EVENTS.get(step.event, step.event),
                "lines": [one.position for one in members if one.line.code in step.lines],
            }
            for step in claim.steps.select_related("by", "acknowledgement", "remittance")
        ],
        "files": claim.files.select_related("made_by").prefetch_related(
            Prefetch("acknowledgements"),
        ),
        "statuses": claim.statuses.select_related("acknowledgement").order_by(
            "acknowledgement__read_at", "pk"
        ),
        "payments": claim.remittances.select_related("remittance").order_by(
            "remittance__read_at", "position"
        ),
        "later_claims": claim.later_claims.select_related("payer").order_by("made_at"),
        "next_coverage": _next_coverage(claim),
        "corrections": claim.corrections.order_by("made_at"),
        "is_paper": PayerProfile.objects.filter(payer=claim.payer_id, form=PayerProfile.Form.PAPER).exists(),
        "can_check": claim.state in UNSENT,
        "can_correct": claim.state in CORRECTABLE and claim.frequency != Claim.Frequency.VOID,
        "today": today,
    }


def _appeal(claim: Claim, rows: list[MemberRow], found: list[Posting], today: date) -> Appeal | None:
    """Of a claim that was appealed, denied, or paid with a denied line; None where there is nothing to appeal."""
    if claim.state == State.APPEALED:
        sent = claim.steps.filter(event=Event.APPEAL.name.lower()).order_by("at", "pk").last()
        return Appeal(sent_on=sent.on if sent else None)
    denied = [row.member.position for row in rows if row.is_denied]
    if not allows(claim, Event.APPEAL) or not (denied or claim.state == State.DENIED):
        return None
    # A whole claim is denied by a step of its own; a line of one that was paid, by the answer that says so.
    clock = appeal_clocks([claim.pk], today).get(claim.pk)
    if clock is None:
        answers = [one for one in found if one.is_denied]
        days = PayerProfile.objects.filter(payer=claim.payer_id).values_list("appeal_days", flat=True).first()
        said_on = answers[-1].paid_on if answers else None
        clock = appeal_clock(said_on, days, today)
    return Appeal(clock=clock, lines=tuple(denied) if len(denied) < len(rows) else ())


def _next_coverage(claim: Claim) -> Coverage | None:
    """Who may be asked now, after this claim's payer."""
    due = due_to_next(claim.course.clinic).filter(pk=claim.pk).exists()
    return next_coverage(claim) if due else None


def _clock(claim: Claim, members: list[ClaimMembership], now: datetime) -> Clock:
    clinic = claim.course.clinic
    today = clinic.day_of(now)
    if not members or claim.state in {State.PAID, State.DENIED, State.APPEALED, State.VOID}:
        return Clock(None)
    first = min(member.service_date for member in members)
    return filing_clock(claim.payer, first, today, months_to_file(clinic))


def _row(member: ClaimMembership, balance: Balance, found: list[Posting]) -> MemberRow:
    own = [one for one in found if one.line == member.line_id]
    last = own[-1] if own else None
    return MemberRow(
        member=member,
        balance=balance,
        reasons=in_words(last.reasons, last.remarks) if last else (),
        is_denied=bool(last and last.is_denied),
        to_look_at=len(waiting(member.line)) if member.claim.state in UNSENT else 0,
    )


def in_words(reasons: tuple[Reason, ...], remarks: tuple[str, ...] = ()) -> tuple[Told, ...]:
    """Reasons and remarks as people read them; a code that is not in our list says so."""
    book = packaged_codes()
    told = []
    for one in reasons:
        meaning = book.adjustment(Adjustment(one.group, one.code, one.amount))
        told.append(Told(meaning.code, meaning.words, one.amount, meaning.is_known))
    for remark in remarks:
        meaning = book.meaning(Table.REMARK, remark)
        told.append(Told(meaning.code, meaning.words, None, meaning.is_known))
    return tuple(told)
