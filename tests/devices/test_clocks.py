"""Clocks that are off are said in words, above a second and not below it."""

from datetime import timedelta

import pytest

from devices.clocks import (
    began_at,
    beside_server,
    clock_of,
    device_clock_of,
    note_for_page,
    notes_of,
    warnings_of_clocks,
)
from devices.models import AgentStatus, Recording
from tests.factories import MONDAY_NINE


def recording(offset_ms: int | None = 0, *clocks: list[int | None]) -> Recording:
    return Recording(started_at=MONDAY_NINE, clock_offset_ms=offset_ms, clocks=list(clocks))


@pytest.mark.parametrize(
    ("offset_ms", "words"),
    [
        (-95_000, "95 s behind the server's"),
        (1500, "1.5 s ahead of the server's"),
        (-40, "40 ms behind the server's"),
        (600_000, "10 min ahead of the server's"),
        (-56 * 365 * 86_400_000, "20440 days behind the server's"),
    ],
)
def test_offset_is_said_in_words(offset_ms: int, words: str) -> None:
    assert beside_server(offset_ms) == words


def test_clock_of_the_bedside_computer_is_warned_of_above_a_second_only() -> None:
    assert warnings_of_clocks(AgentStatus(clock_offset_ms=1000)) == []
    assert warnings_of_clocks(AgentStatus(clock_offset_ms=None)) == []
    [warning] = warnings_of_clocks(AgentStatus(clock_offset_ms=-95_000))
    assert "bedside computer's clock is 95 s behind the server's" in warning
    assert "follow the server's clock" in warning


def test_clock_of_the_console_is_the_sum_of_both_offsets() -> None:
    status = AgentStatus(clock_offset_ms=-95_000, device_offset_ms=95_400)
    assert len(warnings_of_clocks(status)) == 1
    assert device_clock_of(status) == "400 ms ahead of the server's"
    assert device_clock_of(AgentStatus(clock_offset_ms=3)) == ""
    assert device_clock_of(None) == clock_of(None) == ""


def test_good_clock_is_said_with_how_well_it_is_known() -> None:
    assert clock_of(AgentStatus(clock_offset_ms=-3, clock_round_trip_ms=8)) == "right within 7 ms"
    assert clock_of(AgentStatus(clock_offset_ms=-3)) == "3 ms behind the server's"


def test_good_clocks_of_a_recording_need_no_note() -> None:
    assert notes_of(recording(400, [0, -300, -100, 8], [60_000, -300, -120, 8])) == []
    assert notes_of(recording(None)) == []
    assert note_for_page(recording()) == note_for_page(None) == ""


def test_page_says_which_clock_was_off_and_whose_times_it_shows() -> None:
    note = note_for_page(recording(-95_000, [0, None, 95_010, 8]))
    assert note == (
        "The clock at the bedside was 95 s behind the server's. Times on this page follow the server's clock."
    )


def test_clocks_of_console_and_computer_are_told_apart() -> None:
    console, computer = notes_of(recording(60_000, [0, 58_000, -2000, 8]))
    assert console == "The console's clock was 60 s ahead of the server's."
    assert computer == "The bedside computer's clock was 2 s ahead of the server's."


def test_clock_that_was_set_while_it_recorded_is_told() -> None:
    notes = notes_of(recording(-10, [0, None, 10, 8], [60_000, None, -7_190_000, 8]))
    assert notes == ["A clock was set by 1 h while it recorded; samples are counted, so none of them moved."]


def test_first_sample_is_placed_by_the_offset_measured_at_the_opening() -> None:
    assert began_at(recording(-95_000)) == MONDAY_NINE + timedelta(seconds=95)
