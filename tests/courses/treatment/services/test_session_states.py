"""Every act on a session in every state, through the services: the table decides, and the database agrees."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import product

import pytest
from django.db import ProgrammingError, transaction

from courses.models import Session
from courses.session_states import STORED, TRANSITIONS, Event, State, stored_changes
from courses.treatment import services
from courses.treatment.locks import stand_of
from eecp_clinic.errors import Conflict
from eecp_clinic.models import User
from tests import factories
from tests.courses.treatment import scenes

Act = Callable[[Session, User, User, datetime], object]
LATER = timedelta(minutes=75)

ACTS: dict[Event, Act] = {
    Event.CHART_BEFORE: lambda s, n, p, t: services.chart_vitals(
        session=s, phase="before", values=scenes.BEFORE, actor=n, now=t
    ),
    Event.HOLD: lambda s, n, p, t: services.hold_session(session=s, reason="Fever", actor=n, now=t),
    Event.RELEASE: lambda s, n, p, t: services.release_hold(session=s, answer="Seen", actor=p, now=t),
    Event.START: lambda s, n, p, t: services.start_session(session=s, actor=n, now=t),
    Event.READ: lambda s, n, p, t: services.add_reading(
        session=s, values={"pressure_mmhg": 255}, actor=n, now=t, at=t - timedelta(minutes=30)
    ),
    Event.PAUSE: lambda s, n, p, t: services.pause_session(session=s, reason="Bathroom", actor=n, now=t),
    Event.RESUME: lambda s, n, p, t: services.resume_session(session=s, actor=n, now=t),
    Event.END: lambda s, n, p, t: services.end_session(session=s, stop_reason="completed", actor=n, now=t),
    Event.CHART_AFTER: lambda s, n, p, t: services.chart_vitals(
        session=s, phase="after", values=scenes.AFTER, actor=n, now=t
    ),
    Event.SIGN: lambda s, n, p, t: services.sign_session(
        session=s, password=factories.PASSWORD, actor=n, now=t, without_recording_reason="Agent off"
    ),
}


def make(state: State, nurse: User, physician: User, now: datetime) -> Session:
    """A session that stands there, made by the services."""
    if state is State.SIGNED:
        return scenes.make_signed(nurse, physician, now)
    if state is State.ENDED:
        return scenes.make_complete(nurse, physician, now)
    session = scenes.make_ready(nurse, physician, now)
    if state is State.HELD:
        return services.hold_session(session=session, reason="Fever", actor=nurse, now=now)
    if state is State.PREPARING:
        return session
    session = services.start_session(session=session, actor=nurse, now=now)
    if state is State.PAUSED:
        at = now + timedelta(minutes=10)
        return services.pause_session(session=session, reason="Bathroom", actor=nurse, now=at)
    return session


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)), ids=lambda value: value.name)
def test_each_act_is_let_through_or_refused_as_the_table_says(
    state: State, event: Event, nurse: User, physician: User, now: datetime
) -> None:
    session = make(state, nurse, physician, now)
    target = TRANSITIONS.get((state, event))
    if target is None:
        with pytest.raises(Conflict) as refused, transaction.atomic():
            ACTS[event](session, nurse, physician, now + LATER)
        assert refused.value.code in {"state", "signed", "held"}
    else:
        ACTS[event](session, nurse, physician, now + LATER)
    found = Session.objects.select_related("appointment").get(pk=session.pk)
    assert stand_of(found) is (target or state)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pair
        for pair in product(sorted(set(STORED.values())), repeat=2)
        if pair[0] != pair[1] and pair not in stored_changes() and pair[0] != "signed"
    ],
)
def test_the_database_refuses_a_change_that_the_table_does_not_have(
    before: str, after: str, nurse: User, physician: User, now: datetime
) -> None:
    session = make(State(before), nurse, physician, now)
    with pytest.raises(ProgrammingError, match="Invalid transition"), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(state=after)
