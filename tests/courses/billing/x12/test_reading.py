"""Any X12 file taken apart: whose delimiters, what is missing, and never a crash."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.billing.x12.acknowledgements import interchange_acks, syntax_ack
from courses.billing.x12.balance import imbalances
from courses.billing.x12.claim_837p import write
from courses.billing.x12.claim_status import claim_acks
from courses.billing.x12.pretend_payer import Paid, write_277ca, write_835, write_999, write_ta1
from courses.billing.x12.reading import X12Malformed, read
from courses.billing.x12.remittance import remittance
from tests.courses.billing.x12.claims_given import ENVELOPE, a_batch, a_claim
from tests.courses.billing.x12.replies_given import ANSWER, sent

SENT = sent(a_claim(2))
FILES = [
    write(a_batch(), ENVELOPE),
    write_ta1(ANSWER, SENT),
    write_999(ANSWER, SENT, errors=[("IK3", "NM1", "10", "2010", "8"), ("IK4", "9", "67", "1")]),
    write_277ca(ANSWER, SENT),
    write_835(ANSWER, SENT, paid_on=date(2027, 1, 4), decisions={"CLAIM23456": Paid(remarks=("MA01",))}),
]


def read_all(content: bytes) -> None:
    """Everything we can say of a file."""
    for interchange in read(content):
        interchange_acks(interchange)
        for one in interchange.transactions:
            if one.kind == "999":
                syntax_ack(one)
            elif one.kind == "277":
                claim_acks(one)
            elif one.kind == "835":
                imbalances(remittance(one))


@pytest.mark.parametrize("content", FILES)
def test_our_own_files_are_read_without_findings(content: bytes) -> None:
    (interchange,) = read(content)
    assert interchange.findings == ()
    assert interchange.is_test


def test_delimiters_are_those_of_the_sender() -> None:
    other = FILES[0].replace(b"*", b"|").replace(b"~", b"\n").replace(b":", b">")
    (interchange,) = read(other)
    assert interchange.transactions[0].version == "005010X222A1"
    line = next(s for s in interchange.transactions[0].segments if s.tag == "SV1")
    assert line.parts(1) == ("HC", "G0166")


def test_line_breaks_between_segments_do_not_count() -> None:
    assert len(read(FILES[0].replace(b"~", b"~\r\n"))[0].transactions[0].segments) == len(
        read(FILES[0])[0].transactions[0].segments
    )


def test_two_files_in_one_are_two() -> None:
    assert [one.control for one in read(FILES[3] + b"\n" + FILES[4])] == ["000000007", "000000007"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "does not begin with ISA"),
        (b"%PDF-1.7", "does not begin with ISA"),
        (b"ISA*00*short~", "sixteen elements"),
        (FILES[0][:-20], "cut off"),
        (FILES[0][:400], "cut off"),
        (FILES[0].replace(b"SE*", b"XX*"), "outside a transaction|cut off"),
        (FILES[0].replace(b"ST*837*0001*005010X222A1~", b""), "stands outside a transaction"),
        (FILES[0].replace(b"~HL*1", b"~~HL*1"), "nothing between"),
    ],
)
def test_what_is_no_whole_file_is_refused_with_the_number_of_the_segment(content: bytes, said: str) -> None:
    with pytest.raises(X12Malformed, match=f"Segment [0-9]+: .*({said})"):
        read(content)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"SE*27*0001", b"SE*26*0001", "SE counts 26 segments, 27 are there"),
        (b"SE*27*0001", b"SE*27*0002", "SE names transaction 0002"),
        (b"GE*1*", b"GE*2*", "GE counts 2 transactions"),
        (b"IEA*1*000000042", b"IEA*1*000000043", "IEA names file 000000043"),
    ],
)
def test_counts_that_do_not_agree_are_told_and_the_file_is_read(old: bytes, new: bytes, said: str) -> None:
    assert old in FILES[0]
    (interchange,) = read(FILES[0].replace(old, new))
    assert [said in finding.sentence for finding in interchange.findings] == [True]
    assert len(interchange.transactions) == 1


@given(st.sampled_from(FILES), st.data())
def test_damaged_file_is_read_or_refused_and_never_crashes(content: bytes, data: st.DataObject) -> None:
    segments = content.split(b"~")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(segments) - 1))
        change = data.draw(st.sampled_from(["drop", "double", "cut", "element", "bytes"]))
        if change == "drop":
            del segments[at]
        elif change == "double":
            segments.insert(at, segments[at])
        elif change == "cut":
            segments[at] = segments[at][: data.draw(st.integers(0, 20))]
        elif change == "element":
            elements = segments[at].split(b"*")
            elements[data.draw(st.integers(0, len(elements) - 1))] = data.draw(st.binary(max_size=6))
            segments[at] = b"*".join(elements)
        else:
            segments[at] += data.draw(st.binary(max_size=5))
        if not segments:
            break
    try:
        read_all(b"~".join(segments))
    except X12Malformed as refusal:
        assert refusal.segment >= 1
        assert refusal.sentence.endswith(".")


@given(st.binary(max_size=300), st.booleans())
def test_anything_is_read_or_refused(content: bytes, with_header: bool) -> None:
    try:
        read_all(FILES[0][:106] + content if with_header else content)
    except X12Malformed as refusal:
        assert refusal.sentence
