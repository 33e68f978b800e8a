"""Signals are filtered in blocks; how they are cut must change nothing, and the answer is that of plain NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import median_filter
from scipy.signal import butter, sosfiltfilt, upfirdn

from devices.gating.analyse import analyse
from devices.gating.config import GatingConfig
from devices.gating.detector_signal import bands, running_mean, smooth_ranges
from devices.gating.kernels import second_statistics
from devices.gating.medians import medians_between, quartile_ranges_between, running_medians
from devices.gating.report import Floats, GatingReport
from devices.gating.traces import Trace, low_passed, smoothed
from devices.waveform import Waveform

SOME = settings(max_examples=40, deadline=None)
SIGNALS = st.tuples(st.integers(60, 3000), st.integers(0, 9)).map(
    lambda drawn: np.random.default_rng(drawn[1]).normal(size=drawn[0]).cumsum()
)


@SOME
@given(x=SIGNALS, block=st.integers(1, 4000))
def test_the_bands_of_the_detector_do_not_depend_on_the_blocks(x: Floats, block: int) -> None:
    for cut, whole in zip(bands(x, block), bands(x, x.size), strict=True):
        np.testing.assert_array_equal(cut, whole)


@SOME
@given(x=SIGNALS, block=st.integers(1, 4000), step=st.integers(2, 8))
def test_thinning_does_not_depend_on_the_blocks_and_is_the_filter_it_says(
    x: Floats, block: int, step: int
) -> None:
    taps = np.hanning(8 * step + 3)[1:-1] / (4 * step)
    thinned = low_passed(x, taps, step, block)
    np.testing.assert_array_equal(thinned, low_passed(x, taps, step, x.size))
    count = -(-x.size // step)
    plain = upfirdn(taps, x, 1, step, mode="symmetric")[4 : 4 + count]
    np.testing.assert_allclose(thinned, plain, atol=1e-11 * np.abs(x).max())


@SOME
@given(x=SIGNALS, width=st.integers(1, 12))
def test_a_running_mean_is_the_mean_of_its_neighbours(x: Floats, width: int) -> None:
    ahead = width // 2
    longer = np.pad(x, (ahead, width - 1 - ahead), mode="edge")
    plain = np.lib.stride_tricks.sliding_window_view(longer, width).mean(axis=1)
    np.testing.assert_allclose(running_mean(x, width, ahead), plain, atol=1e-11 * np.abs(x).max())
    whole = plain[: x.size // 40 * 40].reshape(-1, 40)
    np.testing.assert_allclose(smooth_ranges(x, width, 40), np.ptp(whole, axis=1), atol=1e-10)


@SOME
@given(x=SIGNALS)
def test_the_low_pass_of_the_pulse_is_that_of_scipy(x: Floats) -> None:
    plain = sosfiltfilt(butter(2, 10.0, "lowpass", fs=125.0, output="sos"), x)
    found = smoothed(Trace(x, 125.0, np.zeros(x.size, dtype=np.bool_)), 10.0)
    np.testing.assert_allclose(found, plain, atol=1e-11 * np.abs(x).max())


@SOME
@given(seed=st.integers(0, 99), n=st.integers(1, 200), width=st.sampled_from([15, 31, 61]))
def test_medians_are_those_of_numpy_and_scipy(seed: int, n: int, width: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.round(rng.normal(size=n), 1)  # many are equal
    np.testing.assert_array_equal(
        running_medians(x, min(width, n)), median_filter(x, size=min(width, n), mode="nearest")
    )
    x[rng.random(n) < 0.2] = np.nan
    first, last = np.array([0, n // 2, n]), np.array([n, n, n])
    parts = [x[a:b][np.isfinite(x[a:b])] for a, b in zip(first, last, strict=True)]
    medians = [np.median(part) if part.size else np.nan for part in parts]
    ranges = [np.subtract(*np.percentile(part, [75, 25])) if part.size else np.nan for part in parts]
    np.testing.assert_array_equal(medians_between(x, first, last), medians)
    np.testing.assert_allclose(quartile_ranges_between(x, first, last), ranges, atol=1e-12)


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_statistics_of_seconds_are_those_of_each_second_alone(missing: float) -> None:
    rng = np.random.default_rng(3)
    x = np.clip(np.round(rng.normal(size=1030), 1), -1.5, 1.5)
    x[rng.random(x.size) < missing] = np.nan
    x[200:300] = np.nan if missing else x[200:300]
    starts = np.arange(0, x.size, 100)
    for k, (start, found) in enumerate(zip(starts, second_statistics(x, starts), strict=True)):
        part, before = x[start : start + 100], x[max(start - 1, 0) : start + 100]
        finite = part[np.isfinite(part)]
        assert found[0] == part.size - finite.size, k
        assert found[3] == np.sum(before[1:] == before[:-1]), k
        assert found[4] == np.sum(np.abs(finite) == 1.5), k
        ends = (finite.min(), finite.max()) if finite.size else (np.nan, np.nan)
        np.testing.assert_array_equal(found[1:3], ends)


def test_the_report_is_the_same_however_the_ecg_was_cut(
    good_waveform: Waveform, good: GatingReport, config: GatingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.gating.detector._BLOCK", 777)
    monkeypatch.setattr("devices.gating.traces._BLOCK", 333)
    again = analyse(good_waveform, config)
    np.testing.assert_array_equal(again.beats.r_s, good.beats.r_s)
    assert again.to_dict() == good.to_dict()


def test_the_second_detector_finds_by_hours_what_it_finds_in_one_go(
    good_waveform: Waveform, good: GatingReport, config: GatingConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.gating.beats._HOUR_S", 70.0)
    again = analyse(good_waveform, config)
    np.testing.assert_allclose(again.beats.r_s, good.beats.r_s, atol=1e-9)
    assert again.reference == good.reference
