"""Sources, and the cutting of what they give."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest

from devices.agent.cutting import cut, formats_of
from devices.agent.numbering import end_of
from devices.agent.sources.replay import Replay, open_replay
from devices.agent.sources.source import Began, Ended, Piece, SourceError
from devices.assembly import assemble
from devices.protocol import Chunk, Manifest
from devices.simulator.settings import Settings
from devices.waveform import Channel, ChannelName, Event, EventKind, Waveform

SHARED = Path(os.environ.get("EECP_SHARED", Path(__file__).parents[4] / "../shared"))


def opened(spec: str, minutes: float | None = 1.0) -> Replay:
    return open_replay(spec, minutes=minutes, settings=Settings(), seed=1, started_at_ms=1_788_940_800_000)


def of(waveform: Waveform) -> Replay:
    return Replay("test", waveform, run="one", started_at_ms=1_788_940_800_000)


def put_together(source: Replay) -> Waveform:
    began, _, *pieces, ended = source.steps(threading.Event())
    assert isinstance(began, Began)
    assert isinstance(ended, Ended)
    manifest = Manifest(
        started_at_ms=began.started_at_ms,
        clock_ms=1_788_940_800_000,
        agent_version="0",
        source=source.label,
        trigger_source=began.trigger_source,
        channels=began.formats,
    )
    chunks = [
        Chunk(seq, piece.blocks, piece.events) for seq, piece in enumerate(pieces) if isinstance(piece, Piece)
    ]
    waveform, gaps = assemble(manifest, chunks)
    assert gaps == ()
    return waveform


@pytest.mark.parametrize("spec", ["sample", "simulator"])
def test_what_is_cut_comes_back_whole(spec: str) -> None:
    source = opened(spec)
    back = put_together(source)
    for sent, got in zip(source.waveform.channels, back.channels, strict=True):
        assert np.abs(sent.samples - got.samples).max() < 0.03
    assert [e.kind for e in back.events] == [e.kind for e in source.waveform.events]
    assert (
        np.abs([a.t_s - b.t_s for a, b in zip(back.events, source.waveform.events, strict=True)]).max() < 1e-6
    )


def test_rate_that_is_not_whole_is_cut_without_a_gap() -> None:
    waveform = Waveform((Channel(ChannelName.ECG, 249.89, np.linspace(0, 1, 2000)),))
    back = put_together(of(waveform))
    assert back.channels[0].samples.size == 2000


def test_last_chunk_may_be_short_and_knows_its_end() -> None:
    waveform = Waveform((Channel(ChannelName.ECG, 100.0, np.zeros(250)),), (Event(2.4, EventKind.TRIGGER),))
    chunks = list(cut(waveform))
    assert [chunk.seq for chunk in chunks] == [0, 1, 2]
    assert chunks[2].blocks[0].count == 50
    assert chunks[2].events[0].t_us == 2_400_000
    assert end_of(chunks[2].blocks, formats_of(waveform)) == 2.5


def test_same_command_is_the_same_run_and_another_is_not() -> None:
    assert opened("simulator").run == opened("simulator").run
    assert opened("simulator").run != opened("simulator", minutes=2).run != opened("sample", minutes=2).run


def test_sample_is_five_minutes_of_real_ecg() -> None:
    waveform = opened("sample", minutes=None).waveform
    assert waveform.duration_s == pytest.approx(300)
    assert 300 < waveform.event_times_s(EventKind.TRIGGER).size < 600


def test_sample_is_repeated_for_as_long_as_asked() -> None:
    assert opened("sample", minutes=12).waveform.duration_s == pytest.approx(720)


def test_record_with_expert_marks_is_played() -> None:
    path = SHARED / "data/ecg/mitdb/100"
    if not path.with_suffix(".dat").exists():
        pytest.skip(f"the reference record {path} is not here; set EECP_SHARED to the folder that holds it")
    source = opened(f"wfdb:{path}", minutes=2)
    assert source.label == "wfdb"  # the name of the file may be somebody's name
    ecg = source.waveform.channel(ChannelName.ECG)
    assert ecg is not None
    assert (ecg.rate_hz, ecg.samples.size) == (360, 43200)
    assert source.waveform.event_times_s(EventKind.TRIGGER).size == pytest.approx(150, abs=10)


@pytest.mark.parametrize("spec", ["", "tape", "wfdb:", "sample:5", "wfdb:/nowhere/100"])
def test_source_that_is_not_there_is_refused(spec: str) -> None:
    with pytest.raises(SourceError, match=r"wfdb:PATH|cannot be read"):
        opened(spec)


def test_record_that_is_no_ecg_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.hea").write_text("p 1 100 400\np.dat 16 10/mmHg 16 0 0 0 0 ABP\n")
    (tmp_path / "p.dat").write_bytes(bytes(800))
    with pytest.raises(SourceError, match="holds no ECG"):
        opened(f"wfdb:{tmp_path / 'p'}")


def test_record_without_beats_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p.hea").write_text("p 1 100 1000\np.dat 16 1000/mV 16 0 0 0 0 ECG\n")
    (tmp_path / "p.dat").write_bytes(bytes(2000))
    with pytest.raises(SourceError, match="cannot be used"):
        opened(f"wfdb:{tmp_path / 'p'}", minutes=None)


def test_half_seconds_hold_the_same_samples_and_events_as_whole_ones() -> None:
    waveform = opened("simulator", minutes=0.2).waveform
    whole, halves = list(cut(waveform)), list(cut(waveform, every_s=0.5))
    assert len(halves) == 2 * len(whole)
    for name in {block.channel for chunk in whole for block in chunk.blocks}:
        data = [
            b"".join(block.data for chunk in chunks for block in chunk.blocks if block.channel == name)
            for chunks in (whole, halves)
        ]
        assert data[0] == data[1]
    assert [e for chunk in whole for e in chunk.events] == [e for chunk in halves for e in chunk.events]
