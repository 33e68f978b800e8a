"""Beats as marks over the waves: what is noticed about which beat, and that the unknown sets no flag."""

import zlib

import numpy as np
import pytest

from devices.beat_file import BeatFile
from devices.beat_marks import COLUMNS, NOT_KNOWN, Flag, flags_of, to_marks
from devices.gating.average_beat import NOTHING, BeatAverages

AVERAGES = BeatAverages(NOTHING, NOTHING, ())


def beats(**columns: list[float]) -> BeatFile:
    rows = len(next(iter(columns.values())))
    given = {"r_s": list(np.arange(1.0, rows + 1))} | columns
    return BeatFile({name: np.array(values, dtype=np.float64) for name, values in given.items()}, AVERAGES)


@pytest.mark.parametrize(
    ("columns", "flags"),
    [
        ({"ectopic": [1, 0, np.nan]}, [Flag.ECTOPIC, 0, 0]),
        ({"premature_narrow": [0, 1, np.nan]}, [0, Flag.PREMATURE, 0]),
        ({"triggered": [0, 1, np.nan]}, [Flag.MISSED, 0, 0]),
        ({"early_inflation": [1, 0, np.nan]}, [Flag.EARLY_INFLATION, 0, 0]),
        ({"off_inf_ms": [60, 60.1, np.nan]}, [0, Flag.LATE_INFLATION, 0]),
        ({"late_deflation": [1, 0, np.nan]}, [Flag.LATE_DEFLATION, 0, 0]),
        ({"lead_ej_ms": [150, 151, np.nan]}, [0, Flag.EARLY_DEFLATION, 0]),
        (
            {"ectopic": [1, 1, 0], "triggered": [0, 1, 0]},
            [Flag.ECTOPIC | Flag.MISSED, Flag.ECTOPIC, Flag.MISSED],
        ),
    ],
)
def test_beat_is_flagged_for_what_is_known(columns: dict[str, list[float]], flags: list[int]) -> None:
    assert flags_of(beats(**columns), {}).tolist() == [int(flag) for flag in flags]


def test_limits_are_those_of_the_report() -> None:
    found = beats(off_inf_ms=[70.0])
    assert flags_of(found, {"inflation_late_ms": 80.0}).tolist() == [0]
    assert flags_of(found, {"inflation_late_ms": None}).tolist() == [Flag.LATE_INFLATION]


def test_marks_lie_where_the_beat_says() -> None:
    found = beats(
        r_s=[10.0, 11.0],
        rr_ms=[1000.0, np.nan],
        trigger_delay_ms=[21.5, np.nan],
        r_to_inflation_ms=[330.0, 340.0],
        lead_r_ms=[90.0, 80.0],
        foot_s=[10.2, np.nan],
        ds_peak=[1.4567, np.nan],
    )
    raw = zlib.decompress(to_marks(found, {}), wbits=31)
    assert np.frombuffer(raw, "<u4", 2).tolist() == [2, len(COLUMNS)]
    table = dict(
        zip(COLUMNS, np.frombuffer(raw, "<i4", offset=8).reshape(len(COLUMNS), 2).tolist(), strict=True)
    )
    assert table["trigger"] == [100_215, NOT_KNOWN]
    assert table["inflation"] == [103_300, 113_400]
    assert table["deflation"] == [109_100, NOT_KNOWN]  # without the next R it is not known where
    assert table["foot"] == [102_000, NOT_KNOWN]
    assert table["ds_peak"] == [14_567, NOT_KNOWN]
    assert table["notch"] == [NOT_KNOWN, NOT_KNOWN]
