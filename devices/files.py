"""Files of recordings in the file store: written once under a name that holds their hash, and read back with it."""

import hashlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from devices.edf import CannotStore
from devices.models import Recording, StoredFile


def save(recording: Recording, data: bytes, file_sha256: str) -> str:
    """The name under which the file is saved; the name holds its hash, so a second run finds the first's."""
    folder = f"recordings/{recording.started_at:%Y/%m}"
    name = f"{folder}/{recording.uuid}-{file_sha256[:12]}.edf"
    if default_storage.exists(name) and hashlib.sha256(read(name)).hexdigest() == file_sha256:
        return name
    # Where a run died halfway the name is taken by a damaged file: the store then picks another name.
    return default_storage.save(name, ContentFile(data))


def read(name: str) -> bytes:
    with default_storage.open(name) as file:
        data: bytes = file.read()
    return data


def read_checked(stored: Recording | StoredFile) -> bytes:
    """The bytes that were stored; raises CannotStore where they are others, FileNotFoundError where there are none."""
    data = read(stored.file.name)
    if hashlib.sha256(data).hexdigest() != stored.file_sha256:
        raise CannotStore("The file is not the one that was stored: its SHA-256 differs.")
    return data
