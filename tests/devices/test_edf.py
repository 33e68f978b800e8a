"""A recording goes into an EDF+ file and comes back to the last bit."""

import io
import uuid
from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest
from edfio import read_edf
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.assembly import Gap
from devices.edf import CannotStore, read_edf_file, record_seconds, write_edf
from devices.protocol import Manifest
from devices.storage import same, seconds_in
from devices.waveform import Channel, ChannelName, Cuff, Event, EventKind, Waveform, in_time_order
from tests.devices import wire

MANIFEST = msgspec.convert(wire.manifest(), Manifest)
UUID = uuid.UUID("7d5c2f0e-9f3b-4a41-9a53-0c3f1c1a2b3c")
STARTED = datetime(2026, 11, 23, 15, 0, 0, 123456, tzinfo=UTC)


def waveform(seconds: float = 7.4) -> Waveform:
    channels = []
    for name, rate in wire.RATES_HZ.items():
        samples = wire.counts(name, 0, int(seconds * rate + 1e-6)) / wire.SCALES[name]
        samples[3:9] = np.nan
        channels.append(Channel(name, rate, samples))
    events = in_time_order(
        [
            Event(0.0, EventKind.TRIGGER),
            Event(1.000001, EventKind.INFLATE, Cuff.CALF),
            Event(1.000001, EventKind.INFLATE, Cuff.HIP),
            Event(6.999999, EventKind.DEFLATE, Cuff.THIGH),
        ]
    )
    return Waveform(tuple(channels), events)


def write(given: Waveform, gaps: tuple[Gap, ...] = ()) -> bytes:
    return write_edf(given, gaps, MANIFEST, UUID, STARTED)


def test_file_gives_back_samples_and_events() -> None:
    assert same(read_edf_file(write(waveform()), MANIFEST), waveform())


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3000), st.lists(st.integers(0, 10_000_000), max_size=20))
def test_any_length_and_any_events_come_back(cuff_samples: int, times_us: list[int]) -> None:
    seconds = cuff_samples / 50
    events = in_time_order(Event(t / 1e6, EventKind.TRIGGER) for t in set(times_us))
    given_waveform = Waveform(waveform(seconds).channels, events)
    assert same(read_edf_file(write(given_waveform), MANIFEST), given_waveform)


def test_equal_recordings_give_equal_bytes() -> None:
    assert write(waveform()) == write(waveform())


def test_any_viewer_finds_units_gaps_and_no_patient() -> None:
    gap = Gap(ChannelName.ECG, 2.0, 3.5)
    edf = read_edf(io.BytesIO(write(waveform(), (gap,))))
    assert edf.local_patient_identification == "X X X X"
    assert str(UUID) in edf.local_recording_identification
    assert (edf.startdate, edf.starttime) == (STARTED.date(), STARTED.time())
    ecg = edf.get_signal("ECG")
    assert (ecg.physical_dimension, ecg.sampling_frequency) == ("mV", 250)
    assert ecg.data[20] == pytest.approx(waveform().channels[0].samples[20], abs=0.0005)
    texts = {(round(a.onset, 6), a.duration, a.text) for a in edf.annotations}
    assert (2.0, 1.5, "gap ECG") in texts
    assert (1.000001, None, "inflate calf") in texts


def test_cut_file_is_refused() -> None:
    with pytest.raises(CannotStore, match="not a whole EDF"):
        read_edf_file(write(waveform())[:-100], MANIFEST)


@pytest.mark.parametrize("data", [b"", b"no EDF at all", b"0" + b" " * 600])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(CannotStore):
        read_edf_file(data, MANIFEST)


def test_nothing_recorded_is_refused() -> None:
    with pytest.raises(CannotStore, match="no samples"):
        write(Waveform(tuple(Channel(n, r, np.empty(0)) for n, r in wire.RATES_HZ.items())))


def test_more_events_than_any_console_makes_are_refused() -> None:
    flood = tuple(Event(i / 1e5, EventKind.TRIGGER) for i in range(2000))
    with pytest.raises(CannotStore, match="not possible"):
        write(Waveform(waveform().channels, flood))


@pytest.mark.parametrize(
    ("rates", "seconds"), [([250, 125, 50], 1), ([360, 62.5], 2), ([500, 33.3], 10), ([128.2], 5)]
)
def test_record_holds_whole_samples_of_every_channel(rates: list[float], seconds: int) -> None:
    assert record_seconds(rates) == seconds


def test_rates_without_a_common_record_are_refused() -> None:
    with pytest.raises(CannotStore, match="resample"):
        record_seconds([249.973, 125])


def test_gap_seconds_count_a_moment_once() -> None:
    gaps = [Gap(ChannelName.ECG, 1, 3), Gap(ChannelName.PLETH, 2, 4), Gap(ChannelName.PLETH, 6, 6.5)]
    assert seconds_in(gaps) == 3.5
