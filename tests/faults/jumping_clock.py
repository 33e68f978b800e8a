"""A clock of the day that somebody sets: in the process that calls ``begin`` it is off by the seconds that stand in a file,
now and whenever they are changed. The monotonic clock runs on, as it does when a computer's clock is set.
"""

import time
from pathlib import Path

VARIABLE = "EECP_TEST_CLOCK"  # names the file to an agent


def begin(offset: Path) -> None:
    true_ns = time.time_ns

    def set_ns() -> int:
        return true_ns() + 1_000_000_000 * int(offset.read_text() or 0)

    time.time_ns = set_ns
    time.time = lambda: set_ns() / 1e9
