"""The whole agent against a server over a real socket: nothing is lost, nothing is sent twice for good."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from devices.agent.cli import main
from devices.agent.spool import Spool
from tests.devices.agent.clinic_server import KEY, ClinicServer

Agent = Callable[..., int]
MINUTE = ("--source", "simulator", "--minutes", "1", "--speed", "max", "--seed", "3")


def start(clinic: ClinicServer, spool: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            sys.executable,
            "-m",
            "devices.agent.cli",
            "run",
            "--server",
            clinic.url,
            "--spool",
            str(spool),
            *arguments,
        ],
        env={**os.environ, "EECP_AGENT_KEY": KEY},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_recording_arrives_whole_and_is_closed(
    clinic: ClinicServer, eecp_agent: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    assert eecp_agent("run", *MINUTE, "--start-at", "2026-09-09T09:00:00Z") == 0
    recording = clinic.only_recording()
    assert recording.manifest["started_at_ms"] == 1_788_944_400_000
    assert sorted(recording.chunks) == list(range(60))
    assert recording.closed == {"last_seq": 59, "ended_at_ms": 1_788_944_460_000}
    ecg = [block for chunk in recording.contents() for block in chunk["blocks"] if block["channel"] == "ECG"]
    assert [block["first_sample"] for block in ecg] == list(range(0, 30000, 500))
    samples = np.frombuffer(b"".join(block["data"] for block in ecg), "<i2") / 1000
    assert 0.8 < samples.max() < 1.3
    assert capsys.readouterr().out.endswith("The server has everything.\n")


def test_nothing_about_a_patient_or_the_key_is_logged(
    eecp_agent: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    eecp_agent("run", *MINUTE, "--verbose")
    said = capsys.readouterr()
    assert '"event": "recording_closed"' in said.err
    assert KEY not in said.err + said.out


def test_same_seed_sends_the_same_bytes(clinic: ClinicServer, eecp_agent: Agent) -> None:
    for _ in range(2):
        eecp_agent("run", *MINUTE)
    one, two = clinic.recordings.values()
    assert one.chunks == two.chunks


def test_answer_lost_after_the_commit_stores_every_chunk_once(
    clinic: ClinicServer, eecp_agent: Agent
) -> None:
    clinic.drop_answers = 1
    assert eecp_agent("run", *MINUTE) == 0
    recording = clinic.only_recording()
    assert sorted(recording.chunks) == list(range(60))
    assert len(recording.arrived) == 60
    assert any(path.endswith("/state") for _, path in clinic.requests)


def test_server_that_is_busy_gets_everything_later(
    clinic: ClinicServer, eecp_agent: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.answers.extend([(503, {}), (429, {"Retry-After": "1"}), (500, {})])
    assert eecp_agent("run", *MINUTE) == 0
    assert len(clinic.only_recording().chunks) == 60
    said = capsys.readouterr().out
    assert "Everything is kept here" in said
    assert "The server answers again." in said


def test_unknown_key_says_what_to_do_and_keeps_everything(
    clinic: ClinicServer,
    eecp_agent: Agent,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("EECP_AGENT_KEY", "revoked")
    assert eecp_agent("run", *MINUTE) == 3
    said = capsys.readouterr().out
    assert "Make a new key for this device" in said
    assert "60 chunks are not sent" in said
    monkeypatch.setenv("EECP_AGENT_KEY", KEY)
    assert eecp_agent("send") == 0
    assert len(clinic.only_recording().chunks) == 60


def test_server_that_never_answers_leaves_everything_in_the_spool(
    clinic: ClinicServer, eecp_agent: Agent, spool_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.down = True
    assert eecp_agent("run", *MINUTE, "--wait", "0.2") == 3
    assert f"All of it is in {spool_folder}" in capsys.readouterr().out
    clinic.down = False
    assert eecp_agent("send") == 0
    assert clinic.only_recording().closed is not None


def test_what_is_left_of_an_earlier_run_goes_beside_the_new_recording(
    clinic: ClinicServer, eecp_agent: Agent
) -> None:
    clinic.down = True
    eecp_agent("run", *MINUTE, "--wait", "0.1")
    clinic.down = False
    assert eecp_agent("run", *MINUTE) == 0
    assert [len(recording.chunks) for recording in clinic.recordings.values()] == [60, 60]


def test_server_that_takes_little_at_once_gets_little_at_once(
    clinic: ClinicServer, eecp_agent: Agent
) -> None:
    clinic.most_chunks = 5
    assert eecp_agent("run", *MINUTE) == 0
    assert len(clinic.only_recording().chunks) == 60


def test_conflict_is_told_and_the_others_are_sent(
    clinic: ClinicServer, eecp_agent: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.outcomes[7] = ["conflict"]
    assert eecp_agent("run", *MINUTE) == 4
    assert len(clinic.only_recording().chunks) == 59
    assert clinic.only_recording().closed is not None
    said = capsys.readouterr().out
    assert "refused chunk 7" in said
    assert "1 chunks were refused" in said


def test_chunk_damaged_on_the_way_is_sent_again(clinic: ClinicServer, eecp_agent: Agent) -> None:
    clinic.outcomes[7] = ["bad_hash", "bad_hash"]
    assert eecp_agent("run", *MINUTE) == 0
    assert len(clinic.only_recording().chunks) == 60


def test_chunk_that_always_arrives_damaged_is_given_up(clinic: ClinicServer, eecp_agent: Agent) -> None:
    clinic.outcomes[7] = ["bad_hash"] * 9
    assert eecp_agent("run", *MINUTE) == 4
    assert len(clinic.outcomes[7]) == 6


def test_recording_that_the_server_refuses_is_told(
    clinic: ClinicServer, eecp_agent: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.answers.append((409, {}))
    assert eecp_agent("run", *MINUTE) == 4
    assert "The test wants it so." in capsys.readouterr().out
    assert eecp_agent("send") == 0  # it was told once, and is no fault of every later run
    assert "60 chunks were refused" in capsys.readouterr().out


def test_what_the_server_refused_can_be_offered_again(clinic: ClinicServer, eecp_agent: Agent) -> None:
    clinic.outcomes[7] = ["conflict"]
    assert eecp_agent("run", *MINUTE) == 4
    assert eecp_agent("send", "--refused-too") == 0
    assert len(clinic.only_recording().chunks) == 60


def test_what_the_server_refused_can_be_forgotten(
    clinic: ClinicServer, eecp_agent: Agent, spool_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.outcomes[7] = ["conflict"]
    eecp_agent("run", *MINUTE)
    assert main(["forget-refused", "--spool", str(spool_folder)]) == 0
    assert "1 refused chunks are deleted" in capsys.readouterr().out
    assert main(["forget-refused", "--spool", str(spool_folder)]) == 0
    assert "0 refused chunks are deleted" in capsys.readouterr().out


def test_server_restored_from_an_older_copy_gets_back_what_it_lost(
    clinic: ClinicServer, eecp_agent: Agent
) -> None:
    clinic.forgets = True
    clinic.drop_answers = 1
    assert eecp_agent("run", *MINUTE) == 0
    assert len(clinic.only_recording().chunks) == 60


def test_heartbeat_tells_how_the_agent_is(clinic: ClinicServer, eecp_agent: Agent) -> None:
    eecp_agent("run", *MINUTE, "--heartbeat", "0.05")
    first = clinic.heartbeats[0]
    assert first["source_state"] in {"ok", "ended", "no_signal"}
    assert first["spool_bytes"] >= 0
    assert first["source_since_s"] >= 0
    assert first["patient_connected"] is None
    assert {beat["source_state"] for beat in clinic.heartbeats} <= {"ok", "ended", "no_signal"}


def test_killed_agent_sends_at_the_next_start_what_it_had_written(
    clinic: ClinicServer, eecp_agent: Agent, spool_folder: Path
) -> None:
    with start(clinic, spool_folder, "--source", "simulator", "--minutes", "5", "--speed", "60") as agent:
        clinic.wait_until(lambda: clinic.recordings and len(clinic.only_recording().chunks) >= 5)
        clinic.down = True
        clinic.wait_until(lambda: clinic.refused_while_down >= 2)
        agent.kill()
        agent.communicate()
    clinic.down = False
    had = len(clinic.only_recording().chunks)
    assert eecp_agent("send") == 0
    recording = clinic.only_recording()
    assert had < len(recording.chunks) < 300
    assert recording.closed is not None
    assert sorted(recording.chunks) == list(range(recording.closed["last_seq"] + 1))
    lasted_ms = recording.closed["ended_at_ms"] - recording.manifest["started_at_ms"]
    assert lasted_ms == 1000 * len(recording.chunks)


def kill_early(clinic: ClinicServer, spool: Path, *arguments: str) -> None:
    """Starts an agent and kills it when the server has three chunks of its recording."""
    with start(clinic, spool, *arguments) as agent:
        clinic.wait_until(lambda: clinic.recordings and len(clinic.only_recording().chunks) >= 3)
        agent.kill()
        agent.communicate()


def test_killed_recording_can_be_taken_up_again(
    clinic: ClinicServer, eecp_agent: Agent, spool_folder: Path
) -> None:
    uuid = "7b0c9e4e-58f3-4a43-9a51-0f6d5f3a2b11"
    minute = ("--source", "simulator", "--minutes", "1", "--seed", "3", "--recording", uuid)
    kill_early(clinic, spool_folder, *minute, "--speed", "20")
    assert eecp_agent("run", *minute, "--speed", "max") == 0
    eecp_agent("run", *MINUTE)
    taken_up, uninterrupted = clinic.recordings.values()
    assert taken_up.chunks == uninterrupted.chunks


def test_same_command_started_again_goes_on_with_the_same_recording(
    clinic: ClinicServer, eecp_agent: Agent, spool_folder: Path
) -> None:
    minute = ("--source", "simulator", "--minutes", "1", "--seed", "3")
    kill_early(clinic, spool_folder, *minute, "--speed", "20")
    assert eecp_agent("run", *minute, "--speed", "max") == 0
    assert sorted(clinic.only_recording().chunks) == list(range(60))


def test_recording_that_broke_off_long_ago_is_ended_and_a_new_one_begun(
    clinic: ClinicServer, eecp_agent: Agent, spool_folder: Path
) -> None:
    minute = ("--source", "simulator", "--minutes", "1", "--seed", "3")
    kill_early(clinic, spool_folder, *minute, "--speed", "20")
    with closing(sqlite3.connect(spool_folder / "spool.sqlite3")) as db, db:
        db.execute("UPDATE recording SET captured_at_ms = captured_at_ms - 3600000")
    assert eecp_agent("run", *minute, "--speed", "max") == 0
    old, new = clinic.recordings.values()
    assert len(old.chunks) < 60
    assert old.closed is not None
    assert len(new.chunks) == 60


def test_stopped_agent_ends_cleanly(clinic: ClinicServer, spool_folder: Path) -> None:
    with start(clinic, spool_folder, "--source", "simulator", "--minutes", "5", "--speed", "20") as agent:
        clinic.wait_until(lambda: clinic.recordings and len(clinic.only_recording().chunks) >= 3)
        agent.send_signal(signal.SIGTERM)
        said, logged = agent.communicate(timeout=20)
    assert agent.returncode == 0, logged
    assert "Stopping." in said
    recording = clinic.only_recording()
    assert recording.closed is not None
    assert len(recording.chunks) == recording.closed["last_seq"] + 1 < 300


def test_agent_stopped_without_a_server_leaves_the_rest_in_the_spool(
    clinic: ClinicServer, eecp_agent: Agent, spool_folder: Path
) -> None:
    clinic.down = True
    with start(clinic, spool_folder, "--source", "simulator", "--minutes", "5", "--speed", "20") as agent:
        clinic.wait_until(lambda: clinic.refused_while_down >= 2)
        agent.send_signal(signal.SIGINT)
        said, _ = agent.communicate(timeout=20)
    assert agent.returncode == 3
    assert "are not sent" in said
    clinic.down = False
    assert eecp_agent("send") == 0


def test_damaged_spool_is_set_aside_and_told(
    clinic: ClinicServer, eecp_agent: Agent, spool_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spool_folder.mkdir()
    (spool_folder / "spool.sqlite3").write_bytes(b"this is no database" * 100)
    assert eecp_agent("run", *MINUTE) == 0
    assert "It was set aside" in capsys.readouterr().out
    [kept] = spool_folder.glob("spool.damaged-*.sqlite3")
    assert kept.read_bytes().startswith(b"this is no database")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--source", "tape"), "wfdb:PATH, edf:PATH, sample or simulator"),
        (("--source", "wfdb:/nowhere/100"), "cannot be read"),
        (("--source", "sample", "--speed", "fast"), "--speed must be"),
        (("--source", "sample", "--minutes", "-1"), "--minutes must"),
        (("--source", "sample", "--start-at", "yesterday"), "2026-09-09T09:00:00Z"),
        (("--source", "sample", "--start-at", "2026-09-09T09:00:00"), "needs a zone"),
        (("--source", "sample", "--pressure", "35"), "pressure_mmhg must lie within"),
        (("--source", "sample", "--server", "clinic.example"), "not an address"),
        (("--source", "sample", "--server", "http://clinic.example"), "--allow-plain-http"),
        (("--source", "sample", "--key-file", "/nowhere/key"), "key file"),
    ],
)
def test_wrong_setting_is_refused_before_anything_begins(
    eecp_agent: Agent, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    assert eecp_agent("run", *arguments) == 2
    assert says in capsys.readouterr().err


def test_agent_without_a_key_is_refused(
    eecp_agent: Agent, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("EECP_AGENT_KEY")
    assert eecp_agent("run", *MINUTE) == 2
    assert "no usable key" in capsys.readouterr().err


def test_finished_recording_is_not_taken_up_again(
    eecp_agent: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    uuid = ("--recording", "7b0c9e4e-58f3-4a43-9a51-0f6d5f3a2b11")
    assert eecp_agent("run", *MINUTE, *uuid) == 0
    assert eecp_agent("run", *MINUTE, *uuid) == 2
    assert "already holds recording" in capsys.readouterr().err


def test_recording_that_was_captured_whole_but_not_sent_is_sent_by_the_same_command(
    clinic: ClinicServer, eecp_agent: Agent
) -> None:
    uuid = ("--recording", "7b0c9e4e-58f3-4a43-9a51-0f6d5f3a2b11")
    clinic.down = True
    assert eecp_agent("run", *MINUTE, *uuid, "--wait", "0.1") == 3
    clinic.down = False
    assert eecp_agent("run", *MINUTE, *uuid) == 0
    assert sorted(clinic.only_recording().chunks) == list(range(60))


def test_address_of_something_else_is_told(
    clinic: ClinicServer, eecp_agent: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    assert eecp_agent("run", *MINUTE, "--server", f"{clinic.url}/elsewhere") == 3
    assert "is not the clinic's server" in capsys.readouterr().out


def test_full_spool_stops_the_capture_and_says_so(
    clinic: ClinicServer, eecp_agent: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.down = True
    assert eecp_agent("run", *MINUTE, "--spool-max-bytes", "60000", "--wait", "0.1") == 3
    assert "Capturing has stopped" in capsys.readouterr().out
    clinic.down = False
    assert eecp_agent("send") == 0
    assert len(clinic.only_recording().chunks) == 32  # one write of 32 chunks had room, the second had not


def test_capture_goes_on_when_the_server_makes_room(
    clinic: ClinicServer, eecp_agent: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.answers.extend([(503, {})] * 2)  # the spool fills while the server is away
    assert eecp_agent("run", *MINUTE, "--spool-max-bytes", "60000") == 0
    assert len(clinic.only_recording().chunks) == 60
    assert "There is room in the spool again" in capsys.readouterr().out


def test_second_agent_in_the_same_folder_is_refused(
    clinic: ClinicServer, eecp_agent: Agent, spool_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(Spool(spool_folder, now_ms=1)):
        assert eecp_agent("run", *MINUTE) == 2
    assert "Another agent is at work" in capsys.readouterr().err
