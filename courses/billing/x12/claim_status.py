"""What came back on single claims before money: 277CA, or the answer to a status inquiry. PURE.

Codes are kept as they came; ``codes.CodeBook`` has the words for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise

from courses.billing.x12.reading import Segment, Transaction, X12Malformed


@dataclass(frozen=True, slots=True)
class StatusCode:
    """One status: category, code, and whom it is about."""

    category: str
    status: str
    entity: str = ""


@dataclass(frozen=True, slots=True)
class ClaimAck:
    """277CA: one claim. ``reference`` is our CLM01; it comes back in capitals as it was sent.

    ``accepted`` None: the category says neither. ``lines``: our line numbers with what is said of each.
    """

    reference: str
    statuses: tuple[StatusCode, ...]
    accepted: bool | None
    payer_number: str
    amount: Decimal | None
    effective_on: date | None
    patient: str
    message: str
    lines: tuple[tuple[str, tuple[StatusCode, ...]], ...]
    segment: int


#: Categories of claim status that let a claim into judgement, and those that turn it back (X12 code list 507).
ACCEPTED = frozenset(
    {"A0", "A1", "A2", "A5", "F0", "F1", "F2", "F3", "F4", "P0", "P1", "P2", "P3", "P4", "P5"}
)
REJECTED = frozenset({"A3", "A4", "A6", "A7", "A8"})
#: 277CA, and the answer to a 276.
CLAIM_STATUS_VERSIONS = ("005010X214", "005010X212")


def claim_acks(of: Transaction) -> tuple[ClaimAck, ...]:
    """A 277CA (or the answer to a 276): every claim it names. Raises X12Malformed."""
    if of.version not in CLAIM_STATUS_VERSIONS:
        raise X12Malformed(
            f"A 277 of version {of.version[:12] or '?'} is not a claim acknowledgement.", of.number
        )
    return tuple(
        _claim_ack(level)
        for level in _levels(of.segments)
        if level[0].text(3) in {"22", "23", "PT"} and _has_trace(level)
    )


def _levels(segments: Sequence[Segment]) -> Iterator[list[Segment]]:
    """Segments from one HL to the next."""
    level: list[Segment] = []
    for segment in segments:
        if segment.tag == "HL":
            if level:
                yield from _by_trace(level)
            level = [segment]
        elif level:
            level.append(segment)
    if level:
        yield from _by_trace(level)


def _by_trace(level: list[Segment]) -> Iterator[list[Segment]]:
    """One level once for each of its claims: a patient may have several (TRN)."""
    traces = [at for at, segment in enumerate(level) if segment.tag == "TRN"]
    if len(traces) < 2:
        yield level
        return
    head = level[: traces[0]]
    for at, end in pairwise([*traces, len(level)]):
        yield [*head, *level[at:end]]


def _has_trace(level: list[Segment]) -> bool:
    return any(segment.tag == "TRN" for segment in level)


def _claim_ack(level: list[Segment]) -> ClaimAck:
    lines_from = next((at for at, segment in enumerate(level) if segment.tag == "SVC"), len(level))
    head, below = level[:lines_from], level[lines_from:]
    trace = next(segment for segment in head if segment.tag == "TRN")
    stc = [segment for segment in head if segment.tag == "STC"]
    statuses = tuple(code for segment in stc for code in _status_codes(segment))
    person = next((segment for segment in head if segment.tag == "NM1"), None)
    return ClaimAck(
        reference=trace.need(2, "the number of the claim"),
        statuses=statuses,
        accepted=_accepted(statuses),
        payer_number=_reference(head, "1K"),
        amount=stc[0].amount_or_none(4, "the amount charged") if stc else None,
        effective_on=stc[0].day_or_none(2) if stc else None,
        patient=f"{person.text(3)}, {person.text(4)}".strip(", ") if person else "",
        message=next((segment.text(12) for segment in stc if segment.text(12)), ""),
        lines=tuple(_line_statuses(below)),
        segment=trace.number,
    )


def _status_codes(segment: Segment) -> Iterator[StatusCode]:
    for position in (1, 10, 11):
        category, *rest = segment.parts(position)
        if category:
            status, entity = (*rest, "", "")[:2]
            yield StatusCode(category, status, entity)


def _accepted(statuses: Sequence[StatusCode]) -> bool | None:
    """One status that turns the claim back is enough."""
    categories = {code.category for code in statuses}
    if categories & REJECTED:
        return False
    return True if categories & ACCEPTED else None


def _reference(segments: Sequence[Segment], qualifier: str) -> str:
    return next((s.text(2) for s in segments if s.tag == "REF" and s.text(1) == qualifier), "")


def _line_statuses(segments: Sequence[Segment]) -> Iterator[tuple[str, tuple[StatusCode, ...]]]:
    starts = [at for at, segment in enumerate(segments) if segment.tag == "SVC"]
    for at, end in pairwise([*starts, len(segments)]):
        mine = segments[at:end]
        statuses = tuple(code for s in mine if s.tag == "STC" for code in _status_codes(s))
        yield _reference(mine, "FJ"), statuses
