"""Files as a console leaves them on a stick: real EDF and WFDB, written by libraries that are not ours where it counts."""

import io
import zipfile
from datetime import date, time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from edfio import Edf, EdfAnnotation, EdfSignal, Patient, Recording

from devices.records.given import Given
from devices.records.saving import marks_of, signals_of
from devices.records.wfdb_writing import About, write_wfdb
from devices.waveform import Waveform
from tests.factories import MONDAY_NINE


def edf_of(waveform: Waveform, *, at: time = time(9, 0), name: str = "session.edf") -> list[Given]:
    """An EDF+ file as another program writes it, with a patient in its header, of Monday 9 March 2026."""
    end_s = int(waveform.duration_s)
    signals = [
        EdfSignal(
            np.nan_to_num(channel.samples[: int(end_s * channel.rate_hz)]),
            channel.rate_hz,
            label=channel.name.value,
            physical_dimension=channel.unit,
            physical_range=(-500, 500),
        )
        for channel in waveform.channels
    ]
    events = [EdfAnnotation(mark.t_s, None, mark.text) for mark in marks_of(waveform) if mark.t_s < end_s]
    edf = Edf(
        signals,
        patient=Patient(name="SAMPLE_Joan"),
        recording=Recording(startdate=date(2026, 3, 9)),
        starttime=at,
        annotations=events,
    )
    return [Given(name, edf.to_bytes())]


def wfdb_of(waveform: Waveform) -> list[Given]:
    """Header, samples and events of a WFDB record."""
    with TemporaryDirectory() as folder:
        about = About(started_at=MONDAY_NINE.replace(tzinfo=None))
        write_wfdb(Path(folder) / "session", signals_of(waveform), marks_of(waveform), about)
        return [Given(path.name, path.read_bytes()) for path in sorted(Path(folder).iterdir())]


def zip_of(files: list[Given], folder: str = "USB/") -> list[Given]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("__MACOSX/._session.hea", b"of an operating system")
        for file in files:
            archive.writestr(f"{folder}{file.name}", file.data)
    return [Given("session.zip", packed.getvalue())]
