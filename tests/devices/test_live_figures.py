"""The last minute of a running recording: judged, with its averaged beat, calibrated from its first minute."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from devices.agent.cutting import cut, formats_of
from devices.beat_file import from_plain
from devices.chunks import encode_chunk
from devices.gating.calibration import Calibration
from devices.gating.config import GatingConfig
from devices.gating.live import judge_head
from devices.gating.report import BeatTable
from devices.live_figures import refresh_figures
from devices.models import Recording
from devices.waveform import Waveform
from tests.devices.gating.synthetic import Session, draw
from tests.devices.wire import Sender
from tests.factories import MONDAY_NINE


@pytest.fixture(scope="module")
def drawn() -> Waveform:
    return draw(Session(minutes=2.5, inflation_ms=-70))


def sent(agent: Sender, waveform: Waveform, seconds: int, without: Collection[int] = ()) -> Recording:
    """A recording that has run for so many seconds; some chunks have not arrived."""
    agent.open(channels=[msgspec.to_builtins(channel) for channel in formats_of(waveform)])
    envelopes = [
        encode_chunk(chunk) for chunk in cut(waveform) if chunk.seq < seconds and chunk.seq not in without
    ]
    for begin in range(0, seconds, 30):
        agent.send(envelopes[begin : begin + 30])
    return Recording.objects.get()


def figures(recording: Recording, second: int) -> dict[str, Any]:
    assert refresh_figures(recording=recording, now=MONDAY_NINE + timedelta(seconds=second))
    recording.refresh_from_db()
    assert recording.live is not None
    live: dict[str, Any] = recording.live
    return live


def test_last_minute_has_its_averaged_beat(agent: Sender, drawn: Waveform) -> None:
    found = figures(sent(agent, drawn, 140), 140)
    beat = from_plain(found["beat"])
    assert beat.n > 60
    assert beat.augmentation_ms - beat.notch_ms == pytest.approx(found["inflation_median_ms"], abs=2)


def test_unassisted_beat_is_learnt_in_the_first_minute_and_kept(agent: Sender, drawn: Waveform) -> None:
    recording = sent(agent, drawn, 70)
    first = figures(recording, 70)
    assert from_plain(first["unassisted"]).n > 20
    later = figures(recording, 75)
    assert later["unassisted"] == first["unassisted"]
    assert later["calibration"] == first["calibration"]


def test_head_that_taught_nothing_is_judged_again_only_when_it_has_grown(
    agent: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[float] = []

    def counted(head: Waveform, config: GatingConfig) -> tuple[Calibration | None, BeatTable]:
        judged.append(head.duration_s)
        return judge_head(head, config)

    monkeypatch.setattr("devices.live_figures.judge_head", counted)
    drawn = draw(Session(minutes=2, calm_s=0))
    late = [encode_chunk(chunk) for chunk in cut(drawn) if chunk.seq == 30]
    recording = sent(agent, drawn, 75, without={30})
    assert figures(recording, 75)["calibration"] is None
    assert figures(recording, 77)["calibration"] is None
    assert len(judged) == 1
    agent.send(late)
    figures(recording, 79)
    assert len(judged) == 2


def test_before_any_inflation_there_is_no_inflated_beat(agent: Sender, drawn: Waveform) -> None:
    found = figures(sent(agent, drawn, 20), 20)
    assert found["beat"]["n"] == 0
    assert found["unassisted"] is None
