"""Data on a bought form: at the right place to a tenth of a millimetre, moved as asked, byte for byte the same."""

import csv
import os
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import ContentStream

from courses.billing.cms1500.boxes import BOXES, COLUMN_POINTS
from courses.billing.cms1500.filling import pages
from courses.billing.cms1500.printing import POINTS_A_MM, Offset, alignment_page, print_pages
from tests.courses.billing.cms1500.paper_given import on_paper
from tests.courses.billing.x12.claims_given import a_claim, a_secondary_replacement

SHARED = Path(os.environ.get("EECP_SHARED", Path(__file__).parents[5] / "shared"))
RECTANGLES = SHARED / "data" / "cms1500" / "field-rects-0212.csv"
#: A letter may stand out of its rectangle by so much: those were drawn by hand, the grid was not.
SLACK = 3.0
#: How high capitals of Courier 12 are.
CAPITALS = 6.7


def places(content: bytes, number: int = 0) -> dict[str, tuple[float, float]]:
    """Where each text of a page begins, in points."""
    reader = pypdf.PdfReader(BytesIO(content))
    drawn = ContentStream(reader.pages[number]["/Contents"].get_object(), reader).operations
    moves = [operands for operands, operator in drawn if operator == b"Tm"]
    shown = [operands for operands, operator in drawn if operator == b"Tj"]
    return {
        str(text).strip(): (float(move[4]), float(move[5]))
        for move, (text,) in reversed(list(zip(moves, shown, strict=True)))
    }


def test_one_pdf_page_a_form_on_letter_paper() -> None:
    reader = pypdf.PdfReader(BytesIO(print_pages(pages(on_paper(a_claim(35))))))
    assert len(reader.pages) == 6
    assert [float(side) for side in reader.pages[0].mediabox] == [0, 0, 612, 792]


def test_member_id_is_printed_where_box_1a_begins() -> None:
    x, y = places(print_pages(pages(on_paper())))["1EG4TE5MK73"]
    assert (round(x, 1), round(y, 1)) == (376.8, 676.0)


def test_offset_moves_everything_by_millimetres() -> None:
    plain = places(print_pages(pages(on_paper())))
    moved = places(print_pages(pages(on_paper()), Offset(right_mm=2, down_mm=1.5)))
    for text, (x, y) in plain.items():
        assert moved[text][0] - x == pytest.approx(2 * POINTS_A_MM, abs=0.02)
        assert y - moved[text][1] == pytest.approx(1.5 * POINTS_A_MM, abs=0.02)


def test_offset_beyond_two_centimetres_is_refused() -> None:
    with pytest.raises(ValueError, match="reload the paper"):
        Offset(right_mm=21)


def test_same_pages_give_the_same_bytes() -> None:
    once, again = (print_pages(pages(on_paper(a_secondary_replacement()))) for _ in range(2))
    assert once == again


def test_brackets_and_backslashes_are_printed_as_they_are() -> None:
    claim = a_claim(note="(see note)")
    assert "(SEE NOTE)" in places(print_pages(pages(on_paper(claim))))


def test_alignment_page_fills_every_box() -> None:
    text = pypdf.PdfReader(BytesIO(alignment_page())).pages[0].extract_text()
    assert text.count("24F-----") == 6
    assert "1A---" in text


def test_boxes_on_one_line_do_not_overlap() -> None:
    for line in {box.line for box in BOXES.values()}:
        row = sorted((box for box in BOXES.values() if box.line == line), key=lambda box: box.column)
        for left, right in pairwise(row):
            assert left.column + left.width <= right.column, (left, right)


@pytest.mark.parametrize("key", BOXES)
def test_box_lies_in_a_rectangle_of_the_public_form(key: str) -> None:
    if not RECTANGLES.exists():
        pytest.skip(f"{RECTANGLES} is not there.")
    with RECTANGLES.open() as file:
        rectangles = [[float(row[name]) for name in ("x0", "y0", "x1", "y1")] for row in csv.DictReader(file)]
    box = BOXES[key]
    right = box.x + COLUMN_POINTS * box.width
    # The payer's address stands on blank paper.
    above = 2 * SLACK if key.startswith("0 ") else SLACK
    assert any(
        x0 - SLACK <= box.x and right <= x1 + 2 * SLACK + 1 and y0 - SLACK <= box.y <= y1 - CAPITALS + above
        for x0, y0, x1, y1 in rectangles
    )
