"""The making of a file of tiles (``devices/tiles.py`` says what it holds). PURE."""

import json
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from math import ceil, floor, log

import numpy as np
from numpy.typing import NDArray

from devices.protocol import NOT_MEASURED
from devices.tiles import (
    BASE_SPAN_S,
    ENTRY,
    EVENT_KINDS,
    FACTOR,
    MAGIC,
    PREFIX,
    TICKS_S,
    TILE_VERSION,
    TileChannel,
    TileGap,
    bounds,
    span_s,
)
from devices.waveform import Waveform

_SHOWN = (0.1, 99.9)  # per cent of the measured samples between which a lane is drawn
#: A shorter stretch without samples is seen on the trace and not listed. [E]
_LISTED_S = 0.5
_EPS = 1e-9

Counts = NDArray[np.int16]


def build(
    waveform: Waveform, counts: Mapping[str, Counts], scales: Mapping[str, float], source: str
) -> bytes:
    """The file of tiles.

    Parameters
    ----------
    waveform
        Its channels and events; the samples are taken from ``counts``.
    counts, scales
        By the channel's name: the samples as stored, and how many counts make one unit.
    source
        SHA-256 of the file that was read.
    """
    fastest = max(channel.rate_hz for channel in waveform.channels)
    channels = tuple(
        _described(c.name, c.unit, c.rate_hz, counts[c.name], scales[c.name], fastest)
        for c in waveform.channels
    )
    levels = _levels(waveform.duration_s)
    pyramids = [_pyramid(counts[c.name], len(levels) - c.behind) for c in channels]
    blobs = [_events(waveform)]
    for level, tiles in enumerate(levels):
        blobs += [_tile(channels, pyramids, level, index) for index in range(tiles)]
    about = {
        "version": TILE_VERSION,
        "source_sha256": source,
        "duration_s": waveform.duration_s,
        "channels": [asdict(channel) for channel in channels],
        "levels": levels,
        "gaps": [asdict(gap) for gap in gaps_in(channels, counts)],
    }
    return _put_together(about, blobs)


def _described(
    name: str, unit: str, rate_hz: float, counts: Counts, scale: float, fastest: float
) -> TileChannel:
    measured = counts[counts != NOT_MEASURED]
    low, high = (np.percentile(measured, _SHOWN) / scale).tolist() if measured.size else (None, None)
    behind = floor(log(fastest / rate_hz, FACTOR) + _EPS)
    return TileChannel(name, unit, rate_hz, scale, counts.size, behind, low, high)


def gaps_in(channels: Sequence[TileChannel], counts: Mapping[str, Counts]) -> list[TileGap]:
    """Stretches of at least half a second in which channels were not measured; equal ones of several are one."""
    found: dict[tuple[float, float], list[str]] = {}
    for channel in channels:
        missing = np.concatenate(([False], counts[channel.name] == NOT_MEASURED, [False]))
        edges = np.flatnonzero(np.diff(missing.astype(np.int8))) / channel.rate_hz
        for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            if stop - start >= _LISTED_S:
                found.setdefault((round(start, 1), round(stop, 1)), []).append(channel.name)
    return [TileGap(start, stop, tuple(names)) for (start, stop), names in sorted(found.items())]


def _levels(duration_s: float) -> tuple[int, ...]:
    """How many tiles each level has, up to the one with a single tile."""
    found = [max(1, ceil(duration_s / BASE_SPAN_S - _EPS))]
    while found[-1] > 1:
        found.append(max(1, ceil(duration_s / span_s(len(found)) - _EPS)))
    return tuple(found)


def _pyramid(counts: Counts, levels: int) -> list[NDArray[np.int16]]:
    """By level, rows of shape (1, n) for the samples and (2, n) for least and greatest."""
    found = [counts.reshape(1, -1)]
    low = high = counts
    for _level in range(1, max(1, levels)):
        low, high = coarser(low, high)
        found.append(np.stack((low, high)))
    return found


def coarser(low: Counts, high: Counts) -> tuple[Counts, Counts]:
    """Least and greatest of every four buckets; the last bucket may be of fewer."""
    missing = -low.size % FACTOR
    low = np.pad(low, (0, missing), constant_values=NOT_MEASURED).reshape(-1, FACTOR)
    # NOT_MEASURED is the least count there is, so it never wins as the greatest, and must not as the least.
    greatest = np.pad(high, (0, missing), constant_values=NOT_MEASURED).reshape(-1, FACTOR).max(axis=1)
    least = np.where(low == NOT_MEASURED, np.int16(32767), low).min(axis=1)
    return np.where(greatest == NOT_MEASURED, np.int16(NOT_MEASURED), least), greatest


def _tile(
    channels: Sequence[TileChannel], pyramids: Sequence[Sequence[NDArray[np.int16]]], level: int, index: int
) -> bytes:
    heads: list[int] = []
    rows: list[NDArray[np.int16]] = []
    for channel, pyramid in zip(channels, pyramids, strict=True):
        own, first, stop = bounds(channel, level, index)
        heads += [first, stop - first]
        rows += [row[first:stop] for row in pyramid[own]]
    return _packed(struct.pack(f"<{len(heads)}I", *heads), np.concatenate(rows))


def _packed(head: bytes, values: NDArray[np.int16]) -> bytes:
    """Differences of neighbours, low bytes before high bytes, so that gzip finds more to save; about half of its size."""
    steps = np.diff(values.astype("<i2"), prepend=np.int16(0)).astype("<i2").view(np.uint8).reshape(-1, 2)
    return _gzip(head + steps[:, 0].tobytes() + steps[:, 1].tobytes())


def _gzip(data: bytes) -> bytes:
    return zlib.compress(data, 6, wbits=31)  # wbits 31 is gzip, here without a time of day


def _events(waveform: Waveform) -> bytes:
    """How many, their times in 0.1 ms, their numbers in ``EVENT_KINDS``."""
    numbers = {kind: number for number, kind in enumerate(EVENT_KINDS)}
    known = [event for event in waveform.events if (event.kind, event.cuff) in numbers]
    times = np.array([round(event.t_s * TICKS_S) for event in known], dtype="<i4")
    kinds = np.array([numbers[event.kind, event.cuff] for event in known], dtype=np.uint8)
    return _gzip(struct.pack("<I", len(known)) + times.tobytes() + kinds.tobytes())


def _put_together(about: Mapping[str, object], blobs: Sequence[bytes]) -> bytes:
    lengths = [len(blob) for blob in blobs]
    places = np.zeros(len(blobs), dtype=ENTRY)
    places["length"] = lengths
    # The size stands in the text whose length moves it: with fixed digits there is nothing to iterate.
    text = json.dumps(dict(about) | {"size": "0" * 12}, sort_keys=True, separators=(",", ":"))
    start = PREFIX.size + 4 + len(text) + places.nbytes
    places["offset"] = start + np.concatenate(([0], np.cumsum(lengths[:-1])))
    text = text.replace("0" * 12, f"{start + sum(lengths):012d}")
    head = struct.pack("<I", len(text)) + text.encode() + places.tobytes()
    return b"".join((PREFIX.pack(MAGIC, len(head), zlib.crc32(head)), head, *blobs))
