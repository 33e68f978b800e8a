"""An agent as it stands beside a bed for months: real processes, a real pseudo-terminal, real sockets, kill -9."""

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.devices.agent.clinic_server import ClinicServer
from tests.devices.agent.console import (
    AgentProcess,
    PtyConsole,
    Run,
    TcpConsole,
    gap_free,
    line,
    samples_of,
    seconds_held,
    status,
)

RUN = Run()


def state_is(clinic: ClinicServer, state: str) -> Callable[[], bool]:
    return lambda: bool(clinic.heartbeats) and clinic.heartbeats[-1]["source_state"] == state


def captured_to_seq(spool: Path) -> int:
    """The last chunk that is on the agent's disk; an agent that sends nothing has requests only now and then."""
    with closing(sqlite3.connect(f"file:{spool / 'spool.sqlite3'}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT max(last_seq) FROM recording").fetchone()[0])


def say_until(console: PtyConsole, what: bytes, clinic: ClinicServer, is_so: Callable[[], bool]) -> None:
    """Repeats a line, as consoles do: what a serial port held before it was opened is thrown away."""
    with clinic.changed:
        for _ in range(200):
            console.say(what)
            if clinic.changed.wait_for(is_so, 0.2):
                return
    raise AssertionError("the agent did not hear the console")


def has_second(clinic: ClinicServer, second: int) -> Callable[[], bool]:
    """Whether the server has the last sample of this second, in its newest recording."""

    def held() -> bool:
        if not clinic.recordings:
            return False
        newest = list(clinic.recordings.values())[-1]
        ends = [first + counts.size for first, counts in samples_of(newest, "ECG")]
        return max(ends, default=0) >= 100 * (second + 1)

    return held


def test_run_of_a_serial_console_arrives_whole_and_is_closed(clinic: ClinicServer, tmp_path: Path) -> None:
    with (
        PtyConsole(tmp_path / "console") as console,
        AgentProcess(clinic.url, tmp_path / "spool", console.spec) as agent,
    ):
        say_until(console, status("idle", "0"), clinic, state_is(clinic, "idle"))
        say_until(
            console, status("ok", "1"), clinic, lambda: bool(clinic.heartbeats[-1]["patient_connected"])
        )
        console.say(RUN.header(), RUN.seconds(0, 6), RUN.finish(), status("idle", "0"))
        clinic.wait_until(lambda: clinic.recordings and clinic.only_recording().closed)
        recording = clinic.only_recording()
        assert seconds_held(recording) == list(range(6))
        assert recording.closed == {
            "last_seq": len(recording.chunks) - 1,
            "ended_at_ms": RUN.started_at_ms + 6000,
        }
        events = [event for chunk in recording.contents() for event in chunk["events"]]
        assert events == [[1_000_000 * n + 500_000, "trigger", ""] for n in range(6)]
        assert recording.manifest["source"] == "serial"
        assert agent.stop() == 0


def test_unplugged_cable_is_told_and_the_same_recording_goes_on(clinic: ClinicServer, tmp_path: Path) -> None:
    with (
        PtyConsole(tmp_path / "console") as console,
        AgentProcess(clinic.url, tmp_path / "spool", console.spec),
    ):
        say_until(console, status("ok", "1"), clinic, state_is(clinic, "ok"))
        console.say(RUN.header(), RUN.seconds(0, 3))
        clinic.wait_until(has_second(clinic, 2))
        console.unplug()
        clinic.wait_until(state_is(clinic, "unplugged"))
        console.plug_in()
        say_until(console, status("lead_off", "1"), clinic, state_is(clinic, "lead_off"))
        # What comes before the header is repeated is kept too.
        console.say(RUN.seconds(7, 9), RUN.header(), status("ok"), RUN.seconds(9, 10))
        clinic.wait_until(has_second(clinic, 9))
        clinic.wait_until(state_is(clinic, "ok"))
        assert seconds_held(clinic.only_recording()) == [0, 1, 2, 7, 8, 9]


def test_noise_costs_the_line_it_touched_and_is_counted(clinic: ClinicServer, tmp_path: Path) -> None:
    with TcpConsole() as console, AgentProcess(clinic.url, tmp_path / "spool", console.spec) as agent:
        console.wait_for_agent()
        damaged = bytearray(RUN.lines_of(1))
        damaged[60] ^= 0x04
        console.say(RUN.header(), RUN.lines_of(0), bytes(damaged), RUN.lines_of(2), RUN.finish())
        clinic.wait_until(lambda: clinic.recordings and clinic.only_recording().closed)
        assert seconds_held(clinic.only_recording()) == [0, 2]
        held = sum(counts.size for _, counts in samples_of(clinic.only_recording(), "ECG"))
        assert held == 275
        assert '"damaged": 1' in agent.said


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_agent_killed_at_any_instant_goes_on_with_the_same_recording(
    clinic: ClinicServer, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 (a seeded choice of instants)
    second = 0
    with TcpConsole() as console, AgentProcess(clinic.url, tmp_path / "spool", console.spec) as agent:
        for life in range(1, 4):
            console.wait_for_agent(life)
            clinic.drop_answers = chance.randrange(2)
            for _ in range(chance.randrange(2, 12)):
                console.say(RUN.header(), RUN.lines_of(second))
                second += 1
            if chance.random() < 0.7:  # else it is killed with all that in flight
                clinic.wait_until(has_second(clinic, second - 1))
            agent.kill()
            second += 3  # nobody listens
            agent.start()
        console.wait_for_agent(4)
        console.say(RUN.header(), RUN.lines_of(second), RUN.finish())
        clinic.wait_until(lambda: clinic.recordings and clinic.only_recording().closed)
    recording = clinic.only_recording()
    assert gap_free(sorted(recording.chunks))
    assert recording.closed is not None
    assert recording.closed["last_seq"] == len(recording.chunks) - 1
    assert recording.closed["ended_at_ms"] == RUN.started_at_ms + 1000 * (second + 1)
    assert seconds_held(recording)[-1] == second


def test_stopped_agent_leaves_the_recording_open_and_goes_on_with_it(
    clinic: ClinicServer, tmp_path: Path
) -> None:
    with TcpConsole() as console, AgentProcess(clinic.url, tmp_path / "spool", console.spec) as agent:
        console.wait_for_agent()
        console.say(RUN.header(), RUN.seconds(0, 3))
        clinic.wait_until(has_second(clinic, 2))
        clinic.wait_until(state_is(clinic, "ok"))  # the data say so, where the console says nothing
        assert agent.stop() == 0
        assert clinic.only_recording().closed is None
        agent.start()
        console.wait_for_agent(2)
        console.say(RUN.header(), RUN.seconds(5, 7), RUN.finish())
        clinic.wait_until(lambda: clinic.only_recording().closed)
    assert seconds_held(clinic.only_recording()) == [0, 1, 2, 5, 6]


def test_run_that_ended_while_nobody_listened_is_closed_when_the_next_begins(
    clinic: ClinicServer, tmp_path: Path
) -> None:
    with TcpConsole() as console, AgentProcess(clinic.url, tmp_path / "spool", console.spec) as agent:
        console.wait_for_agent()
        console.say(RUN.header(), RUN.seconds(0, 3))
        clinic.wait_until(has_second(clinic, 2))
        agent.kill()
        agent.start()
        console.wait_for_agent(2)
        other = Run("run-0002", RUN.started_at_ms + 3_600_000)
        console.say(other.header(), other.seconds(0, 3))
        clinic.wait_until(lambda: len(clinic.recordings) == 2 and has_second(clinic, 2)())
        first, second = clinic.recordings.values()
        clinic.wait_until(lambda: first.closed)
        assert first.closed is not None
        assert first.closed["ended_at_ms"] == RUN.started_at_ms + 3000
        assert second.closed is None


def test_screen_is_live_at_once_when_the_server_comes_back(clinic: ClinicServer, tmp_path: Path) -> None:
    with TcpConsole() as console, AgentProcess(clinic.url, tmp_path / "spool", console.spec):
        console.wait_for_agent()
        console.say(RUN.header(), RUN.lines_of(0))
        clinic.wait_until(has_second(clinic, 0))
        clinic.down = True
        console.say(RUN.seconds(1, 200))
        clinic.wait_until(lambda: captured_to_seq(tmp_path / "spool") == 399)
        clinic.most_chunks = 20
        clinic.down = False
        clinic.wait_until(has_second(clinic, 199))
        console.say(RUN.lines_of(200), RUN.finish())
        clinic.wait_until(lambda: clinic.only_recording().closed)
    arrived = clinic.only_recording().arrived
    assert arrived.index(399) < 20  # the newest did not wait for the rest
    assert seconds_held(clinic.only_recording()) == list(range(201))


def test_full_spool_stops_the_reading_until_there_is_room(clinic: ClinicServer, tmp_path: Path) -> None:
    with (
        TcpConsole() as console,
        AgentProcess(clinic.url, tmp_path / "spool", console.spec, "--spool-max-bytes", "50000") as agent,
    ):
        console.wait_for_agent()
        console.say(RUN.header(), RUN.lines_of(0))
        clinic.wait_until(has_second(clinic, 0))
        clinic.down = True
        console.say(RUN.seconds(1, 120))
        clinic.wait_until(lambda: "Capturing has stopped" in agent.said)
        clinic.down = False
        clinic.wait_until(state_is(clinic, "spool_full"))
        clinic.wait_until(has_second(clinic, 119))
        assert "There is room in the spool again" in agent.said
        console.say(RUN.finish())
        clinic.wait_until(lambda: clinic.only_recording().closed)
    assert seconds_held(clinic.only_recording()) == list(range(120))  # the line itself held it meanwhile


def test_new_key_is_taken_without_a_new_start(clinic: ClinicServer, tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text("an-old-key")
    key_file.chmod(0o644)
    options = ("--key-file", str(key_file))
    with (
        TcpConsole() as console,
        AgentProcess(clinic.url, tmp_path / "spool", console.spec, *options) as agent,
    ):
        console.wait_for_agent()
        console.say(RUN.header(), RUN.seconds(0, 3))
        clinic.wait_until(lambda: clinic.requests and "Make a new key for this device" in agent.said)
        assert "now its owner alone can" in agent.said
        assert key_file.stat().st_mode & 0o077 == 0
        key_file.write_text("a-key-for-tests")
        clinic.wait_until(has_second(clinic, 2))


def test_older_server_is_told_in_the_words_it_knows(clinic: ClinicServer, tmp_path: Path) -> None:
    clinic.known_states = {"ok", "no_signal", "ended", "cable_unplugged", "lead_off"}
    with TcpConsole() as console, AgentProcess(clinic.url, tmp_path / "spool", console.spec):
        console.wait_for_agent()
        console.say(line("S,idle,-"))
        clinic.wait_until(state_is(clinic, "ended"))
        console.hang_up()
        clinic.wait_until(state_is(clinic, "cable_unplugged"))
