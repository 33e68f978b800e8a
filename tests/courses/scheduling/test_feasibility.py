import pytest

from courses.scheduling.feasibility import Light, feasibility


@pytest.mark.parametrize(
    ("sessions", "days", "per_day", "light", "slack"),
    [
        (35, 35, 1, Light.LOOK, 0),
        (35, 37, 1, Light.LOOK, 2),
        (35, 38, 1, Light.GO, 3),
        (35, 34, 1, Light.STOP, -1),
        (35, 18, 2, Light.LOOK, 0),
        (35, 17, 2, Light.STOP, -1),
        (0, 0, 1, Light.GO, 0),
        (1, 0, 1, Light.STOP, -1),
    ],
)
def test_light_follows_the_days_to_spare(
    sessions: int, days: int, per_day: int, light: Light, slack: int
) -> None:
    result = feasibility(sessions, days, per_day=per_day)
    assert (result.light, result.slack_days) == (light, slack)


def test_stop_names_the_fact_and_the_way_out() -> None:
    sentence = feasibility(3, 2).sentence
    assert "3 sessions left" in sentence
    assert "1 day too few" in sentence
    assert "Add treatment days" in sentence


@pytest.mark.parametrize(("sessions", "days", "per_day"), [(-1, 5, 1), (5, -1, 1), (5, 5, 0)])
def test_impossible_counts_are_refused(sessions: int, days: int, per_day: int) -> None:
    with pytest.raises(ValueError, match=r"Count|Give"):
        feasibility(sessions, days, per_day=per_day)
