"""The pictures: well formed, inside their frame, with a gap where nothing was measured and a letter in every cell."""

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.gating.analyse import analyse
from devices.gating.average import averages
from devices.gating.average_beat import NOTHING, OFFSETS_MS, AverageBeat
from devices.gating.config import GatingConfig
from devices.gating.report import Floats
from devices.pictures.beat import Words, beat_picture
from devices.pictures.by_minute import Look, Point, by_minute, quartiles, shares
from devices.pictures.histogram import BIN_MS, counted, histogram
from devices.pictures.strip import strip
from tests.devices.gating.synthetic import Session, draw

SVG = "{http://www.w3.org/2000/svg}"
BAND = (-40.0, 20.0)
LOOK = Look("D/S", 0.8, 2.1, 0.2, 1, (1.5, 2.0), reference=1.8)
OFTEN_UNKNOWN = st.one_of(st.just(float("nan")), st.floats(-2000, 2000))


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  # our own text


def is_inside(svg: str) -> bool:
    """Every coordinate lies on the sheet."""
    picture = parsed(svg)
    _, _, width, height = (float(part) for part in picture.attrib["viewBox"].split())
    limits = {
        "x": width,
        "x1": width,
        "x2": width,
        "cx": width,
        "y": height,
        "y1": height,
        "y2": height,
        "cy": height,
    }
    return all(
        -1 <= float(value) <= limits[name] + 1
        for element in picture.iter()
        for name, value in element.attrib.items()
        if name in limits
    )


@pytest.fixture(scope="module")
def beat() -> AverageBeat:
    waveform = draw(Session(minutes=2))
    return averages(waveform, analyse(waveform, GatingConfig(prescribed_pressure_mmhg=260)).beats).whole


def a_beat(level: Floats, notch_ms: float, augmentation_ms: float) -> AverageBeat:
    return AverageBeat(9, 10, 8, level, 270.0, notch_ms, augmentation_ms, 800.0)


def test_beat_shows_curve_marks_and_band(beat: AverageBeat) -> None:
    svg = beat_picture(beat, None, BAND, label="a beat")
    assert is_inside(svg)
    picture = parsed(svg)
    assert picture.attrib["aria-label"] == "a beat"
    assert len(picture.findall(f"{SVG}polyline")) == 1
    assert len(picture.findall(f"{SVG}circle")) == 2  # foot and augmentation
    words = {element.text for element in picture.findall(f"{SVG}text")}
    assert {"foot", "notch", "ms from the R wave"} <= words
    off = round(beat.augmentation_ms - beat.notch_ms)
    assert f"augmentation −{-off}\N{NO-BREAK SPACE}ms" in words


def test_band_lies_where_the_augmentation_should_start(beat: AverageBeat) -> None:
    picture = parsed(beat_picture(beat, None, BAND, label=""))
    band = picture.find(f"{SVG}rect[@class='p-band']")
    assert band is not None
    left, wide = float(band.attrib["x"]), float(band.attrib["width"])
    mark = float(picture.findall(f"{SVG}circle")[1].attrib["cx"])
    share = (beat.augmentation_ms - beat.notch_ms - BAND[0]) / (BAND[1] - BAND[0])
    assert (mark - left) / wide == pytest.approx(share, abs=0.02)


def test_unassisted_beat_stands_thin_behind(beat: AverageBeat) -> None:
    svg = beat_picture(beat, beat, BAND, label="")
    assert svg.index("p-behind") < svg.index("p-line")
    assert "without inflation" in svg


def test_beat_that_is_not_there_is_no_picture() -> None:
    assert beat_picture(NOTHING, None, BAND, label="") == ""


@given(
    st.lists(
        st.one_of(st.just(float("nan")), st.floats(-3, 5)), min_size=OFFSETS_MS.size, max_size=OFFSETS_MS.size
    ),
    st.one_of(st.just(float("nan")), st.floats(150, 450)),
    st.one_of(st.just(float("nan")), st.floats(50, 600)),
)
def test_any_beat_stays_on_its_sheet(level: list[float], notch_ms: float, start_ms: float) -> None:
    svg = beat_picture(a_beat(np.array(level), notch_ms, start_ms), None, BAND, label="any")
    assert not svg or is_inside(svg)
    assert "nan" not in svg


def test_words_are_escaped(beat: AverageBeat) -> None:
    svg = beat_picture(beat, None, BAND, label='"><script>', words=Words(foot="<b>&"))
    assert "<script>" not in svg
    assert "&lt;b&gt;&amp;" in svg
    parsed(svg)


def test_page_has_no_colours_of_its_own_and_paper_has() -> None:
    on_page, on_paper = (by_minute([Point(0, 1.4)], LOOK, label="", paper=paper) for paper in (False, True))
    assert "style" not in on_page
    assert "#" not in on_page
    assert "<style>" in on_paper


@given(st.lists(OFTEN_UNKNOWN, max_size=200))
def test_every_known_beat_is_in_one_bar(values: list[float]) -> None:
    found = counted(np.array(values, dtype=np.float64), -160, 160)
    known = [value for value in values if np.isfinite(value)]
    assert sum(found.counts) == found.n == len(known)
    assert found.below == sum(value < -160 for value in known)
    assert len(found.counts) == 320 / BIN_MS
    svg = histogram(found, BAND, label="")
    assert bool(svg) == bool(known)
    assert not svg or is_inside(svg)


def test_bar_holds_its_lower_edge() -> None:
    found = counted(np.array([-10.0, -0.1, 0.0, 9.9]), -20, 20)
    assert found.counts == (0, 2, 2, 0)


@st.composite
def points(draw: st.DrawFn) -> list[Point]:
    values = draw(st.lists(st.one_of(st.none(), st.floats(0, 5)), max_size=130))
    return [Point(m, v, v and v - 0.1, v and v + 0.1) for m, v in enumerate(values)]


@given(points())
def test_course_has_a_point_for_each_known_minute_and_stays_inside(given_points: list[Point]) -> None:
    svg = by_minute(given_points, LOOK, label="")
    known = sum(point.value is not None for point in given_points)
    assert bool(svg) == bool(known)
    if svg:
        assert len(parsed(svg).findall(f"{SVG}circle")) == known
        assert is_inside(svg)


def test_course_is_broken_where_a_minute_is_not_known() -> None:
    rows = [Point(minute, None if minute == 2 else 1.2) for minute in range(5)]
    assert by_minute(rows, LOOK, label="").count("<polyline") == 2


def test_quartiles_are_of_the_chosen_beats_of_a_minute() -> None:
    r_s = np.array([1.0, 2.0, 3.0, 61.0, 130.0])
    values = np.array([1.0, 2.0, 99.0, np.nan, 5.0])
    found = quartiles(r_s, values, np.array([True, True, False, True, True]), 3)
    assert found == [Point(0, 1.5, 1.25, 1.75), Point(1, None), Point(2, 5.0, 5.0, 5.0)]


def test_share_is_of_the_beats_of_which_it_is_known() -> None:
    flags = np.array([1.0, 0.0, np.nan, np.nan])
    assert shares(np.array([1.0, 2.0, 3.0, 61.0]), flags, 2) == [Point(0, 50.0), Point(1, None)]


@given(st.lists(st.sampled_from(["A", "B", "C", "D", "not assessable", ""]), max_size=130))
def test_strip_has_one_lettered_cell_for_each_minute(grades: list[str]) -> None:
    svg = strip(grades, label="")
    if not grades:
        assert svg == ""
        return
    picture = parsed(svg)
    assert len(picture.findall(f"{SVG}rect")) == len(grades)
    letters = [element.text for element in picture.findall(f"{SVG}text")]
    assert letters == [grade if grade in set("ABCD") else "–" for grade in grades]
    assert is_inside(svg)
