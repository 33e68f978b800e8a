"""How far the clocks are apart, as seen from requests; a clock that is set spoils nothing."""

from dataclasses import dataclass

from devices.agent.clock import Offset, ServerClock


@dataclass
class Watch:
    """A computer's two clocks."""

    wall_ms: int = 1_788_940_800_000
    steady_s: float = 100.0

    def passes(self, seconds: float) -> None:
        self.wall_ms += round(1000 * seconds)
        self.steady_s += seconds


def asked(clock: ServerClock, watch: Watch, *, there_s: float, back_s: float, ahead_ms: int = 0) -> None:
    """A request to a server whose clock is ``ahead_ms`` ahead."""
    clock.sent()
    watch.passes(there_s)
    server_ms = watch.wall_ms + ahead_ms
    watch.passes(back_s)
    clock.answered(server_ms)


def made(watch: Watch) -> ServerClock:
    return ServerClock(lambda: watch.wall_ms, lambda: watch.steady_s)


def test_offset_is_taken_from_the_middle_of_the_request() -> None:
    watch = Watch()
    clock = made(watch)
    assert clock.offset is None
    asked(clock, watch, there_s=0.1, back_s=0.1, ahead_ms=2500)
    assert clock.offset == Offset(2500, 200)


def test_shortest_request_counts_since_it_leaves_the_least_room_for_error() -> None:
    watch = Watch()
    clock = made(watch)
    asked(clock, watch, there_s=3.0, back_s=0.01, ahead_ms=40)
    asked(clock, watch, there_s=0.01, back_s=0.01, ahead_ms=40)
    asked(clock, watch, there_s=0.01, back_s=2.0, ahead_ms=40)
    assert clock.offset == Offset(40, 20)


def test_old_measurements_are_forgotten() -> None:
    watch = Watch()
    clock = made(watch)
    asked(clock, watch, there_s=0.01, back_s=0.01)
    watch.passes(601)
    assert clock.offset is None


def test_clock_that_was_set_makes_earlier_measurements_worthless() -> None:
    watch = Watch()
    clock = made(watch)
    asked(clock, watch, there_s=0.01, back_s=0.01, ahead_ms=0)
    watch.wall_ms -= 3_600_000
    asked(clock, watch, there_s=0.1, back_s=0.1, ahead_ms=3_600_000)
    assert clock.offset == Offset(3_600_000, 200)


def test_clock_that_is_set_during_a_request_gives_no_measurement() -> None:
    watch = Watch()
    clock = made(watch)
    clock.sent()
    watch.passes(0.1)
    watch.wall_ms += 5000
    clock.answered(watch.wall_ms)
    assert clock.offset is None
