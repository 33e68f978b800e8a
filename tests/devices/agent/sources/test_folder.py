"""A watched folder: every export is one recording, once, and the files are never touched."""

import shutil
from pathlib import Path

import pytest

from devices.agent.sources.folder import FolderSource
from devices.agent.sources.opening import Asked, open_source
from devices.agent.sources.source import SourceError
from devices.simulator.settings import Settings
from tests.devices.agent.clinic_server import ClinicServer
from tests.devices.agent.console import AgentProcess
from tests.devices.agent.sources.files_given import write_edf

ZONE = ("--zone", "UTC")


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    folder.mkdir()
    return folder


def closed(clinic: ClinicServer) -> int:
    return sum(recording.closed is not None for recording in clinic.recordings.values())


def test_each_export_becomes_one_recording_once(clinic: ClinicServer, exports: Path, tmp_path: Path) -> None:
    data = write_edf(exports / "DOE Jane.edf")
    (exports / "DOE Jane.edf").write_bytes(data[:5000])  # the console is still writing
    (exports / "notes.txt").write_text("not for the agent")
    with AgentProcess(clinic.url, tmp_path / "spool", f"folder:{exports}", *ZONE) as agent:
        clinic.wait_until(lambda: clinic.heartbeats and clinic.heartbeats[-1]["source_state"] == "idle")
        (exports / "DOE Jane.edf").write_bytes(data)
        clinic.wait_until(lambda: closed(clinic) == 1)
        recording = clinic.only_recording()
        assert recording.manifest["started_at_ms"] == 1_788_944_400_000
        assert recording.manifest["source"] == "folder"
        assert len(recording.chunks) == 10
        assert agent.stop() == 0
        shutil.copy(exports / "DOE Jane.edf", exports / "copy.edf")
        agent.start()
        write_edf(exports / "next.edf", hour=10)
        clinic.wait_until(lambda: closed(clinic) == 2)
        assert agent.stop() == 0
        assert "DOE" not in agent.said  # a file's name may be somebody's
    assert sorted(path.name for path in exports.iterdir()) == [
        "DOE Jane.edf",
        "copy.edf",
        "next.edf",
        "notes.txt",
    ]


def test_folder_that_is_not_mounted_is_told_and_waited_for(
    clinic: ClinicServer, exports: Path, tmp_path: Path
) -> None:
    exports.rmdir()
    with AgentProcess(clinic.url, tmp_path / "spool", f"folder:{exports}", *ZONE):
        clinic.wait_until(lambda: clinic.heartbeats and clinic.heartbeats[-1]["source_state"] == "unplugged")
        exports.mkdir()
        write_edf(exports / "a.edf")
        clinic.wait_until(lambda: closed(clinic) == 1)


def test_unreadable_export_does_not_stop_the_others(
    clinic: ClinicServer, exports: Path, tmp_path: Path
) -> None:
    (exports / "a.edf").write_bytes(b"rubbish" * 100)
    write_edf(exports / "b.edf")
    with AgentProcess(clinic.url, tmp_path / "spool", f"folder:{exports}", *ZONE) as agent:
        clinic.wait_until(lambda: closed(clinic) == 1)
        assert "file_unreadable" in agent.said


def test_look_says_what_is_there(exports: Path) -> None:
    write_edf(exports / "a.edf")
    assert "holds 1 recordings" in FolderSource(exports).look()
    with pytest.raises(SourceError, match="Is it mounted"):
        FolderSource(exports / "nowhere").look()


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("folder:", "There is no source"),
        ("tape:/dev/st0", "There is no source"),
        ("serial:/dev/ttyUSB0@fast", "no serial line"),
        ("serial:/dev/ttyUSB0@1", "no serial line"),
        ("tcp:console", "no address"),
        ("tcp:console:99999", "no address"),
    ],
)
def test_source_that_cannot_be_is_refused(spec: str, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        open_source(Asked(spec, None, Settings(), 1, 0))
