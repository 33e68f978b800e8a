"""Series of a course as pictures."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.pictures.series import Kind, Look, Series, levels, places, series_picture
from devices.pictures.shares import Share, shares_picture

LOOK = Look("session", "mmHg", 0.5, 5.5, ((1.0, "1"), (5.0, "5")), ((0.0, "0"), (100.0, "100")), (40.0, 60.0))


def test_line_breaks_where_a_value_is_missing() -> None:
    picture = series_picture([1, 2, 3, 4, 5], [Series("a", (1.0, 2.0, None, 3.0, 4.0))], LOOK, label="x")
    assert picture.count("<polyline") == 2
    assert picture.count("<circle") == 4


def test_key_is_drawn_only_for_more_than_one_series() -> None:
    one = Series("Measured", (1.0, 2.0))
    two = Series("Target", (3.0, 3.0), Kind.LEVEL)
    assert "Measured" not in series_picture([1, 2], [one], LOOK, label="x")
    assert ">Target<" in series_picture([1, 2], [one, two], LOOK, label="x")


def test_key_leaves_room_for_the_unit() -> None:
    series = [Series("Measured", (1.0, 2.0)), Series("Target", (3.0, 3.0), Kind.LEVEL)]
    starts = {}
    for unit in ("ms", "mmHg"):
        picture = series_picture([1, 2], series, replace(LOOK, y_axis=unit), label="x")
        (starts[unit],) = re.findall(r'class="p-line" x1="([\d.]+)"', picture)
    assert starts == {"ms": "44", "mmHg": "52"}


def test_nothing_known_is_no_picture_even_beside_a_target() -> None:
    target = Series("Target", (3.0,), Kind.LEVEL)
    assert series_picture([1], [Series("a", (None,)), target], LOOK, label="x") == ""


def test_bars_of_two_series_stand_side_by_side() -> None:
    bars = [Series("a", (10.0,), Kind.BARS), Series("b", (20.0,), Kind.BARS_BESIDE)]
    picture = series_picture([3], bars, LOOK, label="x")
    found = re.findall(r'class="p-bar(?:-hollow)?" x="([\d.]+)" y="([\d.]+)"', picture)
    assert float(found[0][0]) < float(found[1][0])
    assert float(found[0][1]) > float(found[1][1])  # the greater count is the taller bar


def test_series_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="another number of values"):
        series_picture([1, 2], [Series("a", (1.0,))], LOOK, label="x")


def test_words_are_escaped() -> None:
    assert "<b>" not in series_picture([1], [Series("<b>", (1.0,)), Series("c", (2.0,))], LOOK, label="<b>")


@given(st.lists(st.one_of(st.none(), st.floats(-500, 500)), max_size=20), st.sampled_from([0.2, 1, 25]))
def test_levels_hold_every_value_and_are_few(values: list[float | None], step: float) -> None:
    found = [value for value, _written in levels(values, (0, 1), step, 1)]
    assert all(found[0] <= value <= found[-1] for value in values if value is not None)
    assert 2 <= len(found) <= 10
    assert found == sorted(found)


def test_places_run_along_the_picture() -> None:
    assert list(places([1, 2, 5], LOOK)) == sorted(places([1, 2, 5], LOOK))


def test_shares_tell_what_is_not_known() -> None:
    picture = shares_picture(
        [Share("Timing", None), Share("Minutes", 12.0, 20.0)], label="x", now="n", before="b"
    )
    assert ">–<" in picture and ">12 %<" in picture
    assert shares_picture([], label="x", now="n", before="b") == ""
