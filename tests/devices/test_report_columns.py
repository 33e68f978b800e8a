"""What the database copies out of a report is what the report says, for a real one and for what may be missing in it."""

from typing import Any

import pytest

from devices.analysis import report_of
from devices.models import Device, GatingReport
from tests import factories
from tests.devices.gating.synthetic import Session, draw
from tests.devices.stored import store_waveform
from tests.factories import MONDAY_NINE

PLACES = {
    "pressure_mmhg": ("pressure", "plateau_mmhg"),
    "inflation_ms": ("inflation", "off_inf_ms"),
    "inflation_good_share": ("inflation", "good_share"),
    "deflation_ms": ("deflation", "lead_ej_ms"),
    "late_share": ("deflation", "late_share"),
    "heart_rate_bpm": ("rhythm", "hr_bpm"),
    "ectopy_share": ("rhythm", "ectopy_share"),
}


def stored(device: Device, content: dict[str, Any]) -> GatingReport:
    made = factories.make_report(factories.make_recording(device), report=content)
    return GatingReport.objects.get(pk=made.pk)


@pytest.mark.parametrize("inflation_ms", [-10.0, 120.0])
def test_columns_of_an_analysed_recording_say_what_its_report_says(
    device: Device, inflation_ms: float
) -> None:
    recording = store_waveform(
        device, draw(Session(minutes=2, inflation_ms=inflation_ms)), prescribed_pressure_mmhg=260
    )
    report = GatingReport.objects.get(pk=report_of(recording=recording, now=MONDAY_NINE).pk)
    for column, (group, name) in PLACES.items():
        assert getattr(report, column) == report.report[group][name]["value"], column
    caps = [one["sentence"] for one in report.report["findings"] if one["cap"] not in {None, "A"}]
    assert report.grade_reason == (caps[0] if caps else None)
    assert report.heart_rate_bpm is not None


def test_report_is_made_with_its_columns_at_hand(device: Device) -> None:
    made = factories.make_report(
        factories.make_recording(device), report={"pressure": {"plateau_mmhg": {"value": 251.5}}}
    )
    assert made.pressure_mmhg == 251.5


def test_what_a_report_does_not_know_is_null(device: Device) -> None:
    report = stored(device, {"minutes": [], "pressure": {"plateau_mmhg": {"value": None}}, "rhythm": {}})
    assert [getattr(report, column) for column in PLACES] == [None] * len(PLACES)
    assert report.grade_reason is None


@pytest.mark.parametrize(
    ("findings", "reason"),
    [
        ([], None),
        ([{"sentence": "Seen.", "cap": None}, {"sentence": "Good.", "cap": "A"}, {"sentence": "Odd."}], None),
        (
            [{"sentence": "Good.", "cap": "A"}, {"sentence": 'It\'s "late"; 5 %.', "cap": "B"}],
            'It\'s "late"; 5 %.',
        ),
        ([{"sentence": "First.", "cap": "C"}, {"sentence": "Second.", "cap": "D"}], "First."),
    ],
)
def test_reason_is_the_first_finding_that_capped_the_grade(
    device: Device, findings: list[dict[str, Any]], reason: str | None
) -> None:
    assert stored(device, {"findings": findings}).grade_reason == reason
