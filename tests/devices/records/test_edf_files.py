"""EDF+ files: ours and others' are read, and what is not whole is refused."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
import numpy as np
import pytest
from edfio import Edf, EdfAnnotation, EdfSignal, read_edf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.edf import write_edf
from devices.protocol import Manifest
from devices.records.content import BadRecord, Signal
from devices.records.edf_files import read_edf_record, write_edf_record
from devices.records.recording import recording_of
from devices.records.saving import marks_of, signals_of
from devices.storage import same
from devices.waveform import Channel, Event, EventKind, Waveform
from tests.devices import wire
from tests.devices.records.samples import waveform


def written(folder: Path, seconds: float = 7.3) -> Path:
    given_waveform = waveform(seconds)
    write_edf_record(folder / "s.edf", signals_of(given_waveform), marks_of(given_waveform))
    return folder / "s.edf"


def test_file_of_the_server_is_read_to_the_last_bit(tmp_path: Path) -> None:
    channels = tuple(
        Channel(name, rate, wire.counts(name, 0, int(7.4 * rate)) / wire.SCALES[name])
        for name, rate in wire.RATES_HZ.items()
    )
    channels[0].samples[5:50] = np.nan
    recorded = Waveform(channels, (Event(0.2, EventKind.TRIGGER), Event(1.200001, EventKind.TRIGGER)))
    manifest = msgspec.convert(wire.manifest(), Manifest)
    data = write_edf(recorded, (), manifest, UUID(int=7), datetime(2026, 11, 23, tzinfo=UTC))
    (tmp_path / "r.edf").write_bytes(data)
    assert same(recording_of(read_edf_record(tmp_path / "r.edf")).waveform, recorded)


def test_recording_comes_back_as_it_was_written(tmp_path: Path) -> None:
    back = recording_of(read_edf_record(written(tmp_path)))
    assert back.notes == ()
    assert back.waveform.events == waveform(7.3).events
    for channel, expected in zip(back.waveform.channels, waveform(7.3).channels, strict=True):
        np.testing.assert_allclose(channel.samples, expected.samples, atol=0.5 / 100)


def test_any_viewer_reads_what_we_write(tmp_path: Path) -> None:
    edf = read_edf(written(tmp_path))
    assert [signal.label for signal in edf.signals] == ["ECG", "PLETH", "CUFF_CALF", "CUFF_THIGH", "CUFF_HIP"]
    cuff = edf.get_signal("CUFF_HIP")
    assert cuff.physical_dimension == "mmHg"
    assert cuff.data[40] == pytest.approx(260, abs=3)


def test_equal_recordings_give_equal_bytes(tmp_path: Path) -> None:
    first = written(tmp_path).read_bytes()
    assert written(tmp_path).read_bytes() == first


def test_plain_edf_of_twelve_bits_is_read_by_its_limits(tmp_path: Path) -> None:
    digital = np.array([-2048, 0, 2047], dtype=np.int16)
    signal = EdfSignal.from_digital(
        digital, 3, label="ECG II", physical_dimension="uV", physical_range=(-5000, 5000), digital_range=(-2048, 2047)
    )  # fmt: skip
    Edf([signal]).write(tmp_path / "p.edf")
    content = read_edf_record(tmp_path / "p.edf")
    assert content.signals[0].samples == pytest.approx([-5000, 1.221, 5000], abs=1e-3)
    assert content.marks == ()


@pytest.mark.parametrize(
    ("transducer", "is_missing"),
    [("AgAgCl electrode", False), ("", False), ("-32768 was not measured", True)],
)
def test_lowest_number_is_a_sample_unless_the_header_says_otherwise(
    tmp_path: Path, transducer: str, is_missing: bool
) -> None:
    signal = EdfSignal.from_digital(
        np.array([-32768, 0, 32767], dtype=np.int16), 3, label="ECG", physical_dimension="mV",
        transducer_type=transducer, physical_range=(-32.768, 32.767), digital_range=(-32768, 32767),
    )  # fmt: skip
    Edf([signal]).write(tmp_path / "p.edf")
    samples = read_edf_record(tmp_path / "p.edf").signals[0].samples
    assert np.isnan(samples[0]) == is_missing
    assert samples[1:] == pytest.approx([0, 32.767], abs=1e-4)
    assert is_missing or samples[0] == pytest.approx(-32.768, abs=1e-4)


def test_upside_down_limits_turn_the_signal(tmp_path: Path) -> None:
    signal = EdfSignal.from_digital(
        np.array([-100, 100], dtype=np.int16), 2, label="ECG", physical_dimension="mV", physical_range=(1, -1),
        digital_range=(-100, 100),
    )  # fmt: skip
    Edf([signal]).write(tmp_path / "p.edf")
    assert read_edf_record(tmp_path / "p.edf").signals[0].samples == pytest.approx([1, -1])


def test_discontinuous_file_is_refused(tmp_path: Path) -> None:
    signal = EdfSignal(np.arange(4.0), 2, label="ECG", physical_dimension="mV")
    Edf([signal], data_record_duration=1, annotations=[EdfAnnotation(0.5, None, "trigger")]).write(
        tmp_path / "d.edf"
    )
    data = (tmp_path / "d.edf").read_bytes()
    (tmp_path / "d.edf").write_bytes(data.replace(b"EDF+C", b"EDF+D").replace(b"+1\x14\x14", b"+9\x14\x14"))
    with pytest.raises(BadRecord, match="EDF\\+D"):
        read_edf_record(tmp_path / "d.edf")


@pytest.mark.parametrize("cut", [0, 7, 100, 256, 1000, -1])
def test_file_that_is_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(BadRecord, match="not a whole EDF"):
        read_edf_record(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 2500), junk=st.binary(min_size=1, max_size=12))
def test_damaged_file_is_read_or_refused_in_a_sentence(tmp_path: Path, place: int, junk: bytes) -> None:
    data = bytearray(written(tmp_path, 2).read_bytes())
    data[place : place + len(junk)] = junk
    (tmp_path / "s.edf").write_bytes(data)
    try:
        recording_of(read_edf_record(tmp_path / "s.edf"))
    except BadRecord as refusal:
        assert str(refusal).strip().endswith((".", ")"))


def test_rates_without_a_common_record_are_refused(tmp_path: Path) -> None:
    signals = [Signal("ECG", "mV", 249.97, np.zeros(10)), Signal("PLETH", "", 125.0, np.zeros(10))]
    with pytest.raises(BadRecord, match="resample"):
        write_edf_record(tmp_path / "s.edf", signals, ())
