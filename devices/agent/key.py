"""The device's key: where it lies, who may read it, and how a new one takes its place."""

import os
import stat
from pathlib import Path

from devices.agent.server import CannotSend

VARIABLE = "EECP_AGENT_KEY"


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


def store(path: Path, key: str) -> None:
    """Puts a new key in the place of the old one, whole or not at all, readable by its owner alone."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{key}\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
