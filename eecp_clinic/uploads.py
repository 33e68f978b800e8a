"""A ceiling on uploaded files that holds before anything is written to disk."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class UploadCeiling(FileUploadHandler):
    """First of the handlers: a request that says it is longer than ``UPLOAD_MAX_BYTES`` has its files left unread.

    Forms are parsed before anybody is asked who they are (the token against forgery is in them), so this is the
    place where it counts. The view finds no file, and says why.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 (Django passes it by this name)
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.is_too_long = content_length > settings.UPLOAD_MAX_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.is_too_long:
            raise StopUpload(connection_reset=False)
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
