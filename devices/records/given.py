"""Files as a person gives them: an EDF file, the files of a WFDB record, or a zip of either."""

import hashlib
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from devices.records.content import BadRecord
from devices.records.edf_files import read_edf_record
from devices.records.recording import Recording, recording_of
from devices.records.start import edf_start, wfdb_start
from devices.records.wfdb_reading import read_wfdb

_EDF_BEGINS = b"0       "
_ZIP_BEGINS = b"PK\x03\x04"
_MOST_FILES = 20
#: A zip may hold this many times its own size; the samples of a recording never shrink so much.
_MOST_TIMES = 20


@dataclass(frozen=True, slots=True)
class Given:
    """One file: its name without folders, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What was in the files.

    Attributes
    ----------
    kind : ``EDF`` or ``WFDB``.
    started_at : aware where the file says its zone, else as its clock showed it; None where it does not say.
    sha256 : of the EDF file; of a WFDB record over the digests of its files in order, whatever they are called.
    """

    kind: str
    recording: Recording
    started_at: datetime | None
    sha256: str


def read_given(files: Sequence[Given], most_bytes: int) -> Read:
    """Read what was given.

    Parameters
    ----------
    most_bytes
        How much a zip may unpack to.

    Raises
    ------
    BadRecord
        It is not one whole record; the sentence says what to give instead.
    """
    if len(files) == 1 and files[0].data.startswith(_ZIP_BEGINS):
        files = _unpacked(files[0].data, most_bytes)
    files = [Given(_plain(file.name), file.data) for file in files]
    if len({file.name for file in files}) < len(files):
        raise BadRecord("Two of the files have the same name; give the files of one record.")
    headers = [file for file in files if file.name.lower().endswith(".hea")]
    with TemporaryDirectory() as name:
        folder = Path(name)
        try:
            for file in files:
                (folder / file.name).write_bytes(file.data)
            if len(headers) == 1:
                return _wfdb(folder, headers[0])
            if len(files) == 1 and files[0].data.startswith(_EDF_BEGINS):
                return _edf(folder, files[0])
        except BadRecord as error:
            raise BadRecord(str(error).replace(f"{folder}/", "")) from error
        except OSError as error:
            raise BadRecord(f"The files cannot be read: {error.strerror or 'unusable name'}.") from error
    raise BadRecord(_what_is_wrong(files, headers))


def _plain(name: str) -> str:
    plain = PurePosixPath(name.replace("\\", "/")).name
    if plain in ("", ".", "..") or not plain.isprintable():
        raise BadRecord("A file has no usable name; name it like the record, for example session.edf.")
    return plain


def _what_is_wrong(files: Sequence[Given], headers: Sequence[Given]) -> str:
    if len(headers) > 1:
        return f"There are {len(headers)} headers (.hea); give the files of one record at a time."
    if len(files) > 1:
        return "None of the files is a header (.hea); give all files of one WFDB record, or one EDF file."
    return (
        "This is neither an EDF file nor a WFDB record. Give one EDF file; or .hea, .dat and annotations together, "
        "or a zip of them."
    )


def _unpacked(data: bytes, most_bytes: int) -> list[Given]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if _is_wanted(entry)]
            if not 0 < len(entries) <= _MOST_FILES:
                raise BadRecord(f"The zip holds {len(entries)} files; give a zip of one record.")
            most = min(most_bytes, _MOST_TIMES * len(data))
            if sum(entry.file_size for entry in entries) > most:
                raise BadRecord("The zip holds more than can be taken; give a zip of one record.")
            return [Given(entry.filename, archive.read(entry)) for entry in entries]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        if isinstance(error, BadRecord):
            raise
        raise BadRecord(
            f"The zip cannot be unpacked ({error}); pack it again, without a password."
        ) from error


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    """Folders, and what an operating system adds for itself, are left out."""
    path = PurePosixPath(entry.filename)
    return not (entry.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts)


def _edf(folder: Path, file: Given) -> Read:
    recording = recording_of(read_edf_record(folder / file.name))
    return Read("EDF", recording, edf_start(file.data), hashlib.sha256(file.data).hexdigest())


def _wfdb(folder: Path, header: Given) -> Read:
    content = read_wfdb(folder / header.name[: -len(".hea")])
    start = wfdb_start(header.data.decode("utf-8", "replace"))
    digests = "".join(sorted(content.sha256.values()))
    return Read("WFDB", recording_of(content), start, hashlib.sha256(digests.encode()).hexdigest())
