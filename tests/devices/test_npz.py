"""Arrays in a file: the same bytes for the same arrays, and nothing but arrays comes out."""

from contextlib import suppress
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from devices.npz import NotArrays, pack, unpack

NAMES = st.text(alphabet="abcdefgh/_", min_size=1, max_size=12).filter(lambda name: "//" not in name)
VALUES = arrays.arrays(
    dtype=st.sampled_from([np.float64, np.float32, np.int32]), shape=arrays.array_shapes(max_dims=2)
)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_what_is_packed_comes_back(given_arrays: dict[str, np.ndarray]) -> None:
    found = unpack(pack(given_arrays))
    assert found.keys() == given_arrays.keys()
    for name, array in given_arrays.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_order_of_arrays_and_of_bytes_makes_no_difference() -> None:
    values = np.arange(6.0)
    one = pack({"b": values, "a": values.reshape(2, 3)})
    other = pack({"a": np.asfortranarray(values.reshape(2, 3)), "b": values.astype(">f8")})
    assert one == other


def test_numpy_reads_it() -> None:
    with np.load(BytesIO(pack({"beats/r_s": np.array([0.5, np.nan])}))) as archive:
        np.testing.assert_array_equal(archive["beats/r_s"], [0.5, np.nan])


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"not an archive", pack({"a": np.zeros(9)})[:60]])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(NotArrays):
        unpack(data)


@given(st.integers(0, 400), st.integers(1, 255))
def test_damaged_byte_is_refused_or_harmless(at: int, change: int) -> None:
    data = bytearray(pack({"a": np.arange(9.0)}))
    data[at % len(data)] ^= change
    with suppress(NotArrays):
        unpack(bytes(data))
