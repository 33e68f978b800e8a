"""What came back on the form of a claim file: TA1 on its envelope, 999 on its segments. PURE.

Codes are kept as they came; ``codes.CodeBook`` has the words for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from courses.billing.x12.reading import Interchange, Segment, Transaction, X12Malformed


class Outcome(StrEnum):
    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class InterchangeAck:
    """TA1: the envelope of the file with that control number was taken or not, and why (``note``)."""

    control_number: int
    outcome: Outcome
    note: str


@dataclass(frozen=True, slots=True)
class ElementError:
    """IK4: the element at that position of the segment; ``value`` as it was sent, where they say."""

    position: str
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class SegmentError:
    """IK3: the segment at ``position`` within its transaction (ST is 1), in ``loop``."""

    tag: str
    position: int | None
    loop: str
    code: str
    elements: tuple[ElementError, ...]


@dataclass(frozen=True, slots=True)
class TransactionAck:
    """AK2 to IK5: one ST of the file."""

    control: str
    outcome: Outcome
    errors: tuple[SegmentError, ...]


@dataclass(frozen=True, slots=True)
class SyntaxAck:
    """999: the form of one group of the file (its GS06 is ``group_control``)."""

    group_control: str
    outcome: Outcome
    transactions: tuple[TransactionAck, ...]


_OUTCOMES = {"A": Outcome.ACCEPTED, "E": Outcome.ACCEPTED, "P": Outcome.PARTLY}


def interchange_acks(of: Interchange) -> tuple[InterchangeAck, ...]:
    """Every TA1. Raises X12Malformed."""
    return tuple(
        InterchangeAck(
            _number(ta1, 1),
            _OUTCOMES.get(ta1.need(4, "whether the file was taken"), Outcome.REJECTED),
            ta1.text(5),
        )
        for ta1 in of.loose
    )


def _number(segment: Segment, position: int) -> int:
    found = segment.need(position, "the control number")
    if not (found.isascii() and found.isdigit()):
        raise segment.refusal(f"“{found[:20]}” is not a control number.")
    return int(found)


def syntax_ack(of: Transaction) -> SyntaxAck:
    """A 999. Raises X12Malformed."""
    head = _first(of, "AK1")
    tail = _first(of, "AK9")
    return SyntaxAck(head.text(2), _outcome(tail), tuple(_transaction_acks(of.segments)))


def _first(of: Transaction, tag: str) -> Segment:
    found = next((segment for segment in of.segments if segment.tag == tag), None)
    if found is None:
        raise X12Malformed(f"The {of.kind} has no {tag} segment.", of.number)
    return found


def _outcome(segment: Segment) -> Outcome:
    return _OUTCOMES.get(segment.need(1, "whether it was accepted"), Outcome.REJECTED)


def _transaction_acks(segments: Sequence[Segment]) -> Iterator[TransactionAck]:
    control, errors = "", list[SegmentError]()
    for segment in segments:
        if segment.tag == "AK2":
            control, errors = segment.text(2), []
        elif segment.tag == "IK3":
            errors.append(_segment_error(segment))
        elif segment.tag == "IK4" and errors:
            errors[-1] = _with_element(errors[-1], segment)
        elif segment.tag == "IK5":
            yield TransactionAck(control, _outcome(segment), tuple(errors))


def _segment_error(segment: Segment) -> SegmentError:
    position = segment.text(2)
    return SegmentError(
        segment.text(1),
        int(position) if position.isascii() and position.isdigit() else None,
        segment.text(3),
        segment.text(4),
        (),
    )


def _with_element(error: SegmentError, segment: Segment) -> SegmentError:
    position = "-".join(part for part in segment.parts(1) if part)
    element = ElementError(position, segment.text(3), segment.text(4))
    return SegmentError(error.tag, error.position, error.loop, error.code, (*error.elements, element))
