"""One cluster for the tests of a module: each test leaves it stopped, the next starts it again in 0.1 s."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from eecp_clinic.embedded.services import down, reset
from eecp_clinic.embedded.system import is_alive

NO_SERVERS_GIVEN: dict[str, str] = {}


@pytest.fixture(scope="module")
def module_var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("embedded") / "var"
    yield folder
    reset(folder)


@pytest.fixture
def var(module_var: Path) -> Iterator[Path]:
    """A folder whose servers are stopped; its cluster may hold what earlier tests wrote."""
    yield module_var
    down(module_var)


def value_of(database_url: str, query: str) -> object:
    """The one value that ``query`` gives."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def execute(database_url: str, statement: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(statement.encode())


def kill(pid: int) -> None:
    """Kill as a crash would, and wait until it is dead."""
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not is_alive(pid))


def wait_for(condition: Callable[[], object], *, seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)
