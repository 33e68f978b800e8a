"""The beats of a report as marks to be drawn over the waves: one row a beat, times in 0.1 ms. PURE."""

import struct
import zlib
from collections.abc import Mapping
from enum import IntFlag

import numpy as np
from numpy.typing import NDArray

from devices.beat_file import BeatFile
from devices.gating.config import GatingConfig

#: Raised whenever a byte of the layout changes.
MARKS_VERSION = 1
NOT_KNOWN = -(2**31)
#: The columns in their order. Times in 0.1 ms from the first sample, spans in 0.1 ms, ratios in 1/10000.
COLUMNS = (
    "r",
    "rr",
    "trigger",
    "inflation",
    "deflation",
    "foot",
    "notch",
    "augmentation",
    "off_inf",
    "lead_ej",
    "ds_peak",
    "ds_area",
    "flags",
)
_TICKS = 10_000.0
_LIMITS = GatingConfig(prescribed_pressure_mmhg=None)


class Flag(IntFlag):
    """What is to be noticed about a beat; a beat may have several."""

    ECTOPIC = 1
    PREMATURE = 2  # early, with a narrow QRS
    MISSED = 4  # the console did not trigger on it
    EARLY_INFLATION = 8
    LATE_INFLATION = 16
    LATE_DEFLATION = 32
    EARLY_DEFLATION = 64


def flags_of(beats: BeatFile, config: Mapping[str, float | None]) -> NDArray[np.int32]:
    """The flags of each beat by the limits of its report; what is not known sets none."""

    def limit(name: str) -> float:
        found = config.get(name)
        return float(getattr(_LIMITS, name) if found is None else found)

    # A comparison with NaN is false, which is what 'not known sets none' means.
    found = {
        Flag.ECTOPIC: beats.column("ectopic") == 1,
        Flag.PREMATURE: beats.column("premature_narrow") == 1,
        Flag.MISSED: beats.column("triggered") == 0,
        Flag.EARLY_INFLATION: beats.column("early_inflation") == 1,
        Flag.LATE_INFLATION: beats.column("off_inf_ms") > limit("inflation_late_ms"),
        Flag.LATE_DEFLATION: beats.column("late_deflation") == 1,
        Flag.EARLY_DEFLATION: beats.column("lead_ej_ms") > limit("deflation_early_ms"),
    }
    flags = np.zeros(beats.columns["r_s"].size, dtype=np.int32)
    for flag, rows in found.items():
        flags |= np.where(rows, np.int32(flag), np.int32(0))
    return flags


def to_marks(beats: BeatFile, config: Mapping[str, float | None]) -> bytes:
    """Gzip of: number of beats and of columns (uint32), then column after column as int32. Equal input, equal bytes."""
    r_s, rr_s = beats.columns["r_s"], beats.column("rr_ms") / 1000
    columns = {
        "r": r_s * _TICKS,
        "rr": rr_s * _TICKS,
        "trigger": (r_s + beats.column("trigger_delay_ms") / 1000) * _TICKS,
        "inflation": (r_s + beats.column("r_to_inflation_ms") / 1000) * _TICKS,
        "deflation": (r_s + rr_s - beats.column("lead_r_ms") / 1000) * _TICKS,
        "foot": beats.column("foot_s") * _TICKS,
        "notch": beats.column("notch_s") * _TICKS,
        "augmentation": beats.column("augmentation_s") * _TICKS,
        "off_inf": beats.column("off_inf_ms") * 10,
        "lead_ej": beats.column("lead_ej_ms") * 10,
        "ds_peak": beats.column("ds_peak") * 10_000,
        "ds_area": beats.column("ds_area") * 10_000,
        "flags": flags_of(beats, config).astype(np.float64),
    }
    table = np.stack([_whole(columns[name]) for name in COLUMNS])
    return zlib.compress(struct.pack("<II", r_s.size, len(COLUMNS)) + table.tobytes(), 6, wbits=31)


def _whole(values: NDArray[np.float64]) -> NDArray[np.int32]:
    known = np.isfinite(values) & (np.abs(values) < -NOT_KNOWN)
    return np.where(known, np.rint(np.where(known, values, 0)), NOT_KNOWN).astype("<i4")
