"""The clinic's web server, worker and background work, told what to do line by line: ``python -m tests.faults.desk``.

Each line read is a JSON array, a verb and its arguments. Two lines are written for each: the id of the process that does it
(a child, which may be killed over it), and a JSON object: the answer, ``{"error": …}`` where the work raised, or ``{}``
where the child died. What it does is done by the project's own functions. The web server is granian, a child too: the
seven seconds of processor time in which the project is read in are not spent again at each of its starts.
"""

import json
import os
import resource
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import django

django.setup()

from django.db import connection  # noqa: E402 (models need the line above)
from django.urls import get_resolver  # noqa: E402
from django.utils import timezone  # noqa: E402
from granian.cli import cli as granian  # noqa: E402

from devices import tasks  # noqa: E402
from devices.models import Recording  # noqa: E402
from devices.recordings import SILENCE, close_silent  # noqa: E402
from devices.storage import damages, store  # noqa: E402
from eecp_clinic import wsgi  # noqa: E402, F401 (read in here, once)
from eecp_clinic.celery import app  # noqa: E402
from tests import factories  # noqa: E402
from tests.faults import office  # noqa: E402


def make_device() -> dict[str, Any]:
    """A clinic with one device, and the key of its agent."""
    device = factories.make_device(factories.make_clinic())
    return {"device": device.pk, "key": factories.make_key(device)[1]}


def finish(uuid: str) -> dict[str, Any]:
    """Store, verify and judge a recording, as the worker does; then its account."""
    tasks.finish_recording(uuid)
    return account(uuid)


def file_away(uuid: str) -> dict[str, Any]:
    """Store and verify a recording without judging it; then its account."""
    store(uuid=UUID(uuid), now=timezone.now())
    return account(uuid)


def fall_silent(uuid: str) -> dict[str, Any]:
    """What the sweep does about a recording of which nothing was heard for long."""
    return {"closed": close_silent(uuid=UUID(uuid), now=timezone.now() + SILENCE + timedelta(minutes=1))}


def account(uuid: str) -> dict[str, Any]:
    """All that the clinic says of a recording."""
    recording = Recording.objects.get(pk=uuid)
    return {
        "uuid": uuid,
        "manifest": recording.manifest,
        "received": [list(pair) for pair in recording.received],
        "last_seq": recording.last_seq,
        "stored": recording.stored_at is not None and recording.late_chunks_at is None,
        "failure": recording.failure,
        "file": recording.file.path if recording.file else "",
        "file_sha256": recording.file_sha256,
        "chunks_sha256": recording.chunks_sha256,
        "gap_seconds": recording.gap_seconds,
        "versions": recording.files.count(),
        "reports": recording.reports.count(),
        "conflicts": recording.conflicts.count(),
        "damages": damages(recording) if recording.stored_at else [],
    }


def limit_files(most_bytes: int | None) -> dict[str, Any]:
    """From here on no file of this process may grow beyond this; None takes the limit away."""
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard if most_bytes is None else most_bytes, hard))
    return {}


Work = Callable[..., dict[str, Any]]


def serve(port: int, log: str) -> dict[str, Any]:
    """The web server, in a process group of its own."""
    where = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    how = ["--workers", "1", "--blocking-threads", "16", "--log-level", "warning"]
    return _apart(lambda: granian([*where, *how, "eecp_clinic.wsgi:application"]), log)


def work(log: str) -> dict[str, Any]:
    """Celery's worker with one process at work, in a process group of their own."""
    how = ["--concurrency", "1", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    return _apart(lambda: app.worker_main(["worker", *how]), log)


def _apart(run: Callable[[], object], log: str) -> dict[str, Any]:
    pid = os.fork()
    if not pid:
        os.setpgid(0, 0)
        output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for number in (0, 1, 2):
            os.dup2(output if number else os.open(os.devnull, os.O_RDONLY), number)
        try:
            run()
        finally:
            os._exit(1)
    os.setpgid(pid, pid)  # whoever of the two comes first
    return {"pid": pid}


def bury(pid: int) -> dict[str, Any]:
    """A web server or worker that was killed leaves nothing behind."""
    os.waitpid(pid, 0)
    return {}


#: What changes this very process: its children, the numbers that the factories give, the limit that children inherit.
OWN = {verb.__name__: verb for verb in (make_device, limit_files, serve, work, bury)}
OFFICE = (office.ask_for_packets, office.sweep, office.packets)
CHILDS = {verb.__name__: verb for verb in (finish, file_away, fall_silent, account, *OFFICE)}


def main() -> None:
    get_resolver().url_patterns  # noqa: B018 (this reads in all that the web server needs)
    for line in sys.stdin:
        verb, *arguments = json.loads(line)
        if verb in OWN:
            _write(os.getpid())
            _write(_answer(OWN[verb], arguments))
        else:
            _have_done(CHILDS[verb], arguments)


def _have_done(work: Work, arguments: list[Any]) -> None:
    """By a child, which answers through a pipe, so that there is one answer whenever it is killed."""
    ours, childs = os.pipe()
    pid = os.fork()
    if not pid:
        os.write(childs, json.dumps(_answer(work, arguments)).encode() + b"\n")
        os._exit(0)
    os.close(childs)
    _write(pid)
    with os.fdopen(ours) as pipe:
        answer = pipe.read()
    os.waitpid(pid, 0)
    _write(json.loads(answer) if answer.endswith("\n") else {})


def _answer(work: Work, arguments: list[Any]) -> dict[str, Any]:
    try:
        return work(*arguments)
    except Exception as error:  # noqa: BLE001 (told to whoever asked)
        return {"error": f"{type(error).__name__}: {error}"}
    finally:
        connection.close()  # no child may inherit one


def _write(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
