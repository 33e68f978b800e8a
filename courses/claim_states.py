"""Where a claim can stand, and what may happen to it there: the one table that services and database follow.

PURE. What is not in the table is refused, whoever asks. A rejected claim never entered the payer's judgement, so its
lines are free for another original; everything that did enter is corrected by a replacement or a void, which ends the
claim that it corrects (``SETTLE``).
"""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a claim stands. The values are those of the record."""

    DRAFT = "draft"
    READY = "ready"
    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DENIED = "denied"
    PAID = "paid"
    APPEALED = "appealed"
    VOID = "void"


class Event(StrEnum):
    """What happens to a claim: what a biller does, or what a payer answers."""

    MAKE = "make"
    CHECK = "be found ready"
    REOPEN = "be taken back to draft"
    DISCARD = "be discarded"
    SEND = "be sent"
    ACCEPT = "be accepted"
    REJECT = "be rejected"
    PAY = "be paid"
    DENY = "be denied"
    REVERSE = "have its payment taken back"
    APPEAL = "be appealed"
    SETTLE = "be replaced or voided"


#: Where each event leads from each state in which it may happen. A payer may skip its acceptance, pay twice,
#: and think again about a denial.
TRANSITIONS: Mapping[tuple[State, Event], State] = {
    (State.DRAFT, Event.CHECK): State.READY,
    (State.READY, Event.REOPEN): State.DRAFT,
    (State.DRAFT, Event.DISCARD): State.VOID,
    (State.READY, Event.DISCARD): State.VOID,
    (State.READY, Event.SEND): State.SENT,
    (State.SENT, Event.ACCEPT): State.ACCEPTED,
    (State.ACCEPTED, Event.ACCEPT): State.ACCEPTED,
    (State.SENT, Event.REJECT): State.REJECTED,
    (State.ACCEPTED, Event.REJECT): State.REJECTED,
    (State.SENT, Event.PAY): State.PAID,
    (State.ACCEPTED, Event.PAY): State.PAID,
    (State.DENIED, Event.PAY): State.PAID,
    (State.APPEALED, Event.PAY): State.PAID,
    (State.PAID, Event.PAY): State.PAID,
    (State.SENT, Event.DENY): State.DENIED,
    (State.ACCEPTED, Event.DENY): State.DENIED,
    (State.APPEALED, Event.DENY): State.DENIED,
    (State.DENIED, Event.DENY): State.DENIED,
    (State.PAID, Event.DENY): State.DENIED,
    (State.PAID, Event.REVERSE): State.ACCEPTED,
    (State.DENIED, Event.REVERSE): State.ACCEPTED,
    (State.APPEALED, Event.REVERSE): State.APPEALED,
    (State.DENIED, Event.APPEAL): State.APPEALED,
    (State.PAID, Event.APPEAL): State.APPEALED,
    (State.ACCEPTED, Event.SETTLE): State.VOID,
    (State.DENIED, Event.SETTLE): State.VOID,
    (State.PAID, Event.SETTLE): State.VOID,
    (State.APPEALED, Event.SETTLE): State.VOID,
}
#: Seen by somebody outside: what it asks for is no longer the clinic's alone.
BILLED = (State.SENT, State.ACCEPTED, State.DENIED, State.PAID, State.APPEALED)
#: The payer has it in its books, so that it can be replaced or voided.
CORRECTABLE = tuple(state for state in State if (state, Event.SETTLE) in TRANSITIONS)


class ForbiddenTransition(ValueError):
    """The event cannot happen where the claim stands; ``allowed_in`` are the states in which it may."""

    def __init__(self, state: State, event: Event) -> None:
        self.state, self.event = state, event
        self.allowed_in = states_of(event)
        names = " or ".join(str(found) for found in self.allowed_in)
        super().__init__(f"A claim that is {state} cannot {event}; that needs it to be {names}.")


def after(state: State, event: Event) -> State:
    """Where ``event`` leads from ``state``. Raises ForbiddenTransition."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise ForbiddenTransition(state, event) from None


def states_of(event: Event) -> tuple[State, ...]:
    """Where ``event`` may happen, in the order of a claim's life."""
    return tuple(state for state in State if (state, event) in TRANSITIONS)


def stored_changes() -> tuple[tuple[str, str], ...]:
    """The changes of the kept value that the table allows: what the database lets through."""
    pairs = {(str(state), str(target)) for (state, _), target in TRANSITIONS.items() if state != target}
    return tuple(sorted(pairs))
