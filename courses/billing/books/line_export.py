"""Claim lines as rows of a CSV: stable columns, filtered by the address, money from ``balances``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from courses.access import payers_of
from courses.billing.balances import balances_of_lines
from courses.billing.books.month import midnight
from courses.billing.facts import service_day
from courses.billing.findings import Severity
from courses.billing.line_warnings import warnings_of
from courses.billing.postings import Balance
from courses.models import ClaimLine, ClaimMembership
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import Clinic
from patients.banner import primary_coverage

#: The names do not change; new ones are added at the end.
COLUMNS = (
    "line",
    "service_date",
    "session_number",
    "patient_mrn",
    "family_name",
    "given_name",
    "payer",
    "hcpcs",
    "modifiers",
    "place_of_service",
    "units",
    "state",
    "blocks",
    "warnings",
    "claim",
    "claim_state",
    "asked_usd",
    "paid_usd",
    "adjusted_usd",
    "patient_owes_usd",
    "open_usd",
    "course",
    "warnings_set_aside",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for; None or empty asks for all."""

    first_day: date | None = None
    last_day: date | None = None
    state: str = ""


def wanted(asked: Mapping[str, str]) -> Wanted:
    """From ``from``, ``to`` and ``state`` of an address. Raises InvalidInput."""
    state = asked.get("state", "")
    if state and state not in ClaimLine.State.values:
        raise InvalidInput(gettext("The state is ready or blocked."))
    return Wanted(_day(asked.get("from")), _day(asked.get("to")), state)


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(gettext("Write a day as 2026-11-30.")) from error


def lines_wanted(clinic: Clinic, asked: Wanted) -> QuerySet[ClaimLine]:
    # The claim to the first payer; the sums are those of all payers together.
    members = ClaimMembership.objects.filter(live=True, rank=1).select_related("claim__payer")
    rows = (
        ClaimLine.objects.of(clinic)
        .select_related("session__course__clinic", "session__course__patient")
        .prefetch_related(
            "overrides",
            payers_of("session__course__patient__coverages"),
            Prefetch("memberships", members, to_attr="live_members"),
        )
        .order_by("session__started_at", "pk")
    )
    if asked.first_day:
        rows = rows.filter(session__started_at__gte=midnight(asked.first_day, clinic))
    if asked.last_day:
        rows = rows.filter(session__started_at__lt=midnight(asked.last_day + timedelta(days=1), clinic))
    return rows.filter(state=asked.state) if asked.state else rows


def rows_of(clinic: Clinic, asked: Wanted) -> list[tuple[object, ...]]:
    """One row a line, in the order of service, in a fixed number of queries."""
    lines = list(lines_wanted(clinic, asked))
    balances = balances_of_lines([line.pk for line in lines])
    return [_row(line, balances[line.pk]) for line in lines]


def _row(line: ClaimLine, balance: Balance) -> tuple[object, ...]:
    session, patient = line.session, line.session.course.patient
    day = service_day(session)
    members: list[ClaimMembership] = line.live_members  # type: ignore[attr-defined]  # prefetched
    member = members[0] if members else None
    coverage = primary_coverage(patient, day)
    payer = member.claim.payer.name if member else coverage.payer.name if coverage else ""
    known = balance.answered
    return (
        line.code,
        day.isoformat(),
        session.number,
        patient.mrn,
        patient.family_name,
        patient.given_name,
        payer,
        member.hcpcs if member else "",
        " ".join(member.modifiers) if member else "",
        member.place_of_service if member else "",
        member.units if member else None,
        line.state,
        _codes(line, Severity.BLOCK),
        _codes(line, Severity.WARN),
        member.claim.code if member else "",
        member.claim.state if member else "",
        balance.asked,
        balance.paid if known else None,
        balance.adjusted if known else None,
        balance.patient_owes if known else None,
        balance.open,
        session.course.code,
        " ".join(one.finding["code"] for one in warnings_of(line) if not one.waits),
    )


def _codes(line: ClaimLine, severity: Severity) -> str:
    return " ".join(finding["code"] for finding in line.findings if finding["severity"] == severity)


def file_name(clinic: Clinic, now: datetime) -> str:
    return f"claim-lines-{clinic.day_of(now).isoformat()}.csv"
