"""Files that were made once and are kept with their hash."""

import hashlib

from django.core.files.storage import default_storage
from django.utils.translation import gettext

from eecp_clinic.errors import Conflict, NotFound


def read_kept(name: str, sha256: str) -> bytes:
    """The bytes that were made. Raises NotFound where the file is gone, Conflict where it is another than was made."""
    try:
        with default_storage.open(name) as file:
            content: bytes = file.read()
    except FileNotFoundError as error:
        raise NotFound(
            gettext("This file is gone from the storage. Make it again."), code="file_gone"
        ) from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Conflict(
            gettext(
                "The stored file is no longer the one that was made. Tell the administrator, and make it again."
            ),
            code="file_changed",
        )
    return content
