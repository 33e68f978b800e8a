"""Chunks that claim the same samples: who came first stays, the other is set aside whole and named."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from devices.protocol import Block, Chunk
from devices.waveform import ChannelName


@dataclass(frozen=True, slots=True)
class SetAside:
    """A chunk that is not in the file because another, committed before it, holds samples that it claims."""

    seq: int
    channel: ChannelName


@dataclass(slots=True)
class _Taken:
    """Samples of one channel that are spoken for: ranges in order, from each start up to, not including, its end."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def meets(self, block: Block) -> bool:
        place = bisect_right(self.starts, block.first_sample)
        before = place > 0 and self.ends[place - 1] > block.first_sample
        after = place < len(self.starts) and self.starts[place] < block.first_sample + block.count
        return before or after

    def add(self, block: Block) -> None:
        place = bisect_left(self.starts, block.first_sample)
        if place > 0 and self.ends[place - 1] == block.first_sample:
            self.ends[place - 1] += block.count
        else:
            self.starts.insert(place, block.first_sample)
            self.ends.insert(place, block.first_sample + block.count)


def without_overlaps(chunks: Iterable[Chunk]) -> tuple[list[Chunk], tuple[SetAside, ...]]:
    """The chunks that go together, and those that contradict one before them in the order given.

    A chunk is kept or set aside whole, with its events: half of it would be a recording that nobody made.
    """
    kept: list[Chunk] = []
    aside: list[SetAside] = []
    taken = {channel: _Taken() for channel in ChannelName}
    for chunk in chunks:
        met = next((block.channel for block in chunk.blocks if taken[block.channel].meets(block)), None)
        if met is not None:
            aside.append(SetAside(chunk.seq, met))
            continue
        kept.append(chunk)
        for block in chunk.blocks:
            taken[block.channel].add(block)
    return kept, tuple(aside)
