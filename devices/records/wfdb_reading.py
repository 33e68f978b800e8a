"""Reading WFDB records: header, signal files and the annotations of the console's events."""

import hashlib
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from devices.records import wfdb_samples
from devices.records.content import BadRecord, Content, Mark, Note, Signal, without_filling
from devices.records.wfdb_header import DEFAULT_GAIN, Header, SignalLine, parse_header
from devices.records.wfdb_marks import EVENTS, beat_ticks, marks_of, read_annotations

# The number for "not measured" of the formats that the wfdb package reads for us.
_MISSING = {"8": None, "310": -512, "311": -512, "508": -128, "516": -32768, "524": -8388608}


def read_wfdb(base: Path, events: str = EVENTS) -> Content:
    """The record ``base`` (a path without extension) with the annotations of ``base.events`` where there are any.

    Raises
    ------
    BadRecord
        A file is missing, damaged or of a kind that is not read here.
    """
    files = {f"{base.name}.hea": _bytes(base.with_name(f"{base.name}.hea"), "header")}
    header = parse_header(files[f"{base.name}.hea"].decode("utf-8", "replace"))
    for name in dict.fromkeys(line.file for line in header.signals):
        if name in (".", "..", "-", "~") or Path(name).name != name or not name.isprintable():
            raise BadRecord(
                f"The header names '{name}' as a signal file; it must be a file in the header's folder."
            )
        files[name] = _bytes(base.with_name(name), "signal file")
    digital = _digital(base, header, files)
    notes = tuple(
        Note("checksum", f"The checksum of '{line.name}' differs from the header's; the file may be damaged.")
        for line, samples in zip(header.signals, digital, strict=True)
        if line.checksum is not None and (int(samples.sum(dtype=np.int64)) - line.checksum) % 65536
    )
    marks: tuple[Mark, ...] = ()
    at = base.with_name(f"{base.name}.{events}")
    if at.is_file():
        files[at.name] = _bytes(at, "annotation file")
        marks = marks_of(read_annotations(files[at.name]), header.frame_hz)
    signals = tuple(_signal(line, x, header) for line, x in zip(header.signals, digital, strict=True))
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    return Content(without_filling(signals, marks), marks, digests, notes)


def beats_beside(base: Path, extension: str) -> NDArray[np.float64] | None:
    """Seconds of the beats that ``base.extension`` labels, ascending; None where there is no such file."""
    at = base.with_name(f"{base.name}.{extension}")
    if not at.is_file():
        return None
    found = read_annotations(_bytes(at, "annotation file"))
    header = parse_header(_bytes(base.with_name(f"{base.name}.hea"), "header").decode("utf-8", "replace"))
    return np.unique(np.array(beat_ticks(found), dtype=np.float64)) / (found.ticks_hz or header.frame_hz)


def _bytes(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadRecord(f"The {what} {path} is not there; give the record with all of its files.") from None
    except OSError as error:
        raise BadRecord(f"The {what} {path} cannot be read: {error.strerror}.") from error


def _digital(base: Path, header: Header, files: dict[str, bytes]) -> list[NDArray[np.int32]]:
    """The stored numbers of each signal, in the order of the header."""
    if any(line.form not in wfdb_samples.FORMATS for line in header.signals):
        return _by_the_package(base, header)
    groups: dict[str, list[SignalLine]] = {}
    for line in header.signals:
        groups.setdefault(line.file, []).append(line)
    frames = header.frames or min(
        (_frames_in(files[name], group) for name, group in groups.items()), default=0
    )
    found = {name: iter(_group(files[name], group, frames)) for name, group in groups.items()}
    return [next(found[line.file]) for line in header.signals]


def _frames_in(data: bytes, group: Sequence[SignalLine]) -> int:
    stored = max(0, len(data) - group[0].offset)
    return wfdb_samples.count_in(group[0].form, stored) // sum(line.per_frame for line in group)


def _group(data: bytes, group: Sequence[SignalLine], frames: int) -> list[NDArray[np.int32]]:
    """The signals that share one file, where each frame holds ``per_frame`` samples of each in turn."""
    first = group[0]
    if any(line.form != first.form for line in group):
        raise BadRecord(f"The signals of {first.file} are in different formats; a file has one.")
    held = _frames_in(data, group)
    if held < frames:
        raise BadRecord(
            f"{first.file} holds {held} of the {frames} frames that the header promises; copy it again."
        )
    width = sum(line.per_frame for line in group)
    stop = first.offset + wfdb_samples.size_of(first.form, frames * width)
    frame = wfdb_samples.decode(first.form, data[first.offset : stop], frames * width).reshape(frames, width)
    ends = np.cumsum([line.per_frame for line in group])
    return [frame[:, end - line.per_frame : end].reshape(-1) for line, end in zip(group, ends, strict=True)]


def _by_the_package(base: Path, header: Header) -> list[NDArray[np.int32]]:
    """Formats of variable width (8, 310, 311, FLAC) are left to the wfdb package, which is slow to start."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the package's own use of its libraries
        import wfdb

        try:
            record = wfdb.rdrecord(str(base), physical=False, smooth_frames=False)
            found = [np.asarray(samples, dtype=np.int32) for samples in record.e_d_signal]
        except (
            ArithmeticError,
            AttributeError,
            LookupError,
            OSError,
            RuntimeError,
            TypeError,
            ValueError,
        ) as error:
            forms = ", ".join(sorted({line.form for line in header.signals}))
            raise BadRecord(
                f"The record cannot be read in format {forms} ({type(error).__name__}); convert it to format 16."
            ) from error
    # The package has already taken the skew out.
    return found


def _signal(line: SignalLine, digital: NDArray[np.int32], header: Header) -> Signal:
    gain = line.gain or DEFAULT_GAIN
    samples = (digital.astype(np.float64) - line.baseline) / gain
    if line.form in wfdb_samples.FORMATS:
        samples[digital == wfdb_samples.not_measured(line.form)] = np.nan
        if line.skew:
            later = min(samples.size, line.skew * line.per_frame)
            samples = np.concatenate((samples[later:], np.full(later, np.nan)))
    else:
        samples[digital == _MISSING.get(line.form)] = np.nan
    # header(5): where no unit is written, it is mV; where no gain is, the signal is not calibrated.
    unit = line.unit if line.unit is not None else ("mV" if line.gain else "")
    return Signal(line.name, unit, header.frame_hz * line.per_frame, samples, line.gain is not None)
