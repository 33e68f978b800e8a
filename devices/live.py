"""The last seconds of a running recording, for the trace and the figures: only the chunks that hold them are read."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np

from devices.assembly import assemble
from devices.edf import record_seconds
from devices.models import Recording
from devices.overlaps import without_overlaps
from devices.protocol import Block, Chunk, Manifest
from devices.recordings import contents, manifest_of, to_ms
from devices.waveform import ChannelName, Waveform

TRACE_S = 10.0
_LEAST_S = 2.0
#: Lanes of the trace, and the channels that may fill them, the first that there is.
LANES = {
    "ecg": (ChannelName.ECG,),
    "pleth": (ChannelName.PLETH,),
    "cuff": (ChannelName.CUFF_THIGH, ChannelName.CUFF_CALF, ChannelName.CUFF_HIP),
}


@dataclass(frozen=True, slots=True)
class Tail:
    """The end of a recording; ``from_s`` is where its time 0 lies in the whole, ``until_s`` its last sample."""

    waveform: Waveform
    from_s: float
    until_s: float


def tail(recording: Recording, seconds: float) -> Tail | None:
    """The last ``seconds`` (a little more, to whole chunks), or None where no sample has arrived."""
    manifest = manifest_of(recording)
    step = record_seconds([channel.rate_hz for channel in manifest.channels])
    return joined(_last_chunks(recording, manifest, seconds + step), manifest, seconds)


def joined(newest: Sequence[Chunk], manifest: Manifest, seconds: float) -> Tail | None:
    """The last ``seconds`` of what these chunks hold."""
    # From a moment at which every channel has a sample, so that the tail's own time starts at 0 for all.
    step = record_seconds([channel.rate_hz for channel in manifest.channels])
    chunks, _ = without_overlaps(sorted(newest, key=_number))
    spans = [_span(block, manifest) for chunk in chunks for block in chunk.blocks]
    if not spans:
        return None
    until_s = max(end for _, end in spans)
    from_s = math.floor(max(0.0, until_s - seconds) / step) * step
    waveform, _ = assemble(manifest, [_shifted(chunk, from_s, manifest) for chunk in chunks])
    return Tail(waveform, from_s, until_s)


def _last_chunks(recording: Recording, manifest: Manifest, seconds: float) -> list[Chunk]:
    """Chunks from the newest backwards until they reach far enough."""
    found: list[Chunk] = []
    size = 2 * math.ceil(seconds) + 2  # chunks are half a second, some a whole one
    newest_first = recording.chunks.order_by("-seq")
    while True:
        batch = contents(newest_first[len(found) : len(found) + size], manifest)
        found += batch
        spans = [_span(block, manifest) for chunk in found for block in chunk.blocks]
        reach = max((end for _, end in spans), default=0.0) - min((start for start, _ in spans), default=0.0)
        if len(batch) < size or reach >= seconds or len(found) >= 4 * size:
            return found


def _number(chunk: Chunk) -> int:
    return chunk.seq


def _span(block: Block, manifest: Manifest) -> tuple[float, float]:
    rate_hz = next(c.rate_hz for c in manifest.channels if c.name == block.channel)
    return block.first_sample / rate_hz, (block.first_sample + block.count) / rate_hz


def _shifted(chunk: Chunk, from_s: float, manifest: Manifest) -> Chunk:
    """The chunk with time counted from ``from_s``; what lies before is left out."""
    blocks = []
    for block in chunk.blocks:
        rate_hz = next(c.rate_hz for c in manifest.channels if c.name == block.channel)
        first = block.first_sample - round(from_s * rate_hz)
        skip = min(block.count, max(0, -first))
        if skip < block.count:
            blocks.append(Block(block.channel, first + skip, block.count - skip, block.data[2 * skip :]))
    from_us = round(from_s * 1e6)
    events = tuple(
        msgspec.structs.replace(event, t_us=event.t_us - from_us)
        for event in chunk.events
        if event.t_us >= from_us
    )
    return Chunk(chunk.seq, tuple(blocks), events)


def trace(recording: Recording, *, now: datetime, after_ms: int | None = None) -> dict[str, Any]:
    """What the sweep canvas asks for: at most the last ``TRACE_S`` seconds, by the server's clock.

    Samples that were not measured or have not arrived are null. ``after_ms`` leaves out what the caller has.
    ``expected`` says where a beat's events are expected after its trigger, where the last minute could tell.
    """
    return shown(recording, tail(recording, asked_s(now, after_ms)), now, after_ms)


def shown(
    recording: Recording,
    found: Tail | None,
    now: datetime,
    after_ms: int | None,
    lanes: Mapping[str, Sequence[ChannelName]] = LANES,
) -> dict[str, Any]:
    """The answer of ``trace`` from what was found."""
    answer: dict[str, Any] = {"now_ms": to_ms(now), "age_ms": None, "channels": [], "events": []}
    answer["expected"] = (recording.live or {}).get("expected")
    if found is None:
        return answer
    zero = recording.started_at - timedelta(milliseconds=recording.clock_offset_ms or 0)
    origin_ms = to_ms(zero) + found.from_s * 1000
    begin_ms = max(origin_ms + (found.until_s - TRACE_S - found.from_s) * 1000, after_ms or -math.inf)
    newest_ms = origin_ms + (found.until_s - found.from_s) * 1000
    # A replay's device clock may run ahead of the server's; then only the arrival can be old.
    arrived_ms = to_ms(recording.last_chunk_at or recording.opened_at)
    answer["age_ms"] = round(max(0, to_ms(now) - newest_ms, to_ms(now) - arrived_ms))
    answer["channels"] = _lanes(found.waveform, origin_ms, begin_ms, lanes)
    answer["events"] = [
        {"t_ms": round(origin_ms + event.t_s * 1000), "kind": event.kind.value, "cuff": event.cuff.value}
        for event in found.waveform.events
        if origin_ms + event.t_s * 1000 > begin_ms
    ]
    return answer


def asked_s(now: datetime, after_ms: int | None) -> float:
    """How much must be read for somebody who has all until ``after_ms``; the screen asks for all of it now and then."""
    if after_ms is None:
        return TRACE_S
    return min(TRACE_S, max(_LEAST_S, (to_ms(now) - after_ms) / 1000 + 1))


def _lanes(
    waveform: Waveform, origin_ms: float, begin_ms: float, wanted: Mapping[str, Sequence[ChannelName]]
) -> list[dict[str, Any]]:
    lanes = []
    for lane, names in wanted.items():
        channel = next((c for c in map(waveform.channel, names) if c is not None), None)
        if channel is None:
            continue
        first = max(0, math.ceil((begin_ms - origin_ms) * channel.rate_hz / 1000 - 1e-6))
        lanes.append(
            {
                "name": lane,
                "channel": channel.name.value,
                "unit": channel.unit,
                "rate_hz": channel.rate_hz,
                "t0_ms": round(origin_ms + first * 1000 / channel.rate_hz, 3),
                "samples": _numbers(channel.samples[first:]),
            }
        )
    return lanes


def _numbers(samples: np.ndarray[Any, np.dtype[np.float64]]) -> Sequence[float | None]:
    return [None if math.isnan(value) else value for value in np.round(samples, 4).tolist()]
