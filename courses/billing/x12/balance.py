"""Do the sums of a remittance agree? PURE.

The three equations of 005010X221A1 (section 1.10.2.1, balancing): of a line, charge less its adjustments is what was
paid; of a claim, charge less all adjustments is what was paid, and so is the sum of its lines less the claim's own
adjustments; of the payment, the claims less provider adjustments are what was moved. A file that fails one is kept and
shown: the money may be right and the file wrong, or the other way round.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from courses.billing.x12.reading import Finding
from courses.billing.x12.remittance import Adjustment, PaidClaim, PaidService, Remittance
from eecp_clinic.dollars import usd

NOTHING = Decimal(0)


def imbalances(of: Remittance) -> tuple[Finding, ...]:
    """Where sums differ, each with both numbers; empty where all agree."""
    return (*_payment(of), *(finding for claim in of.claims for finding in _claim(claim)))


def _payment(of: Remittance) -> Iterator[Finding]:
    claims = _sum(claim.paid for claim in of.claims)
    taken = _sum(one.amount for one in of.provider_adjustments)
    if claims - taken != of.amount:
        yield Finding(
            "payment_total",
            f"The payment is {usd(of.amount)}, but its claims add up to {usd(claims)} less {usd(taken)} taken for "
            "other reasons. Ask the payer before you post it.",
            of.segment,
        )


def _claim(of: PaidClaim) -> Iterator[Finding]:
    expected = of.charge - _total(of.all_adjustments)
    if expected != of.paid:
        yield Finding(
            "claim_adjustments",
            f"Claim {of.reference}: {usd(of.charge)} charged less {usd(of.charge - expected)} adjusted is "
            f"{usd(expected)}, but {usd(of.paid)} is said to be paid.",
            of.segment,
        )
    if of.services:
        yield from _lines_of(of)
    stated = of.stated_responsibility
    if stated is not None and stated != of.patient_owes:
        yield Finding(
            "patient_responsibility",
            f"Claim {of.reference}: the patient is said to owe {usd(stated)}, but the reasons given (PR) add up to "
            f"{usd(of.patient_owes)}. Bill the patient for neither before it is clear.",
            of.segment,
        )


def _lines_of(of: PaidClaim) -> Iterator[Finding]:
    paid = _sum(service.paid for service in of.services) - _total(of.adjustments)
    if paid != of.paid:
        yield Finding(
            "claim_lines",
            f"Claim {of.reference}: its lines add up to {usd(paid)}, but {usd(of.paid)} is said to be paid.",
            of.segment,
        )
    charged = _sum(service.charge for service in of.services)
    if charged != of.charge:
        yield Finding(
            "claim_charges",
            f"Claim {of.reference}: its lines were charged at {usd(charged)}, the claim at {usd(of.charge)}.",
            of.segment,
        )
    for service in of.services:
        yield from _service(of, service)


def _service(claim: PaidClaim, of: PaidService) -> Iterator[Finding]:
    expected = of.charge - _total(of.adjustments)
    if expected != of.paid:
        yield Finding(
            "line_adjustments",
            f"Claim {claim.reference}, {of.hcpcs}: {usd(of.charge)} charged less its adjustments is "
            f"{usd(expected)}, but {usd(of.paid)} is said to be paid.",
            of.segment,
        )


def _total(adjustments: Iterable[Adjustment]) -> Decimal:
    return _sum(one.amount for one in adjustments)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, NOTHING)
