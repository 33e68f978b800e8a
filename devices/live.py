"""The last seconds of a running recording, for the trace and the tile: only the chunks that hold them are read."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import numpy as np

from devices.analysis import config_for
from devices.assembly import assemble
from devices.beat_file import to_plain
from devices.edf import record_seconds
from devices.gating.average import averages
from devices.gating.calibration import Calibration
from devices.gating.config import GatingConfig
from devices.gating.live import LAST_S, MARGIN_S, judge_head, judge_tail
from devices.models import Recording
from devices.overlaps import without_overlaps
from devices.protocol import Block, Chunk, Manifest, ProtocolError
from devices.recordings import contents, manifest_of, to_ms
from devices.waveform import ChannelName, Waveform

TRACE_S = 10.0
FIGURES_S = LAST_S + MARGIN_S
HEAD_S = 60.0  # the beats before inflation, and some after; while they are fresh the calibration is sought
#: The last minute's grade stands for a minute of the recording if it was judged so soon after that minute's end.
GRADE_WITHIN_S = 15.0
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
    # From a moment at which every channel has a sample, so that the tail's own time starts at 0 for all.
    step = record_seconds([channel.rate_hz for channel in manifest.channels])
    chunks, _ = without_overlaps(sorted(_last_chunks(recording, manifest, seconds + step), key=_number))
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
    size = math.ceil(seconds) + 2  # chunks are about a second
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
    """What the sweep canvas asks for once a second: at most the last ``TRACE_S`` seconds, by the server's clock.

    Samples that were not measured or have not arrived are null. ``after_ms`` leaves out what the caller has.
    """
    found = tail(recording, TRACE_S)
    answer: dict[str, Any] = {"now_ms": to_ms(now), "age_ms": None, "channels": [], "events": []}
    if found is None:
        return answer
    zero = recording.started_at - timedelta(milliseconds=recording.clock_offset_ms or 0)
    origin_ms = to_ms(zero) + found.from_s * 1000
    begin_ms = max(origin_ms + (found.until_s - TRACE_S - found.from_s) * 1000, after_ms or -math.inf)
    newest_ms = origin_ms + (found.until_s - found.from_s) * 1000
    # A replay's device clock may run ahead of the server's; then only the arrival can be old.
    arrived_ms = to_ms(recording.last_chunk_at or recording.opened_at)
    answer["age_ms"] = round(max(0, to_ms(now) - newest_ms, to_ms(now) - arrived_ms))
    answer["channels"] = _lanes(found.waveform, origin_ms, begin_ms)
    answer["events"] = [
        {"t_ms": round(origin_ms + event.t_s * 1000), "kind": event.kind.value, "cuff": event.cuff.value}
        for event in found.waveform.events
        if origin_ms + event.t_s * 1000 > begin_ms
    ]
    return answer


def _lanes(waveform: Waveform, origin_ms: float, begin_ms: float) -> list[dict[str, Any]]:
    lanes = []
    for lane, names in LANES.items():
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


def refresh_figures(*, recording: Recording, now: datetime) -> bool:
    """Judge the last minute of a running recording and keep the figures beside it; False where there are none."""
    try:
        found = tail(recording, FIGURES_S)
    except ProtocolError:
        return False  # the row was not made by an agent: the failure says so when it ends
    if found is None:
        return False
    config = config_for(recording)
    known, unassisted, head_chunks = _calibration(recording, found, config)
    judged = judge_tail(found.waveform, config, known)
    minute = judged.minute
    figures = minute.to_dict() | {
        "until_s": round(found.until_s, 3),
        "grades": grades_so_far(recording.live or {}, found.until_s, minute.grade),
        "calibration": None if known is None else known.to_plain(),
        "unassisted": unassisted,
        "head_chunks": head_chunks,
        "beat": to_plain(averages(judged.waveform, judged.beats).whole),
    }
    return bool(Recording.objects.open().filter(pk=recording.pk).update(live=figures, live_at=now))


def _calibration(
    recording: Recording, found: Tail, config: GatingConfig
) -> tuple[Calibration | None, dict[str, Any] | None, int]:
    """What the session's first minute taught, its usual unassisted beat, and from how many chunks they come.

    Learnt once and kept with the figures. A head that taught nothing is judged again only when it has grown.
    """
    live = recording.live or {}
    kept, tried = live.get("calibration"), live.get("head_chunks", 0)
    if kept is not None:
        return Calibration.from_plain(kept), live.get("unassisted"), tried
    if not HEAD_S <= found.until_s <= 3 * HEAD_S:
        return None, live.get("unassisted"), tried
    head = recording.chunks.order_by("seq").filter(seq__lt=math.ceil(HEAD_S))
    there = head.count()
    if there <= tried:
        return None, live.get("unassisted"), tried
    manifest = manifest_of(recording)
    first, _ = without_overlaps(contents(head, manifest))
    waveform = assemble(manifest, first)[0]
    known, beats = judge_head(waveform, config)
    return known, to_plain(averages(waveform, beats).unassisted), there


def grades_so_far(before: dict[str, Any], until_s: float, grade: str) -> dict[str, str]:
    """The grade of each minute that is over, by its number, as it stood when the minute had just ended.

    The figures end ``MARGIN_S`` before the newest sample, so a minute is theirs only then. A minute that nobody
    judged in time stays out: nothing is put in its place. The report judges all of them again when the recording has
    ended.
    """
    grades: dict[str, str] = dict(before.get("grades", {}))
    ended, over_s = divmod(until_s, 60.0)
    if ended >= 1 and MARGIN_S <= over_s <= GRADE_WITHIN_S:
        grades.setdefault(str(int(ended) - 1), str(grade))
    return grades
