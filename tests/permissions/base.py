"""Rows of the addresses that belong to no app. The first page depends on the role: each is sent to its own."""

from tests.permissions.table import Row, everybody

ROWS = [Row("home", everybody(302), outsider=302)]
