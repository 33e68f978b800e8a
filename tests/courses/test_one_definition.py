"""One course on the screen, on paper and in the export: the same pictures, the same numbers, the same words."""

import csv
import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from pypdf import PdfReader

from courses.billing.gathering import gather
from courses.billing.packet.evidence import Evidence
from courses.billing.services import request_packet
from courses.models import OutcomeMeasure
from courses.progress.charts import Chart
from courses.progress.course_page import CoursePage, course_page
from courses.research.making import write_course
from eecp_clinic.models import User
from eecp_clinic.pdf import render
from tests import factories
from tests.courses.courses_given import FIRST_HOUR, Given, a_report

LATER = FIRST_HOUR + timedelta(days=30)
#: Of a picture of the page the column of the export whose values its table shows, and how they are written there.
COLUMNS = {
    ("augmentation", "Peak"): ("ds_peak", "{:.2f}"),
    ("augmentation", "Area"): ("ds_area", "{:.2f}"),
    ("pressure", "Measured, mmHg"): ("pressure_mmhg", "{:.0f}"),
    ("minutes", "Effective, min"): ("effective_minutes", "{:.0f}"),
    ("minutes", "Delivered, min"): ("minutes_delivered", "{:.0f}"),
    ("timing", "Inflation to notch, ms"): ("inflation_ms", "{:.0f}"),
    ("timing", "Cuff empty before ejection, ms"): ("deflation_ms", "{:.0f}"),
    ("heart-rate", "In the session, bpm"): ("heart_rate_bpm", "{:.0f}"),
    ("mistimed", "Late deflations, %"): ("late_share", "{:.1%}"),
}


class Kept:
    """The files of an export."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def put(self, name: str, data: bytes) -> None:
        self.files[name] = data

    def rows(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.files[name].decode())))


@pytest.fixture
def course(given: Given) -> Given:
    """Four sessions over two weeks, of which the third has no recording; outcomes before and at the end."""
    for place, index in enumerate((0, 1, 10, 11)):
        at = FIRST_HOUR + timedelta(days=index, hours=20)
        values = {"plateau_mmhg": 241.4 + place, "off_inf_ms": -12.6 - place, "lead_ej_ms": 33.0 + place}
        content = a_report() | {
            "pressure": {"plateau_mmhg": {"value": values["plateau_mmhg"]}},
            "inflation": {"off_inf_ms": {"value": values["off_inf_ms"]}},
            "deflation": {"lead_ej_ms": {"value": values["lead_ej_ms"]}, "late_share": {"value": 0.0625}},
            "rhythm": {"hr_bpm": {"value": 66.2 + place}},
        }
        bare = place == 2
        recording = None if bare else factories.make_recording(given.device, at, gap_seconds=0.0)
        report = recording and factories.make_report(
            recording, report=content, ds_peak=1.104 + place / 7, ds_area=1.021, effective_minutes=57.3
        )
        given.session(
            index,
            recording=recording,
            gating_report=report,
            minutes_delivered=None if bare else Decimal("59.4"),
            without_recording_reason="Agent was down" if bare else "",
        )
    for point, day, ccs, walk, dasi in (
        ("baseline", date(2026, 11, 27), 3, 300, "15.45"),
        ("end", date(2026, 12, 14), 1, 355, "24.2"),
    ):
        OutcomeMeasure.objects.create(
            course=given.course,
            point=point,
            measured_on=day,
            ccs_class=ccs,
            walk_6min_m=walk,
            dasi=Decimal(dasi),
            recorded_by=given.nurse,
        )
    given.course.refresh_from_db()
    return given


@pytest.fixture
def screen(course: Given) -> CoursePage:
    return course_page(course.course, LATER)


@pytest.fixture
def paper(course: Given, biller: User) -> Evidence:
    return gather(request_packet(course=course.course, actor=biller, now=LATER))


@pytest.fixture
def export(course: Given) -> Kept:
    kept = Kept()
    write_course(course.course, kept, deidentified=True, progress=lambda done, of: None)
    return kept


def pictures(screen: CoursePage) -> dict[str, Chart]:
    assert screen.chart is not None
    return {one.name: one for one in (screen.chart, *screen.charts)}


def drawn(svg: str) -> list[str]:
    """Where each line, point and bar of a picture stands."""
    return re.findall(r'\b(?:d|points|cx|cy|x1|x2|y1|y2|x|y|width|height)="([^"]*)"', svg)


def test_every_picture_of_the_page_is_drawn_the_same_on_paper(screen: CoursePage, paper: Evidence) -> None:
    shown = pictures(screen)
    assert {one.name for one in paper.course_pictures} == set(shown)
    for one in paper.course_pictures:
        assert drawn(one.svg) == drawn(shown[one.name].svg) != []
        assert (one.title, one.alt, one.note) == (
            shown[one.name].title,
            shown[one.name].alt,
            shown[one.name].note,
        )


def test_every_value_of_a_picture_is_that_of_the_export(screen: CoursePage, export: Kept) -> None:
    shown, sessions = pictures(screen), export.rows("sessions.csv")
    for (name, head), (column, written) in COLUMNS.items():
        picture = shown[name]
        cells = [row.cells[picture.columns.index(head)] for row in picture.rows]
        told = [written.format(float(row[column])) if row[column] else None for row in sessions]
        assert cells == [one and one.replace("-", "\N{MINUS SIGN}").rstrip("%") for one in told], (name, head)
        assert cells[2] is None
        assert all(cells[:2])


def test_change_is_told_in_the_same_words_on_screen_on_paper_and_in_the_export(
    screen: CoursePage, paper: Evidence, export: Kept
) -> None:
    said = screen.outcomes.sentences
    assert said[0] == "CCS angina class: III to I, 2 classes better."
    assert paper.outcomes == screen.outcomes
    html = render_to_string("packet/_outcomes.html", {"packet": paper})
    printed = PdfReader(io.BytesIO(render(f"<html lang='en'><title>x</title>{html}</html>").content))
    text = " ".join(" ".join(page.extract_text().split()) for page in printed.pages)
    told = {row["sentence"]: row for row in export.rows("changes.csv")}
    for sentence in said:
        assert sentence in text
        assert sentence in told
    # Nothing more is known in the export than is told: the others are estimates from the DASI.
    known = {row["measure"] for row in told.values() if row["direction"] != "not_known"}
    assert known == {"ccs_class", "six_minute_walk_m", "dasi_score", "vo2_peak_ml_kg_min", "mets"}
    assert (told[said[0]]["before"], told[said[0]]["now"], told[said[0]]["gain"]) == ("3", "1", "2")
