"""What is read from HL7 version 2 messages."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients.hl7v2.adt import AdtMessage, decode, read_messages
from tests.patients.fhir.bundles import shared_files

PID = "PID|1||R-100^^^H&1.2&ISO^MR~999^^^^SS||Sample&&x^Joan^B^^Ms||19510304|F|||1 Example St^Apt 2^Sampleton^IL^60000^US^H"


def adt(
    *,
    event: str = "A04",
    pid: str = f"{PID}||^PRN^PH^^1^312^5550142~^NET^Internet^joan@example.org",
    mode: str = "P",
) -> str:
    return f"MSH|^~\\&|EHR|H|||20260101||ADT^{event}|M1|{mode}|2.5\rEVN|{event}\r{pid}"


def read(text: str) -> AdtMessage:
    (message,) = read_messages(text)
    return message


def test_every_public_message_is_read() -> None:
    files = shared_files("hl7v2", "*.hl7")
    messages = [message for file in files for message in read_messages(decode(file.read_bytes()))]
    assert len(messages) == len(files) == 27
    assert sum(not message.skip for message in messages) == 7
    for message in messages:
        assert message.skip or (
            message.mrn and message.values["family_name"] and message.values["birth_date"]
        )


def test_person_is_read_from_the_pid_segment() -> None:
    message = read(adt())
    assert (message.mrn, message.event, message.control_id) == ("R-100", "A04", "M1")
    assert message.values == {
        "family_name": "Sample",
        "given_name": "Joan B",
        "birth_date": date(1951, 3, 4),
        "sex": "F",
        "address": "1 Example St, Apt 2",
        "city": "Sampleton",
        "state": "IL",
        "postal_code": "60000",
        "phone": "312-555-0142",
        "email": "joan@example.org",
    }


def test_two_quotation_marks_take_a_value_away_and_nothing_leaves_it() -> None:
    assert read(adt(pid='PID|1||R-1^^^H^MR||Sample^Joan||19510304|F|||""||""')).values == {
        "family_name": "Sample",
        "given_name": "Joan",
        "birth_date": date(1951, 3, 4),
        "sex": "F",
        "address": "",
        "city": "",
        "state": "",
        "postal_code": "",
        "phone": "",
        "email": "",
    }
    assert "phone" not in read(adt(pid="PID|1||R-1^^^H^MR||Sample^Joan")).values


def test_escapes_are_taken_out() -> None:
    values = read(adt(pid="PID|1||R-1^^^H^MR||O\\T\\Sample^Joan")).values
    assert values["family_name"] == "O&Sample"


@pytest.mark.parametrize(
    ("numbers", "mrn"),
    [
        ("1^^^H^SS~2^^^H^MR", "2"),
        ("3", "3"),
        ("4^^^MR", "4"),
        ("5^^^H^SS", ""),
        ("6~7", ""),
        ("", ""),
    ],
)
def test_record_number_is_the_one_of_type_mr(numbers: str, mrn: str) -> None:
    assert read(adt(pid=f"PID|1||{numbers}||Sample^Joan")).mrn == mrn


def test_what_cannot_be_taken_is_noted() -> None:
    message = read(adt(pid="PID|1||R-1^^^H^MR||Sample^Joan||1951|Z|||1 St^^Town^NES^A1B"))
    assert message.notes == (
        "PID-7 is not a day of birth",
        "PID-8 is not a sex of HL7's table 0001",
        "PID-11 names no state of the US",
    )
    assert message.values["city"] == "Town"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (adt(event="A01"), "A message ADT A01: only ADT A04 and A08 are taken."),
        ("MSH|^~\\&|||||||BAR^P01|1|P|2.3", "A message BAR P01: only ADT A04 and A08 are taken."),
        ("MSH|^~\\&|||||||ADT^A04|1|P|2.3", "There is no PID segment."),
        ("MSH|^~\\&", "A message without a type: only ADT A04 and A08 are taken."),
    ],
)
def test_message_that_is_not_taken_says_why(text: str, sentence: str) -> None:
    assert read(text).skip == sentence


def test_several_messages_with_frames_and_any_line_ends_are_told_apart() -> None:
    text = f"\x0b{adt()}\r\x1c\r" + adt(event="A08").replace("\r", "\r\n") + "\n" + adt().replace("\r", "\n")
    assert [message.event for message in read_messages(text)] == ["A04", "A08", "A04"]


def test_test_message_is_known_as_one() -> None:
    assert read(adt(mode="T")).is_test and not read(adt()).is_test


def test_file_that_is_no_hl7_is_refused() -> None:
    with pytest.raises(ValueError, match="not an HL7 version 2 file"):
        read_messages("{}")


def test_latin_1_is_read_where_it_is_not_utf_8() -> None:
    assert decode("Müller".encode("latin-1")) == decode("\ufeffMüller".encode()) == "Müller"


@given(st.text(alphabet='MSHPID|^~\\&\r\n019ATR."', max_size=60))
def test_no_text_breaks_the_reader(tail: str) -> None:
    for message in read_messages(f"MSH|^~\\&|a|b|c|d|e||ADT^A04|1|P|2.3\rPID|1||{tail}"):
        assert isinstance(message, AdtMessage)


@given(st.text(max_size=20))
def test_no_header_breaks_the_reader(tail: str) -> None:
    assert read_messages(f"MSH|{tail}")
