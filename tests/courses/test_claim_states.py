"""Where a claim can stand: the table, and that the database follows it."""

import pytest
from django.db import Error, transaction

from courses.claim_states import (
    BILLED,
    CORRECTABLE,
    TRANSITIONS,
    Event,
    ForbiddenTransition,
    State,
    after,
    stored_changes,
)
from courses.models import Claim
from eecp_clinic.models import User
from tests.courses.billing.billing_given import make_claim
from tests.courses.courses_given import FIRST_HOUR, Given


def test_states_are_those_of_the_record() -> None:
    assert {str(state) for state in State} == set(Claim.State.values)


@pytest.mark.parametrize(("found", "event"), [(s, e) for s in State for e in Event])
def test_what_is_not_in_the_table_is_refused_with_where_it_may_happen(found: State, event: Event) -> None:
    if (found, event) in TRANSITIONS:
        assert after(found, event) is TRANSITIONS[found, event]
        return
    with pytest.raises(ForbiddenTransition, match=f"A claim that is {found} cannot {event}"):
        after(found, event)


def test_every_state_is_reached_from_a_draft() -> None:
    reached = {State.DRAFT}
    while more := {to for (state, _), to in TRANSITIONS.items() if state in reached} - reached:
        reached |= more
    assert reached == set(State)


def test_nothing_leaves_a_rejected_or_void_claim() -> None:
    assert not [state for state, _ in TRANSITIONS if state in {State.REJECTED, State.VOID}]


def test_only_what_the_payer_has_is_corrected() -> None:
    assert set(CORRECTABLE) < set(BILLED)
    assert State.SENT not in CORRECTABLE


@pytest.mark.parametrize("was", list(State))
def test_database_lets_through_what_the_table_allows_and_no_more(
    was: State, given: Given, biller: User
) -> None:
    allowed = set(stored_changes())
    for target in set(State) - {was}:
        claim = make_claim(given, biller, state=was, sent_at=FIRST_HOUR)
        if (str(was), str(target)) in allowed:
            assert Claim.objects.filter(pk=claim.pk).update(state=target) == 1
            continue
        with pytest.raises(Error), transaction.atomic():
            Claim.objects.filter(pk=claim.pk).update(state=target)
