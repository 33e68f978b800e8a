"""Segments and the envelopes around them (ISA, GS, ST). PURE.

A segment is a tuple: its tag, then its elements; an element that has components is itself a tuple. Empty elements at
the end are left out, as X12.6 wants.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from courses.billing.x12 import elements as x
from courses.billing.x12.characters import COMPONENT, ELEMENT, REPETITION, TERMINATOR
from courses.billing.x12.elements import X12Refusal

Element = str | tuple[str, ...]
Segment = tuple[Element, ...]
#: Nine digits, X12 element I12.
LAST_CONTROL_NUMBER = 999_999_999
_QUALIFIERS = "01|14|20|27|28|29|30|33|ZZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who sends to whom under which number. ``made_at`` is written as given: hand in the clinic's local time.

    ``control_number`` comes from outside, because it must never be used twice between these two.
    """

    sender_qualifier: str
    sender_id: str
    receiver_qualifier: str
    receiver_id: str
    control_number: int
    made_at: datetime
    is_test: bool


def written(segment: Sequence[Element]) -> str:
    """One segment as text with its terminator."""
    elements = [_joined(element) for element in segment]
    while elements and not elements[-1]:
        elements.pop()
    return ELEMENT.join(elements) + TERMINATOR


def _joined(element: Element) -> str:
    if isinstance(element, str):
        return element
    return COMPONENT.join(element).rstrip(COMPONENT)


def transaction(kind: str, version: str, number: int, body: Iterable[Segment]) -> list[Segment]:
    """``body`` between ST and SE, which counts both of them too. ``version`` empty: without ST03."""
    control = f"{number:04}"
    inside = list(body)
    return [("ST", kind, control, version), *inside, ("SE", str(len(inside) + 2), control)]


def interchange(
    envelope: Envelope, group: str, version: str, transactions: Sequence[Sequence[Segment]]
) -> bytes:
    """The whole file of one functional ``group`` (HC for 837, HP for 835...), as ASCII bytes."""
    number = _control_number(envelope)
    sender, receiver = (
        x.text("Submitter id", envelope.sender_id, 15),
        x.text("Receiver id", envelope.receiver_id, 15),
    )
    gs = (
        "GS",
        group,
        sender,
        receiver,
        x.day(envelope.made_at),
        x.clock(envelope.made_at),
        str(envelope.control_number),
        "X",
        version,
    )
    inside = [gs, *(segment for one in transactions for segment in one)]
    tail = [("GE", str(len(transactions)), str(envelope.control_number)), ("IEA", "1", number)]
    return "".join([_isa(envelope, number), *(written(segment) for segment in [*inside, *tail])]).encode(
        "ascii"
    )


def interchange_header(envelope: Envelope) -> str:
    """The ISA segment alone, for what is no functional group (TA1)."""
    return _isa(envelope, _control_number(envelope))


def _control_number(envelope: Envelope) -> str:
    if not 1 <= envelope.control_number <= LAST_CONTROL_NUMBER:
        raise X12Refusal("Control number", "It must be 1 to 999,999,999. Take the next of this receiver.")
    return f"{envelope.control_number:09}"


def _isa(envelope: Envelope, number: str) -> str:
    """The one segment of fixed width: 106 characters with its terminator."""
    fields = (
        "ISA",
        "00",
        " " * 10,
        "00",
        " " * 10,
        x.code("Submitter id qualifier", envelope.sender_qualifier, _QUALIFIERS, "one that X12 knows"),
        f"{x.text('Submitter id', envelope.sender_id, 15):<15}",
        x.code("Receiver id qualifier", envelope.receiver_qualifier, _QUALIFIERS, "one that X12 knows"),
        f"{x.text('Receiver id', envelope.receiver_id, 15):<15}",
        x.short_day(envelope.made_at),
        x.clock(envelope.made_at),
        REPETITION,
        "00501",
        number,
        "0",
        "T" if envelope.is_test else "P",
        COMPONENT,
    )
    return ELEMENT.join(fields) + TERMINATOR
