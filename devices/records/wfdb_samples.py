"""The samples of a WFDB signal file: bytes to numbers, for the formats of header(5) that are of fixed width."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]


def _format_24(data: bytes) -> Ints:
    parts = np.frombuffer(data, dtype=np.uint8).reshape(-1, 3).astype(np.int32)
    return ((parts[:, 0] | parts[:, 1] << 8 | parts[:, 2] << 16) ^ 0x800000) - 0x800000


def _format_212(data: bytes) -> Ints:
    """Two samples of 12 bits in three bytes; an odd last sample fills two bytes."""
    parts = np.frombuffer(data + b"\0" * (-len(data) % 3), dtype=np.uint8).reshape(-1, 3).astype(np.int32)
    pairs = np.empty((parts.shape[0], 2), dtype=np.int32)
    pairs[:, 0] = parts[:, 0] | (parts[:, 1] & 0x0F) << 8
    pairs[:, 1] = parts[:, 2] | (parts[:, 1] & 0xF0) << 4
    return ((pairs.reshape(-1)) ^ 0x800) - 0x800


def _plain(dtype: str, offset: int = 0) -> Callable[[bytes], Ints]:
    return lambda data: np.frombuffer(data, dtype=dtype).astype(np.int32) - offset


_READERS: dict[str, Callable[[bytes], Ints]] = {
    "16": _plain("<i2"),
    "61": _plain(">i2"),
    "160": _plain("<u2", 32768),
    "80": _plain("u1", 128),
    "32": _plain("<i4"),
    "24": _format_24,
    "212": _format_212,
}
#: The lowest number of each format, which stands for "not measured".
_BITS = {"16": 16, "61": 16, "160": 16, "80": 8, "32": 32, "24": 24, "212": 12}
FORMATS = frozenset(_READERS)


def not_measured(form: str) -> int:
    """The number that stands for a missing sample in this format."""
    return -(1 << _BITS[form] - 1)


def size_of(form: str, count: int) -> int:
    """Bytes that so many samples take."""
    return (count * _BITS[form] + 7) // 8


def count_in(form: str, size: int) -> int:
    """Samples that fit in so many bytes."""
    return size * 8 // _BITS[form]


def decode(form: str, data: bytes, count: int) -> Ints:
    """``count`` samples from exactly as many bytes as ``size_of`` says; int32, shape (count,)."""
    return _READERS[form](data)[:count]
