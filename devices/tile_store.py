"""Tiles of stored recordings: made once from the verified file, kept beside it, made again where they are lost.

They are a cache and prove nothing: the name holds the hash of the file they were made from and the version of the
layout, and whatever is missing, cut short or of another version is made anew from the recording's file.
"""

import logging
import threading
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from devices.chunks import to_counts
from devices.edf import read_edf_file
from devices.files import read_checked
from devices.models import Recording, StoredFile
from devices.recordings import manifest_of
from devices.tile_making import build
from devices.tiles import PREFIX, TILE_VERSION, NotTiles, TileHead, head_length, read_head

logger = logging.getLogger(__name__)

#: One maker a process: of requests that find the tiles lost at once, the first makes them and the others find them.
_making = threading.Lock()
#: So much of a file is asked for at first; the head of an hour takes 8 KB.
_FIRST_READ = 16 * 1024


def name_of(recording: Recording, stored: Recording | StoredFile) -> str:
    folder = f"tiles/{recording.started_at:%Y/%m}"
    return f"{folder}/{recording.uuid}-{stored.file_sha256[:12]}-v{TILE_VERSION}.tiles"


def head_of(recording: Recording, stored: Recording | StoredFile) -> TileHead:
    """What there is to draw; makes the tiles where there are none.

    Raises
    ------
    FileNotFoundError, CannotStore, ProtocolError
        The recording's file is not there, or not the one that was stored.
    """
    found = _head(name_of(recording, stored), stored)
    return _made(recording, stored) if found is None else found


def events_of(recording: Recording, stored: Recording | StoredFile) -> bytes:
    """All valve events and triggers, compressed; raises as ``head_of`` does."""
    offset, length = head_of(recording, stored).place_of_events()
    return _cut(name_of(recording, stored), offset, length)


def tile_of(recording: Recording, stored: Recording | StoredFile, level: int, index: int) -> bytes:
    """One tile, compressed; raises NoSuchTile, and as ``head_of`` does."""
    offset, length = head_of(recording, stored).place(level, index)
    return _cut(name_of(recording, stored), offset, length)


def _head(name: str, stored: Recording | StoredFile) -> TileHead | None:
    """The head of the file, whole and of this recording; None where it is to be made."""
    try:
        with default_storage.open(name) as file:
            head = read_head(_start_of(file))
            whole = file.size == head.size and head.source_sha256 == stored.file_sha256
    except FileNotFoundError:
        return None
    except NotTiles as why:
        logger.warning("tiles are made anew: %s", why)
        return None
    return head if whole else None


def _start_of(file: IO[bytes]) -> bytes:
    data = file.read(_FIRST_READ)
    length = head_length(data[: PREFIX.size])
    return data if length <= len(data) else data + file.read(length - len(data))


def _cut(name: str, offset: int, length: int) -> bytes:
    with default_storage.open(name) as file:
        file.seek(offset)
        data: bytes = file.read(length)
    return data


def _made(recording: Recording, stored: Recording | StoredFile) -> TileHead:
    name = name_of(recording, stored)
    with _making:
        found = _head(name, stored)
        if found is not None:
            return found
        manifest = manifest_of(recording)
        waveform = read_edf_file(read_checked(stored), manifest)
        scales = {form.name.value: form.counts_per_unit for form in manifest.channels}
        counts = {c.name.value: to_counts(c.samples, scales[c.name.value]) for c in waveform.channels}
        data = build(waveform, counts, scales, stored.file_sha256)
        default_storage.delete(name)
        saved = default_storage.save(name, ContentFile(data))
        if saved != name:  # another process was quicker; its file is the same
            default_storage.delete(saved)
    return read_head(data[: head_length(data)])
