"""The averaged beat stands where the drawing put it, and is made of what was judged."""

import numpy as np
import pytest

from devices.gating.analyse import analyse
from devices.gating.average import averages
from devices.gating.average_beat import OFFSETS_MS, AverageBeat, BeatAverages
from devices.gating.config import GatingConfig
from devices.gating.report import GatingReport
from devices.waveform import ChannelName, Waveform
from tests.devices.gating.synthetic import EJECTION_S, Session, draw


def averaged(waveform: Waveform, config: GatingConfig) -> BeatAverages:
    return averages(waveform, analyse(waveform, config).beats)


def whole(config: GatingConfig, **drawn: object) -> AverageBeat:
    return averaged(draw(Session(minutes=4, **drawn)), config).whole  # type: ignore[arg-type]


@pytest.mark.parametrize("inflation_ms", [-100.0, -40.0, -10.0, 40.0, 90.0])
def test_marks_stand_where_the_drawing_put_them(config: GatingConfig, inflation_ms: float) -> None:
    found = whole(config, inflation_ms=inflation_ms)
    assert found.notch_ms == pytest.approx(1000 * EJECTION_S, abs=10)
    assert found.augmentation_ms - found.notch_ms == pytest.approx(inflation_ms, abs=15)
    assert found.next_foot_ms == pytest.approx(800, abs=10)


def test_curve_is_a_share_of_the_systolic_peak(config: GatingConfig) -> None:
    found = whole(config)
    offsets_ms = OFFSETS_MS
    systole = found.level[(offsets_ms >= 0) & (offsets_ms <= found.augmentation_ms)]
    assert np.nanmax(systole) == pytest.approx(1)
    assert found.level[offsets_ms == 0] == pytest.approx(0, abs=0.02)
    diastole = found.level[(offsets_ms > found.augmentation_ms) & (offsets_ms < found.next_foot_ms)]
    assert 1.2 < np.nanmax(diastole) < 1.6  # the drawing augments by 1.3


def test_unassisted_beat_is_averaged_by_itself(config: GatingConfig, good_waveform: Waveform) -> None:
    found = averaged(good_waveform, config)
    assert found.unassisted.n >= 30
    assert np.isnan(found.unassisted.augmentation_ms)
    assert np.nanmax(found.unassisted.level) == pytest.approx(1)


def test_minutes_add_up_to_the_whole(config: GatingConfig, good_waveform: Waveform) -> None:
    found = averaged(good_waveform, config)
    assert len(found.minutes) == 4
    assert sum(minute.n for minute in found.minutes) == found.whole.n
    assert sum(minute.of for minute in found.minutes) == found.whole.of


def test_marks_of_a_minute_agree_with_its_figure(
    config: GatingConfig, good_waveform: Waveform, good: GatingReport
) -> None:
    found = averaged(good_waveform, config).minutes
    drawn = [minute.augmentation_ms - minute.notch_ms for minute in found]
    assert drawn == pytest.approx([row.inflation_median_ms for row in good.minutes], abs=2)


def test_ectopic_beats_are_left_out(config: GatingConfig) -> None:
    rr_s = np.full(300, 0.8)
    rr_s[60:200:10], rr_s[61:201:10] = 0.5, 1.1
    found = whole(config, rr_s=rr_s, ectopic=set(range(61, 201, 10)))
    assert found.n == found.of - 14


def test_scale_of_the_pulse_does_not_matter(config: GatingConfig, good_waveform: Waveform) -> None:
    channels = tuple(
        type(c)(c.name, c.rate_hz, 3 * c.samples + 7) if c.name == ChannelName.PLETH else c
        for c in good_waveform.channels
    )
    found = averaged(Waveform(channels, good_waveform.events), config).whole
    np.testing.assert_allclose(found.level, averaged(good_waveform, config).whole.level, atol=1e-6)


def test_without_pulse_nothing_is_drawn(config: GatingConfig, good_waveform: Waveform) -> None:
    ecg = tuple(c for c in good_waveform.channels if c.name != ChannelName.PLETH)
    found = averaged(Waveform(ecg, good_waveform.events), config)
    assert len(found.minutes) == 4
    assert not any(beat.is_drawn for beat in (found.whole, found.unassisted, *found.minutes))


def test_two_beats_are_no_usual_beat(config: GatingConfig) -> None:
    found = averaged(draw(Session(minutes=1, calm_s=58.0)), config).whole
    assert not found.is_drawn


def test_empty_recording_has_no_minutes(config: GatingConfig) -> None:
    assert averaged(Waveform(()), config).minutes == ()
