"""The line protocol: whatever comes, the reader goes on, and noise costs no more than what it touched."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.agent.health import SourceState
from devices.agent.sources.line_protocol import (
    MAX_LINE_BYTES,
    Data,
    Finished,
    Header,
    LineReader,
    Marked,
    Message,
    Status,
    line_of,
)
from devices.protocol import NOT_MEASURED, ChunkEvent
from devices.waveform import ChannelName, Cuff, EventKind
from tests.devices.agent.console import Run, line, status

RUN = Run()


def read(*pieces: bytes) -> list[Message]:
    reader = LineReader()
    return [message for piece in pieces for message in reader.feed(piece)]


def test_every_kind_of_line_is_read() -> None:
    header, data, marked, state, finished = read(
        RUN.header(),
        line("D,run-0001,ECG,500,12 -3 - 40000 -40000 -32768"),
        line("E,run-0001,500000,inflate,calf"),
        status("lead_off", "1"),
        RUN.finish(),
    )
    assert isinstance(header, Header)
    assert [form.name for form in header.formats] == [ChannelName.ECG, ChannelName.CUFF_CALF]
    assert isinstance(data, Data)
    assert (data.run, data.channel, data.first_sample) == ("run-0001", ChannelName.ECG, 500)
    # Beyond the range is held at the rail; only - is not measured.
    assert data.counts.tolist() == [12, -3, NOT_MEASURED, 32767, -32767, -32767]
    assert marked == Marked("run-0001", ChunkEvent(500_000, EventKind.INFLATE, Cuff.CALF))
    assert state == Status(SourceState.LEAD_OFF, patient_connected=True)
    assert finished == Finished("run-0001")


def test_both_writings_of_a_line_agree() -> None:
    assert line_of("S,ok,1") == status("ok", "1") == b"$S,ok,1*70C1B1FF\r\n"


@pytest.mark.parametrize(
    "body",
    [
        "H,2,run-0001,1788940800000,1788940800000,r_wave,ECG:mV:100:1000",
        "H,1,run-0001,1788940800,1788940800,r_wave,ECG:mV:100:1000",
        "H,1,run-0001,1788940800000,1788940800000,r_wave,ECG:V:100:1000",
        "H,1,run-0001,1788940800000,1788940800000,r_wave,ECG:mV:nan:1000",
        "H,1,run-0001,1788940800000,1788940800000,r_wave,ECG:mV:100:1000 ECG:mV:100:1000",
        "H,1,run-0001,1788940800000,1788940800000,r_wave,",
        "H,1,a b,1788940800000,1788940800000,r_wave,ECG:mV:100:1000",
        "D,run-0001,EEG,0,1",
        "D,run-0001,ECG,-1,1",
        "D,run-0001,ECG,999999999999999,1",
        "D,run-0001,ECG,0,",
        "D,run-0001,ECG,0,1.5",
        "E,run-0001,0,explode,",
        "S,asleep,1",
        "X",
        "",
    ],
)
def test_whole_line_that_means_nothing_is_counted_as_the_consoles_fault(body: str) -> None:
    reader = LineReader()
    assert reader.feed(status("ok") + line(body)) == [Status(SourceState.OK, None)]
    assert reader.counts == (1, 0, 1)
    assert reader.last_fault


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=200), max_size=20))
def test_no_bytes_make_the_reader_fail(pieces: list[bytes]) -> None:
    read(*pieces)


@given(
    st.lists(st.sampled_from([RUN.header(), *RUN.lines_of(0).splitlines(keepends=True), status("ok")])),
    st.lists(st.integers(0, 4000)),
)
def test_where_the_bytes_are_cut_does_not_matter(lines: list[bytes], cuts: list[int]) -> None:
    whole = b"".join(lines)
    edges = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
    pieces = [whole[a:b] for a, b in pairwise(edges)]
    reader = LineReader()
    assert len([m for piece in pieces for m in reader.feed(piece)]) == len(lines)
    assert reader.counts == (len(lines), 0, 0)


@given(st.integers(0, 11), st.data())
def test_damaged_byte_costs_its_own_line_alone_and_is_counted(which: int, data: st.DataObject) -> None:
    lines = RUN.seconds(0, 2).splitlines(keepends=True)
    where = data.draw(st.integers(0, len(lines[which]) - 3))  # not the line feed: that is the next test
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != lines[which][where]))
    touched = bytearray(lines[which])
    touched[where] = byte
    reader = LineReader()
    found = reader.feed(status("ok") + b"".join([*lines[:which], bytes(touched), *lines[which + 1 :]]))
    assert len(found) == len(lines)  # the status, and all but one
    assert 1 <= reader.counts.damaged <= 2  # a byte may turn into the end of one line or the start of another


@given(st.integers(0, 10), st.integers(0, 255))
def test_damaged_line_feed_costs_one_line_at_most(which: int, byte: int) -> None:
    lines = RUN.seconds(0, 2).splitlines(keepends=True)
    lines[which] = lines[which][:-1] + bytes([byte])
    assert len(read(status("ok"), *lines)) >= len(lines)


def test_first_line_is_rarely_whole_and_counts_as_no_damage() -> None:
    reader = LineReader()
    assert len(reader.feed(status("ok")[5:] + status("ok"))) == 1
    assert reader.counts == (1, 0, 0)


def test_endless_line_is_given_up() -> None:
    reader = LineReader()
    for _ in range(100):
        reader.feed(b"x" * 1000)
    assert reader.feed(b"\n" + status("ok")) == [Status(SourceState.OK, None)]
    assert reader.counts.damaged <= 100_000 // MAX_LINE_BYTES + 2


def test_longest_line_that_is_taken() -> None:
    fits = f"D,run-0001,ECG,0,{' '.join(['1'] * 4000)}"
    [message] = read(line(fits))
    assert isinstance(message, Data)
    assert (message.counts == np.ones(4000)).all()
    assert read(line(f"D,run-0001,ECG,0,{' '.join(['1'] * 5000)}")) == []
