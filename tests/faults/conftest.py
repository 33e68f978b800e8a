"""Fixtures of the fault suite, and how often it runs.

    pytest tests/faults --times 20           all cases, twenty times in a row, each time with other chances
    pytest tests/faults --times 1 --from 7   the eighth of those runs alone
    pytest                                   of all cases, only what is quick

Every chance comes from the case's own name, its seed and the number of the run, so a failure can be repeated.
"""

import os
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection
from psycopg.errors import ObjectInUse

from eecp_clinic.embedded import services
from tests.faults.bed import Bed
from tests.faults.clinic import Clinic, Database, Postgres
from tests.faults.tally import RUN, Tally


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--times", type=int, default=None, help="run all fault cases so many times in a row")
    parser.addoption("--from", type=int, default=0, help="the number of the first of these runs")
    parser.addoption("--tally", type=Path, default=None, help="file to which each run adds a line")


def pytest_configure(config: pytest.Config) -> None:
    times = config.getoption("times", None)
    if times is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Tally(config.getoption("tally"), times), "faults-tally")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    times = metafunc.config.getoption("times", None)
    first = metafunc.config.getoption("from", 0)
    if "again" in metafunc.fixturenames:
        metafunc.parametrize("again", range(first, first + (times or 1)))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("times", None) is not None:
        for item in items:
            item.user_properties.append((RUN, number_of_run(item)))
        items.sort(key=number_of_run)  # run after run, each in the order that it was shuffled to
        return
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(
                pytest.mark.django_db
            )  # the tables that ``database`` copies are made for those who ask
    full = [item for item in items if item.get_closest_marker("faults_full")]
    if full:
        config.hook.pytest_deselected(items=full)
        items[:] = [item for item in items if item not in full]


def number_of_run(item: pytest.Item) -> int:
    assert isinstance(item, pytest.Function)
    return int(str(item.callspec.params["again"]))


@pytest.fixture
def chance(request: pytest.FixtureRequest, again: int) -> random.Random:
    """Seeded by what the case is called and by which repetition it is."""
    return random.Random(f"{request.node.name}/{again}")  # noqa: S311 (it must be repeatable)


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest, var: Path) -> Iterator[Database]:
    """With ``--times`` a cluster that may be killed; else, because it is quicker, a copy of the other tests' tables."""
    if request.config.getoption("times", None) is not None:
        postgres = Postgres(var)
        postgres.migrate()
        yield postgres
        postgres.let_go()
        return
    request.getfixturevalue("django_db_setup")
    address = urlsplit(os.environ["DATABASE_URL"])
    with request.getfixturevalue("django_db_blocker").unblock():
        template = connection.settings_dict["NAME"]
        connection.close()
    server = Database(address.geturl())
    copy = f"faults_{template}"
    server.run(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
    _copy(server, template, copy)
    database = Database(urlunsplit(address._replace(path=f"/{copy}")))
    yield database
    database.let_go()
    server.run(f'DROP DATABASE "{copy}" WITH (FORCE)')


def _copy(server: Database, template: str, copy: str) -> None:
    """A database that somebody is connected to is no template: a thread of an earlier test's server may still be."""
    for again in range(10):
        server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{template}'")  # noqa: S608 (a name of ours)
        try:
            server.run(f'CREATE DATABASE "{copy}" TEMPLATE "{template}"')
        except ObjectInUse:
            if again == 9:
                raise
        else:
            return


@pytest.fixture(scope="session")
def var() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="eecp-faults-"))
    folder.chmod(0o711)  # the account that PostgreSQL runs as must be able to pass
    yield folder
    services.reset(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def clinic(var: Path, database: Database) -> Iterator[Clinic]:
    """One for the session; a case that kills a server starts it again."""
    clinic = Clinic(var, database)
    yield clinic
    clinic.stop()


@pytest.fixture(autouse=True)
def _all_is_up(clinic: Clinic) -> None:
    clinic.revive()


@pytest.fixture
def bed(clinic: Clinic, tmp_path: Path) -> Iterator[Bed]:
    """A bed whose agent has reached its console."""
    with Bed(clinic, tmp_path) as bed:
        bed.wait_for_agent()
        yield bed
