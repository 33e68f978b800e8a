"""No sample ever stands in two chunks, whatever a source tells twice."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from devices.agent.numbering import after, end_of, fresh
from devices.chunks import block_of
from devices.protocol import MAX_DURATION_S, Block
from devices.waveform import ChannelName
from tests.devices.agent.console import count_of
from tests.devices.test_protocol import MANIFEST

ECG = ChannelName.ECG
RATE = next(form.rate_hz for form in MANIFEST.channels if form.name is ECG)


def block(first: int, size: int, channel: ChannelName = ECG) -> Block:
    return block_of(channel, first, count_of("ECG", np.arange(first, first + size)).astype(np.int16))


def test_block_that_goes_on_is_kept_as_it_is() -> None:
    kept, dropped = fresh([block(100, 50)], {ECG: 100}, MANIFEST)
    assert (kept, dropped) == ((block(100, 50),), 0)
    assert after(kept, {ECG: 100}) == {ECG: 150}
    assert end_of(kept, MANIFEST.channels) == 150 / RATE


def test_what_is_held_already_is_left_out() -> None:
    assert fresh([block(100, 50)], {ECG: 120}, MANIFEST) == ((block(120, 30),), 20)
    assert fresh([block(100, 50)], {ECG: 150}, MANIFEST) == ((), 50)


def test_gap_stays_a_gap() -> None:
    assert fresh([block(500, 50)], {ECG: 100}, MANIFEST) == ((block(500, 50),), 0)


def test_samples_past_the_longest_recording_are_left_out() -> None:
    last = int(MAX_DURATION_S * RATE)
    assert fresh([block(last - 10, 50)], {}, MANIFEST) == ((block(last - 10, 10),), 40)


def test_channel_that_the_manifest_does_not_list_is_left_out() -> None:
    listed = {form.name for form in MANIFEST.channels}
    other = next(name for name in ChannelName if name not in listed)
    assert fresh([block(0, 10, other)], {}, MANIFEST) == ((), 10)


@given(st.lists(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 60)), max_size=4), max_size=12))
def test_no_order_of_overlapping_blocks_holds_a_sample_twice(pieces: list[list[tuple[int, int]]]) -> None:
    free: dict[ChannelName, int] = {}
    held: list[int] = []
    for piece in pieces:
        kept, dropped = fresh([block(first, size) for first, size in piece], free, MANIFEST)
        free = after(kept, free)
        assert dropped + sum(b.count for b in kept) == sum(size for _, size in piece)
        for b in kept:
            numbers = range(b.first_sample, b.first_sample + b.count)
            assert b.counts().tolist() == [count_of("ECG", n) for n in numbers]
            held += numbers
    assert len(held) == len(set(held))
