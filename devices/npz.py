"""Arrays in one file, the same bytes for the same arrays: NumPy's npz without its clock. PURE.

``numpy.savez`` writes the time of day into the archive; here every entry carries the same date, in order of
names, uncompressed (what a compressor writes differs from one build of it to another). Any ``numpy.load`` reads it.
"""

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX, _READABLE = 3, 0o644 << 16


class NotArrays(ValueError):
    """The bytes are not an archive of plain arrays."""


def pack(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The archive of ``arrays`` by name."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(arrays):
            entry = zipfile.ZipInfo(f"{name}.npy", _DATE)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            archive.writestr(entry, _npy(arrays[name]))
    return target.getvalue()


def _npy(array: NDArray[Any]) -> bytes:
    little_endian = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
    data = BytesIO()
    np.lib.format.write_array(data, little_endian, version=(1, 0), allow_pickle=False)
    return data.getvalue()


def unpack(data: bytes) -> dict[str, NDArray[Any]]:
    """The arrays of an archive by name; raises NotArrays."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return {
                name.removesuffix(".npy"): np.lib.format.read_array(
                    BytesIO(archive.read(name)), allow_pickle=False
                )
                for name in archive.namelist()
            }
    except (zipfile.BadZipFile, ValueError, EOFError, KeyError, NotImplementedError) as error:
        raise NotArrays(f"Not an archive of arrays: {error}") from error
