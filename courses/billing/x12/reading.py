"""Any X12 file taken apart into envelopes, transactions and segments. PURE.

The delimiters are read from the ISA segment, as every sender has its own. What is cut off or no X12 is refused with
the number of the segment; counts and numbers that do not agree are told and the file is still read, because a payer's
money has arrived whether or not its SE segment counts right.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

#: ISA has sixteen elements; the sixteenth is the component separator, and the terminator follows it.
_ISA_ELEMENTS = 16
_AMOUNT = re.compile(r"-?(?:[0-9]{1,15}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})", re.ASCII)
_DAY = re.compile(r"[0-9]{8}", re.ASCII)


class X12Malformed(ValueError):
    """A file that cannot be read; ``segment`` is the number of the one where reading stopped (1 is ISA)."""

    def __init__(self, sentence: str, segment: int) -> None:
        super().__init__(f"Segment {segment}: {sentence}")
        self.sentence = sentence
        self.segment = segment


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a file that does not agree; ``segment`` where to look, 0 for the file as a whole."""

    code: str
    sentence: str
    segment: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment with its place in the file (counted from 1). ``elements`` begin after the tag."""

    number: int
    tag: str
    elements: tuple[str, ...]
    component: str = ":"

    def text(self, position: int) -> str:
        """Element ``position`` (1 is the first), empty where it is not there."""
        return self.elements[position - 1].strip() if position <= len(self.elements) else ""

    def parts(self, position: int) -> tuple[str, ...]:
        """The components of an element; at least one, which may be empty."""
        return tuple(part.strip() for part in self.text(position).split(self.component))

    def need(self, position: int, what: str) -> str:
        """Element ``position``, which must be there. Raises X12Malformed."""
        if not (found := self.text(position)):
            raise self.refusal(f"{self.tag}{position:02} is empty: {what} is missing.")
        return found

    def amount(self, position: int, what: str) -> Decimal:
        """An amount that must be there. Raises X12Malformed."""
        return self._decimal(self.need(position, what), position, what)

    def amount_or_none(self, position: int, what: str) -> Decimal | None:
        found = self.text(position)
        return self._decimal(found, position, what) if found else None

    def day_or_none(self, position: int) -> date | None:
        """A date CCYYMMDD (of a range the first); None where there is none, or none that can be read.

        ``unreadable_days`` tells of the latter: a payment is not refused for a mistyped date.
        """
        found = self.text(position).split("-")[0]
        if not _DAY.fullmatch(found):
            return None
        try:
            return date(int(found[:4]), int(found[4:6]), int(found[6:]))
        except ValueError:
            return None

    def refusal(self, sentence: str) -> X12Malformed:
        return X12Malformed(sentence, self.number)

    def _decimal(self, found: str, position: int, what: str) -> Decimal:
        if not _AMOUNT.fullmatch(found):
            raise self.refusal(f"{self.tag}{position:02} is “{found[:20]}”: {what} is not a number.")
        return Decimal(found)


@dataclass(frozen=True, slots=True)
class Transaction:
    """What stands between ST and SE, both of them left out. ``version`` is ST03, or that of the group."""

    kind: str
    version: str
    control: str
    segments: tuple[Segment, ...]
    number: int


@dataclass(frozen=True, slots=True)
class Interchange:
    """One ISA to its IEA. ``loose`` are segments outside any group: TA1."""

    sender: str
    receiver: str
    control: str
    is_test: bool
    loose: tuple[Segment, ...]
    transactions: tuple[Transaction, ...]
    findings: tuple[Finding, ...]


def read(content: bytes) -> tuple[Interchange, ...]:
    """Every interchange of a file. Raises X12Malformed."""
    text = content.decode("utf-8", "replace").lstrip("\ufeff \r\n\t")
    if not text.startswith("ISA"):
        raise X12Malformed("The file does not begin with ISA: it is no X12 file. Choose another.", 1)
    found: list[Interchange] = []
    segments = list(_segments(text))
    start = 0
    while start < len(segments):
        end = next((at for at in range(start, len(segments)) if segments[at].tag == "IEA"), None)
        if end is None:
            raise X12Malformed(
                "The file ends without IEA: it is cut off. Fetch it again.", segments[-1].number
            )
        found.append(_interchange(segments[start : end + 1]))
        start = end + 1
    return tuple(found)


#: Where a date stands in the segments of remittances and acknowledgements.
_DAYS = {"DTM": 2, "BPR": 16, "STC": 2}


def unreadable_days(segments: Sequence[Segment]) -> tuple[Finding, ...]:
    """Dates that are there and cannot be read."""
    return tuple(
        Finding(
            "unreadable_day",
            f"{segment.tag}{position:02} is “{segment.text(position)[:20]}”, which is not a date such as 20261130: "
            "it is left out.",
            segment.number,
        )
        for segment in segments
        if (position := _DAYS.get(segment.tag))
        and segment.text(position)
        and not segment.day_or_none(position)
    )


def _segments(text: str) -> Iterator[Segment]:
    """All segments; a second ISA may have delimiters of its own."""
    number, at = 0, 0
    element, component, terminator = "*", ":", "~"
    while at < len(text):
        if text.startswith("ISA", at):
            element, component, terminator = _delimiters(text[at : at + 200], number + 1)
        end = text.find(terminator, at)
        if end < 0:
            if text[at:].strip():
                raise X12Malformed(
                    "The file ends inside this segment: it is cut off. Fetch it again.", number + 1
                )
            return
        raw = text[at:end].strip("\r\n\t ")
        at = end + 1
        while at < len(text) and text[at] in "\r\n\t ":
            at += 1
        number += 1
        tag, *rest = raw.split(element)
        if not tag:
            raise X12Malformed("There is nothing between two ends of a segment.", number)
        yield Segment(number, tag.strip(), tuple(rest), component)


def _delimiters(head: str, number: int) -> tuple[str, str, str]:
    element = head[3:4]
    parts = head.split(element, _ISA_ELEMENTS) if element and not element.isalnum() else []
    if len(parts) <= _ISA_ELEMENTS or len(parts[_ISA_ELEMENTS]) < 2:
        raise X12Malformed(
            "The ISA segment has not its sixteen elements: it is no X12 file. Choose another.", number
        )
    component, terminator = parts[_ISA_ELEMENTS][0], parts[_ISA_ELEMENTS][1]
    if len({element, component, terminator}) != 3 or component.isalnum() or terminator.isalnum():
        raise X12Malformed("The ISA segment does not say how elements and segments end.", number)
    return element, component, terminator


def _interchange(segments: Sequence[Segment]) -> Interchange:
    if segments[0].tag != "ISA":
        raise segments[0].refusal(f"Here an ISA is expected and {segments[0].tag[:10]} stands.")
    isa, *inside, iea = segments
    findings: list[Finding] = []
    control = isa.text(13)
    if iea.text(2) != control:
        findings.append(_disagree(iea, f"IEA names file {iea.text(2)}, ISA names {control}."))
    loose = tuple(segment for segment in inside if segment.tag == "TA1")
    body = [segment for segment in inside if segment.tag != "TA1"]
    transactions = tuple(_transactions(body, findings))
    return Interchange(
        sender=isa.text(6),
        receiver=isa.text(8),
        control=control,
        is_test=isa.text(15) == "T",
        loose=loose,
        transactions=transactions,
        findings=tuple(findings),
    )


def _transactions(segments: Sequence[Segment], findings: list[Finding]) -> Iterator[Transaction]:
    """Every ST to its SE, of all groups."""
    version, start, count = "", None, 0
    for at, segment in enumerate(segments):
        if segment.tag == "ST":
            start = at
        elif segment.tag == "SE":
            if start is None:
                raise segment.refusal("SE stands without ST before it.")
            yield _transaction(segments[start : at + 1], version, findings)
            start, count = None, count + 1
        elif start is None:
            version, count = _group(segment, version, count, findings)
    if start is not None:
        raise segments[-1].refusal("A transaction has no SE: the file is cut off. Fetch it again.")


def _group(segment: Segment, version: str, count: int, findings: list[Finding]) -> tuple[str, int]:
    """What a GS or GE says; anything else has no place outside a transaction."""
    if segment.tag == "GS":
        return segment.text(8), 0
    if segment.tag == "GE":
        if segment.text(1) != str(count):
            findings.append(
                _disagree(segment, f"GE counts {segment.text(1)} transactions, {count} are there.")
            )
        return "", 0
    raise segment.refusal(f"{segment.tag[:10]} stands outside a transaction.")


def _transaction(segments: Sequence[Segment], version: str, findings: list[Finding]) -> Transaction:
    st, se = segments[0], segments[-1]
    if se.text(1).lstrip("0") != str(len(segments)):
        findings.append(_disagree(se, f"SE counts {se.text(1)} segments, {len(segments)} are there."))
    if se.text(2) != st.text(2):
        findings.append(_disagree(se, f"SE names transaction {se.text(2)}, ST names {st.text(2)}."))
    return Transaction(
        st.need(1, "the kind of transaction"),
        st.text(3) or version,
        st.text(2),
        tuple(segments[1:-1]),
        st.number,
    )


def _disagree(segment: Segment, sentence: str) -> Finding:
    return Finding(
        "envelope", f"{sentence} Part of the file may be missing: ask for it again.", segment.number
    )
