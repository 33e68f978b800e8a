"""EDF and EDF+ files: read whole, and written so that any viewer opens them."""

import hashlib
import io
import re
import warnings
from collections.abc import Sequence
from datetime import date, time
from math import ceil
from pathlib import Path

import numpy as np
from edfio import Edf, EdfAnnotation, EdfSignal, Recording, read_edf

from devices.records.content import END_TEXT, BadRecord, Content, Mark, Signal, without_filling
from devices.records.storing import NOT_MEASURED, gain_for, record_seconds, to_digital

# Our own files say the exact scale in words, because a physical limit in EDF has only eight characters, and what the
# least digital value means.
_SCALE = re.compile(r"value = digital / (\d+(?:\.\d+)?(?:e[-+]?\d+)?);")
_SAYS_MISSING = f"{NOT_MEASURED} was not measured"
_HEADER_BYTES = 256


def open_edf(data: bytes) -> Edf:
    """The file with all of its data.

    Raises
    ------
    BadRecord
        The bytes are no EDF file, or not a whole one.
    """
    if len(data) < _HEADER_BYTES or not data.startswith(b"0       "):
        raise BadRecord("This is not a whole EDF+ file: it does not begin with an EDF header.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "error", UserWarning
            )  # edfio warns of a truncated file; here that is a damaged one
            edf = read_edf(io.BytesIO(data), lazy_load_data=False)
            _ = edf.annotations, [(s.label, s.physical_dimension, s.digital) for s in edf.signals]
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        MemoryError,
        TypeError,
        ValueError,
        UserWarning,
    ) as error:
        raise BadRecord(f"This is not a whole EDF+ file: {error}.") from error
    return edf


def read_edf_record(path: Path) -> Content:
    """All signals and annotations of an EDF or EDF+ file.

    In a signal whose header says so, as those of our own files do, a digital -32768 was not measured; in any other it
    is a sample like the others, at the end of the range.

    Raises
    ------
    BadRecord
        The file cannot be read, is damaged, or is discontinuous (EDF+D).
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadRecord(f"The file {path} cannot be read: {error.strerror}.") from error
    edf = open_edf(data)
    if not edf.signals or not edf.num_data_records:
        raise BadRecord("The EDF file holds no signal; give a recording with an ECG.")
    try:
        whole = edf.is_continuous
        signals = tuple(_signal(signal) for signal in edf.signals)
    except BadRecord:
        raise
    except (ArithmeticError, ValueError) as error:
        raise BadRecord(f"The EDF header holds a value that is not possible: {error}.") from error
    if not whole:
        raise BadRecord(
            "The file is discontinuous (EDF+D); write EDF+C with -32768 where nothing was measured, and "
            "say '-32768 was not measured' in the transducer field of each signal."
        )
    marks = tuple(Mark(round(a.onset, 6), a.text) for a in edf.annotations)
    return Content(without_filling(signals, marks), marks, {path.name: hashlib.sha256(data).hexdigest()})


def _signal(signal: EdfSignal) -> Signal:
    digital = signal.digital.astype(np.float64)
    stated = _SCALE.search(signal.transducer_type)
    if stated is not None and float(stated[1]) > 0:
        samples = digital / float(stated[1])
    else:
        steps = signal.digital_max - signal.digital_min
        gain = (signal.physical_max - signal.physical_min) / steps
        samples = signal.physical_min + gain * (digital - signal.digital_min)
    if _SAYS_MISSING in signal.transducer_type:
        samples[digital == NOT_MEASURED] = np.nan
    rate_hz = float(signal.sampling_frequency)
    if not 0 < rate_hz <= 1e6:
        raise BadRecord(f"The sampling rate of '{signal.label}' is {rate_hz:g} Hz, which is not possible.")
    return Signal(signal.label, signal.physical_dimension, rate_hz, samples)


def write_edf_record(path: Path, signals: Sequence[Signal], marks: Sequence[Mark]) -> None:
    """Write an EDF+ file without patient or date (1 January 1985, EDF's first day); equal input, equal bytes.

    Raises
    ------
    BadRecord
        The rates have no data record in common, a value does not fit, or there are no samples.
    """
    seconds = record_seconds([signal.rate_hz for signal in signals])
    end_s = max(signal.samples.size / signal.rate_hz for signal in signals)
    if not end_s:
        raise BadRecord("There are no samples to write.")
    records = ceil(end_s / seconds - 1e-9)
    annotations = [EdfAnnotation(round(mark.t_s, 6), None, mark.text) for mark in marks]
    try:
        data = Edf(
            [_stored(signal, records * seconds) for signal in signals],
            recording=Recording(startdate=date(1985, 1, 1), equipment_code="EECP"),
            starttime=time(0, 0),
            data_record_duration=seconds,
            annotations=[*annotations, EdfAnnotation(round(end_s, 6), None, END_TEXT)],
        ).to_bytes()
    except ValueError as error:
        raise BadRecord(f"The recording does not fit in an EDF+ file: {error}.") from error
    path.write_bytes(data)


def _stored(signal: Signal, seconds: int) -> EdfSignal:
    gain = gain_for(signal)
    return EdfSignal.from_digital(
        to_digital(signal.samples, gain, round(seconds * signal.rate_hz)),
        signal.rate_hz,
        label=signal.name,
        transducer_type=f"value = digital / {gain:g}; -32768 was not measured",
        physical_dimension=signal.unit,
        physical_range=(-32768 / gain, 32767 / gain),
        digital_range=(-32768, 32767),
    )
