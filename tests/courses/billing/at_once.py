"""Two at the same moment, each on a real connection of its own."""

import time

from django.db import connection


def until_waiting(count: int) -> None:
    """Ask the database until so many of its connections wait for a lock."""
    limit = time.monotonic() + 10
    waiting_now = 0
    with connection.cursor() as cursor:
        while waiting_now < count:
            assert time.monotonic() < limit, f"only {waiting_now} wait"
            cursor.execute(
                "SELECT pg_stat_clear_snapshot(), (SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock')"
            )
            [(_, waiting_now)] = cursor.fetchall()
