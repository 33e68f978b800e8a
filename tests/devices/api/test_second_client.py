"""The protocol's page is enough to write a client from: one that was, in a process of its own."""

import subprocess
import sys
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from devices import ingest, tasks
from devices.models import AgentStatus, Recording
from devices.storage import damages, read_waveform
from tests import factories

CLIENT = Path(__file__).with_name("second_client.py")


@pytest.mark.django_db(transaction=True)
def test_client_written_from_the_page_alone_sends_a_recording(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ingest, "enqueue_finish", lambda recording: None)
    _, secret = factories.make_key(factories.make_device(factories.make_clinic()))
    command = [sys.executable, "-I", str(CLIENT), live_server.url, secret, "12"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    recording = Recording.objects.get(pk=done.stdout.strip())
    tasks.finish_recording(str(recording.pk))
    recording.refresh_from_db()
    assert recording.gap_seconds == 0
    assert damages(recording) == []
    waveform = read_waveform(recording)
    assert [round(value * 1000) for value in waveform.channels[0].samples[:3]] == [-1000, -993, -986]
    assert len(waveform.events) == 24
    assert AgentStatus.objects.get().agent_version == "other 1"
