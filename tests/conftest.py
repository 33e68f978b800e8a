"""Named actors: who they are says what they may do. Nora nurses, Petra signs, Bill bills, Olga is elsewhere."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from hypothesis import settings as hypothesis_settings
from pytest_django.fixtures import Settings

from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import Role
from tests import factories

# How long an example takes says more about the machine than about the code.
hypothesis_settings.register_profile("clinic", deadline=None)
hypothesis_settings.load_profile("clinic")

#: A Monday in the clinic's working hours (09:00 in Chicago); what tests pass as ``now``.
MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The tests' database, which nobody holds open at the end: a server's thread may outlive its last request, and Django
    keeps one connection for this thread and another for what runs while a browser's event loop does."""
    yield
    given = connection.settings_dict
    login = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    with psycopg.connect(**login, dbname="postgres", autocommit=True) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [given["NAME"]]
        )


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    """Files of one test are its own, and no cached attempt counter survives it."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "media")},
        },
    }
    yield
    cache.clear()


@pytest.fixture
def now() -> datetime:
    return MONDAY


@pytest.fixture
def clinic(db: None) -> Clinic:
    return factories.make_clinic()


@pytest.fixture
def nurse(clinic: Clinic) -> User:
    return factories.make_user(clinic, Role.NURSE, "nora", "Nora", "Nurse-Example", "RN")


@pytest.fixture
def physician(clinic: Clinic) -> User:
    return factories.make_user(
        clinic, Role.PHYSICIAN, "petra", "Petra", "Physician-Example", "MD", npi="1234567893"
    )


@pytest.fixture
def biller(clinic: Clinic) -> User:
    return factories.make_user(clinic, Role.BILLING, "bill", "Bill", "Biller-Example", "CPC")


@pytest.fixture
def front_desk(clinic: Clinic) -> User:
    return factories.make_user(clinic, Role.FRONT_DESK, "fred", "Fred", "Desk-Example", "")


@pytest.fixture
def administrator(clinic: Clinic) -> User:
    return factories.make_user(clinic, Role.ADMINISTRATOR, "ada", "Ada", "Admin-Example", "")


@pytest.fixture
def outsider(db: None) -> User:
    """A nurse and physician of another clinic, who must see nothing of this one."""
    other = factories.make_clinic(name="Elsewhere Example Clinic")
    user = factories.make_user(other, Role.NURSE, "olga", "Olga", "Outsider-Example", "RN")
    for role in (Role.PHYSICIAN, Role.BILLING, Role.FRONT_DESK, Role.ADMINISTRATOR):
        factories.add_role(user, other, role)
    return user


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def nurse_client(nurse: User) -> Client:
    return client_of(nurse)


@pytest.fixture
def physician_client(physician: User) -> Client:
    return client_of(physician)


@pytest.fixture
def biller_client(biller: User) -> Client:
    return client_of(biller)


@pytest.fixture
def outsider_client(outsider: User) -> Client:
    return client_of(outsider)


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait until something holds, looking often; fails after a minute and a half."""

    def wait(holds: Callable[[], bool]) -> None:
        limit = time.monotonic() + 90
        while not holds():
            assert time.monotonic() < limit, "it did not come"
            time.sleep(0.1)  # between two looks at another process

    return wait
