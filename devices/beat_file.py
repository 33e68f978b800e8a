"""The beats of one report as a file: the table with a row a beat, and the averages that pages draw. PURE.

``docs/reports.md`` names what the file holds. Times of beats keep all their digits; for everything else single
precision is far finer than any measurement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from devices.gating.average_beat import OFFSETS_MS, AverageBeat, BeatAverages
from devices.gating.report import BeatTable, Floats, plain
from devices.npz import NotArrays, pack, unpack

_TABLE, _AVERAGE = "beats/", "averages/"
_COUNTS = ("n", "of", "augmented")
_MARKS = ("foot_ms", "notch_ms", "augmentation_ms", "next_foot_ms")


@dataclass(frozen=True, slots=True, eq=False)
class BeatFile:
    """What was read. ``columns`` by the names of ``BeatTable``, each of shape (beats,), NaN for not known."""

    columns: Mapping[str, Floats]
    averages: BeatAverages

    def column(self, name: str) -> Floats:
        """A column; all unknown where the engine that wrote the file did not have it."""
        found = self.columns.get(name)
        return np.full(self.columns["r_s"].size, np.nan) if found is None else found


def to_bytes(beats: BeatTable, found: BeatAverages) -> bytes:
    """The same bytes for the same content."""
    table = {f"{_TABLE}{name}": _column(name, getattr(beats, name)) for name in beats.__dataclass_fields__}
    # Rows: the whole, the unassisted, then a row a minute.
    every = (found.whole, found.unassisted, *found.minutes)
    rows: dict[str, NDArray[Any]] = {
        "offset_ms": OFFSETS_MS,
        "level": np.stack([average.level for average in every]).astype(np.float32),
    }
    rows |= {name: np.array([getattr(a, name) for a in every], dtype=np.int32) for name in _COUNTS}
    rows |= {name: np.array([getattr(a, name) for a in every], dtype=np.float32) for name in _MARKS}
    return pack(table | {f"{_AVERAGE}{name}": row for name, row in rows.items()})


def _column(name: str, values: Floats) -> NDArray[Any]:
    return values if name.endswith("_s") else values.astype(np.float32)


def from_bytes(data: bytes) -> BeatFile:
    """Read the file back; raises NotArrays where it is none, or lacks what every such file holds."""
    arrays = unpack(data)
    columns = {
        name.removeprefix(_TABLE): array.astype(np.float64)
        for name, array in arrays.items()
        if name.startswith(_TABLE)
    }
    try:
        own = {name: arrays[f"{_AVERAGE}{name}"] for name in ("offset_ms", "level", *_COUNTS, *_MARKS)}
    except KeyError as error:
        raise NotArrays(f"The file holds no {error}.") from error
    if "r_s" not in columns or not np.array_equal(own["offset_ms"], OFFSETS_MS) or len(own["level"]) < 2:
        raise NotArrays("The file is not laid out as a file of beats.")
    every = tuple(_average(own, row) for row in range(len(own["level"])))
    return BeatFile(columns, BeatAverages(every[0], every[1], every[2:]))


def _average(own: Mapping[str, NDArray[Any]], row: int) -> AverageBeat:
    return AverageBeat(
        n=int(own["n"][row]),
        of=int(own["of"][row]),
        augmented=int(own["augmented"][row]),
        level=own["level"][row].astype(np.float64),
        foot_ms=float(own["foot_ms"][row]),
        notch_ms=float(own["notch_ms"][row]),
        augmentation_ms=float(own["augmentation_ms"][row]),
        next_foot_ms=float(own["next_foot_ms"][row]),
    )


def to_plain(beat: AverageBeat) -> dict[str, Any]:
    """One average as JSON can hold it, for figures that are made anew every few seconds."""
    found: dict[str, Any] = plain(beat)
    return found | {"level": [None if value is None else round(value, 3) for value in found["level"]]}


def from_plain(found: Mapping[str, Any]) -> AverageBeat:
    """The average again; raises NotArrays where it was made on another grid, or lacks something."""
    try:
        beat = AverageBeat(
            n=int(found["n"]),
            of=int(found["of"]),
            augmented=int(found["augmented"]),
            level=np.array(found["level"], dtype=np.float64),  # None becomes NaN
            foot_ms=_or_nan(found["foot_ms"]),
            notch_ms=_or_nan(found["notch_ms"]),
            augmentation_ms=_or_nan(found["augmentation_ms"]),
            next_foot_ms=_or_nan(found["next_foot_ms"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise NotArrays(f"Not an averaged beat: {error}") from error
    if beat.level.shape != OFFSETS_MS.shape:
        raise NotArrays("The averaged beat has other points than this engine's.")
    return beat


def _or_nan(value: float | None) -> float:
    return float("nan") if value is None else float(value)
