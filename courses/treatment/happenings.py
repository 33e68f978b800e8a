"""Events, changes of settings and pauses as the page shows them: one list by time, and the forms for the next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from courses.models import Pause, Session, SettingChange, TreatmentEvent
from courses.treatment.flowsheet import struck_text
from courses.treatment.happenings_forms import CHANGE_REASONS, ChangeForm, EventForm, OutcomeForm

#: A severe event is a fact about the patient and coloured as one; the words always stand beside the colour.
LIGHTS = {"mild": "idle", "moderate": "look", "severe": "stop"}


@dataclass(frozen=True, slots=True)
class Shown:
    """One line. ``kind`` and ``number`` find the row that may be struck; ``ask`` the event whose outcome is open.

    ``place`` is where its values stand in the signed content.
    """

    at: datetime
    what: str
    detail: str
    by: str = ""
    chip: str = ""
    light: str = "idle"
    kind: str = ""
    number: int | None = None
    struck: str = ""
    ask: str = ""
    place: str = ""


def happenings_of(session: Session) -> dict[str, Any]:
    """What the running or ended session's page shows, with fresh forms."""
    over = not session.is_running
    return {
        "happenings": happenings_shown(session),
        "event_form": EventForm(over=over),
        "change_form": ChangeForm(over=over),
        "outcome_form": OutcomeForm(auto_id=False),
        "change_reasons": CHANGE_REASONS,
    }


def happenings_shown(session: Session) -> list[Shown]:
    """All of them by time, struck ones too."""
    lines = [_event(row) for row in session.treatment_events.all()]
    lines += [_change(row) for row in session.setting_changes.all()]
    lines += [_pause(row) for row in session.pauses.all()]
    return sorted(lines, key=lambda line: line.at)


def _event(row: TreatmentEvent) -> Shown:
    outcome = str(row.get_outcome_display()) if row.outcome else _("how it went is not known")
    parts = [", ".join(row.actions_display()), row.note, outcome]
    return Shown(
        at=row.at,
        what=str(row.get_kind_display()),
        detail=" · ".join(part for part in parts if part),
        by=row.recorded_by.signing_name,
        chip=str(row.get_severity_display()),
        light=LIGHTS[row.severity],
        kind="event",
        number=row.pk,
        struck=struck_text(row),
        ask=row.code if not row.outcome and not row.is_struck else "",
        place=f"events/{row.code}",
    )


def _change(row: SettingChange) -> Shown:
    before = _("not known") if row.from_value is None else _number(row.from_value)
    return Shown(
        at=row.at,
        what=str(row.get_what_display()),
        detail=f"{before} → {_number(row.to_value)}\N{NO-BREAK SPACE}{row.unit} · {row.why}",
        by=row.recorded_by.signing_name,
        kind="change",
        place=f"changes/{row.code}",
        number=row.pk,
        struck=struck_text(row),
    )


def _number(value: int) -> str:
    return f"−{-value}" if value < 0 else str(value)


def _pause(row: Pause) -> Shown:
    until = time_format(localtime(row.ended_at)) if row.ended_at else ""
    detail = _("until %(time)s · %(reason)s") if until else _("not over · %(reason)s")
    return Shown(
        at=row.started_at,
        what=_("Pause"),
        detail=detail % {"time": until, "reason": row.reason},
        by=row.paused_by.signing_name if row.paused_by else "",
        place=f"pauses/{row.started_at.isoformat()}",
    )
