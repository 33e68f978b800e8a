"""Recordings in files: what is known of them is taken, and nothing is guessed."""

from datetime import UTC
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from edfio import EdfSignal

from devices.agent.sources.files import read_recording
from devices.agent.sources.replay import open_replay
from devices.agent.sources.source import SourceError
from devices.simulator.settings import Settings
from devices.waveform import ChannelName, Event, EventKind
from tests.devices.agent.sources.files_given import SECONDS, signal, write_edf

NINE_UTC_MS = 1_788_944_400_000


def test_edf_of_a_console_is_read_in_our_units(tmp_path: Path) -> None:
    write_edf(tmp_path / "a.edf")
    found = read_recording(tmp_path / "a.edf", UTC)
    ecg = found.waveform.channel(ChannelName.ECG)
    cuff = found.waveform.channel(ChannelName.CUFF_CALF)
    assert ecg is not None
    assert cuff is not None
    assert ecg.samples.max() == pytest.approx(1.0, abs=0.01)  # microvolts became millivolts
    assert cuff.samples.max() == pytest.approx(260, abs=1)
    assert found.waveform.events == (Event(1.5, EventKind.TRIGGER),)  # a remark is no event
    assert found.started_at_ms == NINE_UTC_MS
    assert found.is_counterpulsation


def test_clock_of_the_console_is_in_its_own_zone(tmp_path: Path) -> None:
    write_edf(tmp_path / "a.edf")
    found = read_recording(tmp_path / "a.edf", ZoneInfo("America/New_York"))
    assert found.started_at_ms == NINE_UTC_MS + 4 * 3_600_000


def test_treatment_in_a_file_is_replayed_as_it_is(tmp_path: Path) -> None:
    write_edf(tmp_path / "a.edf")
    source = open_replay(
        f"edf:{tmp_path / 'a.edf'}", minutes=None, settings=Settings(), seed=1, started_at_ms=NINE_UTC_MS
    )
    assert source.label == "edf"
    assert source.waveform.duration_s == SECONDS
    assert [c.name for c in source.waveform.channels] == [ChannelName.ECG, ChannelName.CUFF_CALF]


def test_lowest_count_was_not_measured_where_the_file_says_so(tmp_path: Path) -> None:
    digital = np.zeros(1000, dtype=np.int16)
    digital[5] = -32768
    cuff = EdfSignal.from_digital(
        digital,
        100.0,
        label="CUFF_CALF",
        transducer_type="-32768 was not measured",
        physical_dimension="mmHg",
        physical_range=(-300, 300),
    )
    write_edf(tmp_path / "a.edf", [cuff])
    samples = read_recording(tmp_path / "a.edf").waveform.channels[0].samples
    assert np.flatnonzero(np.isnan(samples)).tolist() == [5]


def test_wfdb_record_says_when_it_began(tmp_path: Path) -> None:
    time_s = np.arange(1000) / 100
    counts = np.round(1000 * np.sin(2 * np.pi * time_s)).astype("<i2")
    (tmp_path / "p.dat").write_bytes(counts.tobytes())
    for words, started_at_ms in (("09:00:00 09/09/2026", NINE_UTC_MS), ("09:00:00", None), ("", None)):
        (tmp_path / "p.hea").write_text(f"p 1 100 1000 {words}\np.dat 16 1000/mV 16 0 0 0 0 ECG\n")
        found = read_recording(tmp_path / "p.hea", UTC)
        assert found.started_at_ms == started_at_ms
        assert found.waveform.channels[0].samples.max() == pytest.approx(1.0)


def test_edf_that_is_cut_short_or_still_written_is_refused(tmp_path: Path) -> None:
    data = write_edf(tmp_path / "a.edf")
    (tmp_path / "a.edf").write_bytes(data[:-100])
    with pytest.raises(SourceError, match="cannot be read"):
        read_recording(tmp_path / "a.edf")
    (tmp_path / "a.edf").write_bytes(data[:236] + b"-1      " + data[244:])
    with pytest.raises(SourceError, match="still being written"):
        read_recording(tmp_path / "a.edf")


@pytest.mark.parametrize(
    ("label", "unit", "says"),
    [("EEG Fpz", "uV", "holds no ECG"), ("ECG", "mmHg", "give it in mV")],
)
def test_signal_that_is_not_understood_is_refused(tmp_path: Path, label: str, unit: str, says: str) -> None:
    write_edf(tmp_path / "a.edf", [signal(label, unit)])
    with pytest.raises(SourceError, match=says):
        read_recording(tmp_path / "a.edf")


@pytest.mark.parametrize("data", [b"", b"0" * 300, b"0" * 1000, b"\x00" * 1000])
def test_file_that_is_no_edf_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.edf").write_bytes(data)
    with pytest.raises(SourceError, match="cannot be read"):
        read_recording(tmp_path / "a.edf")
