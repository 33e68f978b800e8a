"""A stored recording in the form in which somebody wants it, from the file whose hash was checked."""

from dataclasses import dataclass
from datetime import UTC

from django.utils.translation import gettext as _

from devices.edf import CannotStore, channel_gaps_in, read_edf_file
from devices.files import read_checked
from devices.models import Recording, StoredFile
from devices.protocol import ProtocolError
from devices.recordings import manifest_of
from devices.records.content import BadRecord, Mark
from devices.records.saving import marks_of, signals_of
from devices.records.wfdb_writing import About
from devices.records.wfdb_zip import wfdb_zip
from eecp_clinic.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes, and the name under which a browser saves them: device time in UTC and how the UUID begins."""

    name: str
    data: bytes


def as_edf(recording: Recording, stored: Recording | StoredFile) -> Download:
    """The EDF+ file, byte for byte as it was stored; NotFound, Conflict where it cannot be had."""
    return Download(f"{_base(recording)}.edf", _bytes(stored))


def as_wfdb(recording: Recording, stored: Recording | StoredFile) -> Download:
    """The same samples, events and gaps as a WFDB record in a zip, every count as it was sent.

    Raises
    ------
    NotFound, Conflict
        The file is not there, is not the one that was stored, or cannot be written in this form.
    """
    data = _bytes(stored)
    try:
        manifest = manifest_of(recording)
        waveform = read_edf_file(data, manifest)
        gaps = [Mark(gap.from_s, f"gap {gap.channel} until {gap.to_s:g} s") for gap in channel_gaps_in(data)]
        about = About(
            started_at=recording.started_at.astimezone(UTC),
            gains={form.name.value: form.counts_per_unit for form in manifest.channels},
            remarks=(
                f"Recording {recording.pk}; base time in UTC, by the device's clock.",
                f"Made from the EDF+ file with SHA-256 {stored.file_sha256}.",
            ),
        )
        marks = sorted([*marks_of(waveform), *gaps], key=lambda mark: mark.t_s)
        packed = wfdb_zip(_base(recording), signals_of(waveform), marks, about)
    except (BadRecord, CannotStore, ProtocolError) as error:
        raise Conflict(
            _("This recording cannot be written as WFDB: %(why)s Download it as EDF+ instead.")
            % {"why": error},
            code="not_as_wfdb",
        ) from error
    return Download(f"{_base(recording)}.zip", packed)


def _base(recording: Recording) -> str:
    return f"recording-{recording.started_at.astimezone(UTC):%Y%m%d-%H%M%S}Z-{str(recording.pk)[:8]}"


def _bytes(stored: Recording | StoredFile) -> bytes:
    try:
        return read_checked(stored)
    except FileNotFoundError as error:
        raise NotFound(
            _("The file of this recording is missing. Tell your administrator: a backup may hold it."),
            code="file_missing",
        ) from error
    except CannotStore as error:
        raise Conflict(
            _("The file of this recording has changed since it was stored. Tell your administrator."),
            code="file_changed",
        ) from error


FORMS = {"edf": as_edf, "wfdb": as_wfdb}
