"""How the agent and its source are, in the words of the heartbeat."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum


class SourceState(StrEnum):
    """What the agent sees of its console."""

    OK = "ok"
    ENDED = "ended"  # a replay is over
    IDLE = "idle"  # the console is there and treats nobody
    NO_SIGNAL = "no_signal"
    UNPLUGGED = "unplugged"
    LEAD_OFF = "lead_off"
    SPOOL_FULL = "spool_full"


class Health:
    """The state of the source and since when; may be used from several threads."""

    def __init__(self, state: SourceState, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._state = state
        self._since = monotonic()
        self._patient_connected: bool | None = None

    def saw(self, state: SourceState, patient_connected: bool | None = None) -> bool:
        """Whether that is news."""
        with self._lock:
            is_news = (state, patient_connected) != (self._state, self._patient_connected)
            if state is not self._state:
                self._since = self._monotonic()
            self._state, self._patient_connected = state, patient_connected
            return is_news

    @property
    def state(self) -> SourceState:
        with self._lock:
            return self._state

    @property
    def since_s(self) -> float:
        """Seconds since the state last changed."""
        with self._lock:
            return self._monotonic() - self._since

    @property
    def patient_connected(self) -> bool | None:
        """None where the console does not say."""
        with self._lock:
            return self._patient_connected
