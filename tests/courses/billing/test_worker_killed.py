"""A worker is killed in the middle of a batch of packets: another goes on where it was, and nothing is made twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import current_app
from django.db import connection
from django.db.models import F
from django.utils import timezone

from courses.billing.packet.proof import is_good, prove
from courses.billing.services import request_packets
from courses.billing.services.packets import TASK
from courses.models import Packet, SessionSheet
from eecp_clinic.making import STALE_AFTER, take_over
from eecp_clinic.models import AuditEvent, Clinic, User
from tests.courses.billing.packets_given import LATER, another_course, file_consent
from tests.courses.courses_given import Given
from tests.faults.waiting import until

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_S = 240


class Worker:
    """Celery as it runs in production, one task at a time, on the tests' own database and files."""

    def __init__(self, files: Path, log: Path) -> None:
        given = connection.settings_dict
        login = f"{given['USER']}:{given['PASSWORD']}@{given['HOST']}:{given['PORT']}"
        environment = os.environ | {
            "DATABASE_URL": f"postgres://{login}/{given['NAME']}",
            "MEDIA_ROOT": str(files),
        }
        command = [sys.executable, "-m", "celery", "-A", "eecp_clinic.celery", "worker"]
        command += ["--concurrency", "1", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command, env=environment, stdout=output, stderr=output, start_new_session=True
            )

    def kill(self) -> None:
        """kill -9 of the parent and of the process that is at work."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


@pytest.fixture
def batch(given: Given, clinic: Clinic, biller: User) -> Iterator[list[Packet]]:
    """Two courses of three signed sessions, of which no sheet is made yet."""
    current_app.control.purge()  # what other tests have asked for
    other = another_course(given)
    for index in range(3):
        given.session(index)
        other.session(index + 10)
    file_consent(given)
    made = request_packets(clinic=clinic, courses=[given.course, other.course], actor=biller, now=LATER)
    yield list(made.packets.order_by("pk"))
    current_app.control.purge()


def test_batch_goes_on_where_a_killed_worker_was(batch: list[Packet], tmp_path: Path) -> None:
    files, log = tmp_path / "media", tmp_path / "worker.log"
    first = Worker(files, log)
    try:
        at_work = Packet.objects.filter(state=Packet.State.MAKING, sheets_done__gte=1)
        until(at_work.exists, "the first sheets", PATIENCE_S)
    finally:
        first.kill()
    kept = dict(SessionSheet.objects.ready().values_list("session", "sha256"))
    assert kept
    assert Packet.objects.under_way().exists()
    for kind in (Packet, SessionSheet):  # a quarter of an hour goes by
        kind.objects.filter(state=kind.State.MAKING).update(started_at=F("started_at") - STALE_AFTER)
    current_app.send_task(TASK, args=[take_over(Packet.objects.all(), now=timezone.now())])
    second = Worker(files, log)
    try:
        until(lambda: not Packet.objects.under_way().exists(), "the rest", PATIENCE_S)
    finally:
        second.kill()
    packets = list(Packet.objects.order_by("pk"))
    assert [one.state for one in packets] == [Packet.State.READY] * 2, log.read_text()
    for one in packets:
        assert not [said for said in one.missing if "sheet" in said]
        assert is_good(prove((files / one.file.name).read_bytes()))
        assert AuditEvent.objects.filter(action="packet.ready", subject=f"packet:{one.code}").count() == 1
    sheets = dict(SessionSheet.objects.ready().values_list("session", "sha256"))
    assert SessionSheet.objects.count() == len(sheets) == 6
    assert sheets.items() >= kept.items()
    assert len(list(files.rglob("packets/*/*.pdf"))) == 2
