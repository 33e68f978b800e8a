"""A record by its name: a WFDB record without extension, or an EDF file."""

from pathlib import Path

from devices.records.content import BadRecord, Content

_WFDB_PARTS = (".hea", ".dat")


def without_extension(place: str) -> Path:
    """The path of a record, also where one of its own files was named."""
    path = Path(place)
    return path.with_suffix("") if path.suffix in _WFDB_PARTS else path


def read_record(place: str, events: str | None = None) -> Content:
    """Read what ``place`` names.

    Parameters
    ----------
    events
        Extension of the WFDB annotation file with the console's events; None: ``eecp``.

    Raises
    ------
    BadRecord
        It is not there, or cannot be read; the sentence says what to give instead.
    """
    path = without_extension(place)
    try:
        header = path.with_name(f"{path.name}.hea") if path.name else path
        is_file, is_folder, has_header = path.is_file(), path.is_dir(), header.is_file()
    except (OSError, ValueError) as error:
        raise BadRecord(f"'{place[:80]}' cannot be the name of a record: {error}.") from error
    if has_header:
        from devices.records.wfdb_marks import EVENTS
        from devices.records.wfdb_reading import read_wfdb

        return read_wfdb(path, events or EVENTS)
    if is_file:
        from devices.records.edf_files import read_edf_record

        return read_edf_record(path)
    if is_folder:
        raise BadRecord(f"{place} is a folder; give the record in it, without extension, or an EDF file.")
    raise BadRecord(
        f"There is no record {place}: neither {header.name} nor an EDF file of that name. "
        "Give a WFDB record without extension, or an EDF file."
    )
