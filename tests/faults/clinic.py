"""A clinic's servers that may be killed: PostgreSQL, Valkey, the web process and the worker's desk, each started again at
the address that it had. None of them belongs to other tests.
"""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import psycopg

from eecp_clinic.embedded import valkey
from eecp_clinic.embedded.home import home_for, program_folder
from eecp_clinic.embedded.postgres import Cluster
from eecp_clinic.embedded.system import free_port, is_alive
from tests.faults.agent_host import ROOT, AgentHost
from tests.faults.waiting import until

PLAIN = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def kill(pid: int) -> None:
    """kill -9, and wait until it is dead."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    until(lambda: not is_alive(pid), f"the end of process {pid}")


class Desk:
    """``tests.faults.desk`` as a process."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        command = [sys.executable, "-m", "tests.faults.desk"]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **environment, "OPENBLAS_NUM_THREADS": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
            )

    def ask(self, verb: str, *arguments: object) -> dict[str, Any]:
        """The answer; AssertionError where the work raised."""
        answer = self.try_to(verb, *arguments)
        assert "error" not in answer, f"{verb}: {answer['error']}"
        return answer

    def try_to(self, verb: str, *arguments: object) -> dict[str, Any]:
        """The answer, which may be ``{"error": …}``; empty where the process died over it."""
        self.begin(verb, *arguments)
        return self._answer()

    def begin(self, verb: str, *arguments: object) -> int:
        """Asks, and waits for no answer; the process that works on it, to be killed or left."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([verb, *arguments]) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def kill(self, pid: int) -> None:
        """kill -9 of one that is at work, or has just done it."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self._answer()

    def stop(self) -> None:
        self._process.communicate()

    def _answer(self) -> dict[str, Any]:
        """Empty where the worker was killed before it had one."""
        return dict(json.loads(self._line()))

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


class Database:
    """A database that has the tables, on a server that is not ours to kill."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: psycopg.Connection | None = None  # to let somebody in costs more than to answer

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        if self._connection is not None:
            try:
                return self._connection.execute(query.encode(), values).fetchall()
            except psycopg.OperationalError:
                self.let_go()  # the server was killed since
        self._connection = psycopg.connect(self.url, autocommit=True)
        return self._connection.execute(query.encode(), values).fetchall()

    def let_go(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode())


class Postgres(Database):
    """A durable cluster of its own, always on the same port."""

    def __init__(self, var: Path) -> None:
        self._cluster = Cluster(home_for(var))
        super().__init__(self._cluster.start())
        self._port = urlsplit(self.url).port

    def kill(self) -> None:
        pid = self._cluster.pid()
        assert pid is not None, "PostgreSQL does not run"
        kill(pid)

    def start(self) -> None:
        """After a kill: it recovers by itself, once the last of its children has let go."""
        home = self._cluster.home
        command = [str(program_folder(home) / "pg_ctl"), "start", "-w", "-D", str(home.data)]
        command += ["-l", str(home.path / "postgres.log"), "-o", f"-p {self._port}"]
        until(lambda: home.account.run(command, PLAIN).returncode == 0, "PostgreSQL after a kill")

    def is_up(self) -> bool:
        return self._cluster.url() is not None

    def migrate(self) -> None:
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        environment = {**os.environ, "ENVIRONMENT": "test", "DATABASE_URL": self.url}
        subprocess.run(command, cwd=ROOT, env=environment, check=True)


@dataclass
class Valkey:
    """A broker of its own; started again it listens where it did, and has forgotten everything."""

    folder: Path
    url: str
    pid: int

    @classmethod
    def new(cls, folder: Path) -> Self:
        return cls(folder, *valkey.Broker(folder).start())

    def kill(self) -> None:
        kill(self.pid)

    def start(self) -> None:
        log = str(self.folder / "valkey.log")
        output = (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_APPEND, 0o600)
        command = ["valkey-server", str(self.folder / "valkey.conf")]
        self.pid = os.posix_spawn(valkey._program(), command, PLAIN, file_actions=[output], setsid=True)
        until(lambda: valkey.answers(self.url, self.pid), "Valkey after a kill")


class Web:
    """The web server with the device API: granian's parent and its worker, killed together."""

    def __init__(self, desk: Desk, log: Path) -> None:
        self.port = free_port()
        self._desk = desk
        self._log = log
        self._pid: int | None = None

    def start(self) -> None:
        self.begin()
        until(self.is_up, "the web server")

    def begin(self) -> None:
        """Starts it, and does not wait until it answers."""
        self._pid = int(self._desk.ask("serve", self.port, str(self._log))["pid"])

    def kill(self) -> None:
        if self._pid is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._pid, signal.SIGKILL)
            self._desk.ask("bury", self._pid)
            self._pid = None

    def is_up(self) -> bool:
        address = f"http://127.0.0.1:{self.port}/healthz"
        with suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
        return False


class Clinic:
    """All of it, around a database that has the tables."""

    def __init__(self, var: Path, postgres: Database) -> None:
        self.var = var
        self.media = var / "media"
        self.media.mkdir()
        self.postgres = postgres
        self.valkey = Valkey.new(var / "valkey")
        environment = {
            "ENVIRONMENT": "test",
            "EECP_VAR": str(var),
            "MEDIA_ROOT": str(self.media),
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.valkey.url,
        }
        self.agents = AgentHost()
        self.desk = Desk(environment, var / "desk.log")
        self.web = Web(self.desk, var / "web.log")
        self.web.start()

    def revive(self) -> None:
        """A case that failed half way must not fail those after it."""
        if isinstance(self.postgres, Postgres) and not self.postgres.is_up():
            self.postgres.start()
        if not valkey.answers(self.valkey.url, self.valkey.pid):
            self.valkey.start()
        if not self.web.is_up():
            self.web.kill()
            self.web.start()

    def recordings(self, device: int) -> list[str]:
        """UUIDs of what a device recorded, in order of opening."""
        query = "SELECT uuid::text FROM devices_recording WHERE device_id = %s ORDER BY opened_at"
        return [row[0] for row in self.postgres.rows(query, device)]

    def chunks(self, uuid: str) -> Iterator[tuple[int, bytes, bytes]]:
        """Number, SHA-256 and bytes of every chunk that the database holds."""
        query = "SELECT seq, sha256, data FROM devices_chunk WHERE recording_id = %s ORDER BY seq"
        for seq, sha256, data in self.postgres.rows(query, uuid):
            yield seq, bytes(sha256), bytes(data)

    def stop(self) -> None:
        self.web.kill()
        self.desk.stop()
        self.agents.stop()
        valkey.stop(self.valkey.pid)
