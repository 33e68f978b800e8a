"""One flipped bit is found by the SHA-256, wherever it stands; two are not guessed at."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.agent.one_bit import MOST_BYTES, mended, mended_fields, seal_of

ROW = (b"0d3c", 1, b'{"started_at_ms":1788940800000}', 79, -1, 0)


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


@given(data=st.binary(min_size=1, max_size=200), draw=st.data())
def test_flipped_bit_of_the_data_is_put_right(data: bytes, draw: st.DataObject) -> None:
    bit = draw.draw(st.integers(0, 8 * len(data) - 1))
    assert mended(flipped(data, bit), hashlib.sha256(data).digest()) == data


@given(bit=st.integers(0, 255))
def test_flipped_bit_of_the_hash_leaves_the_data_as_they_are(bit: int) -> None:
    assert mended(b"as it was", flipped(hashlib.sha256(b"as it was").digest(), bit)) == b"as it was"


def test_two_flipped_bits_are_not_guessed_at() -> None:
    data = b"as it was"
    assert mended(flipped(flipped(data, 3), 30), hashlib.sha256(data).digest()) is None


def test_bit_of_what_is_too_long_is_not_looked_for() -> None:
    data = bytes(MOST_BYTES + 1)
    assert mended(data, hashlib.sha256(data).digest()) == data
    assert mended(flipped(data, 5), hashlib.sha256(data).digest()) is None


@pytest.mark.parametrize("at", range(len(ROW)))
@given(draw=st.data())
def test_flipped_bit_of_a_row_is_put_right(at: int, draw: st.DataObject) -> None:
    field = ROW[at]
    if isinstance(field, bytes):
        wrong: bytes | int = flipped(field, draw.draw(st.integers(0, 8 * len(field) - 1)))
    else:
        wrong = as_kept(field, draw.draw(st.integers(0, 7)))
    row = [*ROW[:at], wrong, *ROW[at + 1 :]]
    assert mended_fields(row, seal_of(ROW)) == list(ROW)


def as_kept(number: int, bit: int) -> int:
    """In one byte, as SQLite keeps a small number."""
    return int.from_bytes(flipped(number.to_bytes(1, signed=True), bit), signed=True)


def test_row_in_which_two_fields_are_wrong_is_not_guessed_at() -> None:
    assert mended_fields([b"0d3d", *ROW[1:3], 78, *ROW[4:]], seal_of(ROW)) is None


def test_fields_that_run_together_have_another_seal() -> None:
    assert seal_of([b"ab", b"c"]) != seal_of([b"a", b"bc"])
