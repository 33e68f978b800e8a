"""The pictures of a packet: well formed, with a cell a minute and a gap where nothing was measured."""

from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from courses.billing.evidence import Minute
from courses.billing.pictures import ds_chart, minute_strip

SVG = "{http://www.w3.org/2000/svg}"
GRADES = st.sampled_from(["A", "B", "C", "D", "not assessable", ""])
RATIOS = st.one_of(st.none(), st.floats(0, 5, allow_nan=False))


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314  # our own text


@st.composite
def minutes(draw: st.DrawFn) -> list[Minute]:
    rows = draw(st.lists(st.tuples(GRADES, RATIOS), max_size=130))
    return [Minute(index, grade, ratio) for index, (grade, ratio) in enumerate(rows)]


@given(minutes())
def test_strip_has_one_lettered_cell_for_each_minute(rows: list[Minute]) -> None:
    picture = parsed(minute_strip(rows))
    assert len(picture.findall(f"{SVG}rect")) == len(rows)
    letters = [text.text for text in picture.findall(f"{SVG}text")]
    assert letters == [row.grade if row.grade in set("ABCD") else "–" for row in rows]


@given(minutes())
def test_chart_has_a_point_for_each_known_ratio_and_none_outside(rows: list[Minute]) -> None:
    picture = parsed(ds_chart(rows))
    points = picture.findall(f"{SVG}circle")
    assert len(points) == sum(row.ds_peak is not None for row in rows)
    _, _, width, height = (float(part) for part in picture.attrib["viewBox"].split())
    assert all(0 <= float(p.attrib["cx"]) <= width and 0 <= float(p.attrib["cy"]) <= height for p in points)


def test_line_is_broken_where_a_minute_has_no_ratio() -> None:
    rows = [Minute(index, "A", None if index == 2 else 1.2) for index in range(5)]
    assert ds_chart(rows).count("<polyline") == 2
