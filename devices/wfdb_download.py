"""A stored recording as a WFDB record, for programs that read no EDF+: one zip file of its three files."""

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from devices.edf import channel_gaps_in, read_edf_file
from devices.protocol import Manifest
from devices.records.content import Mark
from devices.records.saving import marks_of, signals_of
from devices.records.wfdb_writing import write_wfdb

_EARLIEST = (1980, 1, 1, 0, 0, 0)  # equal content, equal bytes: the time of making says nothing about it


def zipped_wfdb(name: str, edf: bytes, manifest: Manifest) -> bytes:
    """The record ``name`` from the bytes of its EDF+ file; gaps are marks, as the file has them.

    Raises
    ------
    CannotStore, BadRecord
        The bytes are no such file, or its rates have no frame in common.
    """
    waveform = read_edf_file(edf, manifest)
    gaps = [Mark(gap.from_s, f"gap {gap.channel} until {gap.to_s:g} s") for gap in channel_gaps_in(edf)]
    marks = sorted([*marks_of(waveform), *gaps], key=lambda mark: mark.t_s)
    packed = io.BytesIO()
    with TemporaryDirectory() as folder, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        write_wfdb(Path(folder) / name, signals_of(waveform), marks)
        for path in sorted(Path(folder).iterdir()):
            info = zipfile.ZipInfo(path.name, _EARLIEST)
            archive.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
