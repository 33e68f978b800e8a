"""The beats of a report in the file store, and the canonical text of the report itself, each with its SHA-256."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from devices.beat_file import BeatFile, from_bytes
from devices.models import GatingReport, Recording
from devices.npz import NotArrays


class DamagedReport(ValueError):
    """What is stored is not what was stored; the sentence says which part."""


def canonical(report: Mapping[str, Any]) -> str:
    """The one text of a report: sorted keys, no spaces, no NaN (raises ValueError), and no minus before zero.

    The database keeps numbers as decimals and knows no negative zero.
    """
    return json.dumps(_settled(report), sort_keys=True, separators=(",", ":"), allow_nan=False)


def _settled(value: Any) -> Any:
    if isinstance(value, float):
        return value + 0.0
    if isinstance(value, Mapping):
        return {str(key): _settled(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_settled(item) for item in value]
    return value


def digest(report: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(report).encode()).hexdigest()


def keep_beats(recording: Recording, engine_version: str, config_sha256: str, data: bytes) -> tuple[str, str]:
    """Save the beats, read them back, and give the name and the SHA-256; raises DamagedReport.

    The name says of which analysis of which file they are, so a second run finds the file of the first.
    """
    own = f"{recording.uuid}-{engine_version}-{config_sha256[:12]}-{recording.file_sha256[:12]}"
    name = f"reports/{recording.started_at:%Y/%m}/{own}.npz"
    expected = hashlib.sha256(data).hexdigest()
    if not (default_storage.exists(name) and hashlib.sha256(_read(name)).hexdigest() == expected):
        # Where a run died halfway the name is taken by a damaged file: the store then picks another name.
        name = default_storage.save(name, ContentFile(data))
    _checked(_read(name), expected)
    return name, expected


def _read(name: str) -> bytes:
    with default_storage.open(name) as file:
        data: bytes = file.read()
    return data


def _checked(data: bytes, sha256: str) -> BeatFile:
    if hashlib.sha256(data).hexdigest() != sha256:
        raise DamagedReport("The file of the beats is not the one that was stored: its SHA-256 differs.")
    try:
        return from_bytes(data)
    except NotArrays as error:
        raise DamagedReport(str(error)) from error


def read_beats(report: GatingReport) -> BeatFile | None:
    """The beats of a report; None where it was made before beats were kept. Raises DamagedReport."""
    if not report.beats_file:
        return None
    try:
        data = _read(report.beats_file.name)
    except FileNotFoundError as error:
        raise DamagedReport("The file of the beats is missing.") from error
    return _checked(data, report.beats_sha256)


def damages(report: GatingReport) -> list[str]:
    """Everything about a report that no longer is as it was made, in sentences; none is good."""
    found = []
    if report.report_sha256 and digest(report.report) != report.report_sha256:
        found.append(f"the report {report.code} does not have its SHA-256")
    try:
        read_beats(report)
    except (DamagedReport, OSError) as error:
        found.append(f"the report {report.code}: {error}")
    return found
