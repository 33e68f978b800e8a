"""Questions to the operating system: is a process alive, what is it, who may read a folder, which port is free."""

import contextlib
import os
import pwd
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Whether ``pid`` is a running process.

    A zombie counts as dead: its parent may never collect it (as in a container without an init), and a signal
    to it succeeds for ever. A child of ours that has ended is collected on the way.
    """
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    state = _stat(pid)[:1] or [_ps(pid, "stat=")]
    return not state[0].startswith("Z")


def command_of(pid: int) -> str:
    """The command line of ``pid`` with single spaces between arguments; empty when it cannot be known."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return _ps(pid, "command=")


def started_at(pid: int) -> str:
    """When ``pid`` started, in the system's own notation: with the id it names one process for good."""
    try:
        return _stat(pid)[19]  # clock ticks since boot
    except IndexError:
        return _ps(pid, "lstart=")


def free_port() -> int:
    """A loopback TCP port that was free a moment ago. Somebody may take it first: the caller tries again."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def last_lines(path: Path, count: int = 12, *, start: int = 0) -> str:
    """The last ``count`` lines of a log, looking no further back than byte ``start``."""
    try:
        with path.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(start, size - 65_536))
            lines = log.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-count:])


@dataclass(frozen=True)
class Account:
    """A numeric user and group that a program is started as."""

    uid: int
    gid: int

    def run(self, command: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Run ``command`` to its end as this account, without root's groups and with private new files."""
        other = self.uid != os.geteuid()
        return subprocess.run(  # noqa: S603  the command is built here, from our own paths
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            cwd="/",
            env=environment,
            umask=0o077,
            user=self.uid if other else None,
            group=self.gid if other else None,
            extra_groups=[] if other else None,
        )

    def can_run(self, program: Path, *arguments: str) -> bool:
        """Whether this account may run ``program``: found by trying, since every parent folder has a say."""
        try:
            return self.run([str(program), *arguments], {"LC_ALL": "C"}).returncode == 0
        except OSError:
            return False

    def can_reach(self, folder: Path) -> bool:
        """Whether this account may pass through all parents of ``folder`` and enter it."""
        return self.can_run(Path("/bin/sh"), "-c", 'cd "$0"', str(folder))


def own_account() -> Account:
    """The account this process runs as."""
    return Account(os.geteuid(), os.getegid())


def named_account() -> Account:
    """An unprivileged account with a name, which ``initdb`` insists on; used by root for that moment only.

    Raises KeyError when the system knows no such account.
    """
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def _stat(pid: int) -> list[str]:
    """The fields of Linux's process table from the state onwards; none where there is no such table."""
    try:
        # The name in brackets may itself hold brackets and spaces: what follows the last bracket is regular.
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return []


def _ps(pid: int, column: str) -> str:
    if Path("/proc/self").exists():
        return ""
    command = ["/bin/ps", "-o", column, "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603
