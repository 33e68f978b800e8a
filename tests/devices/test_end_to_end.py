"""The real agent, as a process of its own, sends to the real server over HTTP."""

import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from devices import ingest, tasks
from devices.models import AgentStatus, Chunk, Device, GatingReport, Recording
from devices.services import prescribe
from devices.storage import damages
from tests import factories

AGENT = Path(sys.executable).with_name("eecp-agent")
DEADLINE_S = 120

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def device() -> Device:
    return factories.make_device(factories.make_clinic())


@pytest.fixture
def command(live_server: LiveServer, device: Device, tmp_path: Path) -> list[str]:
    """The agent's command line; what it sends is simulated counterpulsation on real ECG."""
    key_file = tmp_path / "key.txt"
    key_file.write_text(factories.make_key(device)[1])
    options = ["--source", "sample", "--server", live_server.url, "--key-file", str(key_file)]
    return [str(AGENT), "run", *options, "--spool", str(tmp_path / "spool"), "--heartbeat", "0.2"]


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tasks are run here, by hand; nothing is left in a queue."""
    monkeypatch.setattr(ingest, "enqueue_finish", lambda recording: None)


def test_agent_sends_a_session_that_is_stored_and_judged(command: list[str], device: Device) -> None:
    done = subprocess.run(
        [*command, "--minutes", "5", "--speed", "max"],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    recording = Recording.objects.get()
    assert recording.device == device
    assert recording.last_seq == Chunk.objects.count() - 1
    assert AgentStatus.objects.get().device == device
    prescribe(recording=recording, pressure_mmhg=260, minutes=5)
    tasks.finish_recording(str(recording.pk))
    recording.refresh_from_db()
    assert recording.is_verified
    assert recording.gap_seconds == 0
    assert damages(recording) == []
    report = GatingReport.objects.get()
    assert report.grade in set("ABCD"), report.report["findings"]
    assert report.ds_peak is not None
    assert 1.0 < report.ds_peak < 2.0


def test_agent_that_is_killed_and_started_again_sends_every_chunk_once(command: list[str]) -> None:
    name = str(uuid.uuid4())
    first = subprocess.Popen(
        [*command, "--minutes", "5", "--speed", "120", "--recording", name],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    with first:
        while Chunk.objects.count() < 20:  # the deadline is the agent's own end, after two and a half seconds
            assert first.poll() is None
        first.send_signal(signal.SIGKILL)
    assert first.returncode == -signal.SIGKILL
    again = subprocess.run(
        [*command, "--minutes", "5", "--speed", "max", "--recording", name],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert again.returncode == 0, again.stderr + again.stdout
    recording = Recording.objects.get()
    assert recording.last_seq is not None
    seqs = list(Chunk.objects.order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(recording.last_seq + 1))
    assert not recording.conflicts.exists()
    tasks.finish_recording(name)
    recording.refresh_from_db()
    assert recording.is_verified


def test_agent_with_a_revoked_key_is_told_so_and_keeps_everything(
    command: list[str], device: Device, tmp_path: Path
) -> None:
    device.agent_keys.update(revoked_at=factories.MONDAY_NINE)
    done = subprocess.run(
        [*command, "--minutes", "1", "--speed", "max", "--wait", "2"],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        check=False,
    )
    assert done.returncode == 3, done.stderr
    assert "key" in (done.stdout + done.stderr).lower()
    assert not Recording.objects.exists()
