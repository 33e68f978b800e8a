"""Of chunks that claim the same samples the first stays, whatever the order of their numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from devices.chunks import block_of
from devices.overlaps import SetAside, without_overlaps
from devices.protocol import Chunk
from devices.waveform import ChannelName

ECG, PLETH = ChannelName.ECG, ChannelName.PLETH


def piece(seq: int, first: int, count: int, channel: ChannelName = ECG) -> Chunk:
    return Chunk(seq, (block_of(channel, first, np.zeros(count, dtype=np.int16)),))


def test_pieces_that_touch_go_together() -> None:
    pieces = [piece(0, 0, 10), piece(1, 10, 10), piece(2, 20, 1)]
    assert without_overlaps(pieces) == (pieces, ())


def test_first_stays_and_the_other_is_named() -> None:
    kept, aside = without_overlaps([piece(5, 10, 10), piece(3, 19, 1)])
    assert [chunk.seq for chunk in kept] == [5]
    assert aside == (SetAside(3, ECG),)


def test_same_numbers_in_another_channel_are_other_samples() -> None:
    assert without_overlaps([piece(0, 0, 10), piece(1, 0, 10, PLETH)])[1] == ()


def test_chunk_is_set_aside_whole() -> None:
    both = Chunk(1, (*piece(1, 0, 5, PLETH).blocks, *piece(1, 5, 5).blocks))
    kept, aside = without_overlaps([piece(0, 0, 10), both, piece(2, 0, 5, PLETH)])
    assert [chunk.seq for chunk in kept] == [0, 2]
    assert aside == (SetAside(1, ECG),)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=25))
def test_no_sample_is_kept_twice_and_only_what_overlaps_is_set_aside(spans: list[tuple[int, int]]) -> None:
    kept, aside = without_overlaps(piece(seq, first, count) for seq, (first, count) in enumerate(spans))
    taken: set[int] = set()
    expected = []
    for seq, (first, count) in enumerate(spans):
        samples = set(range(first, first + count))
        if not taken & samples:
            taken |= samples
            expected.append(seq)
    assert [chunk.seq for chunk in kept] == expected
    assert {one.seq for one in aside} == set(range(len(spans))) - set(expected)
