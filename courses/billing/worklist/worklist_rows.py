"""The rows of the worklist as the page shows them: what it is, why it stands there, whose move, how long there is."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext

from courses.billing.balances import balances_of_claims
from courses.billing.facts import federal_holidays
from courses.billing.findings import Mover
from courses.billing.line_warnings import waiting
from courses.billing.mending import Mend, mend_of
from courses.billing.postings import Balance
from courses.billing.timely_filing import MEDICARE_MONTHS, filing_limit
from courses.billing.worklist.claims_page import MOVERS, blocking
from courses.billing.worklist.worklist import Fees
from courses.models import Claim, ClaimLine, ClaimStep, PayerProfile
from patients.models import Payer

#: From here on the clock is shown as a warning, and as lost once nothing is left.
SOON_DAYS = 30
LIGHTS = {
    Claim.State.DRAFT: "look",
    Claim.State.READY: "go",
    Claim.State.SENT: "run",
    Claim.State.ACCEPTED: "run",
    Claim.State.REJECTED: "stop",
    Claim.State.DENIED: "stop",
    Claim.State.APPEALED: "look",
    Claim.State.PAID: "go",
    Claim.State.VOID: "idle",
}


@dataclass(frozen=True, slots=True)
class Clock:
    """Days left of a limit; ``days`` None: the limit is not known."""

    days: int | None
    last_day: date | None = None

    @property
    def light(self) -> str:
        if self.days is None:
            return "idle"
        return "stop" if self.days < 0 else "look" if self.days <= SOON_DAYS else ""


@dataclass(frozen=True, slots=True)
class LineRow:
    line: ClaimLine
    patient: Any
    number: int | None
    day: date
    payer: str
    charge: Decimal | None
    clock: Clock
    why: str = ""
    more: int = 0
    mover: Any = ""
    mend: Mend | None = None
    #: what nobody has set aside
    look: str = ""
    more_to_look: int = 0


@dataclass(frozen=True, slots=True)
class ClaimRow:
    claim: Claim
    url: str
    patient: Any
    payer: str
    first_day: date
    last_day: date
    lines: int
    charge: Decimal
    light: str
    why: str
    clock: Clock
    balance: Balance | None = None


def filing_clock(
    payer: Payer | None, first_day: date, today: date, months: Mapping[int, int | None]
) -> Clock:
    """How long ``payer`` takes a line of that day: Medicare twelve months, any other what its profile says."""
    if payer is None:
        return Clock(None)
    is_medicare = payer.kind == Payer.Kind.ORIGINAL_MEDICARE
    within = MEDICARE_MONTHS if is_medicare else months.get(payer.pk)
    if within is None:
        return Clock(None)
    limit = filing_limit(first_day, on=today, holidays=federal_holidays(first_day.year), months=within)
    return Clock(limit.days_left, limit.last_day)


def line_rows(
    lines: Sequence[ClaimLine],
    *,
    payers: Mapping[int, Payer],
    fees: Fees,
    months: Mapping[int, int | None],
    today: date,
) -> list[LineRow]:
    """Rows of lines of ``worklist.lines_of``."""
    prefetch_related_objects(lines, "overrides")
    return [_line_row(line, payers, fees, months, today) for line in lines]


def _line_row(
    line: ClaimLine,
    payers: Mapping[int, Payer],
    fees: Fees,
    months: Mapping[int, int | None],
    today: date,
) -> LineRow:
    day: date = line.day  # type: ignore[attr-defined]  # annotated
    payer = payers.get(line.payer_key)  # type: ignore[attr-defined]  # annotated
    blocks, to_look_at = blocking(line), waiting(line)
    first = blocks[0] if blocks else None
    mover = Mover(first["mover"]) if first else Mover.NOBODY
    return LineRow(
        line=line,
        patient=line.session.course.patient,
        number=line.session.number,
        day=day,
        payer=payer.name if payer else gettext("Payer not known"),
        charge=fees.on(day),
        clock=filing_clock(payer, day, today, months),
        why=first["sentence"] if first else "",
        more=max(0, len(blocks) - 1),
        mover="" if mover is Mover.NOBODY else MOVERS[mover],
        mend=mend_of(line, first) if first else None,
        look=to_look_at[0]["sentence"] if to_look_at else "",
        more_to_look=max(0, len(to_look_at) - 1),
    )


def claim_rows(claims: Sequence[Claim], *, months: Mapping[int, int | None], today: date) -> list[ClaimRow]:
    """Rows of claims of ``worklist.claims_of``."""
    keys = [claim.pk for claim in claims]
    balances = balances_of_claims(keys) if any(claim.was_sent for claim in claims) else {}
    appeals = appeal_clocks(keys, today)
    return [
        ClaimRow(
            claim=claim,
            url=reverse("courses:claim", args=[claim.code]),
            patient=claim.course.patient,
            payer=claim.payer.name,
            first_day=claim.first_day,  # type: ignore[attr-defined]  # annotated
            last_day=claim.last_day,  # type: ignore[attr-defined]  # annotated
            lines=claim.lines,  # type: ignore[attr-defined]  # annotated
            charge=claim.charge,  # type: ignore[attr-defined]  # annotated
            light=LIGHTS[Claim.State(claim.state)],
            why=_why(claim),
            clock=_clock(claim, months, today, appeals),
            balance=balances.get(claim.pk),
        )
        for claim in claims
    ]


def _why(claim: Claim) -> str:
    """What was said last; of a correction also what it corrects, and of a claim to a later payer whom it follows."""
    parts = []
    if claim.follows is not None:
        said = gettext("Payer %(rank)d, after %(payer)s.")
        parts.append(said % {"rank": claim.rank, "payer": claim.follows.payer.name})
    if claim.original is not None:
        said = gettext("%(kind)s %(code)s.")
        parts.append(said % {"kind": claim.get_frequency_display(), "code": claim.original.code})
    if claim.note:
        parts.append(claim.note)
    return " ".join(parts)


def _clock(
    claim: Claim, months: Mapping[int, int | None], today: date, appeals: Mapping[int, Clock]
) -> Clock:
    if claim.state == Claim.State.DENIED:
        return appeals.get(claim.pk, Clock(None))
    return filing_clock(claim.payer, claim.first_day, today, months)  # type: ignore[attr-defined]  # annotated


def appeal_clocks(claims: Collection[int], today: date) -> dict[int, Clock]:
    """By claim that was denied: the days left to appeal, by the payer's profile; unknown where it says nothing."""
    denials = (
        ClaimStep.objects.filter(claim__in=claims, event="deny")
        .select_related("remittance", "claim__course__clinic")
        .order_by("at", "pk")
    )
    days = dict(
        PayerProfile.objects.filter(payer__claims__in=claims)
        .values_list("payer_id", "appeal_days")
        .distinct()
    )
    found: dict[int, Clock] = {}
    for step in denials:
        within = days.get(step.claim.payer_id)
        paid_on = step.remittance.paid_on if step.remittance else None
        begun = paid_on or step.claim.course.clinic.day_of(step.at)
        found[step.claim_id] = appeal_clock(begun, within, today)
    return found


def appeal_clock(begun: date | None, within: int | None, today: date) -> Clock:
    """Days left of ``within`` from the day of the answer; not known where either is not."""
    if begun is None or within is None:
        return Clock(None)
    last = begun + timedelta(days=within)
    return Clock((last - today).days, last)
