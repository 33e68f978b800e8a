"""Where a session can stand, and what may happen there: the one table that services, database and page follow.

PURE. The drawing of the same is ``docs/session-states.md``; a test keeps the two alike. What is not in the table is
refused, whoever asks.
"""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a session stands. The values are those of the record; a held one is a draft whose hour is held."""

    PREPARING = "draft"
    HELD = "held"
    RUNNING = "in_progress"
    PAUSED = "paused"
    ENDED = "ended"
    SIGNED = "signed"


class Event(StrEnum):
    """What a person does with a session."""

    CHART_BEFORE = "chart before"
    HOLD = "hold"
    RELEASE = "release"
    START = "start"
    READ = "add a reading"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"
    CHART_AFTER = "chart after"
    SIGN = "sign"


#: Where each event leads from each state in which it may happen.
TRANSITIONS: Mapping[tuple[State, Event], State] = {
    (State.PREPARING, Event.CHART_BEFORE): State.PREPARING,
    (State.PREPARING, Event.HOLD): State.HELD,
    (State.PREPARING, Event.START): State.RUNNING,
    (State.HELD, Event.RELEASE): State.PREPARING,
    (State.RUNNING, Event.CHART_BEFORE): State.RUNNING,
    (State.RUNNING, Event.READ): State.RUNNING,
    (State.RUNNING, Event.PAUSE): State.PAUSED,
    (State.RUNNING, Event.END): State.ENDED,
    (State.PAUSED, Event.CHART_BEFORE): State.PAUSED,
    (State.PAUSED, Event.READ): State.PAUSED,
    (State.PAUSED, Event.RESUME): State.RUNNING,
    (State.PAUSED, Event.END): State.ENDED,
    (State.ENDED, Event.CHART_BEFORE): State.ENDED,
    (State.ENDED, Event.READ): State.ENDED,
    (State.ENDED, Event.CHART_AFTER): State.ENDED,
    (State.ENDED, Event.SIGN): State.SIGNED,
}
#: The value that the record keeps: whether the hour is held stands in the booked hour.
STORED: Mapping[State, str] = {state: state.value for state in State} | {State.HELD: State.PREPARING.value}


class ForbiddenTransition(ValueError):
    """The event cannot happen where the session stands; ``allowed_in`` are the states in which it may."""

    def __init__(self, state: State, event: Event) -> None:
        self.state, self.event = state, event
        self.allowed_in = states_of(event)
        names = " or ".join(found.name.lower() for found in self.allowed_in)
        super().__init__(
            f"A session that is {state.name.lower()} cannot {event}; that needs it to be {names}."
        )


def after(state: State, event: Event) -> State:
    """Where ``event`` leads from ``state``. Raises ForbiddenTransition."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise ForbiddenTransition(state, event) from None


def states_of(event: Event) -> tuple[State, ...]:
    """Where ``event`` may happen, in the order of a session's life."""
    return tuple(state for state in State if (state, event) in TRANSITIONS)


def stored_changes() -> tuple[tuple[str, str], ...]:
    """The changes of the kept value that the table allows: what the database lets through."""
    pairs = {(STORED[state], STORED[target]) for (state, _), target in TRANSITIONS.items()}
    return tuple(sorted(pair for pair in pairs if pair[0] != pair[1]))
