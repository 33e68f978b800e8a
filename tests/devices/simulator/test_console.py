"""The console: causal, fallible, and careful with a full cuff."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.simulator.console import strokes, triggers, with_errors
from devices.simulator.cuffs import history
from devices.simulator.ecg import Rhythm, synthetic_ecg
from devices.simulator.settings import Settings
from devices.waveform import Channel, ChannelName

KNOWN = synthetic_ecg(120, 360, Rhythm(), seed=4)
TRIGGERS = triggers(KNOWN.ecg)


def test_every_beat_after_the_learning_time_is_triggered_at_once() -> None:
    due = KNOWN.r_s[(KNOWN.r_s > 2.1) & (KNOWN.r_s < 119.9)]
    delay = TRIGGERS[:, None] - due[None, :]
    assert np.all(np.abs(delay).min(axis=0) < 0.03)
    assert abs(TRIGGERS.size - due.size) <= 1


@settings(max_examples=25)
@given(st.integers(0, KNOWN.ecg.samples.size))
def test_console_never_looks_ahead(cut: int) -> None:
    seen = triggers(Channel(ChannelName.ECG, 360, KNOWN.ecg.samples[:cut]))
    until = (
        cut / 360 - 0.3
    )  # what fired within the last refractory time may still differ in nothing but number
    np.testing.assert_array_equal(seen[seen < until], TRIGGERS[until > TRIGGERS])


def test_flat_line_triggers_nothing() -> None:
    assert triggers(Channel(ChannelName.ECG, 360, np.zeros(3600))).size == 0


def test_lost_and_false_triggers_are_as_many_as_asked() -> None:
    regular = np.arange(0, 4000, 1.0)
    lost = with_errors(regular, Settings(missed_trigger_share=0.1), np.random.default_rng(1))
    assert lost.size == pytest.approx(3600, abs=60)
    false = with_errors(regular, Settings(extra_trigger_share=0.1), np.random.default_rng(1))
    assert false.size == pytest.approx(4400, abs=60)


def test_nothing_is_inflated_in_the_unassisted_time() -> None:
    assert min(stroke.inflate_s[0] for stroke in strokes(TRIGGERS, Settings(unassisted_s=45))) > 45


def test_cuffs_fill_from_calf_to_hip_at_the_set_spacing() -> None:
    for stroke in strokes(TRIGGERS, Settings(spacing_ms=50)):
        assert np.diff(stroke.inflate_s) == pytest.approx([0.05, 0.05])


def test_early_beat_releases_full_cuffs_at_once() -> None:
    trigger_s = np.append(np.arange(0.0, 20.0), 19.6)  # the last one comes 400 ms early
    trigger_s.sort()
    last = [stroke for stroke in strokes(trigger_s, Settings(unassisted_s=0)) if stroke.inflate_s[0] < 19.6][
        -1
    ]
    assert last.deflate_s == pytest.approx(19.606)


def test_cuffs_not_yet_filled_stay_empty_when_the_beat_is_early() -> None:
    trigger_s = np.append(np.arange(0.0, 20.0), 19.3)
    trigger_s.sort()
    hit = next(
        stroke for stroke in strokes(trigger_s, Settings(unassisted_s=0)) if 19 < stroke.inflate_s[0] < 19.3
    )
    assert not np.isnan(hit.inflate_s[0])
    assert np.isnan(hit.inflate_s[2])


def test_rate_that_leaves_no_time_is_not_counterpulsed() -> None:
    assert strokes(np.arange(0, 60, 60 / 200), Settings(unassisted_s=0)) == []


def test_pressure_climbs_in_steps_to_the_prescribed_one() -> None:
    targets = [stroke.target_mmhg for stroke in strokes(np.arange(0, 400, 0.8), Settings())]
    assert targets[0] == 80
    assert targets[-1] == 260
    assert set(np.diff(targets)) == {0, 20}


def test_pressure_crossings_are_where_the_pressure_is() -> None:
    made = strokes(TRIGGERS, Settings(ramp_s=0))
    cuff = history(made, 2)
    rise, fall = cuff.crossings()
    assert rise.shape == fall.shape == (len(made), 3)
    np.testing.assert_allclose(cuff.pressure_at(rise[:, 1]), 130.0, atol=1e-6)
    np.testing.assert_allclose(cuff.pressure_at(rise[:, 2]), 234.0, atol=1e-6)
    assert np.all(np.diff(rise, axis=1) > 0)
    assert np.all(np.diff(fall, axis=1) > 0)
    assert np.all((fall[:, 2] - fall[:, 0] > 0.05) & (fall[:, 2] - fall[:, 0] < 0.12))


@pytest.mark.parametrize(
    "wrong", [{"pressure_mmhg": 35}, {"inflation_shift_ms": 900}, {"missed_trigger_share": 2}]
)
def test_setting_out_of_range_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="must lie within"):
        replace(Settings(), **wrong)  # type: ignore[arg-type]
