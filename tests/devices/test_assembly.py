"""Chunks put together: the order of arrival never matters, and what is missing is missing."""

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.assembly import Gap, assemble
from devices.chunks import block_of, to_counts
from devices.protocol import ChannelFormat, Chunk, ChunkEvent, Manifest, ProtocolError, TriggerSource
from devices.waveform import ChannelName, Cuff, EventKind, Waveform

ECG, PLETH = ChannelName.ECG, ChannelName.PLETH
SECONDS = 8
MANIFEST = Manifest(
    started_at_ms=1_788_940_800_000,
    clock_ms=1_788_940_800_000,
    agent_version="0.1.0",
    source="test",
    trigger_source=TriggerSource.R_WAVE,
    channels=(ChannelFormat(ECG, "mV", 20.0, 1000.0), ChannelFormat(PLETH, "1", 10.0, 1000.0)),
)
CHUNKS = [
    Chunk(
        second,
        (
            block_of(ECG, 20 * second, np.arange(20, dtype=np.int16) + 20 * second),
            block_of(PLETH, 10 * second, np.arange(10, dtype=np.int16) + 10 * second),
        ),
        (ChunkEvent(second * 1_000_000 + 500_000, EventKind.TRIGGER),),
    )
    for second in range(SECONDS)
]


def samples(waveform: Waveform, name: ChannelName) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    channel = waveform.channel(name)
    assert channel is not None
    return channel.samples


def test_whole_recording_comes_back() -> None:
    waveform, gaps = assemble(MANIFEST, CHUNKS)
    assert gaps == ()
    assert samples(waveform, ECG).tolist() == [n / 1000 for n in range(20 * SECONDS)]
    assert waveform.event_times_s(EventKind.TRIGGER).tolist() == [n + 0.5 for n in range(SECONDS)]


@given(st.lists(st.sampled_from(CHUNKS), max_size=SECONDS), st.randoms())
def test_order_and_repetition_change_nothing(repeated: list[Chunk], shuffler: Random) -> None:
    arrived = CHUNKS + repeated
    shuffler.shuffle(arrived)
    waveform, gaps = assemble(MANIFEST, arrived)
    expected, _ = assemble(MANIFEST, CHUNKS)
    assert gaps == ()
    assert waveform.events == expected.events
    np.testing.assert_array_equal(samples(waveform, ECG), samples(expected, ECG))
    np.testing.assert_array_equal(samples(waveform, PLETH), samples(expected, PLETH))


@given(st.sets(st.integers(0, SECONDS - 2)))
def test_missing_chunks_are_nan_exactly_there(missing: set[int]) -> None:
    waveform, gaps = assemble(MANIFEST, [chunk for chunk in CHUNKS if chunk.seq not in missing])
    absent = np.isnan(samples(waveform, ECG)).reshape(SECONDS, 20)
    assert [bool(second.all()) for second in absent] == [second in missing for second in range(SECONDS)]
    assert absent.sum() == 20 * len(missing)
    for name in (ECG, PLETH):
        assert sum(gap.to_s - gap.from_s for gap in gaps if gap.channel == name) == pytest.approx(
            len(missing)
        )


def test_gap_is_listed_once_with_its_ends() -> None:
    _, gaps = assemble(MANIFEST, [chunk for chunk in CHUNKS if chunk.seq not in (3, 4)])
    assert gaps == (Gap(ECG, 3.0, 5.0), Gap(PLETH, 3.0, 5.0))


def test_what_was_not_measured_is_nan_but_no_gap() -> None:
    waveform, gaps = assemble(MANIFEST, [Chunk(0, (block_of(ECG, 0, to_counts([0.5, np.nan], 1000)),))])
    np.testing.assert_array_equal(samples(waveform, ECG), [0.5, np.nan])
    assert [gap.channel for gap in gaps] == [PLETH]


def test_channel_that_ends_early_is_a_gap_up_to_the_end() -> None:
    last = Chunk(SECONDS, (block_of(ECG, 20 * SECONDS, np.zeros(20, dtype=np.int16)),))
    waveform, gaps = assemble(MANIFEST, [*CHUNKS, last])
    assert gaps == (Gap(PLETH, 8.0, 9.0),)
    assert np.isnan(samples(waveform, PLETH)[80:]).all()


def test_rates_that_do_not_divide_end_without_a_false_gap() -> None:
    chunk = Chunk(
        0,
        (block_of(ECG, 0, np.zeros(25, dtype=np.int16)), block_of(PLETH, 0, np.zeros(12, dtype=np.int16))),
    )
    waveform, gaps = assemble(MANIFEST, [chunk])  # 1.25 s of ECG, 1.2 s of pleth: no whole sample is absent
    assert gaps == ()
    assert samples(waveform, PLETH).size == 12


def test_no_chunks_give_an_empty_waveform() -> None:
    waveform, gaps = assemble(MANIFEST, [])
    assert waveform.duration_s == 0
    assert gaps == ()


def test_two_chunks_of_one_number_are_refused() -> None:
    with pytest.raises(ProtocolError, match="bear the number 3"):
        assemble(MANIFEST, [*CHUNKS, Chunk(3, ())])


def test_samples_claimed_twice_are_refused() -> None:
    thief = Chunk(99, (block_of(ECG, 30, np.zeros(2, dtype=np.int16)),))
    with pytest.raises(ProtocolError, match="Chunk 99"):
        assemble(MANIFEST, [*CHUNKS, thief])


def test_event_heard_twice_counts_once() -> None:
    echo = Chunk(99, (), (ChunkEvent(500_000, EventKind.TRIGGER, Cuff.NONE),))
    waveform, _ = assemble(MANIFEST, [*CHUNKS, echo])
    assert len(waveform.events) == SECONDS
