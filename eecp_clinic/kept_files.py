"""Files that were made once and are kept with their hash."""

import hashlib
from typing import IO

from django.core.files.storage import default_storage
from django.utils.translation import gettext

from eecp_clinic.errors import Conflict, NotFound

_BLOCK = 1024 * 1024


def open_kept(name: str, sha256: str) -> IO[bytes]:
    """The file that was made, at its beginning; read block by block before, to be sure of it.

    Raises NotFound where the file is gone, Conflict where it is another than was made.
    """
    try:
        file: IO[bytes] = default_storage.open(name)
    except FileNotFoundError as error:
        raise NotFound(
            gettext("This file is gone from the storage. Make it again, or file the paper again."),
            code="file_gone",
        ) from error
    if digest_of(file)[0] != sha256:
        file.close()
        raise Conflict(
            gettext(
                "The stored file is no longer the one that was made. Tell the administrator, and make it or file it again."
            ),
            code="file_changed",
        )
    return file


def read_kept(name: str, sha256: str) -> bytes:
    """All its bytes. Raises as ``open_kept``."""
    with open_kept(name, sha256) as file:
        return file.read()


def digest_of(file: IO[bytes]) -> tuple[str, int]:
    """SHA-256 and length of a file, which stands at its beginning again afterwards."""
    whole, size = hashlib.sha256(), 0
    file.seek(0)
    while block := file.read(_BLOCK):
        whole.update(block)
        size += len(block)
    file.seek(0)
    return whole.hexdigest(), size
