"""kill -9 of the worker in the middle of a batch of packets: another goes on, and nothing is made twice."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.faults.clinic import Clinic
from tests.faults.office import SESSIONS
from tests.faults.waiting import until

UNDER_WAY = "SELECT state, sheets_done FROM courses_packet WHERE batch_id = %s AND state IN ('queued', 'making') ORDER BY id"
KEPT = """
SELECT session_id::text, sha256 FROM courses_sessionsheet
WHERE state = 'ready' AND session_id IN (
    SELECT id FROM courses_session WHERE course_id IN (SELECT course_id FROM courses_packet WHERE batch_id = %s)
)
"""
#: A quarter of an hour goes by, after which a worker counts as lost.
LATER = "UPDATE {} SET started_at = started_at - interval '16 minutes' WHERE state = 'making'"


@contextmanager
def worker(clinic: Clinic, log: Path) -> Iterator[None]:
    """Celery as in production, with one process at work; all of it is killed at the end."""
    pid = int(clinic.desk.ask("work", str(log))["pid"])
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
        clinic.desk.ask("bury", pid)


@pytest.mark.usefixtures("again")
def test_batch_of_packets_goes_on_where_a_killed_worker_was(clinic: Clinic, tmp_path: Path) -> None:
    rows, log = clinic.postgres.rows, tmp_path / "worker.log"
    batch = clinic.desk.ask("ask_for_packets")["batch"]
    with worker(clinic, log):
        until(lambda: any(done for _, done in rows(UNDER_WAY, batch)), "the first sheet")
    kept = dict(rows(KEPT, batch))
    assert 1 <= len(kept) < sum(SESSIONS)
    assert [state for state, _ in rows(UNDER_WAY, batch)] == ["making", "queued"]
    for table in ("courses_packet", "courses_sessionsheet"):
        clinic.postgres.run(LATER.format(table))
    with worker(clinic, log):
        clinic.desk.ask("sweep")
        until(lambda: not rows(UNDER_WAY, batch), f"the rest; see {log}")
    found = clinic.desk.ask("packets", batch)
    assert found["proven"] == [True, True]
    assert found["without_sheet"] == []
    assert found["made"] == [1, 1]
    assert len(found["sheets"]) == found["versions"] == sum(SESSIONS)
    assert found["sheets"].items() >= kept.items()
