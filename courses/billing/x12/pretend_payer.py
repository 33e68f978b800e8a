"""A payer that is none: it reads our 837P files and answers them, for the demo and for tests. PURE.

What it answers is decided by the caller; the same decisions give the same bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise

from courses.billing.x12 import elements as x
from courses.billing.x12.claim_status import StatusCode
from courses.billing.x12.reading import Interchange, Transaction
from courses.billing.x12.reading import Segment as ReadSegment
from courses.billing.x12.remittance import Adjustment, ProviderAdjustment
from courses.billing.x12.segments import (
    Envelope,
    Segment,
    interchange,
    interchange_header,
    transaction,
    written,
)

_ACK_VERSION, _STATUS_VERSION, _PAYMENT_VERSION = "005010X231A1", "005010X214", "005010X221A1"
_TAKEN, _IN_ORDER = StatusCode("A1", "19", "PR"), StatusCode("A2", "20")


@dataclass(frozen=True, slots=True, kw_only=True)
class SentLine:
    reference: str
    procedure: tuple[str, ...]
    charge: Decimal
    units: str
    day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SentClaim:
    """A claim as it stands in a file of ours."""

    reference: str
    family_name: str
    given_name: str
    member_id: str
    charge: Decimal
    first_day: str
    last_day: str
    lines: tuple[SentLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What becomes of one claim: of every line the adjustments by its reference; what is left is paid.

    ``passed_on_to``: the payer to which it is sent on. ``whole``: the answer is for the claim, and names no line.
    """

    status: str = "1"
    passed_on_to: str = ""
    whole: tuple[Adjustment, ...] = ()
    adjustments: Mapping[str, tuple[Adjustment, ...]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def sent_claims(of: Interchange) -> tuple[SentClaim, ...]:
    """The claims of an 837P file of ours."""
    return tuple(claim for one in of.transactions for claim in _claims(one))


def _claims(of: Transaction) -> Iterator[SentClaim]:
    starts = [at for at, s in enumerate(of.segments) if s.tag == "HL" and s.text(3) == "22"]
    for at, end in pairwise([*starts, len(of.segments)]):
        yield _claim(of.segments[at:end])


def _claim(segments: Sequence[ReadSegment]) -> SentClaim:
    clm = next(s for s in segments if s.tag == "CLM")
    insured = next(s for s in segments if s.tag == "NM1" and s.text(1) == "IL")
    people = [s for s in segments[: segments.index(clm)] if s.tag == "NM1" and s.text(1) in {"IL", "QC"}]
    starts = [at for at, s in enumerate(segments) if s.tag == "LX"]
    lines = [_line(segments[at:end]) for at, end in pairwise([*starts, len(segments)])]
    return SentClaim(
        reference=clm.text(1),
        family_name=people[-1].text(3),
        given_name=people[-1].text(4),
        member_id=insured.text(9),
        charge=clm.amount(2, "the charge"),
        first_day=min(line.day.split("-")[0] for line in lines),
        last_day=max(line.day.split("-")[-1] for line in lines),
        lines=tuple(lines),
    )


def _line(segments: Sequence[ReadSegment]) -> SentLine:
    by_tag = {s.tag: s for s in reversed(segments)}
    return SentLine(
        reference=by_tag["REF"].text(2),
        procedure=by_tag["SV1"].parts(1),
        charge=by_tag["SV1"].amount(2, "the charge"),
        units=by_tag["SV1"].text(4),
        day=by_tag["DTP"].text(3),
    )


def write_ta1(answer: Envelope, to: Interchange, *, note: str = "000") -> bytes:
    """TA1 on a whole file: taken, unless ``note`` says why not."""
    day = f"{answer.made_at:%y%m%d}"
    code = "A" if note == "000" else "R"
    ta1 = written(("TA1", to.control, day, x.clock(answer.made_at), code, note))
    tail = written(("IEA", "0", f"{answer.control_number:09}"))
    return (interchange_header(answer) + ta1 + tail).encode("ascii")


def write_999(answer: Envelope, to: Interchange, *, errors: Sequence[Segment] = ()) -> bytes:
    """999 on the one group of a file: accepted, or rejected for ``errors`` (IK3 and IK4 as they are)."""
    verdict = "R" if errors else "A"
    group = str(int(to.control))
    body: list[Segment] = [("AK1", "HC", group, "005010X222A1")]
    for sent in to.transactions:
        body += [("AK2", "837", sent.control, sent.version), *errors]
        body.append(("IK5", verdict, "5") if errors else ("IK5", verdict))
    accepted = "0" if errors else str(len(to.transactions))
    body.append(("AK9", verdict, "1", str(len(to.transactions)), accepted))
    return interchange(answer, "FA", _ACK_VERSION, [transaction("999", _ACK_VERSION, 1, body)])


def write_277ca(
    answer: Envelope, to: Interchange, *, rejected: Mapping[str, StatusCode] | None = None
) -> bytes:
    """277CA: every claim accepted under a number of the payer's, but for those ``rejected`` by reference."""
    turned_back = rejected or {}
    claims = sent_claims(to)
    head = _status_head(answer, to, claims, turned_back)
    body = [
        *head,
        *(s for n, claim in enumerate(claims) for s in _claim_status(answer, claim, n, turned_back)),
    ]
    return interchange(answer, "HN", _STATUS_VERSION, [transaction("277", _STATUS_VERSION, 1, body)])


def _status_head(
    answer: Envelope, to: Interchange, claims: Sequence[SentClaim], rejected: Mapping[str, StatusCode]
) -> Iterator[Segment]:
    day, clock = x.day(answer.made_at), x.clock(answer.made_at)
    sent = to.transactions[0].segments
    batch = next(s for s in sent if s.tag == "BHT").text(3)
    submitter = next(s for s in sent if s.tag == "NM1" and s.text(1) == "41")
    provider = next(s for s in sent if s.tag == "NM1" and s.text(1) == "85")
    total = sum((claim.charge for claim in claims), Decimal(0))
    yield ("BHT", "0085", "08", f"{answer.control_number}", day, clock, "TH")
    yield ("HL", "1", "", "20", "1")
    yield ("NM1", "PR", "2", "EXAMPLE PAYER", "", "", "", "", "PI", answer.sender_id)
    yield ("TRN", "1", f"{answer.control_number}")
    yield ("DTP", "050", "D8", day)
    yield ("DTP", "009", "D8", day)
    yield ("HL", "2", "1", "21", "1")
    yield ("NM1", "41", "2", submitter.text(3), "", "", "", "", "46", submitter.text(9))
    yield ("TRN", "2", batch)
    yield ("STC", _composite(_TAKEN), day, "WQ", x.number(total))
    taken = [claim for claim in claims if claim.reference not in rejected]
    yield from _totals(claims, taken, ("90", "AA"))
    yield ("HL", "3", "2", "19", "1")
    yield ("NM1", "85", "2", provider.text(3), "", "", "", "", "XX", provider.text(9))
    yield ("TRN", "1", "0")
    yield ("STC", _composite(_TAKEN), "", "WQ", x.number(total))
    yield from _totals(claims, taken, ("QA", "QC"))


def _totals(
    claims: Sequence[SentClaim], taken: Sequence[SentClaim], quantities: tuple[str, str]
) -> Iterator[Segment]:
    """How many claims, and what amount, were taken and turned back."""
    back = [claim for claim in claims if claim not in taken]
    for of, quantity in zip((taken, back), quantities, strict=True):
        if of:
            yield ("QTY", quantity, str(len(of)))
    for of, amount in ((taken, "YU"), (back, "YY")):
        if of:
            yield ("AMT", amount, x.number(sum((claim.charge for claim in of), Decimal(0))))


def _claim_status(
    answer: Envelope, claim: SentClaim, position: int, rejected: Mapping[str, StatusCode]
) -> Iterator[Segment]:
    status = rejected.get(claim.reference, _IN_ORDER)
    action = "U" if claim.reference in rejected else "WQ"
    yield ("HL", str(position + 4), "3", "PT")
    yield ("NM1", "QC", "1", claim.family_name, claim.given_name, "", "", "", "MI", claim.member_id)
    yield ("TRN", "2", claim.reference)
    yield ("STC", _composite(status), x.day(answer.made_at), action, x.number(claim.charge))
    if claim.reference not in rejected:
        yield ("REF", "1K", f"PAYER{answer.control_number}N{position + 1}")
    days = claim.first_day if claim.first_day == claim.last_day else f"{claim.first_day}-{claim.last_day}"
    yield ("DTP", "472", "D8" if "-" not in days else "RD8", days)


def _composite(status: StatusCode) -> tuple[str, ...]:
    return (status.category, status.status, status.entity)


def write_835(
    answer: Envelope,
    to: Interchange,
    *,
    paid_on: date,
    decisions: Mapping[str, Paid],
    provider_adjustments: Sequence[ProviderAdjustment] = (),
) -> bytes:
    """835 on the claims of a file by their references; a claim without decision is paid in full."""
    claims = sent_claims(to)
    provider = next(s for s in to.transactions[0].segments if s.tag == "NM1" and s.text(1) == "85")
    body = [segment for n, claim in enumerate(claims) for segment in _paid_claim(claim, n, decisions, answer)]
    paid = sum((Decimal(str(s[4])) for s in body if s[0] == "CLP"), Decimal(0))
    taken = sum((one.amount for one in provider_adjustments), Decimal(0))
    day = x.day(paid_on)
    head: list[Segment] = [
        ("BPR", "I", x.number(paid - taken), "C", "CHK", *[""] * 11, day),
        ("TRN", "1", f"{answer.control_number}", "1999999999"),
        ("DTM", "405", day),
        ("N1", "PR", "EXAMPLE PAYER"),
        ("N3", "3 EXAMPLE STREET"),
        ("N4", "SAMPLETON", "IL", "60000"),
        ("PER", "BL", "PAYMENTS", "TE", "5550100300"),
        ("N1", "PE", provider.text(3), "XX", provider.text(9)),
        ("LX", "1"),
    ]
    tail: list[Segment] = []
    if provider_adjustments:
        pairs = [
            e for one in provider_adjustments for e in ((one.reason, one.reference), x.number(one.amount))
        ]
        tail.append(("PLB", provider.text(9), f"{paid_on.year}1231", *pairs))
    return interchange(answer, "HP", _PAYMENT_VERSION, [transaction("835", "", 1, [*head, *body, *tail])])


def _paid_claim(
    claim: SentClaim, position: int, decisions: Mapping[str, Paid], answer: Envelope
) -> Iterator[Segment]:
    decision = decisions.get(claim.reference, Paid())
    sign = -1 if decision.status == "22" else 1
    of_lines = [one for line in claim.lines for one in decision.adjustments.get(line.reference, ())]
    adjusted = [*decision.whole, *of_lines]
    owed = sum((one.amount for one in adjusted if one.group == "PR"), Decimal(0))
    paid = sign * claim.charge - sum((one.amount for one in adjusted), Decimal(0))
    number = f"PAYER{answer.control_number}N{position + 1}"
    charge, stated = x.number(sign * claim.charge), x.number(owed) if owed else ""
    yield ("CLP", claim.reference, decision.status, charge, x.number(paid), stated, "MB", number, "11")
    yield from _why_not(decision.whole)
    yield ("NM1", "QC", "1", claim.family_name, claim.given_name, "", "", "", "MI", claim.member_id)
    if decision.passed_on_to:
        yield ("NM1", "TT", "2", decision.passed_on_to, "", "", "", "", "PI", "EXAMPLE2")
    if decision.remarks:
        yield ("MOA", "", "", *decision.remarks)
    for line in () if decision.whole else claim.lines:
        yield from _paid_line(line, sign, decision.adjustments.get(line.reference, ()))


def _paid_line(line: SentLine, sign: int, adjustments: Sequence[Adjustment]) -> Iterator[Segment]:
    paid = sign * line.charge - sum((one.amount for one in adjustments), Decimal(0))
    yield ("SVC", line.procedure, x.number(sign * line.charge), x.number(paid), "", line.units)
    yield ("DTM", "472", line.day.split("-")[0])
    yield from _why_not(adjustments)
    yield ("REF", "6R", line.reference)


def _why_not(adjustments: Sequence[Adjustment]) -> Iterator[Segment]:
    for one in adjustments:
        quantity = "" if one.quantity is None else x.number(one.quantity)
        yield ("CAS", one.group, one.reason, x.number(one.amount), quantity)
