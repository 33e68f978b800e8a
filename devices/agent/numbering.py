"""Which samples a recording holds already: no sample may ever stand in two chunks. Pure."""

from collections.abc import Iterable, Mapping

from devices.protocol import MAX_DURATION_S, Block, ChannelFormat, Manifest
from devices.waveform import ChannelName


def fresh(
    blocks: Iterable[Block], next_samples: Mapping[ChannelName, int], manifest: Manifest
) -> tuple[tuple[Block, ...], int]:
    """The blocks without what is held already or lies past the longest recording; and how many samples were left out.

    Blocks are taken in order of their first sample, so that of two that overlap the earlier is kept whole. Blocks
    of a channel that the manifest does not list are left out too.
    """
    free = dict(next_samples)
    kept: list[Block] = []
    dropped = 0
    for block in sorted(blocks, key=lambda block: (block.channel, block.first_sample)):
        form = manifest.format_of(block.channel)
        start = max(block.first_sample, free.get(block.channel, 0))
        stop = min(block.first_sample + block.count, int(MAX_DURATION_S * form.rate_hz)) if form else start
        if stop <= start:
            dropped += block.count
            continue
        dropped += block.count - (stop - start)
        kept.append(_part(block, start, stop))
        free[block.channel] = stop
    return tuple(kept), dropped


def _part(block: Block, start: int, stop: int) -> Block:
    if (start, stop) == (block.first_sample, block.first_sample + block.count):
        return block
    data = block.data[2 * (start - block.first_sample) : 2 * (stop - block.first_sample)]
    return Block(block.channel, start, stop - start, data)


def after(blocks: Iterable[Block], next_samples: Mapping[ChannelName, int]) -> dict[ChannelName, int]:
    """The first free sample of each channel once these blocks are held."""
    free = dict(next_samples)
    for block in blocks:
        free[block.channel] = max(free.get(block.channel, 0), block.first_sample + block.count)
    return free


def end_of(blocks: Iterable[Block], formats: tuple[ChannelFormat, ...]) -> float:
    """Seconds from the start of the recording to the end of the last sample; 0 where there is none."""
    rate = {form.name: form.rate_hz for form in formats}
    return max(((b.first_sample + b.count) / rate[b.channel] for b in blocks), default=0.0)
