"""A WFDB record as one zip file, to hand on: header, samples and the console's events together."""

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from devices.records.content import Mark, Signal
from devices.records.wfdb_writing import About, write_wfdb

_NO_DATE = (1980, 1, 1, 0, 0, 0)  # zip's first day, so that equal input gives equal bytes


def wfdb_zip(name: str, signals: Sequence[Signal], marks: Sequence[Mark], about: About) -> bytes:
    """The record ``name`` with its files in the folder of the zip that nothing else is in.

    Raises
    ------
    BadRecord
        See ``write_wfdb``.
    """
    packed = io.BytesIO()
    with TemporaryDirectory() as folder, zipfile.ZipFile(packed, "w") as archive:
        write_wfdb(Path(folder) / name, signals, marks, about)
        for path in sorted(Path(folder).iterdir()):
            entry = zipfile.ZipInfo(path.name, _NO_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    return packed.getvalue()
