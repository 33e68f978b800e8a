"""Waiting for other processes: looking often, with a deadline."""

import time
from collections.abc import Callable

DEADLINE_S = 300.0  # a machine that many share may be slow; what never comes fails all the same


def until(is_so: Callable[[], object], what: str, seconds: float = DEADLINE_S) -> None:
    """Returns when ``is_so`` holds; fails with ``what`` after the deadline."""
    limit = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < limit, f"waited in vain for {what}"
        time.sleep(0.02)  # between two looks at another process
