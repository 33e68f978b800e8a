"""The document's own scripts, run as an outsider would run them, give recordings that are read whole."""

import re
import runpy
from pathlib import Path

import numpy as np
import pytest

from devices.records.names import ALIASES, plain_name
from devices.records.opening import read_record
from devices.records.recording import Recording, recording_of
from devices.waveform import ChannelName, Cuff, EventKind
from tests.devices.records.oracle import wfdb

DOCUMENT = (Path(__file__).parents[3] / "docs/recording-format.md").read_text(encoding="utf-8")
WFDB_SCRIPT, EDF_SCRIPT = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
BEATS = 119


def recording(script: str, place: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Recording:
    assert wfdb  # already imported, because its own imports warn
    monkeypatch.chdir(folder)
    (folder / "write.py").write_text(script)
    runpy.run_path("write.py")
    return recording_of(read_record(place))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("script", "place", "pressure_unit"),
    [(WFDB_SCRIPT, "session", "mmHg"), (EDF_SCRIPT, "session.edf", "kPa")],
)
def test_script_of_the_document_writes_a_whole_recording(
    script: str, place: str, pressure_unit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = recording(script, place, tmp_path, monkeypatch)
    assert [(s.channel, s.rate_hz, s.samples) for s in found.sources] == [
        (ChannelName.ECG, 500, 60_000),
        (ChannelName.PLETH, 125, 15_000),
        (ChannelName.CUFF_CALF, 50, 6_000),
        (ChannelName.CUFF_THIGH, 50, 6_000),
        (ChannelName.CUFF_HIP, 50, 6_000),
    ]
    assert [s.unit for s in found.sources][2:] == [pressure_unit] * 3
    assert found.notes == ()
    assert found.left_out == ()
    for channel in found.waveform.channels[2:]:
        assert np.nanmax(channel.samples) == pytest.approx(260, abs=0.1)
    triggers = found.waveform.event_times_s(EventKind.TRIGGER)
    assert triggers == pytest.approx(np.arange(BEATS) + 0.22, abs=1e-6)
    for kind in (EventKind.INFLATE, EventKind.DEFLATE):
        for cuff in (Cuff.CALF, Cuff.THIGH, Cuff.HIP):
            assert found.waveform.event_times_s(kind, cuff).size == BEATS


@pytest.mark.parametrize("script", [WFDB_SCRIPT, EDF_SCRIPT])
def test_script_is_short(script: str) -> None:
    assert len([line for line in script.splitlines() if line.strip()]) <= 45


def test_document_lists_every_accepted_name() -> None:
    for name, accepted in ALIASES.items():
        row = next(line for line in DOCUMENT.splitlines() if line.startswith(f"| `{name}` |"))
        listed = {plain_name(word) for word in re.findall(r"`([^`]+)`", row.split("|")[4])}
        assert listed | {name.value} == accepted
