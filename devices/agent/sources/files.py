"""Recordings in files, WFDB and EDF, read for replay and from a watched folder."""

import io
import re
import warnings
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

import numpy as np
from edfio import Edf, EdfSignal, read_edf
from numpy.typing import NDArray

from devices.agent.sources.source import SourceError
from devices.waveform import UNITS, Channel, ChannelName, Cuff, Event, EventKind, Waveform, in_time_order

Samples = NDArray[np.float64]

# Beat labels of the WFDB annotation format; the others mark rhythm, noise or comments.
_BEAT_LABELS = frozenset("NLRBAaJSVrFejnE/fQ?")
_PER_UNIT: dict[ChannelName, dict[str, float]] = {
    ChannelName.ECG: {"mv": 1.0, "uv": 1e-3, "µv": 1e-3, "μv": 1e-3, "v": 1e3},
    ChannelName.CUFF_CALF: {"mmhg": 1.0, "kpa": 7.50062},
}
_PATTERNS = (
    (ChannelName.CUFF_CALF, re.compile(r"cuff.*calf|calf", re.IGNORECASE)),
    (ChannelName.CUFF_THIGH, re.compile(r"cuff.*thigh|thigh", re.IGNORECASE)),
    (ChannelName.CUFF_HIP, re.compile(r"cuff.*hip|hip|buttock", re.IGNORECASE)),
    (ChannelName.PLETH, re.compile(r"pleth|ppg|spo2.?wave", re.IGNORECASE)),
    (ChannelName.ECG, re.compile(r"ecg|ekg|^(lead )?(i{1,3}|v[1-6]?|mlii|av[rlf])$", re.IGNORECASE)),
)
_NOT_MEASURED = "-32768 was not measured"
CUFFS = frozenset({ChannelName.CUFF_CALF, ChannelName.CUFF_THIGH, ChannelName.CUFF_HIP})


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
    beats_s: Samples | None = None

    @property
    def is_counterpulsation(self) -> bool:
        """Whether it shows a treatment, and not an ECG alone."""
        return any(channel.name in CUFFS for channel in self.waveform.channels)


def read_recording(path: Path, zone: tzinfo | None = None) -> FileRecording:
    """An EDF file (``.edf``) or a WFDB record (``.hea``, or its path without an ending).

    ``zone`` is what the console's clock shows; EDF and WFDB do not say it. None is this computer's.

    Raises
    ------
    SourceError
        The file cannot be read, or holds no signal that is known.
    """
    try:
        with warnings.catch_warnings():
            if path.suffix.lower() == ".edf":
                warnings.simplefilter("error")  # edfio warns of a file that is cut short
                return _edf(path, zone)
            warnings.simplefilter("ignore")  # of the reader's own use of its libraries
            return _wfdb(path, zone)
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError, Warning) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(
            f"The record {path} cannot be read: {error}. Give an .edf file, or a WFDB record without extension."
        ) from error


def _name_of(label: str) -> ChannelName | None:
    label = label.strip()
    if label in set(ChannelName):
        return ChannelName(label)
    return next((name for name, pattern in _PATTERNS if pattern.search(label)), None)


def _channel(name: ChannelName, rate_hz: float, samples: Samples, unit: str) -> Channel:
    table = _PER_UNIT.get(ChannelName.CUFF_CALF if name in CUFFS else name)
    factor = 1.0 if table is None else table.get(unit.strip().lower())
    if factor is None:
        raise SourceError(f"{name} is in '{unit}', which cannot be turned into {UNITS[name]}.")
    return Channel(name, rate_hz, samples * factor)


def _waveform(channels: list[Channel], events: list[Event], path: Path, labels: list[str]) -> Waveform:
    if not channels:
        raise SourceError(
            f"The record {path} holds no ECG, pulse wave or cuff pressure, but {', '.join(labels)}."
        )
    return Waveform(tuple(channels), in_time_order(events))


def _started_at_ms(start: datetime, zone: tzinfo | None) -> int:
    aware = start.replace(tzinfo=zone) if zone is not None else start.astimezone()
    return int(aware.timestamp() * 1000)


def _edf(path: Path, zone: tzinfo | None) -> FileRecording:
    data = path.read_bytes()
    if data[192:197] == b"EDF+D":
        raise SourceError(
            f"The file {path} is EDF+D, with breaks between its parts; export it as EDF or EDF+C."
        )
    if data[236:244].strip() == b"-1":
        raise SourceError(f"The file {path} is still being written, or its writer was cut off.")
    edf = read_edf(io.BytesIO(data), lazy_load_data=False)
    channels: dict[ChannelName, Channel] = {}
    for signal in edf.signals:
        name = _name_of(signal.label)
        if name is not None and name not in channels:
            samples = _samples(signal)
            channels[name] = _channel(
                name, float(signal.sampling_frequency), samples, signal.physical_dimension
            )
    events = [event for a in edf.annotations if (event := _event(a.onset, a.text)) is not None]
    waveform = _waveform(list(channels.values()), events, path, [signal.label for signal in edf.signals])
    return FileRecording(waveform, _edf_start(edf, zone))


def _samples(signal: EdfSignal) -> Samples:
    samples = np.array(signal.data, dtype=np.float64)
    if _NOT_MEASURED in signal.transducer_type:  # as this project's own files say it; in others it is a value
        samples[signal.digital == -32768] = np.nan
    return samples


def _edf_start(edf: Edf, zone: tzinfo | None) -> int | None:
    try:
        return _started_at_ms(datetime.combine(edf.startdate, edf.starttime), zone)
    except ValueError:
        return None  # an anonymised date


def _event(t_s: float, text: str) -> Event | None:
    kind, _, cuff = text.partition(" ")
    if kind not in set(EventKind) or cuff not in set(Cuff):
        return None
    return Event(round(t_s, 6), EventKind(kind), Cuff(cuff))


def _wfdb(path: Path, zone: tzinfo | None) -> FileRecording:
    import wfdb  # here, because it brings pandas along, which no other source needs

    stem = path.with_suffix("") if path.suffix == ".hea" else path
    record = wfdb.rdrecord(str(stem))
    channels: dict[ChannelName, Channel] = {}
    for number, label in enumerate(record.sig_name):
        name = _name_of(label) or (ChannelName.ECG if _is_voltage(record.units[number]) else None)
        if name is not None and name not in channels:
            samples = np.asarray(record.p_signal[:, number], dtype=np.float64)
            channels[name] = _channel(name, float(record.fs), samples, str(record.units[number]))
    beats = None
    if stem.with_suffix(".atr").exists():
        marks = wfdb.rdann(str(stem), "atr")
        wanted = np.isin(np.array(marks.symbol), sorted(_BEAT_LABELS))
        beats = np.unique(np.asarray(marks.sample, dtype=np.float64)[wanted]) / float(record.fs)
    start = record.base_datetime
    return FileRecording(
        _waveform(list(channels.values()), [], path, list(record.sig_name)),
        None if start is None else _started_at_ms(start, zone),
        beats,
    )


def _is_voltage(unit: object) -> bool:
    return str(unit).strip().lower() in _PER_UNIT[ChannelName.ECG]
