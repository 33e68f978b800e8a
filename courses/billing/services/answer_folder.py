"""The watched folder: what a clearing house's program puts there is read and moved aside, with the reason where it fails.

``CLAIM_ANSWERS_DIR`` holds a folder for each clinic, named by the clinic's code; read files go to ``done`` in it, others
to ``failed`` beside a text that says why.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from courses.billing.services.answers import take_answers
from eecp_clinic.errors import ClinicError
from eecp_clinic.models import Clinic

#: A file that was written to a moment ago may not be whole yet.
SETTLED_AFTER = timedelta(seconds=10)
#: Longer than any answer; a file beyond this is not opened.
MOST_BYTES = 50_000_000
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class ReadFile:
    """One file of the folder; ``reason`` empty: it was read."""

    name: str
    reason: str = ""


def read_folders(*, root: Path, now: datetime) -> list[ReadFile]:
    """Read what lies in the folders of the clinics; one file that fails does not keep back the others."""
    found: list[ReadFile] = []
    for clinic in Clinic.objects.order_by("pk"):
        folder = root / clinic.code
        if folder.is_dir():
            found += [_read(clinic, path, now) for path in _waiting(folder, now)]
    return found


def _waiting(folder: Path, now: datetime) -> list[Path]:
    latest = (now - SETTLED_AFTER).timestamp()
    files = (path for path in folder.iterdir() if path.is_file() and not path.is_symlink())
    return sorted(path for path in files if path.stat().st_mtime <= latest)[:AT_ONCE]


def _read(clinic: Clinic, path: Path, now: datetime) -> ReadFile:
    try:
        if path.stat().st_size > MOST_BYTES:
            return _aside(path, f"The file is larger than {MOST_BYTES} bytes: it is no answer of a payer.")
        take_answers(clinic=clinic, content=path.read_bytes(), actor=None, now=now)
    except ClinicError as refusal:
        return _aside(path, refusal.message)
    _move(path, "done")
    return ReadFile(path.name)


def _aside(path: Path, reason: str) -> ReadFile:
    moved = _move(path, "failed")
    moved.with_name(f"{moved.name}.txt").write_text(f"{reason}\n", encoding="utf-8")
    return ReadFile(path.name, reason)


def _move(path: Path, to: str) -> Path:
    """Into a folder beside it; a name that is taken there gets a number."""
    folder = path.parent / to
    folder.mkdir(exist_ok=True)
    target, number = folder / path.name, 1
    while target.exists():
        number += 1
        target = folder / f"{path.stem}-{number}{path.suffix}"
    return path.rename(target)
