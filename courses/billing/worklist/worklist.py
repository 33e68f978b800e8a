"""The claims worklist: lines that may go or are kept back, and claims by where they stand, with what they amount to.

Every tab costs the same number of queries, however much it shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import ExtractYear, TruncDate

from courses.billing.asking import SESSION_CODE
from courses.billing.postings import PATIENT
from courses.models import (
    Claim,
    ClaimLine,
    ClaimMembership,
    FeeSchedule,
    FeeScheduleRow,
    PayerProfile,
    RemittanceAdjustment,
)
from eecp_clinic.models import Clinic
from patients.models import Coverage, Payer


class Tab(StrEnum):
    """The tabs in the order of a claim's life."""

    READY = "ready"
    BLOCKED = "blocked"
    DRAFT = "draft"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DENIED = "denied"
    APPEALED = "appealed"
    PAID = "paid"
    NEXT = "next"


LINE_TABS = {Tab.READY: ClaimLine.State.READY, Tab.BLOCKED: ClaimLine.State.BLOCKED}
#: A draft that was found ready waits for its file, which is the biller's next move too.
CLAIM_TABS: Mapping[Tab, tuple[str, ...]] = {
    Tab.DRAFT: (Claim.State.DRAFT, Claim.State.READY),
    Tab.SENT: (Claim.State.SENT,),
    Tab.ACCEPTED: (Claim.State.ACCEPTED,),
    Tab.REJECTED: (Claim.State.REJECTED,),
    Tab.DENIED: (Claim.State.DENIED,),
    Tab.APPEALED: (Claim.State.APPEALED,),
    Tab.PAID: (Claim.State.PAID,),
}


@dataclass(frozen=True, slots=True)
class TabSum:
    """How many stand in a tab and what they amount to (USD). ``unknown``: how many have no known charge."""

    count: int = 0
    amount: Decimal = Decimal(0)
    unknown: int = 0

    def plus(self, count: int, amount: Decimal | None) -> "TabSum":
        if amount is None:
            return TabSum(self.count + count, self.amount, self.unknown + count)
        return TabSum(self.count + count, self.amount + amount, self.unknown)


@dataclass(frozen=True)
class Fees:
    """What the clinic charges for one session, by year; a year that is not there is not known."""

    by_year: Mapping[int, Decimal] = field(default_factory=dict)

    def on(self, day: date) -> Decimal | None:
        return self.by_year.get(day.year)


def fees_of(clinic: Clinic) -> Fees:
    """The newest import of each year counts; amounts with a modifier are those of claims, not of the list."""
    rows = FeeScheduleRow.objects.filter(
        schedule__clinic=clinic, schedule__kind=FeeSchedule.Kind.CHARGE, hcpcs=SESSION_CODE, modifier=""
    ).order_by("schedule__imported_at")
    return Fees(dict(rows.values_list("schedule__year", "amount")))


def months_to_file(clinic: Clinic) -> dict[int, int | None]:
    """By payer: within how many months it takes claims, as its confirmed profile says."""
    found = PayerProfile.objects.filter(payer__clinic=clinic, confirmed_at__isnull=False)
    return dict(found.values_list("payer_id", "filing_months"))


def open_lines(clinic: Clinic, payer: Payer | None = None) -> QuerySet[ClaimLine]:
    """Lines in no live claim, for which one is to be made; each with its ``day``, the coverage that is first on it,
    and who pays: ``payer`` alone."""
    live = ClaimMembership.objects.filter(line=OuterRef("pk"), live=True, rank=1)
    day = TruncDate("session__started_at", tzinfo=clinic.zone)
    in_force = (
        Coverage.objects.filter(patient=OuterRef("session__course__patient"), starts_on__lte=OuterRef("day"))
        .filter(Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("day")))
        .order_by("priority", "-starts_on")
    )
    first = Subquery(in_force.values("payer_id")[:1], output_field=IntegerField())
    card = Subquery(in_force.values("code")[:1])
    return (
        ClaimLine.objects.of(clinic)
        .filter(~Exists(live), is_to_bill=True)
        .annotate(day=day)
        .annotate(payer_key=first, coverage_code=card)
        .filter(Q() if payer is None else Q(payer_key=payer.pk))
    )


def lines_of(clinic: Clinic, tab: Tab, payer: Payer | None) -> QuerySet[ClaimLine]:
    """The lines of a tab, those that run out first before the others."""
    found = open_lines(clinic, payer).filter(state=LINE_TABS[tab])
    return found.select_related("session__course__patient", "session__course__clinic").order_by("day", "pk")


def claims_in(clinic: Clinic) -> QuerySet[Claim]:
    """Claims that somebody still has to do with: a rejected one whose lines were claimed again is over."""
    elsewhere = ClaimMembership.objects.filter(line=OuterRef("line"), live=True, rank=OuterRef("rank"))
    waiting = ClaimMembership.objects.filter(claim=OuterRef("pk")).filter(~Exists(elsewhere))
    return Claim.objects.of(clinic).filter(~Q(state=Claim.State.REJECTED) | Exists(waiting))


def due_to_next(clinic: Clinic) -> QuerySet[Claim]:
    """Claims that were paid or denied, with something left to the patient, whose next payer nobody has asked."""
    asked = ClaimMembership.objects.filter(
        line__memberships__claim=OuterRef("pk"), live=True, rank=OuterRef("rank") + 1
    )
    owed = RemittanceAdjustment.objects.filter(
        remittance_claim__claim=OuterRef("pk"),
        remittance_claim__remittance__posted_at__isnull=False,
        group=PATIENT,
    )
    day = (
        ClaimMembership.objects.filter(claim=OuterRef("pk"))
        .order_by("service_date")
        .values("service_date")[:1]
    )
    other = Coverage.objects.filter(
        patient=OuterRef("course__patient"),
        priority__gt=OuterRef("coverage__priority"),
        starts_on__lte=OuterRef("begins_on"),
    ).exclude(payer__kind=Payer.Kind.SELF_PAY)
    in_force = other.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=OuterRef("begins_on")))
    return (
        Claim.objects.of(clinic)
        .filter(state__in=[Claim.State.PAID, Claim.State.DENIED], rank__lt=3, memberships__live=True)
        .exclude(frequency=Claim.Frequency.VOID)
        .annotate(begins_on=Subquery(day))
        .filter(Exists(in_force), ~Exists(asked))
        .filter(Q(state=Claim.State.DENIED) | Exists(owed))
        .distinct()
    )


def claims_of(clinic: Clinic, tab: Tab, payer: Payer | None) -> QuerySet[Claim]:
    """The claims of a tab, the longest there first, with dates, lines and amount."""
    if tab is Tab.NEXT:
        found: QuerySet[Claim] = Claim.objects.filter(pk__in=due_to_next(clinic).order_by().values("pk"))
    else:
        found = claims_in(clinic).filter(state__in=CLAIM_TABS[tab])
    if payer is not None:
        found = found.filter(payer=payer)
    return (
        found.select_related("course__patient", "course__clinic", "payer", "original", "follows__payer")
        .annotate(
            first_day=Min("memberships__service_date"),
            last_day=Subquery(
                ClaimMembership.objects.filter(claim=OuterRef("pk"))
                .order_by("-service_date")
                .values("service_date")[:1]
            ),
            lines=Count("memberships"),
            charge=Sum("memberships__charge"),
        )
        .order_by("state_at", "pk")
    )


def sums_of(clinic: Clinic, fees: Fees, payer: Payer | None) -> dict[Tab, TabSum]:
    """How many and how much stand in each tab, in three queries. What the next payer may be asked for is a part of what
    stands under paid and denied."""
    found = dict.fromkeys(Tab, TabSum())
    lines, claims = open_lines(clinic, payer), claims_in(clinic)
    if payer is not None:
        claims = claims.filter(payer=payer)
    counted = lines.order_by().values("state", year=ExtractYear("day")).annotate(count=Count("pk"))
    tabs = {state: tab for tab, state in LINE_TABS.items()}
    for row in counted:
        fee = fees.by_year.get(row["year"])
        tab = tabs[ClaimLine.State(row["state"])]
        found[tab] = found[tab].plus(row["count"], None if fee is None else fee * row["count"])
    by_state: dict[str, Tab] = {state: tab for tab, states in CLAIM_TABS.items() for state in states}
    for state, count, amount in (
        claims.order_by()
        .values("state")
        .annotate(count=Count("pk", distinct=True), amount=Sum(F("memberships__charge")))
        .values_list("state", "count", "amount")
    ):
        if (tab_of := by_state.get(state)) is not None:
            found[tab_of] = found[tab_of].plus(count, amount or Decimal(0))
    due = due_to_next(clinic).order_by().values("pk")
    waiting = (
        Claim.objects.filter(pk__in=due) if payer is None else Claim.objects.filter(pk__in=due, payer=payer)
    )
    asked = waiting.aggregate(count=Count("pk", distinct=True), amount=Sum("memberships__charge"))
    found[Tab.NEXT] = TabSum(asked["count"], asked["amount"] or Decimal(0))
    return found


def chosen_payer(clinic: Clinic, code: str) -> Payer | None:
    """The payer of the filter; one that is not there filters nothing."""
    return Payer.objects.filter(clinic=clinic, code=code).first() if code else None


def chosen_tab(value: str) -> Tab:
    return Tab(value) if value in set(Tab) else Tab.READY


def keys_of(codes: list[str], clinic: Clinic) -> list[Any]:
    """The keys of the clinic's lines of those codes."""
    return list(ClaimLine.objects.of(clinic).filter(code__in=codes).values_list("pk", flat=True))
