"""The permission table holds, and no address is missing from it."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from pytest_django import DjangoDbBlocker

import tests.permissions as package
from tests.permissions import world as worlds
from tests.permissions.table import ROLES, Row
from tests.permissions.world import World

AREAS = [
    importlib.import_module(f"tests.permissions.{module.name}")
    for module in pkgutil.iter_modules(package.__path__)
    if not module.name.startswith("test_") and module.name not in {"table", "world"}
]
TABLE: list[Row] = [row for area in AREAS for row in area.ROWS]

#: Open to anybody, each for a reason.
PUBLIC = {
    "favicon": "browsers ask for it",
    "fhir:metadata": "says what the API can, and nothing of a patient",
    "health": "the process that waits for this one asks it",
    "courses:calendar-feed": "calendar programs ask with the secret in the address and nothing else",
    "courses:diary-own": "a patient keeps a diary by the secret in the address and nothing else",
    "courses:reminders-stop": "a patient ends reminders by the signed link of a mail",
    "account_login": "the door",
    "account_logout": "leaving is never refused",
    "account_reset_password": "the door, for who forgot the key",
    "account_reset_password_done": "the door",
    "account_reset_password_from_key": "the door",
    "account_reset_password_from_key_done": "the door",
    "account_inactive": "says that an account is closed",
    "account_signup": "closed by the account adapter, and says so",
    "account_confirm_login_code": "the door, by a code sent by mail",
    "account_confirm_email": "a link from a letter",
    "account_email_verification_sent": "says that a letter was sent",
}
#: Of one's own account only, whoever one is; allauth sends strangers to the door.
OWN_ACCOUNT = {"account_change_password", "account_set_password", "account_email", "account_reauthenticate"}


def names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """Every named address, with its namespace."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from names(pattern.url_patterns, inner)
        else:
            yield f"{prefix}{pattern.name}"


@pytest.fixture(scope="module")
def built(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[World, dict[str, Any]]]:
    """One world for all rows and roles, in a transaction that is never committed; with the place of its files.

    Built for each of some two thousand cases it took a third of the suite's time.
    """
    place = {"location": str(tmp_path_factory.mktemp("world"))}
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": place}
    storages = {**settings.STORAGES, "default": default}
    with django_db_blocker.unblock(), override_settings(STORAGES=storages), transaction.atomic():
        made = worlds.build()
        for area in AREAS:
            if hasattr(area, "extend"):
                area.extend(made)
        yield made, storages
        transaction.set_rollback(True)


@pytest.fixture
def world(built: tuple[World, dict[str, Any]], db: None, _own_files: None) -> Iterator[World]:
    """That world; what a case changes in it is taken back to a savepoint."""
    made, storages = built
    with override_settings(STORAGES=storages):
        yield replace(made, things=dict(made.things))  # what a row adds for itself is gone with it


def answer(row: Row, world: World, client: Client) -> int:
    url = reverse(row.name, args=row.args(world))
    status: int = getattr(client, row.method)(url, row.data(world)).status_code
    return status


def test_every_address_stands_in_the_table_or_is_public() -> None:
    known = {row.name for row in TABLE} | set(PUBLIC) | OWN_ACCOUNT
    # The device API has keys instead of people: its own tests refuse every address without one.
    found = {name for name in names(get_resolver().url_patterns) if not name.startswith("api:")}
    assert not found - known, "addresses without a row in the permission table"
    assert not {row.name for row in TABLE} - found, "rows whose address is gone"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("row", TABLE, ids=str)
def test_role_gets_what_the_table_says(row: Row, role: str, world: World) -> None:
    client = Client()
    client.force_login(world.users[role])
    assert answer(row, world, client) == row.allowed.get(role, 403)


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_stranger_is_sent_to_the_door(row: Row, world: World) -> None:
    assert answer(row, world, Client()) == row.stranger


@pytest.mark.parametrize("row", TABLE, ids=str)
def test_person_of_another_clinic_finds_nothing(row: Row, world: World) -> None:
    client = Client()
    client.force_login(world.outsider)
    expected = row.outsider if row.outsider is not None else (404 if row.args(world) else 200)
    assert answer(row, world, client) == expected
