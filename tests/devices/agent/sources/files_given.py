"""EDF files of invented treatments, as a console might export them."""

import datetime
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from edfio import Edf, EdfAnnotation, EdfSignal, Recording

SECONDS = 10


def signal(label: str, unit: str, rate_hz: float = 100.0, size: float = 1.0) -> EdfSignal:
    time_s = np.arange(round(SECONDS * rate_hz)) / rate_hz
    return EdfSignal(
        size * np.sin(2 * np.pi * time_s),
        rate_hz,
        label=label,
        physical_dimension=unit,
        physical_range=(-2 * size, 2 * size),  # the lowest count of all means that nothing was measured
    )


def write_edf(path: Path, signals: Sequence[EdfSignal] | None = None, *, hour: int = 9) -> bytes:
    """A treatment of ten seconds on 09-Sep-2026, with one trigger; returns its bytes."""
    edf = Edf(
        signals or [signal("ECG I", "uV", size=1000.0), signal("Cuff calf", "mmHg", 50.0, 260.0)],
        recording=Recording(startdate=datetime.date(2026, 9, 9)),
        starttime=datetime.time(hour, 0),
        annotations=[EdfAnnotation(1.5, None, "trigger"), EdfAnnotation(2.0, None, "nurse came in")],
    )
    data = edf.to_bytes()
    path.write_bytes(data)
    return data
