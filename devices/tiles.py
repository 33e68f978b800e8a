"""A recording as tiles: least and greatest counts at ever coarser steps, so that any stretch is drawn from a few KB. PURE.

Level 0 holds the samples as they were stored. A bucket of level k of a channel holds the least and the greatest of
``4**k`` samples, counted from the first; what was not measured enters neither, and a bucket without any measured sample
holds ``NOT_MEASURED`` twice. A tile of level L spans ``BASE_SPAN_S * 4**L`` seconds of all channels; a channel that is
sampled four times less often than the fastest gives its level L - 1 there, so that the channels of a tile are
about equally fine.

One file holds everything: a head (lengths, index, CRC), the events, then the tiles, each compressed by itself and
found by its place in the index. Equal input gives equal bytes. ``docs/replay.md`` lays out every byte.
"""

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from devices.waveform import Cuff, EventKind

#: Raised whenever a byte of the layout changes; files of another version are made anew.
TILE_VERSION = 1
BASE_SPAN_S = 8.0
FACTOR = 4
#: Events in a tile file: their kinds in the order of their numbers.
EVENT_KINDS: tuple[tuple[EventKind, Cuff], ...] = (
    (EventKind.TRIGGER, Cuff.NONE),
    (EventKind.INFLATE, Cuff.CALF),
    (EventKind.INFLATE, Cuff.THIGH),
    (EventKind.INFLATE, Cuff.HIP),
    (EventKind.DEFLATE, Cuff.CALF),
    (EventKind.DEFLATE, Cuff.THIGH),
    (EventKind.DEFLATE, Cuff.HIP),
)
MAGIC = b"EECPTILE"
PREFIX = struct.Struct("<8sII")  # magic, length of the head, its CRC-32
ENTRY = np.dtype([("offset", "<u8"), ("length", "<u4")])
TICKS_S = 10_000  # events are counted in 0.1 ms


class NotTiles(ValueError):
    """The bytes are not a whole file of tiles of this version; it is to be made anew."""


class NoSuchTile(ValueError):
    """The recording has no such level or tile; the sentence says what there is."""


@dataclass(frozen=True, slots=True)
class TileChannel:
    """``value = count / scale``; ``low`` and ``high`` enclose nearly all of what was measured, None where nothing was.

    ``behind`` is how many levels the channel is behind the fastest one.
    """

    name: str
    unit: str
    rate_hz: float
    scale: float
    samples: int
    behind: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class TileGap:
    """From ``from_s`` up to ``to_s`` nothing was measured on these channels, for whatever reason."""

    from_s: float
    to_s: float
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TileHead:
    """What a file of tiles says of itself. ``levels`` counts the tiles of each level; ``gaps`` are in order of time."""

    source_sha256: str
    duration_s: float
    channels: tuple[TileChannel, ...]
    levels: tuple[int, ...]
    gaps: tuple[TileGap, ...]
    size: int
    places: NDArray[np.void]  # of the events, then of the tiles, level by level

    def place(self, level: int, index: int) -> tuple[int, int]:
        """Offset and length of one tile; raises NoSuchTile."""
        if not 0 <= level < len(self.levels) or not 0 <= index < self.levels[level]:
            raise NoSuchTile(f"There is no tile {index} of level {level}; levels have {self.levels} tiles.")
        return self._place(1 + sum(self.levels[:level]) + index)

    def place_of_events(self) -> tuple[int, int]:
        return self._place(0)

    def _place(self, row: int) -> tuple[int, int]:
        return int(self.places[row]["offset"]), int(self.places[row]["length"])


def span_s(level: int) -> float:
    """Seconds that a tile of this level spans."""
    return BASE_SPAN_S * float(FACTOR**level)


def bounds(channel: TileChannel, level: int, index: int) -> tuple[int, int, int]:
    """The channel's own level in a tile, and from which bucket to which (not included) the tile holds it."""
    own = max(0, level - channel.behind)
    buckets = ceil(channel.samples / FACTOR**own)
    a_second = channel.rate_hz / FACTOR**own
    first, stop = (min(buckets, ceil(at * span_s(level) * a_second - 1e-6)) for at in (index, index + 1))
    return own, first, stop


def head_length(prefix: bytes) -> int:
    """How many bytes the head takes, prefix included, from the first sixteen bytes; raises NotTiles."""
    if len(prefix) < PREFIX.size:
        raise NotTiles("The file of tiles is cut short.")
    magic, length, _crc = PREFIX.unpack_from(prefix)
    if magic != MAGIC:
        raise NotTiles("The file holds no tiles.")
    return PREFIX.size + int(length)


def read_head(data: bytes) -> TileHead:
    """The head of a file of tiles, from its first ``head_length`` bytes; raises NotTiles."""
    length = head_length(data)
    head = data[PREFIX.size : length]
    if len(data) < length or zlib.crc32(head) != PREFIX.unpack_from(data)[2]:
        raise NotTiles("The head of the file of tiles is damaged.")
    (text_length,) = struct.unpack_from("<I", head)
    about = json.loads(head[4 : 4 + text_length])
    if about["version"] != TILE_VERSION:
        raise NotTiles(f"The file of tiles has version {about['version']}, not {TILE_VERSION}.")
    return TileHead(
        source_sha256=about["source_sha256"],
        duration_s=about["duration_s"],
        channels=tuple(TileChannel(**channel) for channel in about["channels"]),
        levels=tuple(about["levels"]),
        gaps=tuple(TileGap(g["from_s"], g["to_s"], tuple(g["channels"])) for g in about["gaps"]),
        size=int(about["size"]),
        places=np.frombuffer(head[4 + text_length :], dtype=ENTRY),
    )


def unpacked(blob: bytes, head: TileHead, level: int, index: int) -> Iterator[tuple[int, NDArray[np.int16]]]:
    """Per channel, the first bucket and the rows of a tile, as the browser undoes them; raises NotTiles."""
    try:
        data = zlib.decompress(blob, wbits=31)
    except zlib.error as error:
        raise NotTiles("A tile is damaged.") from error
    at = 8 * len(head.channels)
    heads = struct.unpack_from(f"<{2 * len(head.channels)}I", data)
    planes = np.frombuffer(data, dtype=np.uint8, offset=at).reshape(2, -1)
    values = np.cumsum(planes.T.copy().view("<i2").ravel(), dtype=np.int16)
    for number, channel in enumerate(head.channels):
        first, count = heads[2 * number : 2 * number + 2]
        rows = 1 if bounds(channel, level, index)[0] == 0 else 2
        own, values = values[: rows * count], values[rows * count :]
        yield first, own.reshape(rows, count)
