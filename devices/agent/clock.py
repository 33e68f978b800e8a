"""Three clocks, of the device, of this computer and of the server, and how far they are apart.

Nothing is corrected: device time orders the samples, and the offsets stand beside it. How long something takes is
always measured on the monotonic clock, so that somebody who sets this computer's clock moves no sample.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_KEPT = 64
_FRESH_S = 600.0


def now_ms() -> int:
    """This computer's clock."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Offset:
    """Server clock less agent clock, true to within half of the round trip."""

    offset_ms: int
    round_trip_ms: int


@dataclass(frozen=True, slots=True)
class _Measured:
    offset: Offset
    at_s: float


class ServerClock:
    """The offset of the server's clock, taken from requests as they go by.

    The server's time is compared with the middle of the request on this computer's clock; of the last ten minutes the
    request with the shortest round trip counts (as NTP does it, RFC 5905 section 10), since it leaves the least room
    for error. A measurement during which this computer's clock was set is not taken, and one that was taken before
    is forgotten.
    """

    def __init__(
        self, clock_ms: Callable[[], int] = now_ms, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock_ms = clock_ms
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._measured: deque[_Measured] = deque(maxlen=_KEPT)
        self._under_way = threading.local()
        self._drift_ms: float | None = None

    def sent(self) -> None:
        """A request goes out, in this thread."""
        self._under_way.started = (self._clock_ms(), self._monotonic())

    def answered(self, server_time_ms: int) -> None:
        """Its answer is here, and bears this time."""
        started_ms, started_s = self._under_way.started
        now_s, now_ms = self._monotonic(), self._clock_ms()
        round_trip_ms = round(1000 * (now_s - started_s))
        with self._lock:
            self._forget_if_set(now_ms - 1000 * now_s)
            if abs(now_ms - started_ms - round_trip_ms) <= 100:
                middle_ms = started_ms + round_trip_ms / 2
                offset = Offset(round(server_time_ms - middle_ms), round_trip_ms)
                self._measured.append(_Measured(offset, now_s))

    def _forget_if_set(self, drift_ms: float) -> None:
        if self._drift_ms is not None and abs(drift_ms - self._drift_ms) > 500:
            self._measured.clear()
        self._drift_ms = drift_ms

    @property
    def offset(self) -> Offset | None:
        """The best of the last ten minutes; None where nothing was measured."""
        with self._lock:
            now_s = self._monotonic()
            fresh = [one.offset for one in self._measured if now_s - one.at_s <= _FRESH_S]
        return min(fresh, key=lambda offset: offset.round_trip_ms, default=None)
