"""How long to wait for a server that does not answer."""

from collections.abc import Callable
from dataclasses import dataclass, field

_FIRST_S = 0.5
_LONGEST_S = 60.0


@dataclass(slots=True)
class Backoff:
    """Waits that double from half a second to a minute, each drawn from its upper half, so that the agents of a
    clinic do not all come back in the same moment. ``uniform`` draws between two numbers.
    """

    uniform: Callable[[float, float], float]
    _next_s: float = field(default=_FIRST_S)

    def wait_s(self, asked_s: float = 0.0) -> float:
        """The next wait in seconds, never shorter than what the server asked for."""
        wait = self._next_s * self.uniform(0.5, 1.0)
        self._next_s = min(2 * self._next_s, _LONGEST_S)
        return max(wait, asked_s)

    def reset(self) -> None:
        self._next_s = _FIRST_S
