"""WFDB records: read as the wfdb package reads them, and written so that it reads them."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.records.content import BadRecord, Mark, Signal
from devices.records.saving import marks_of, signals_of
from devices.records.storing import frame_of
from devices.records.wfdb_header import parse_header
from devices.records.wfdb_marks import Annotation, marks_to_bytes, read_annotations
from devices.records.wfdb_reading import beats_beside, read_wfdb
from devices.records.wfdb_samples import size_of
from devices.records.wfdb_writing import write_wfdb
from tests.devices.records.oracle import wfdb
from tests.devices.records.samples import waveform

SHARED = Path(os.environ.get("EECP_SHARED", Path(__file__).parents[3] / "../shared")) / "data/ecg"
REUSED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("form", ["16", "24", "32", "61", "80", "160", "212"])
@pytest.mark.parametrize("size", [1, 2, 3, 500, 501])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_format_is_read_as_its_own_library_reads_it(tmp_path: Path, form: str, size: int) -> None:
    # Any bytes are samples in any of these formats; the lowest number, "not measured", is put in once by hand.
    data = bytearray(np.random.default_rng(size).bytes(size_of(form, 3 * size)))
    width = size_of(form, 3) if form != "212" else 3
    lowest = {"24": "000080", "32": "00000080", "80": "00", "160": "0000", "61": "8000", "212": "000800"}
    data[:width] = (bytes.fromhex(lowest.get(form, "0080")) * 3)[:width]
    (tmp_path / "r.dat").write_bytes(data)
    lines = [f"r.dat {form} {gain} 16 0 0 0 0 S" for gain in ("200(0)/mV", "1.5(-3)/mV", "7(12)/mV")]
    (tmp_path / "r.hea").write_text("\n".join([f"r 3 250 {size}", *lines]) + "\n")
    content = read_wfdb(tmp_path / "r")
    theirs = wfdb.rdrecord(str(tmp_path / "r")).p_signal
    ours = np.column_stack([signal.samples for signal in content.signals])
    np.testing.assert_array_equal(ours, theirs)
    assert np.isnan(ours).any()


@pytest.mark.parametrize(
    "place",
    [
        "mitdb/100",
        "mitdb/105",
        "mitdb/119",
        "ecg_ppg/041s01",
        "ecg_ppg/a103l",
        "ecg_ppg/mixedsignals",
        "nstdb/em_open",
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_public_record_is_read_as_its_own_library_reads_it(place: str) -> None:
    if not (SHARED / f"{place}.hea").exists():
        pytest.skip(f"the public record {place} is not here; set EECP_SHARED to the folder that holds it")
    record = wfdb.rdrecord(str(SHARED / place), smooth_frames=False)
    content = read_wfdb(SHARED / place)
    assert [signal.name for signal in content.signals] == record.sig_name
    for signal, theirs in zip(content.signals, record.e_p_signal, strict=True):
        np.testing.assert_array_equal(signal.samples, theirs)


def test_expert_marks_are_read_as_their_own_library_reads_them() -> None:
    place = SHARED / "mitdb/105"
    if not place.with_suffix(".atr").exists():
        pytest.skip(f"the public record {place} is not here; set EECP_SHARED to the folder that holds it")
    theirs = wfdb.rdann(str(place), "atr")
    found = read_annotations(place.with_suffix(".atr").read_bytes())
    assert [entry.tick for entry in found.entries] == theirs.sample.tolist()
    beats = beats_beside(place, "atr")
    assert beats is not None
    assert beats.size == 2572


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_library_reads_what_we_write(tmp_path: Path) -> None:
    given_waveform = waveform()
    write_wfdb(tmp_path / "s", signals_of(given_waveform), marks_of(given_waveform))
    record = wfdb.rdrecord(str(tmp_path / "s"), smooth_frames=False)
    assert record.fs * np.array(record.samps_per_frame) == pytest.approx([500, 125, 50, 50, 50])
    assert record.units == ["mV", "NU", "mmHg", "mmHg", "mmHg"]
    for channel, theirs in zip(given_waveform.channels, record.e_p_signal, strict=True):
        kept = theirs[: channel.samples.size]
        assert np.nanmax(np.abs(kept - channel.samples)) <= 0.5 / 100
        assert (np.isnan(kept) == np.isnan(channel.samples)).all()
        assert np.isnan(theirs[channel.samples.size :]).all()
    marks = wfdb.rdann(str(tmp_path / "s"), "eecp")
    times_s = marks.sample / marks.fs
    assert times_s[:-1] == pytest.approx([event.t_s for event in given_waveform.events], abs=5e-6)
    assert marks.aux_note[-1] == "end of recording"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_checksums_are_those_of_the_library(tmp_path: Path) -> None:
    write_wfdb(tmp_path / "s", signals_of(waveform()), ())
    record = wfdb.rdrecord(str(tmp_path / "s"), physical=False, smooth_frames=False)
    assert [c % 65536 for c in record.checksum] == record.calc_checksum(expanded=True)


def test_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    given_waveform = waveform(7.3)
    write_wfdb(tmp_path / "s", signals_of(given_waveform), marks_of(given_waveform))
    back = read_wfdb(tmp_path / "s")
    for channel, signal in zip(given_waveform.channels, back.signals, strict=True):
        assert (signal.name, signal.rate_hz) == (channel.name.value, channel.rate_hz)
        np.testing.assert_allclose(signal.samples, channel.samples, atol=0.5 / 100)
    assert [mark.text for mark in back.marks[:-1]] == [mark.text for mark in marks_of(given_waveform)]
    assert set(back.sha256) == {"s.hea", "s.dat", "s.eecp"}
    assert back.notes == ()


def test_equal_recordings_give_equal_files(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        write_wfdb(tmp_path / folder / "s", signals_of(waveform(3)), marks_of(waveform(3)))
    for name in ("s.hea", "s.dat", "s.eecp"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@REUSED
@given(
    size=st.integers(1, 400),
    height=st.floats(1e-3, 3e6),
    rates=st.lists(st.sampled_from([500.0, 360.0, 249.5, 125.0, 50.0]), min_size=1, max_size=4),
)
def test_any_rates_and_heights_come_back(
    tmp_path: Path, size: int, height: float, rates: list[float]
) -> None:
    rng = np.random.default_rng(size)
    signals = [
        Signal(f"S{i}", "mV", rate, height * rng.uniform(-1, 1, max(1, round(size * rate / 500))))
        for i, rate in enumerate(rates)
    ]
    write_wfdb(tmp_path / "s", signals, ())
    back = read_wfdb(tmp_path / "s").signals
    for signal, found in zip(signals, back, strict=True):
        held = found.samples[: signal.samples.size]
        assert held.size == signal.samples.size
        # 16 bits in steps of 1, 2, 5: at worst one part in 13,107 of the greatest value, and no finer than 0.1 µV.
        assert np.abs(held - signal.samples).max() <= max(height / 13_000, 1e-4) / 2
        assert np.isnan(found.samples[signal.samples.size :]).all()


@REUSED
@given(st.lists(st.tuples(st.integers(-10_000, 9_000_000_000), st.text("abc xyz", max_size=20)), max_size=30))
def test_any_marks_come_back(marks: list[tuple[int, str]]) -> None:
    ticks = sorted((tick, text.strip()) for tick, text in marks)
    found = read_annotations(marks_to_bytes([Mark(tick / 100_000, text) for tick, text in ticks]))
    assert found.ticks_hz == 100_000
    assert found.entries == tuple(Annotation(tick, 22, text) for tick, text in ticks)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("fs", [None, 1000, 250.5])
def test_marks_of_the_library_are_read_by_their_resolution(tmp_path: Path, fs: float | None) -> None:
    (tmp_path / "r.hea").write_text("r 1 100 500\nr.dat 16 1000/mV 16 0 0 0 0 ECG\n")
    (tmp_path / "r.dat").write_bytes(bytes(1000))
    wfdb.wrann(
        "r", "eecp", np.array([10, 2000]), symbol=['"', '"'], aux_note=["trigger", "inflate calf"], fs=fs,
        write_dir=str(tmp_path),
    )  # fmt: skip
    marks = read_wfdb(tmp_path / "r").marks
    assert [mark.text for mark in marks] == ["trigger", "inflate calf"]
    assert [mark.t_s for mark in marks] == pytest.approx([10 / (fs or 100), 2000 / (fs or 100)], abs=1e-6)


def test_header_without_unit_means_millivolts_and_without_gain_means_unknown_height() -> None:
    header = parse_header("r 2 250 10\nr.dat 16 200 12 0 0 0 0 I\nr.dat 16\n")
    assert (header.signals[0].gain, header.signals[0].unit) == (200, None)
    assert header.signals[1].gain is None


def test_damaged_samples_are_noted(tmp_path: Path) -> None:
    write_wfdb(tmp_path / "s", signals_of(waveform(3)), ())
    data = bytearray((tmp_path / "s.dat").read_bytes())
    data[200] ^= 1
    (tmp_path / "s.dat").write_bytes(data)
    assert [note.code for note in read_wfdb(tmp_path / "s").notes] == ["checksum"]


def test_skewed_signal_is_put_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "r.hea").write_text("r 1 100 4\nr.dat 16:1 1/mV 16 0 0 0 0 ECG\n")
    (tmp_path / "r.dat").write_bytes(np.array([9, 1, 2, 3], dtype="<i2").tobytes())
    np.testing.assert_array_equal(read_wfdb(tmp_path / "r").signals[0].samples, [1, 2, 3, np.nan])


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ("", "empty"),
        ("r", "no sampling frequency"),
        ("r/3 2 250 10", "segments"),
        ("r x 250 10", "number of signals"),
        ("r 1 fast 10", "sampling frequency"),
        ("r 1 0 10", "sampling frequency"),
        ("r 1 1e999 10", "sampling frequency"),
        ("r 2 250 10\nr.dat 16 200/mV", "cut short"),
        ("r 1 250 10\nr.dat", "does not describe"),
        ("r 1 250 10\nr.dat 16 much/mV", "not a gain"),
        ("r 1 250 10\nr.dat 16 1e999/mV", "not a gain"),
        ("r 1 250 10\nr.dat 16 200/mV\n", "of the 10 frames"),
        ("r 1 250 10\n../r.dat 16 200/mV", "header's folder"),
        ("r 1 250 10\n- 16 200/mV", "header's folder"),
        ("r 1 250 10\nr\0.dat 16 200/mV", "header's folder"),
        ("r 1 250 10\nother.dat 16 200/mV", "is not there"),
        ("r 1 250 10\nr.dat 999 200/mV", "convert it to format 16"),
        ("r 2 250 1\nr.dat 16 200/mV\nr.dat 80 200/mV", "different formats"),
    ],
)
def test_header_that_cannot_be_followed_is_refused(tmp_path: Path, header: str, says: str) -> None:
    (tmp_path / "r.hea").write_text(header)
    (tmp_path / "r.dat").write_bytes(b"\1\0\2\0")
    with pytest.raises(BadRecord, match=says):
        read_wfdb(tmp_path / "r")


@pytest.mark.parametrize("data", [b"", b"\0", b"\1\x04", b"\0\xec\0\0", b"\x05\xfcab", b"\0\xec"])
def test_annotations_that_are_cut_short_are_refused(data: bytes) -> None:
    with pytest.raises(BadRecord, match="in the middle"):
        read_annotations(data)


def test_rates_without_a_common_frame_are_refused() -> None:
    assert frame_of([500, 125, 50])[1] == [20, 5, 2]
    with pytest.raises(BadRecord, match="resample"):
        frame_of([249.97, 125])


@pytest.mark.parametrize("samples", [np.array([np.inf]), np.array([1e30]), np.empty(0)])
def test_samples_that_cannot_be_written_are_refused(tmp_path: Path, samples: np.ndarray) -> None:
    with pytest.raises(BadRecord):
        write_wfdb(tmp_path / "s", [Signal("ECG", "mV", 100.0, samples)], ())
