"""What several tests of billing are given."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Two who work at the same moment."""
    with ThreadPoolExecutor(2) as found:
        yield found
