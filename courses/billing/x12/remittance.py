"""What a payer says it paid, and why not the rest (835, 005010X221A1). PURE.

Amounts are as the payer wrote them: a reversal is negative, what the patient owes (PR) is kept apart from what the
clinic bears (CO), and what was left out stays None. Whether the sums agree is ``balance``'s to say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from courses.billing.x12.reading import Finding, Segment, Transaction, X12Malformed, unreadable_days

#: CLP02: reversal of an earlier payment, and denied.
REVERSAL, DENIED = "22", "4"
#: CLP02: this payer judged it as second or third in line; and it sent the claim on to another payer.
JUDGED_LATER = {"2": 2, "20": 2, "3": 3, "21": 3}
PASSED_ON = ("19", "20", "21", "23")
#: RARC that say the same: to a supplemental insurer, to Medicaid, to several.
PASSED_ON_REMARKS = ("MA18", "MA07", "N89")
PATIENT, CONTRACTUAL = "PR", "CO"


@dataclass(frozen=True, slots=True)
class Adjustment:
    """CAS: an amount that was not paid, whose it is (``group``) and why (``reason``)."""

    group: str
    reason: str
    amount: Decimal
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidService:
    """SVC: one line. ``reference`` is our own number of it (REF 6R), where it came back."""

    hcpcs: str
    modifiers: tuple[str, ...]
    charge: Decimal
    paid: Decimal
    units: Decimal | None
    first_date: date | None
    last_date: date | None
    reference: str
    allowed: Decimal | None
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    segment: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidClaim:
    """CLP: one claim. ``reference`` is our own number of it; ``stated_responsibility`` is CLP05 as it stands;
    ``passed_on_to`` names the payer to which the claim was sent on (crossover), where the file does."""

    reference: str
    status: str
    charge: Decimal
    paid: Decimal
    stated_responsibility: Decimal | None
    payer_number: str
    filing_code: str
    patient: str
    member_id: str
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[str, ...]
    services: tuple[PaidService, ...]
    segment: int
    passed_on_to: str = ""

    @property
    def is_passed_on(self) -> bool:
        """The payer has sent it on to another payer itself, so that nobody else does."""
        remarks = {*self.remarks, *(remark for service in self.services for remark in service.remarks)}
        return (
            bool(self.passed_on_to) or self.status in PASSED_ON or not remarks.isdisjoint(PASSED_ON_REMARKS)
        )

    @property
    def is_reversal(self) -> bool:
        return self.status == REVERSAL

    @property
    def is_denied(self) -> bool:
        """Denied outright (CLP02); a claim may also be paid nothing for other reasons."""
        return self.status == DENIED

    @property
    def all_adjustments(self) -> tuple[Adjustment, ...]:
        return (*self.adjustments, *(one for service in self.services for one in service.adjustments))

    def adjusted(self, group: str) -> Decimal:
        """What one group bears, over the claim and its lines."""
        return sum((one.amount for one in self.all_adjustments if one.group == group), Decimal(0))

    @property
    def patient_owes(self) -> Decimal:
        return self.adjusted(PATIENT)

    @property
    def clinic_bears(self) -> Decimal:
        return self.adjusted(CONTRACTUAL)


@dataclass(frozen=True, slots=True)
class ProviderAdjustment:
    """PLB: an amount taken from the payment (positive) or added to it (negative), of no single claim."""

    reason: str
    reference: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Remittance:
    """One payment. ``amount`` is what was moved (BPR02); ``method`` ACH, CHK, NON...; ``findings`` what was unreadable."""

    trace_number: str
    amount: Decimal
    method: str
    paid_on: date | None
    payer_name: str
    payer_id: str
    payee_name: str
    payee_id: str
    claims: tuple[PaidClaim, ...]
    provider_adjustments: tuple[ProviderAdjustment, ...]
    findings: tuple[Finding, ...]
    segment: int


def remittance(of: Transaction) -> Remittance:
    """One 835 transaction. Raises X12Malformed."""
    bpr, trn = _first(of, "BPR"), _first(of, "TRN")
    claims_from = _index(of.segments, {"LX", "CLP", "PLB"})
    head, body = of.segments[:claims_from], of.segments[claims_from:]
    payer, payee = _party(head, "PR"), _party(head, "PE")
    sign = -1 if bpr.text(3) == "D" else 1
    return Remittance(
        trace_number=trn.need(2, "the number of the check or transfer"),
        amount=sign * bpr.amount(2, "the amount paid"),
        method=bpr.text(4),
        paid_on=bpr.day_or_none(16),
        payer_name=payer.text(2) if payer else "",
        payer_id=(payer.text(4) if payer else "") or trn.text(3),
        payee_name=payee.text(2) if payee else "",
        payee_id=payee.text(4) if payee else "",
        claims=tuple(_claim(part) for part in _cut(_without(body, {"PLB", "LX", "TS2", "TS3"}), "CLP")),
        provider_adjustments=tuple(
            one for plb in body if plb.tag == "PLB" for one in _provider_adjustments(plb)
        ),
        findings=unreadable_days(of.segments),
        segment=of.number,
    )


def _first(of: Transaction, tag: str) -> Segment:
    found = next((segment for segment in of.segments if segment.tag == tag), None)
    if found is None:
        raise X12Malformed(f"The 835 has no {tag} segment.", of.number)
    return found


def _index(segments: Sequence[Segment], tags: set[str]) -> int:
    return next((at for at, segment in enumerate(segments) if segment.tag in tags), len(segments))


def _party(segments: Sequence[Segment], role: str) -> Segment | None:
    return next((s for s in segments if s.tag == "N1" and s.text(1) == role), None)


def _without(segments: Sequence[Segment], tags: set[str]) -> list[Segment]:
    return [segment for segment in segments if segment.tag not in tags]


def _cut(segments: Sequence[Segment], tag: str) -> Iterator[list[Segment]]:
    """From each segment of that tag to the next; what stands before the first is none."""
    starts = [at for at, segment in enumerate(segments) if segment.tag == tag]
    for at, end in pairwise([*starts, len(segments)]):
        yield list(segments[at:end])


def _claim(segments: list[Segment]) -> PaidClaim:
    clp = segments[0]
    head = segments[: _index(segments, {"SVC"})]
    patient = next((s for s in head if s.tag == "NM1" and s.text(1) == "QC"), None)
    other = next((s for s in head if s.tag == "NM1" and s.text(1) == "TT"), None)
    return PaidClaim(
        reference=clp.need(1, "the number of the claim"),
        status=clp.need(2, "the status of the claim"),
        charge=clp.amount(3, "the charge"),
        paid=clp.amount(4, "the amount paid"),
        stated_responsibility=clp.amount_or_none(5, "what the patient owes"),
        payer_number=clp.text(7),
        filing_code=clp.text(6),
        patient=f"{patient.text(3)}, {patient.text(4)}".strip(", ") if patient else "",
        member_id=patient.text(9) if patient else "",
        adjustments=_adjustments(head),
        remarks=tuple(_outpatient_remarks(head)),
        services=tuple(_service(part) for part in _cut(segments, "SVC")),
        segment=clp.number,
        passed_on_to=other.text(3) if other else "",
    )


def _service(segments: list[Segment]) -> PaidService:
    svc = segments[0]
    procedure = svc.parts(1)
    code = procedure[1] if len(procedure) > 1 else procedure[0]
    days = {s.text(1): s.day_or_none(2) for s in segments if s.tag == "DTM"}
    return PaidService(
        hcpcs=code,
        modifiers=tuple(part for part in procedure[2:6] if part),
        charge=svc.amount(2, "the charge"),
        paid=svc.amount_or_none(3, "the amount paid") or Decimal(0),
        units=svc.amount_or_none(5, "the units paid"),
        first_date=days.get("472") or days.get("150"),
        last_date=days.get("151"),
        reference=next((s.text(2) for s in segments if s.tag == "REF" and s.text(1) == "6R"), ""),
        allowed=next(
            (
                s.amount_or_none(2, "the amount allowed")
                for s in segments
                if s.tag == "AMT" and s.text(1) == "B6"
            ),
            None,
        ),
        adjustments=_adjustments(segments),
        remarks=tuple(
            s.text(2) for s in segments if s.tag == "LQ" and s.text(1) in {"HE", "RX"} and s.text(2)
        ),
        segment=svc.number,
    )


def _outpatient_remarks(segments: Sequence[Segment]) -> Iterator[str]:
    """Remark codes of the claim: MOA03 to 07 (and MIA05, 20 to 23)."""
    for segment in segments:
        positions = {"MOA": (3, 4, 5, 6, 7), "MIA": (5, 20, 21, 22, 23)}.get(segment.tag, ())
        yield from (found for position in positions if (found := segment.text(position)))


def _adjustments(segments: Sequence[Segment]) -> tuple[Adjustment, ...]:
    return tuple(one for segment in segments if segment.tag == "CAS" for one in _cas(segment))


def _cas(segment: Segment) -> Iterator[Adjustment]:
    """Up to six reasons in one segment: reason, amount, units."""
    group = segment.need(1, "whose the adjustment is")
    for position in range(2, max(len(segment.elements), 3) + 1, 3):
        if segment.text(position) or segment.text(position + 1):
            yield Adjustment(
                group,
                segment.need(position, "the reason of the adjustment"),
                segment.amount(position + 1, "the amount of the adjustment"),
                segment.amount_or_none(position + 2, "the units of the adjustment"),
            )


def _provider_adjustments(segment: Segment) -> Iterator[ProviderAdjustment]:
    for position in range(3, len(segment.elements) + 1, 2):
        if segment.text(position) or segment.text(position + 1):
            reason, *rest = segment.parts(position)
            yield ProviderAdjustment(
                reason, rest[0] if rest else "", segment.amount(position + 1, "the amount of the adjustment")
            )
