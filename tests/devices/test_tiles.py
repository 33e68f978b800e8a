"""Tiles of a recording: every bucket holds exactly the extremes of its samples, and level 0 every sample."""

import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from devices.chunks import to_values
from devices.protocol import NOT_MEASURED
from devices.tile_making import build, coarser
from devices.tiles import (
    EVENT_KINDS,
    FACTOR,
    NoSuchTile,
    NotTiles,
    TileGap,
    TileHead,
    bounds,
    head_length,
    read_head,
    span_s,
    unpacked,
)
from devices.waveform import Channel, ChannelName, Cuff, Event, EventKind, Waveform

SOURCE = "ab" * 32
COUNTS = st.one_of(st.just(NOT_MEASURED), st.integers(NOT_MEASURED + 1, 32767))
SAMPLES = arrays(np.int16, st.integers(1, 3000), elements=COUNTS, fill=st.just(np.int16(NOT_MEASURED)))


def made(
    rates: dict[ChannelName, float], counts: dict[str, np.ndarray], events: tuple[Event, ...] = ()
) -> tuple[bytes, TileHead]:
    channels = tuple(Channel(name, rate, to_values(counts[name], 100.0)) for name, rate in rates.items())
    data = build(Waveform(channels, events), counts, dict.fromkeys(counts, 100.0), SOURCE)
    return data, read_head(data[: head_length(data)])


def rows_of(data: bytes, head: TileHead, number: int, level: int) -> np.ndarray:
    """All buckets of one channel at a level, from its tiles one after the other."""
    found: list[np.ndarray] = []
    for index in range(head.levels[level]):
        offset, length = head.place(level, index)
        first, rows = list(unpacked(data[offset : offset + length], head, level, index))[number]
        assert first == sum(part.shape[1] for part in found)
        found.append(rows)
    return np.concatenate(found, axis=1)


def extremes(counts: np.ndarray, factor: int) -> np.ndarray:
    """Least and greatest of every ``factor`` samples, sample by sample as one would by hand."""
    pairs = []
    for start in range(0, counts.size, factor):
        measured = [value for value in counts[start : start + factor].tolist() if value != NOT_MEASURED]
        pairs.append((min(measured), max(measured)) if measured else (NOT_MEASURED, NOT_MEASURED))
    return np.array(pairs, dtype=np.int16).T


@given(SAMPLES, st.sampled_from([25.0, 62.5, 128.0, 360.0, 500.0]))
def test_every_bucket_holds_the_extremes_of_its_samples_and_nothing_else(
    counts: np.ndarray, rate_hz: float
) -> None:
    data, head = made({ChannelName.ECG: rate_hz}, {"ECG": counts})
    assert np.array_equal(rows_of(data, head, 0, 0)[0], counts)  # not a sample is lost
    for level in range(1, len(head.levels)):
        assert np.array_equal(rows_of(data, head, 0, level), extremes(counts, FACTOR**level))


@given(SAMPLES)
def test_slower_channel_is_given_as_fine_as_the_fastest(pulse: np.ndarray) -> None:
    fast = np.zeros(4 * pulse.size, dtype=np.int16)
    rates = {ChannelName.ECG: 500.0, ChannelName.PLETH: 125.0}
    data, head = made(rates, {"ECG": fast, "PLETH": pulse})
    assert [channel.behind for channel in head.channels] == [0, 1]
    for level in range(len(head.levels)):
        own = max(0, level - 1)
        wanted = pulse.reshape(1, -1) if own == 0 else extremes(pulse, FACTOR**own)
        assert np.array_equal(rows_of(data, head, 1, level), wanted)


@given(SAMPLES)
def test_gap_stays_a_gap_at_every_level(counts: np.ndarray) -> None:
    low = high = counts
    while low.size > 1:
        low, high = coarser(low, high)
        assert np.array_equal(low == NOT_MEASURED, high == NOT_MEASURED)
    assert (high[0] == NOT_MEASURED) == bool((counts == NOT_MEASURED).all())


def test_levels_end_with_one_tile_of_the_whole() -> None:
    hour = np.zeros(3600 * 25, dtype=np.int16)
    _data, head = made({ChannelName.PLETH: 25.0}, {"PLETH": hour})
    assert head.levels == (450, 113, 29, 8, 2, 1)
    assert span_s(len(head.levels) - 1) >= 3600


def test_rate_that_fits_no_tile_exactly_leaves_out_no_sample() -> None:
    counts = np.arange(1000, dtype=np.int16)
    data, head = made({ChannelName.ECG: 100 / 3}, {"ECG": counts})
    assert np.array_equal(rows_of(data, head, 0, 0)[0], counts)
    assert bounds(head.channels[0], 0, 1)[1] == 267  # the first sample at or after 8 s


def test_events_come_back_with_their_kind() -> None:
    events = (Event(0.5, EventKind.TRIGGER), Event(0.7001, EventKind.INFLATE, Cuff.HIP))
    data, head = made({ChannelName.ECG: 100.0}, {"ECG": np.zeros(200, dtype=np.int16)}, events)
    offset, length = head.place_of_events()
    raw = zlib.decompress(data[offset : offset + length], wbits=31)
    count = int.from_bytes(raw[:4], "little")
    times = np.frombuffer(raw, "<i4", count, 4)
    assert times.tolist() == [5000, 7001]
    assert [EVENT_KINDS[kind] for kind in raw[4 + 4 * count :]] == [(e.kind, e.cuff) for e in events]


def test_same_recording_gives_the_same_bytes() -> None:
    counts = {"ECG": np.arange(5000, dtype=np.int16)}
    assert made({ChannelName.ECG: 500.0}, counts)[0] == made({ChannelName.ECG: 500.0}, counts)[0]


def test_lane_is_drawn_between_what_was_usually_measured() -> None:
    counts = np.full(10_000, 50, dtype=np.int16)
    counts[:4900] = -50
    counts[7] = 32000  # one spike does not flatten the lane
    counts[9000:] = NOT_MEASURED
    _data, head = made({ChannelName.ECG: 500.0}, {"ECG": counts})
    assert (head.channels[0].low, head.channels[0].high) == (-0.5, 0.5)
    _data, nothing = made({ChannelName.ECG: 500.0}, {"ECG": np.full(9, NOT_MEASURED, dtype=np.int16)})
    assert nothing.channels[0].low is None


@pytest.mark.parametrize(("level", "index"), [(-1, 0), (0, 1), (9, 0), (0, -1)])
def test_tile_that_is_not_there_is_refused(level: int, index: int) -> None:
    _data, head = made({ChannelName.ECG: 100.0}, {"ECG": np.zeros(100, dtype=np.int16)})
    with pytest.raises(NoSuchTile, match="There is no tile"):
        head.place(level, index)


def test_damaged_or_foreign_bytes_are_no_tiles() -> None:
    data, head = made({ChannelName.ECG: 100.0}, {"ECG": np.zeros(100, dtype=np.int16)})
    length = head_length(data)
    for bad in (b"", b"0       .EDF", data[: length - 1], data[:30] + b"?" + data[31:length]):
        with pytest.raises(NotTiles):
            read_head(bad)
    offset, length = head.place(0, 0)
    with pytest.raises(NotTiles, match="damaged"):
        list(unpacked(b"x" + data[offset + 1 : offset + length], head, 0, 0))


def test_other_version_is_made_anew() -> None:
    data, _head = made({ChannelName.ECG: 100.0}, {"ECG": np.zeros(100, dtype=np.int16)})
    text_length = int.from_bytes(data[16:20], "little")
    about = json.loads(data[20 : 20 + text_length])
    other = json.dumps(about | {"version": 9}, sort_keys=True, separators=(",", ":")).encode()
    head = data[16:20] + other + data[20 + text_length : head_length(data)]
    with pytest.raises(NotTiles, match="version 9"):
        read_head(data[:8] + len(head).to_bytes(4, "little") + zlib.crc32(head).to_bytes(4, "little") + head)


def test_gap_of_all_channels_is_listed_once_and_a_blink_is_not() -> None:
    ecg, pulse = np.zeros(10_000, dtype=np.int16), np.zeros(2500, dtype=np.int16)
    ecg[1000:2000] = pulse[250:500] = NOT_MEASURED
    pulse[1250:1750] = NOT_MEASURED
    ecg[9000:9100] = NOT_MEASURED
    rates = {ChannelName.ECG: 500.0, ChannelName.PLETH: 125.0}
    _data, head = made(rates, {"ECG": ecg, "PLETH": pulse})
    assert head.gaps == (TileGap(2.0, 4.0, ("ECG", "PLETH")), TileGap(10.0, 14.0, ("PLETH",)))
