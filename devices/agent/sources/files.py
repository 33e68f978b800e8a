"""Recordings in files, WFDB and EDF, for replay and from a watched folder: what they hold, and when it was."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from devices.agent.sources.source import SourceError
from devices.records.content import BadRecord
from devices.records.edf_files import read_edf_record
from devices.records.recording import recording_of
from devices.records.start import edf_start, wfdb_start
from devices.records.wfdb_reading import beats_beside, read_wfdb
from devices.waveform import ChannelName, Waveform

_CUFFS = frozenset({ChannelName.CUFF_CALF, ChannelName.CUFF_THIGH, ChannelName.CUFF_HIP})
_RECORDS_FIELD = slice(236, 244)  # of an EDF header: the number of data records, -1 while it is being written


@dataclass(frozen=True, slots=True)
class FileRecording:
    """What a file holds.

    Attributes
    ----------
    started_at_ms : device clock at the first sample; None where the file does not say.
    beats_s : expert marks of R waves in seconds; None where there are none.
    """

    waveform: Waveform
    started_at_ms: int | None
    beats_s: NDArray[np.float64] | None = None

    @property
    def is_counterpulsation(self) -> bool:
        """Whether it shows a treatment, and not an ECG alone."""
        return any(channel.name in _CUFFS for channel in self.waveform.channels)


def read_recording(path: Path, zone: tzinfo | None = None) -> FileRecording:
    """An EDF file (``.edf``) or a WFDB record (``.hea``, or its path without an ending).

    ``zone`` is what the console's clock shows; EDF and WFDB do not say it. None is this computer's.

    Raises
    ------
    SourceError
        The file cannot be read, is not whole, or holds no ECG.
    """
    try:
        return _edf(path, zone) if path.suffix.lower() == ".edf" else _wfdb(path, zone)
    except (BadRecord, OSError) as error:
        raise SourceError(f"The record {path} cannot be read: {error}") from error


def _edf(path: Path, zone: tzinfo | None) -> FileRecording:
    data = path.read_bytes()
    if data[_RECORDS_FIELD].strip() == b"-1":
        raise SourceError(f"The file {path} is still being written, or its writer was cut off.")
    waveform = recording_of(read_edf_record(path)).waveform
    return FileRecording(waveform, _to_ms(edf_start(data), zone))


def _wfdb(path: Path, zone: tzinfo | None) -> FileRecording:
    base = path.with_suffix("") if path.suffix == ".hea" else path
    waveform = recording_of(read_wfdb(base)).waveform
    start = wfdb_start(base.with_name(f"{base.name}.hea").read_text(encoding="utf-8", errors="replace"))
    return FileRecording(waveform, _to_ms(start, zone), beats_beside(base, "atr"))


def _to_ms(start: datetime | None, zone: tzinfo | None) -> int | None:
    if start is None:
        return None
    if start.tzinfo is None:
        start = start.replace(tzinfo=zone) if zone is not None else start.astimezone()
    return int(start.timestamp() * 1000)
