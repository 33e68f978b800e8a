"""Events, changes and struck rows: what is charted says who and why, and a signed session takes no more."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from courses.models import Session, TreatmentEvent
from courses.treatment import services
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import AuditEvent, Signature, User
from tests.courses.treatment import scenes

EVENT: dict[str, Any] = {"kind": "leg_or_back_pain", "severity": "moderate", "actions": ["padded"]}
CHANGE: dict[str, Any] = {"what": "pressure", "from_value": 260, "to_value": 220, "why": "Calf pain"}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def running(nurse: User, physician: User, now: datetime) -> Session:
    return scenes.make_running(nurse, physician, now)


def test_event_keeps_how_bad_it_was_and_what_was_done(running: Session, nurse: User, now: datetime) -> None:
    row = services.record_event(session=running, values=EVENT, actor=nurse, now=now + 9 * MINUTE)
    row.refresh_from_db()
    assert (row.at, row.severity, row.actions_display()) == (
        now + 9 * MINUTE,
        "moderate",
        ["Padding or cuffs adjusted"],
    )
    assert (row.outcome, row.recorded_by) == ("", nurse)
    assert AuditEvent.objects.filter(action="session.event_recorded").count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"actions": []}, "actions"),
        ({"actions": ["prayed"]}, "actions"),
        ({"severity": ""}, "severity"),
        ({"kind": "other"}, "note"),
    ],
    ids=["nothing done", "no such action", "not how bad", "other without words"],
)
def test_event_that_says_too_little_is_refused(
    values: dict[str, Any], field: str, running: Session, nurse: User, now: datetime
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        services.record_event(session=running, values=EVENT | values, actor=nurse, now=now + MINUTE)
    assert field in refusal.value.data["fields"]
    assert not running.treatment_events.exists()


def test_outcome_may_come_later_and_must_be_one(running: Session, nurse: User, now: datetime) -> None:
    row = services.record_event(session=running, values=EVENT, actor=nurse, now=now + MINUTE)
    with pytest.raises(InvalidInput, match="how it went"):
        services.say_outcome(event=row, outcome="", actor=nurse, now=now + 2 * MINUTE)
    assert (
        services.say_outcome(event=row, outcome="gone", actor=nurse, now=now + 2 * MINUTE).outcome == "gone"
    )


def test_change_has_its_unit_and_an_unknown_value_before(
    running: Session, nurse: User, now: datetime
) -> None:
    row = services.change_setting(session=running, values=CHANGE, actor=nurse, now=now + MINUTE)
    assert (row.from_value, row.to_value, row.unit) == (260, 220, "mmHg")
    timing = {"what": "inflation", "from_value": None, "to_value": -20, "why": "Inflation late"}
    row = services.change_setting(session=running, values=timing, actor=nurse, now=now + MINUTE)
    assert (row.from_value, row.to_value, row.unit) == (None, -20, "ms")


@pytest.mark.parametrize("values", [{"why": " "}, {"to_value": 260}, {"what": "colour"}])
def test_change_without_a_reason_or_a_change_is_refused(
    values: dict[str, Any], running: Session, nurse: User, now: datetime
) -> None:
    with pytest.raises(InvalidInput):
        services.change_setting(session=running, values=CHANGE | values, actor=nurse, now=now + MINUTE)


@pytest.mark.parametrize("minutes", [-1, 31])
def test_what_happened_outside_the_hour_is_refused(
    minutes: int, running: Session, nurse: User, now: datetime
) -> None:
    at, later = now + minutes * MINUTE, now + 30 * MINUTE
    with pytest.raises(InvalidInput, match="between start and end"):
        services.record_event(session=running, values=EVENT, at=at, actor=nurse, now=later)
    with pytest.raises(InvalidInput, match="between start and end"):
        services.change_setting(session=running, values=CHANGE, at=at, actor=nurse, now=later)


def test_struck_row_stays_with_who_when_and_why(running: Session, nurse: User, now: datetime) -> None:
    row = services.add_reading(session=running, values={"note": "Pale"}, actor=nurse, now=now + MINUTE)
    with pytest.raises(InvalidInput, match="why the row is wrong"):
        services.strike(row=row, reason=" ", actor=nurse, now=now + 2 * MINUTE)
    services.strike(row=row, reason="Wrong bed", actor=nurse, now=now + 2 * MINUTE)
    row.refresh_from_db()
    assert (row.note, row.struck_by, row.struck_at, row.struck_reason) == (
        "Pale",
        nurse,
        now + 2 * MINUTE,
        "Wrong bed",
    )
    with pytest.raises(Conflict, match="struck meanwhile"):
        services.strike(row=row, reason="Again", actor=nurse, now=now + 3 * MINUTE)


def test_struck_event_has_no_outcome_to_tell(running: Session, nurse: User, now: datetime) -> None:
    row = services.record_event(session=running, values=EVENT, actor=nurse, now=now + MINUTE)
    services.strike(row=row, reason="Wrong bed", actor=nurse, now=now + 2 * MINUTE)
    with pytest.raises(Conflict):
        services.say_outcome(event=row, outcome="gone", actor=nurse, now=now + 3 * MINUTE)


def test_only_struck_readings_are_no_flowsheet(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_complete(nurse, physician, now)
    services.strike(row=session.readings.get(), reason="Wrong bed", actor=nurse, now=now + 65 * MINUTE)
    scenes.make_recorded(session)
    with pytest.raises(Conflict, match="flowsheet has no reading"):
        services.sign_session(session=session, password="x", actor=nurse, now=now + 70 * MINUTE)


Write = Callable[[Session, User, datetime], object]
LATER: dict[str, Write] = {
    "event": lambda s, by, at: services.record_event(session=s, values=EVENT, actor=by, now=at),
    "change": lambda s, by, at: services.change_setting(session=s, values=CHANGE, actor=by, now=at),
    "strike": lambda s, by, at: services.strike(row=s.readings.get(), reason="Wrong", actor=by, now=at),
    "outcome": lambda s, by, at: services.say_outcome(
        event=s.treatment_events.get(), outcome="gone", actor=by, now=at
    ),
}


@pytest.fixture
def signed(nurse: User, physician: User, now: datetime) -> Session:
    """Signed with one event and one change in it."""
    session = scenes.make_complete(nurse, physician, now)
    at, late = now + 10 * MINUTE, now + 66 * MINUTE
    services.record_event(session=session, values=EVENT, at=at, actor=nurse, now=late)
    services.change_setting(session=session, values=CHANGE, at=at, actor=nurse, now=late)
    scenes.make_recorded(session)
    return services.sign_session(
        session=session, password="correct horse battery", actor=nurse, now=now + 70 * MINUTE
    )


@pytest.mark.parametrize("write", LATER.values(), ids=LATER)
def test_signed_session_takes_no_more(write: Write, signed: Session, nurse: User, now: datetime) -> None:
    with pytest.raises(Conflict, match="signed"):
        write(signed, nurse, now + 80 * MINUTE)


@pytest.mark.parametrize("table", ["courses_treatmentevent", "courses_settingchange", "courses_reading"])
@pytest.mark.parametrize("change", ["UPDATE {} SET struck_reason = 'x'", "DELETE FROM {}"])
def test_database_itself_refuses_to_change_what_was_signed(change: str, table: str, signed: Session) -> None:
    with pytest.raises(IntegrityError, match="the session is signed"), transaction.atomic():
        connection.cursor().execute(change.format(table))


def test_database_itself_refuses_a_late_event(signed: Session, nurse: User, now: datetime) -> None:
    with pytest.raises(IntegrityError, match="the session is signed"), transaction.atomic():
        TreatmentEvent.objects.create(session=signed, at=now, recorded_by=nurse, recorded_at=now, **EVENT)


def test_signature_stands_for_events_changes_and_the_end(signed: Session, nurse: User) -> None:
    content = Signature.objects.get(subject=f"session:{signed.code}").content
    for part in ('"padded"', '"Calf pain"', '"education":["skin_care"]', nurse.signing_name):
        assert part in content.replace('": ', '":')
