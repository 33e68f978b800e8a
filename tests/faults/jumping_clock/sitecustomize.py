"""On the path of a process under test: its clock of the day is off by the seconds that stand in the file that
``EECP_TEST_CLOCK`` names, now and whenever they are changed. The monotonic clock runs on, as it does when somebody sets the
clock of a computer.
"""

import os
import time
from pathlib import Path

_true_ns = time.time_ns
_offset = Path(os.environ.get("EECP_TEST_CLOCK", os.devnull))


def _set_ns() -> int:
    return _true_ns() + 1_000_000_000 * int(_offset.read_text() or 0)


time.time_ns = _set_ns
time.time = lambda: _set_ns() / 1e9
