"""Chunks put together into one waveform: gaps stay gaps, and the order of arrival never matters."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices.chunks import to_values
from devices.protocol import ChannelFormat, Chunk, Manifest, ProtocolError
from devices.waveform import Channel, ChannelName, Event, Waveform, in_time_order


@dataclass(frozen=True, slots=True)
class Gap:
    """Samples that never arrived, from ``from_s`` up to, not including, ``to_s`` seconds."""

    channel: ChannelName
    from_s: float
    to_s: float


def assemble(manifest: Manifest, chunks: Iterable[Chunk]) -> tuple[Waveform, tuple[Gap, ...]]:
    """The waveform that the chunks hold.

    A chunk given twice counts once. What no chunk holds is NaN and listed as a gap; what the agent itself
    marked as not measured is NaN and no gap. All channels run to the end of the longest.

    Raises
    ------
    ProtocolError
        Two chunks claim the same number or the same samples with different content.
    """
    ordered = _once_each(chunks)
    ends_s = [
        (block.first_sample + block.count) / _format(manifest, block.channel).rate_hz
        for chunk in ordered
        for block in chunk.blocks
    ]
    channels: list[Channel] = []
    gaps: list[Gap] = []
    for form in manifest.channels:
        samples, received = _lay_out(form, ordered, max(ends_s, default=0.0))
        channels.append(Channel(form.name, form.rate_hz, samples))
        gaps += _gaps(form, received)
    events = {Event(event.t_us / 1e6, event.kind, event.cuff) for chunk in ordered for event in chunk.events}
    return Waveform(tuple(channels), in_time_order(events)), tuple(gaps)


def _once_each(chunks: Iterable[Chunk]) -> list[Chunk]:
    by_seq: dict[int, Chunk] = {}
    for chunk in chunks:
        if by_seq.setdefault(chunk.seq, chunk) != chunk:
            raise ProtocolError(f"Two different chunks bear the number {chunk.seq}; a person must choose.")
    return [by_seq[seq] for seq in sorted(by_seq)]


def _format(manifest: Manifest, name: ChannelName) -> ChannelFormat:
    form = manifest.format_of(name)
    if form is None:
        raise ProtocolError(f"A chunk holds {name}, which the manifest does not list.")
    return form


def _lay_out(
    form: ChannelFormat, chunks: list[Chunk], end_s: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    # Only samples that lie wholly before the end, so that channels of different rates end without a false gap.
    size = int(end_s * form.rate_hz + 1e-6)
    samples = np.full(size, np.nan)
    received = np.zeros(size, dtype=np.bool_)
    for chunk in chunks:
        for block in chunk.blocks:
            if block.channel != form.name:
                continue
            place = slice(block.first_sample, block.first_sample + block.count)
            if received[place].any():
                raise ProtocolError(
                    f"Chunk {chunk.seq} holds samples of {form.name} that another chunk holds."
                )
            samples[place] = to_values(block.counts(), form.counts_per_unit)
            received[place] = True
    return samples, received


def _gaps(form: ChannelFormat, received: NDArray[np.bool_]) -> list[Gap]:
    edges = np.flatnonzero(np.diff(np.concatenate(([True], received, [True])).astype(np.int8)))
    return [
        Gap(form.name, float(start / form.rate_hz), float(stop / form.rate_hz))
        for start, stop in zip(edges[::2], edges[1::2], strict=True)
    ]
