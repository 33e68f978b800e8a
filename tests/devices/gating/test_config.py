"""The settings refuse what is impossible, and say what would be possible."""

import pytest

from devices.gating.config import GatingConfig, InvalidGatingConfig


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"prescribed_pressure_mmhg": 35}, "likely kPa"),
        ({"prescribed_pressure_mmhg": 0.035}, "likely kPa or MPa"),
        ({"prescribed_pressure_mmhg": 400}, "give 60 to 350 mmHg"),
        ({"prescribed_pressure_mmhg": float("nan")}, "must be a number"),
        ({"prescribed_pressure_mmhg": True}, "must be a number"),
        ({"prescribed_minutes": 3600}, "likely seconds"),
        ({"prescribed_minutes": 0}, "not possible"),
        ({"match_window_ms": 0.15}, "given in seconds"),
        ({"inflation_late_ms": -50}, "must rise in this order"),
        ({"pre_ejection_ms": 0.055}, "given in seconds"),
        ({"attained_good_share": 95}, "between 0 and 1"),
    ],
)
def test_impossible_settings_are_refused_with_a_sentence(wrong: dict[str, float], words: str) -> None:
    with pytest.raises(InvalidGatingConfig, match=words):
        GatingConfig(**({"prescribed_pressure_mmhg": 260} | wrong))


def test_equal_settings_have_equal_fingerprints() -> None:
    assert (
        GatingConfig(prescribed_pressure_mmhg=260).fingerprint()
        == GatingConfig(prescribed_pressure_mmhg=260.0).fingerprint()
    )


def test_any_changed_setting_changes_the_fingerprint() -> None:
    plain = GatingConfig(prescribed_pressure_mmhg=260).fingerprint()
    assert plain != GatingConfig(prescribed_pressure_mmhg=261).fingerprint()
    assert plain != GatingConfig(prescribed_pressure_mmhg=260, transit_ms=10).fingerprint()
    assert len(plain) == 64
