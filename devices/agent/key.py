"""The device's key: where it lies, who may read it, and how a new one takes its place."""

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

from devices.agent.server import CannotSend

VARIABLE = "EECP_AGENT_KEY"
#: In the spool folder, where no other place is told.
USUAL_NAME = "key"
_ROOM = 256


class Key:
    """The key in a file, read again whenever the file changed, or one that was given outright."""

    def __init__(self, *, path: Path | None = None, given: str = "") -> None:
        self._path = path
        self._key = given.strip()
        self._stood = 0

    def __call__(self) -> str:
        """The key as it is now; raises CannotSend where there is none."""
        if self._path is not None:
            self._read(self._path)
        if not self._key or not self._key.isascii() or not self._key.isprintable():
            raise CannotSend(f"There is no usable key. Give --key-file, or {VARIABLE} in the environment.")
        return self._key

    def _read(self, path: Path) -> None:
        try:
            changed = path.stat().st_mtime_ns
            if changed != self._stood:
                self._key = path.read_text(encoding="utf-8").strip()
                self._stood = changed
        except (OSError, UnicodeDecodeError) as error:
            raise CannotSend(f"The key file {path} cannot be read: {error}.") from error


def keep_private(path: Path) -> str:
    """Takes the rights of everybody but the owner from the key file; a sentence where that had to be done, or failed.

    On Windows the rights of the folder decide, and nothing is done here.
    """
    if os.name != "posix" or not path.exists() or not others_may_read(path):
        return ""
    try:
        path.chmod(0o600)
    except OSError as error:
        return f"Others may read the key file {path}, and that cannot be changed: {error}. Give it to this user alone."
    return (
        f"Others could read the key file {path}; now its owner alone can. If they may have, make a new key."
    )


def others_may_read(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


@contextmanager
def room_for(path: Path) -> Iterator[Callable[[str], None]]:
    """Room for a new key beside the old one, which is taken before the new one is asked for: where the disk is full,
    or the folder not this user's, nothing was asked.

    What it gives stores a key: in the place of the old one, whole or not at all, readable by its owner alone. Not
    called, all stays as it was. Raises CannotSend.
    """
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w+", encoding="utf-8") as file:
            _write(file, " " * _ROOM)
    except OSError as error:
        raise CannotSend(
            f"No key can be written beside {path}: {error}. Give --key-file in a folder of this user's."
        ) from error
    try:
        yield partial(_store, beside, path)
    finally:
        beside.unlink(missing_ok=True)


def store(path: Path, key: str) -> None:
    """Puts a key that is at hand into its file, as ``room_for`` does."""
    with room_for(path) as put:
        put(key)


def _store(beside: Path, path: Path, key: str) -> None:
    with beside.open("r+", encoding="utf-8") as file:
        _write(file, f"{key}\n".ljust(_ROOM))  # over the room that was taken; who reads it strips it
    beside.replace(path)
    _keep_folder(path.parent)


def _write(file: TextIO, text: str) -> None:
    file.write(text)
    file.flush()
    os.fsync(file.fileno())


def _keep_folder(folder: Path) -> None:
    """The new name too survives a power cut."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
