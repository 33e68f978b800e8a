"""The live tile reads the last minute with the same functions as the whole."""

import json
from itertools import pairwise
from random import Random

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.assembly import assemble
from devices.chunks import block_of
from devices.gating.advice import ALL_WELL
from devices.gating.analyse import analyse
from devices.gating.config import GatingConfig
from devices.gating.live import LAST_S, MARGIN_S, last_minute, learn_calibration
from devices.gating.report import Basis, GatingReport, Grade
from devices.protocol import ChannelFormat, Chunk, ChunkEvent, Manifest, TriggerSource
from devices.waveform import Channel, Waveform
from tests.devices.gating.synthetic import Session, draw


def test_the_tile_says_that_all_is_well(good_waveform: Waveform, config: GatingConfig) -> None:
    live = last_minute(good_waveform, config)
    assert live.grade is Grade.A
    assert live.sentence == ALL_WELL
    assert live.duration_s == pytest.approx(LAST_S)
    assert live.hr_bpm == pytest.approx(75, abs=1)
    assert live.pressure_mmhg == pytest.approx(260, abs=2)
    json.dumps(live.to_dict(), allow_nan=False)


def test_the_tile_agrees_with_the_whole(
    good_waveform: Waveform, good: GatingReport, config: GatingConfig
) -> None:
    known = learn_calibration(good_waveform, config)
    assert known is not None
    live = last_minute(good_waveform, config, known)
    assert live.inflation_basis is Basis.MEASURED
    assert live.inflation_median_ms == pytest.approx(good.inflation.off_inf_ms.value, abs=5)
    assert live.ds_peak == pytest.approx(good.augmentation.ds_peak.value, abs=0.03)


FAULTS = [
    Session(minutes=3),
    Session(minutes=3, inflation_ms=-120),
    Session(minutes=3, lead_r_ms=-20),
    Session(minutes=3, pressure_mmhg=150),
    Session(minutes=3, missed=set(range(0, 240, 7))),
]


STRETCH = st.tuples(st.floats(8, 25), st.sampled_from([0.0, 4.0, 13.0, 25.0]))


# The same examples each time: at a limit of the grade one beat at the edge of the minute may decide.
@settings(max_examples=12, deadline=None, derandomize=True)
@given(session=st.sampled_from(FAULTS), minute=st.integers(0, 1), gap=STRETCH, silence=STRETCH)
def test_live_minute_is_the_minute_of_the_sessions_report(
    session: Session, minute: int, gap: tuple[float, float], silence: tuple[float, float]
) -> None:
    """Whatever goes wrong within it: the signals stop, or the cuffs work and their events do not arrive."""
    gap_s, silent_s = ((60.0 * minute + start_s, length_s) for start_s, length_s in (gap, silence))
    config = GatingConfig(prescribed_pressure_mmhg=260.0, prescribed_minutes=3.0)
    whole = without_events(with_gap(draw(session), *gap_s), *silent_s)
    row = analyse(whole, config).minutes[minute]
    end_s = 60.0 * (minute + 1) + MARGIN_S
    live = last_minute(until(whole, end_s), config, learn_calibration(until(whole, end_s), config))
    assert live.grade is row.grade
    assert {f.code for f in live.findings} == {f.code for f in row.reasons}
    assert live.n_beats == pytest.approx(row.n_beats, abs=2)
    assert live.readable_share == pytest.approx(row.readable_share, abs=0.05)


def with_gap(waveform: Waveform, from_s: float, length_s: float) -> Waveform:
    channels = []
    for channel in waveform.channels:
        samples = channel.samples.copy()
        samples[round(from_s * channel.rate_hz) : round((from_s + length_s) * channel.rate_hz)] = np.nan
        channels.append(Channel(channel.name, channel.rate_hz, samples))
    return without_events(Waveform(tuple(channels), waveform.events), from_s, length_s)


def without_events(waveform: Waveform, from_s: float, length_s: float) -> Waveform:
    kept = tuple(e for e in waveform.events if not from_s <= e.t_s < from_s + length_s)
    return Waveform(waveform.channels, kept)


def until(waveform: Waveform, end_s: float) -> Waveform:
    channels = (Channel(c.name, c.rate_hz, c.samples[: round(end_s * c.rate_hz)]) for c in waveform.channels)
    return Waveform(tuple(channels), tuple(e for e in waveform.events if e.t_s < end_s))


@pytest.mark.parametrize("lost", ["signals", "events"])
def test_a_third_of_the_minute_lost_is_not_assessable_live_and_in_the_report(
    lost: str, config: GatingConfig
) -> None:
    lose = with_gap if lost == "signals" else without_events
    whole = lose(draw(Session(minutes=3)), 80.0, 20.0)
    live = last_minute(until(whole, 122.0), config)
    row = analyse(whole, config).minutes[1]
    assert {f.code for f in live.findings} == {f.code for f in row.reasons} == {"events_missing"}
    assert live.grade is row.grade is Grade.NOT_ASSESSABLE


@pytest.mark.parametrize(
    ("session", "words"),
    [
        (Session(minutes=2, inflation_ms=-120), "early; the notch is cut off."),
        (Session(minutes=2, inflation_ms=110), "late; the notch stands alone"),
        (Session(minutes=2, lead_r_ms=-20), "still loaded when the heart ejects, usually by"),
        (Session(minutes=2, pressure_mmhg=150), "mmHg of the 260 mmHg prescribed."),
        (Session(minutes=2, missed=set(range(0, 160, 7))), "of the heart beats are not triggered."),
    ],
)
def test_the_tile_says_the_worst_fault_with_its_number(
    session: Session, words: str, config: GatingConfig
) -> None:
    whole = draw(session)
    known = learn_calibration(draw(Session(minutes=1)), config)
    live = last_minute(whole, config, known)
    assert live.grade is not Grade.A
    assert words in live.sentence
    assert any(letter.isdigit() for letter in live.sentence)


def test_nothing_is_learnt_where_no_beat_is_unassisted(config: GatingConfig) -> None:
    assert learn_calibration(draw(Session(minutes=1, calm_s=0)), config) is None


def test_without_calibration_the_tile_says_model(good_waveform: Waveform, config: GatingConfig) -> None:
    assert last_minute(good_waveform, config).inflation_basis is Basis.MODEL


MANIFEST = Manifest(
    started_at_ms=0,
    clock_ms=0,
    agent_version="1",
    source="test",
    trigger_source=TriggerSource.R_WAVE,
    channels=(),
)


def in_chunks(waveform: Waveform, random: Random) -> tuple[Manifest, list[Chunk]]:
    """The waveform in pieces of any length, out of order, some of them twice."""
    scales = {"mV": 1000.0, "1": 5000.0, "mmHg": 32.0}
    formats = tuple(ChannelFormat(c.name, c.unit, c.rate_hz, scales[c.unit]) for c in waveform.channels)
    edges = [0.0]
    while edges[-1] < waveform.duration_s:
        edges.append(edges[-1] + random.choice([0.2, 1.0, 1.0, 2.6]))
    chunks = []
    for seq, (start, stop) in enumerate(pairwise(edges)):
        blocks = []
        for channel, form in zip(waveform.channels, formats, strict=True):
            first, last = round(start * channel.rate_hz), round(stop * channel.rate_hz)
            counts = np.rint(channel.samples[first:last] * form.counts_per_unit).astype(np.int16)
            if counts.size:
                blocks.append(block_of(channel.name, first, counts))
        events = tuple(
            ChunkEvent(round(e.t_s * 1e6), e.kind, e.cuff) for e in waveform.events if start <= e.t_s < stop
        )
        chunks.append(Chunk(seq, tuple(blocks), events))
    random.shuffle(chunks)
    return msgspec.structs.replace(MANIFEST, channels=formats), chunks


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_the_figures_are_the_same_however_the_signal_was_cut(
    seed: int, good_waveform: Waveform, config: GatingConfig
) -> None:
    one, other = (
        last_minute(assemble(*in_chunks(good_waveform, Random(s)))[0], config)  # noqa: S311
        for s in (seed, seed + 1)
    )
    assert one == other
