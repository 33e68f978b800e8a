"""What a packet takes from a gating report."""

import numpy as np
import pytest

from courses.billing.packet.gating_evidence import FIGURES, figures_of, findings_of, minutes_of
from devices.gating.analyse import analyse
from devices.gating.config import GatingConfig
from devices.gating.report import GatingReport
from devices.waveform import Channel, ChannelName, Waveform
from tests.courses.courses_given import a_report


def test_figures_carry_unit_beats_and_coverage() -> None:
    effective, peak, area = figures_of(a_report())
    assert (effective.label, effective.value, effective.n, effective.coverage) == (
        "Effective minutes",
        "57.0 min",
        4100,
        "97 %",
    )
    assert peak.value == "1.31"
    assert (area.value, area.reason) == ("", "The baseline was not steady.")


@pytest.mark.parametrize(
    ("figure", "shown"),
    [
        ({"value": 0.996, "unit": "1"}, "99.6 %"),
        ({"value": -12.4, "unit": "ms"}, "-12 ms"),
        ({"value": 258.2, "unit": "mmHg"}, "258 mmHg"),
    ],
)
def test_values_are_shown_in_their_unit(figure: dict[str, object], shown: str) -> None:
    report = {"triggers": {"sensitivity": figure}}
    assert figures_of(report)[0].value == shown


def test_empty_report_gives_nothing() -> None:
    assert (figures_of({}), minutes_of({}), findings_of({})) == ((), (), ())


def test_every_figure_stands_in_a_real_report() -> None:
    report: GatingReport = analyse(two_flat_minutes(), GatingConfig(prescribed_pressure_mmhg=260))
    assert len(figures_of(report.to_dict())) == len(FIGURES)


def two_flat_minutes() -> Waveform:
    """Nothing was measured: every figure is there, and says why it is not known."""
    return Waveform((Channel(ChannelName.ECG, 250.0, np.zeros(250 * 120)),))
