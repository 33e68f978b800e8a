"""What each role gets at each address: the whole access policy on one page.

A row is ``Row(name, method, {role: status}, kwargs)``. Roles not named get 403; somebody not logged in is sent to
the login page (302); somebody of another clinic gets 404 wherever the address names an object of this one.
Each area keeps its rows in a file of its own beside this one, as a list called ``ROWS``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.permissions.world import World


@dataclass(frozen=True)
class Row:
    """One address and method. ``args`` builds the address's arguments from the world; ``data`` the form."""

    name: str
    allowed: dict[str, int]
    method: str = "get"
    args: Callable[[World], list[Any]] = field(default=lambda world: [])
    data: Callable[[World], dict[str, Any]] = field(default=lambda world: {})
    stranger: int = 302  # a page leads to the door; an API answers 401
    outsider: int | None = None  # default: 404 where args name an object, else like the insider's role

    def __str__(self) -> str:
        return f"{self.method} {self.name}"


ROLES = ("nurse", "physician", "billing", "front_desk", "administrator")


def everybody(status: int = 200) -> dict[str, int]:
    return dict.fromkeys(ROLES, status)


def only(*roles: str, status: int = 200) -> dict[str, int]:
    return dict.fromkeys(roles, status)
