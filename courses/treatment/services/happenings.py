"""What happened in the hour: events, changes of the console's settings, and striking a row that is wrong."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.models import Reading, Session, SettingChange, TreatmentEvent
from courses.session_states import Event
from courses.treatment.locks import lock_for, moment_within, note
from eecp_clinic.errors import Conflict, InvalidInput, NotFound
from eecp_clinic.models import User
from patients.services.records import check

#: All of it may be charted where a reading may: while the session runs or stands still, and until it is signed.
Row = Reading | TreatmentEvent | SettingChange


@transaction.atomic
def record_event(
    *, session: Session, values: Mapping[str, Any], actor: User, now: datetime, at: datetime | None = None
) -> TreatmentEvent:
    """What the patient felt or what was seen, how bad it was, and what was done; of this moment or of ``at``.

    Raises InvalidInput for a time outside the session, or where something is left open that only the outcome may be.
    """
    locked = lock_for(session, Event.READ)
    row = TreatmentEvent(
        session=locked, at=moment_within(locked, at, now), recorded_by=actor, recorded_at=now, **values
    )
    if not row.actions:
        sentence = gettext("Say what was done; “watched” is an answer.")
        raise InvalidInput(sentence, code="action_missing", fields={"actions": [sentence]})
    if row.kind == TreatmentEvent.Kind.OTHER and not row.note.strip():
        sentence = gettext("“Other” needs words: what was it?")
        raise InvalidInput(sentence, code="words_missing", fields={"note": [sentence]})
    check(row)
    row.save(force_insert=True)
    note("session.event_recorded", locked, actor, now, kind=row.kind, severity=row.severity)
    return row


@transaction.atomic
def say_outcome(*, event: TreatmentEvent, outcome: str, actor: User, now: datetime) -> TreatmentEvent:
    """How an event went on, once it is known; it may be corrected until the session is signed."""
    locked = lock_for(event.session, Event.READ)
    row = TreatmentEvent.objects.get(pk=event.pk)
    if outcome not in TreatmentEvent.Outcome.values:
        sentence = gettext("Choose how it went.")
        raise InvalidInput(sentence, code="outcome", fields={"outcome": [sentence]})
    _refuse_struck(row)
    row.outcome = outcome
    row.save(update_fields=["outcome"])
    note("session.event_outcome", locked, actor, now, kind=row.kind, outcome=outcome)
    return row


@transaction.atomic
def change_setting(
    *, session: Session, values: Mapping[str, Any], actor: User, now: datetime, at: datetime | None = None
) -> SettingChange:
    """The console was set otherwise: what, from what, to what, and why; ``from_value`` None is not known."""
    locked = lock_for(session, Event.READ)
    row = SettingChange(
        session=locked, at=moment_within(locked, at, now), recorded_by=actor, recorded_at=now, **values
    )
    if not row.why.strip():
        sentence = gettext("Say why it was changed.")
        raise InvalidInput(sentence, code="why_missing", fields={"why": [sentence]})
    row.unit = SettingChange.UNITS.get(row.what, "")
    check(row)
    row.save(force_insert=True)
    note("session.setting_changed", locked, actor, now, what=row.what)
    return row


@transaction.atomic
def strike(*, row: Row, reason: str, actor: User, now: datetime) -> Row:
    """Strike a row that is wrong: it stays, crossed out, with who, when and why. Not once the session is signed."""
    locked = lock_for(row.session, Event.READ)
    found: Row | None = type(row)._default_manager.filter(pk=row.pk, session=locked).first()
    if found is None:
        raise NotFound(gettext("This row is not there any more. Load the page again."))
    _refuse_struck(found)
    if not reason.strip():
        sentence = gettext("Say why the row is wrong.")
        raise InvalidInput(sentence, code="reason_missing", fields={"reason": [sentence]})
    found.struck_at, found.struck_by, found.struck_reason = now, actor, reason.strip()[:200]
    found.save(update_fields=["struck_at", "struck_by", "struck_reason"])
    kind = found._meta.model_name
    note("session.row_struck", locked, actor, now, kind=kind, row_at=found.at.isoformat())
    return found


def _refuse_struck(row: Row) -> None:
    if row.is_struck:
        raise Conflict(
            gettext("This row was struck meanwhile. Load the page again to see by whom and why."),
            code="struck",
        )
