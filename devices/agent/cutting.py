"""A waveform cut into chunks of equal length, the way a live device delivers it. Pure."""

import math
from collections.abc import Iterator, Mapping

from devices.chunks import block_of, to_counts
from devices.protocol import Block, ChannelFormat, Chunk, ChunkEvent
from devices.waveform import Channel, ChannelName, Event, Waveform

CHUNK_S = 1.0

# Counts per unit: 1 microvolt for the ECG, 0.05 mmHg for a cuff; each leaves room for the largest value expected.
COUNTS_PER_UNIT: dict[ChannelName, float] = {
    ChannelName.ECG: 1000.0,
    ChannelName.PLETH: 5000.0,
    ChannelName.CUFF_CALF: 20.0,
    ChannelName.CUFF_THIGH: 20.0,
    ChannelName.CUFF_HIP: 20.0,
}


Scales = Mapping[ChannelName, float]


def formats_of(waveform: Waveform, scales: Scales = COUNTS_PER_UNIT) -> tuple[ChannelFormat, ...]:
    """How each channel of the waveform is sent."""
    return tuple(
        ChannelFormat(channel.name, channel.unit, channel.rate_hz, scales[channel.name])
        for channel in waveform.channels
    )


def cut(
    waveform: Waveform, first_seq: int = 0, scales: Scales = COUNTS_PER_UNIT, every_s: float = CHUNK_S
) -> Iterator[Chunk]:
    """Chunks of ``every_s`` seconds from number ``first_seq`` on; the last may be shorter."""
    events = [event for event in waveform.events if event.t_s < waveform.duration_s]
    of_chunk: dict[int, list[Event]] = {}
    for event in events:
        of_chunk.setdefault(int(event.t_s / every_s), []).append(event)
    for seq in range(first_seq, math.ceil(waveform.duration_s / every_s - 1e-9)):
        blocks = tuple(
            block
            for channel in waveform.channels
            if (block := _block(channel, seq * every_s, every_s, scales[channel.name])) is not None
        )
        told = tuple(ChunkEvent(round(e.t_s * 1e6), e.kind, e.cuff) for e in of_chunk.get(seq, ()))
        yield Chunk(seq, blocks, told)


def _block(channel: Channel, from_s: float, every_s: float, scale: float) -> Block | None:
    # Sample n belongs to the chunk of the time n / rate, for rates that are not whole numbers too.
    start, stop = (math.ceil(at_s * channel.rate_hz - 1e-6) for at_s in (from_s, from_s + every_s))
    samples = channel.samples[start:stop]
    if not samples.size:
        return None
    return block_of(channel.name, start, to_counts(samples, scale))
