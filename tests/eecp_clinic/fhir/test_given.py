"""Values of search parameters, as FHIR R4 writes them."""

import contextlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eecp_clinic.fhir.given import (
    ParameterError,
    Token,
    alternatives,
    read_moment,
    read_reference,
    read_token,
)

CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a", ["a"]),
        ("a,b", ["a", "b"]),
        (r"a\,b,c", ["a,b", "c"]),
        ("", []),
        (",", []),
        (r"a\\,b", ["a\\", "b"]),
    ],
)
def test_values_are_parted_by_commas_that_are_not_escaped(text: str, values: list[str]) -> None:
    assert alternatives(text) == values


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("c", Token(None, "c")),
        ("s|c", Token("s", "c")),
        ("|c", Token("", "c")),
        ("s|", Token("s", None)),
    ],
)
def test_token_is_a_code_with_or_without_its_system(text: str, token: Token) -> None:
    assert read_token(text) == token


def test_token_matches_only_what_it_names() -> None:
    assert read_token("s|").matches("s", "anything")
    assert not read_token("other|c").matches("s", "c")
    assert not read_token("|c").matches("s", "c")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("2026", "2026-01-01T06:00Z", "2027-01-01T06:00Z"),
        ("2026-12", "2026-12-01T06:00Z", "2027-01-01T06:00Z"),
        # The day on which the clocks go forward has 23 hours.
        ("2026-03-08", "2026-03-08T06:00Z", "2026-03-09T05:00Z"),
        ("2026-11-23T09:00", "2026-11-23T15:00Z", "2026-11-23T15:01Z"),
        ("2026-11-23T09:00:30-05:00", "2026-11-23T14:00:30Z", "2026-11-23T14:00:31Z"),
        ("2026-11-23T09:00:30 05:00", "2026-11-23T04:00:30Z", "2026-11-23T04:00:31Z"),
        ("2026-11-23T09:00:00.5Z", "2026-11-23T09:00:00Z", "2026-11-23T09:00:01Z"),
    ],
)
def test_date_of_any_precision_is_a_span_of_time(text: str, low: str, high: str) -> None:
    moment = read_moment(text, CHICAGO)
    assert moment.low.astimezone(UTC) == datetime.fromisoformat(low)
    assert moment.high.astimezone(UTC) == datetime.fromisoformat(high)


@pytest.mark.parametrize(
    "text", ["", "today", "xx2026", "2026-13", "2026-02-30", "0000", "9999", "2026-1-1", "20261123"]
)
def test_what_is_no_date_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ParameterError, match="is not a"):
        read_moment(text, CHICAGO)


@given(st.text(max_size=30))
def test_no_text_breaks_the_reader_of_dates(text: str) -> None:
    with contextlib.suppress(ParameterError):
        assert read_moment(text, UTC).low < read_moment(text, UTC).high


def test_reference_is_an_id_with_or_without_its_type_or_address() -> None:
    base = "http://here/fhir/R4/"
    for text in ("abc", "Patient/abc", f"{base}Patient/abc"):
        assert read_reference(text, "Patient", base) == "abc"
    with pytest.raises(ParameterError, match="does not point at a Patient"):
        read_reference("http://elsewhere/Patient/abc", "Patient", base)
