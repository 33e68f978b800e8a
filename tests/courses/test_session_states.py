import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.models import Session
from courses.session_states import (
    STORED,
    TRANSITIONS,
    Event,
    ForbiddenTransition,
    State,
    after,
    states_of,
    stored_changes,
)

DRAWING = Path(__file__).parents[2] / "docs" / "session-states.md"
FORBIDDEN = [pair for pair in product(State, Event) if pair not in TRANSITIONS]


@pytest.mark.parametrize(("state", "event"), TRANSITIONS)
def test_an_allowed_event_leads_where_the_table_says(state: State, event: Event) -> None:
    assert after(state, event) is TRANSITIONS[state, event]


@pytest.mark.parametrize(("state", "event"), FORBIDDEN)
def test_a_forbidden_event_is_refused_with_where_it_may_happen(state: State, event: Event) -> None:
    with pytest.raises(ForbiddenTransition) as refused:
        after(state, event)
    assert refused.value.allowed_in == states_of(event)
    assert all(found.name.lower() in str(refused.value) for found in states_of(event))


def test_nothing_leads_out_of_signed() -> None:
    assert not [event for event in Event if (State.SIGNED, event) in TRANSITIONS]


@given(st.lists(st.sampled_from(list(Event)), max_size=30))
def test_no_way_leads_to_a_signature_past_the_end(events: list[Event]) -> None:
    state, seen = State.PREPARING, []
    for event in events:
        if (state, event) in TRANSITIONS:
            state = after(state, event)
            seen.append(state)
    if State.SIGNED in seen:
        assert State.RUNNING in seen
        assert State.ENDED in seen


def test_the_record_knows_every_state_that_is_kept() -> None:
    assert set(STORED.values()) == set(Session.State.values)


def test_the_changes_that_the_database_lets_through_are_those_of_the_table() -> None:
    assert stored_changes() == (
        ("draft", "in_progress"),
        ("ended", "signed"),
        ("in_progress", "ended"),
        ("in_progress", "paused"),
        ("paused", "ended"),
        ("paused", "in_progress"),
    )


def test_the_drawing_shows_the_table() -> None:
    drawn = set(re.findall(r"^ +(\w+) --> (\w+): ([\w ]+)$", DRAWING.read_text("utf-8"), re.MULTILINE))
    table = {
        (state.name.lower(), target.name.lower(), event.value)
        for (state, event), target in TRANSITIONS.items()
        if target is not state
    }
    assert drawn == table


def test_the_table_of_the_page_says_where_each_event_may_happen() -> None:
    rows = dict(re.findall(r"^\| ([\w ]+) \| ([\w ,]+) \|", DRAWING.read_text("utf-8"), re.MULTILINE))
    for event in Event:
        assert rows[event.value] == ", ".join(state.name.lower() for state in states_of(event))
