"""What a session asks of its recording: the grade of each minute so far, and where the gaps were."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
import pytest

from devices.assembly import Gap
from devices.edf import CannotStore, gaps_in, write_edf
from devices.live_figures import grades_so_far
from devices.models import Recording
from devices.protocol import ChannelFormat, Manifest, TriggerSource
from devices.storage import gaps_of
from devices.waveform import Channel, ChannelName, Waveform


@pytest.mark.parametrize(
    ("until_s", "grades"),
    [
        (30.0, {}),
        (59.9, {}),
        (61.9, {}),
        (62.0, {"0": "A"}),
        (75.0, {"0": "A"}),
        (90.0, {}),
        (603.0, {"9": "A"}),
    ],
)
def test_minute_is_graded_just_after_its_end_or_not_at_all(until_s: float, grades: dict[str, str]) -> None:
    assert grades_so_far({}, until_s, "A") == grades


def test_first_judgement_of_a_minute_stands_and_a_missed_minute_stays_out() -> None:
    live: dict[str, Any] = {}
    for until_s, grade in [(62.0, "B"), (66.0, "A"), (130.0, "A"), (305.0, "C")]:
        live = {"grades": grades_so_far(live, until_s, grade)}
    assert live["grades"] == {"0": "B", "1": "A", "4": "C"}


def test_gaps_of_a_file_come_back_as_they_went_in() -> None:
    manifest = Manifest(
        started_at_ms=0,
        clock_ms=0,
        agent_version="1",
        source="test",
        trigger_source=TriggerSource.R_WAVE,
        channels=(ChannelFormat(ChannelName.ECG, "mV", 250.0, 1000.0),),
    )
    waveform = Waveform((Channel(ChannelName.ECG, 250.0, np.zeros(2500)),), ())
    gaps = (Gap(ChannelName.ECG, 2.5, 4.0), Gap(ChannelName.ECG, 8.0, 8.5))
    began = datetime(2026, 11, 23, 15, tzinfo=UTC)
    data = write_edf(waveform, gaps, manifest, UUID(int=1), began)
    assert gaps_in(data) == ((2.5, 4.0), (8.0, 8.5))


def test_what_is_no_edf_file_has_no_gaps_to_tell() -> None:
    with pytest.raises(CannotStore):
        gaps_in(b"not a recording")


def test_gaps_of_a_recording_that_is_not_stored_are_not_known() -> None:
    stored = datetime(2026, 11, 23, 16, tzinfo=UTC)
    assert gaps_of(Recording(gap_seconds=None, stored_at=stored)) is None
    assert gaps_of(Recording(gap_seconds=0.0, stored_at=None)) is None
    assert gaps_of(Recording(gap_seconds=0.0, stored_at=stored)) == ()
