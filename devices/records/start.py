"""When a record began, where its file says so. Neither EDF nor WFDB says in which zone: that is for the reader to know."""

from datetime import UTC, datetime

from devices.records.edf_files import open_edf

_WFDB_DATES = ("%H:%M:%S.%f %d/%m/%Y", "%H:%M:%S %d/%m/%Y")
_UTC = (
    "UTC",
    "base time in UTC",
)  # how our own files say it: a word of the EDF+ header, a remark of the WFDB one
_ANONYMOUS = 1985  # the year that EDF begins with, and that stands where a date was taken out


def edf_start(data: bytes) -> datetime | None:
    """Date and time of an EDF header: aware where the file is one of ours, which are in UTC, else as the console's
    clock showed it; None where the date was taken out. Raises BadRecord.
    """
    edf = open_edf(data)
    try:
        start = datetime.combine(edf.startdate, edf.starttime)
    except ValueError:
        return None
    if start.year == _ANONYMOUS and (start.month, start.day) == (1, 1):
        return None
    return start.replace(tzinfo=UTC) if _UTC[0] in edf.local_recording_identification.split() else start


def wfdb_start(header: str) -> datetime | None:
    """Base time and date, the fifth and sixth word of the record line, as ``edf_start`` gives them; None where
    either is missing.
    """
    record = next((line for line in header.splitlines() if line.strip() and not line.startswith("#")), "")
    words = " ".join(record.split()[4:6])
    for form in _WFDB_DATES:
        try:
            start = datetime.strptime(words, form)  # noqa: DTZ007 (its zone is not in the file)
        except ValueError:
            continue
        return start.replace(tzinfo=UTC) if _UTC[1] in header else start
    return None
