"""What the session's page shows, by where the session stands. Markup is left to the templates."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.forms import BaseForm
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.access import get_session
from courses.banner import course_banner
from courses.models import Appointment, Pause, Reading, Session, VitalSigns
from courses.session_states import State as Stand
from courses.treatment import end_forms, forms, tile
from courses.treatment.amended_values import corrections_of
from courses.treatment.before_form import before_form
from courses.treatment.body_map import marked_initial
from courses.treatment.choice import choice_of
from courses.treatment.completeness import missing_in, next_hour
from courses.treatment.flowsheet import flowsheet_of
from courses.treatment.happenings import happenings_of
from courses.treatment.hour_page import hour_of
from courses.treatment.hour_trend import trend_of
from courses.treatment.live_beat import live_beat
from courses.treatment.locks import State, stand_of
from courses.treatment.people import give_people
from courses.treatment.precheck import vitals_in
from courses.treatment.ready_page import check_of, hold_of, signs_shown
from courses.treatment.signed_page import signature_shown, signed_parts
from courses.treatment.strips import live_strip
from courses.treatment.supervising import supervising, supervision_of
from devices.clocks import note_for_page
from eecp_clinic.roles import CLINICAL, Role, StaffRequest

STEPS = (
    gettext_lazy("Ready"),
    gettext_lazy("Start"),
    gettext_lazy("Treat"),
    gettext_lazy("End"),
    gettext_lazy("Sign"),
)
#: Where a step is taken, while the session stands there: the headings of the page's parts.
PLACES = {State.DRAFT: {1: "ready-title", 2: "start-title"}, State.ENDED: {4: "after-title", 5: "sign-title"}}
LANES = (
    {
        "name": "ecg",
        "label": gettext_lazy("ECG, mV"),
        "auto": gettext_lazy("own gain"),
        "chosen": "{gain} mm/mV",
    },
    {
        "name": "pleth",
        "label": gettext_lazy("Finger pulse"),
        "auto": gettext_lazy("own gain"),
        "chosen": "×{gain}",
    },
    {"name": "cuff", "label": gettext_lazy("Cuff, mmHg"), "min": 0, "max": 350},
)


@dataclass(frozen=True, slots=True)
class Step:
    number: int
    label: str
    is_done: bool
    is_current: bool
    #: the heading of its part, where the page has it
    place: str = ""


def with_rows(session: Session) -> Session:
    """A session just fetched by ``get_session``, with its rows: the page asks the same number of questions for any number."""
    prefetch_related_objects(
        [session],
        "vital_signs",
        Prefetch("readings", Reading.objects.order_by("at")),
        Prefetch("pauses", Pause.objects.order_by("started_at")),
        "treatment_events",
        "setting_changes",
        "hold_overrides__decided_by",
        "body_marks",
    )
    give_people(
        session.vital_signs.all(),
        session.readings.all(),
        session.pauses.all(),
        session.treatment_events.all(),
        session.setting_changes.all(),
    )
    report = session.gating_report
    if report is not None and session.recording is not None and report.recording_id == session.recording.pk:
        report.recording = session.recording  # it is here already
    return session


def fetched(session: Session) -> Session:
    """The same of a session that something was tried on since: what the database has of it now."""
    return with_rows(get_session(session.course.clinic, session.code))


def context_of(request: StaffRequest, session: Session, now: datetime, **bound: BaseForm) -> dict[str, Any]:
    """Everything the page needs of a session ``with_rows``; ``bound`` forms, with what was typed, stand in for fresh ones."""
    may_chart = bool(request.roles & set(CLINICAL)) and not session.is_signed
    content: dict[str, Any] = {
        "session": session,
        "course": session.course,
        "patient": session.course.patient,
        "order": session.course.order,
        "device": session.device,
        "banner": banner_of(session, now),
        "may_chart": may_chart,
        "is_clinical": bool(request.roles & set(CLINICAL)),
        "may_download": bool(request.roles & {*CLINICAL, Role.ADMINISTRATOR}),
        "before": vitals_in(session, VitalSigns.Phase.BEFORE),
        "after": vitals_in(session, VitalSigns.Phase.AFTER),
        "signs": signs_shown(session),
        "is_held": stand_of(session) is Stand.HELD,
    }
    parts = {State.DRAFT: _ready, State.ENDED: _ended, State.SIGNED: _sheet}
    content |= parts.get(State(session.state), _treat)(request, session, now)
    content["steps"] = steps_of(session, content)
    return content | bound


def banner_of(session: Session, now: datetime) -> dict[str, Any]:
    """The course's banner; once the session has a number, with its own."""
    banner = course_banner(session.course, now)
    if session.number is not None:
        numbers = {"number": session.number, "total": session.course.sessions_ordered}
        banner["session_label"] = _("%(number)d of %(total)d") % numbers
    return banner


def steps_of(session: Session, content: dict[str, Any]) -> list[Step]:
    """Where the session stands: a step is done when what it asks for is there."""
    if session.state == State.DRAFT:
        current = 2 if content["before"] and session.identity_checked else 1
    elif session.state == State.ENDED:
        current = 4 if content["missing"] else 5
    else:
        current = 6 if session.is_signed else 3
    places = PLACES.get(State(session.state), {}) if content["may_chart"] and not content["is_held"] else {}
    return [
        Step(n, str(label), n < current, n == current, places.get(n, ""))
        for n, label in enumerate(STEPS, start=1)
    ]


def _ready(request: StaffRequest, session: Session, now: datetime) -> dict[str, Any]:
    return {
        "before_form": before_form(session),
        "start_form": forms.StartForm(),
        "answer_form": forms.AnswerForm(),
        "hold_form": forms.HoldForm(use_required_attribute=False),
        "may_override": Role.PHYSICIAN in request.roles,
        "supervision": supervising(session.course.clinic, now),
        **check_of(session, now),
        **hold_of(session, request.roles, now),
    }


def _treat(request: StaffRequest, session: Session, now: datetime) -> dict[str, Any]:
    return {
        **trace_of(session),
        "clock_note": note_for_page(session.recording),
        **choice_of(session, now),
        **flowsheet_of(session, now),
        **happenings_of(session),
        "tile": tile.tile_of(session, now),
        "beat": live_beat(session, now),
        "strip": strip_of(session),
        **trend_of(session),
        "pause_form": forms.PauseForm(),
        "pause_reasons": forms.PAUSE_REASONS,
        "end_form": end_forms.EndForm(),
        "open_pause": next((pause for pause in session.pauses.all() if pause.ended_at is None), None),
        "supervision": supervision_of(session),
    }


def trace_of(session: Session) -> dict[str, Any]:
    recording = session.recording
    url = reverse("devices:live", args=[recording.pk]) if recording is not None and recording.is_open else ""
    return {"trace_url": url, "lanes": LANES, "recording": recording}


def strip_of(session: Session) -> Any:
    live = session.recording.live if session.recording is not None else None
    return live_strip(live, session.course.order.session_minutes)


def _ended(request: StaffRequest, session: Session, now: datetime) -> dict[str, Any]:
    recording = session.recording
    without_report = recording is None or bool(recording.failure)
    coming = next_hour(session)
    missing = missing_in(session, coming)
    return {
        **hour_of(session),
        **choice_of(session, now),
        **flowsheet_of(session, now),
        **happenings_of(session),
        "before_form": before_form(session),
        "after_form": after_form(session, coming),
        "sign_form": forms.SignForm(ask_reason=without_report),
        "missing": missing,
        "before_is_missing": any(item.field.startswith("id_before") for item in missing),
        "next_hour": coming,
    }


def after_form(
    session: Session, coming: Appointment | None, data: QueryDict | None = None
) -> end_forms.AfterForm:
    """The form with what is stored, shown or, with ``data``, sent; ``coming`` is the hour that it asks about."""
    row = vitals_in(session, VitalSigns.Phase.AFTER)
    return end_forms.AfterForm(
        data,
        instance=row or VitalSigns(session=session, phase=VitalSigns.Phase.AFTER),
        before=vitals_in(session, VitalSigns.Phase.BEFORE),
        next_hour=coming,
        initial={name: getattr(session, name) for name in end_forms.AfterForm.END}
        | marked_initial(session.body_marks.all(), VitalSigns.Phase.AFTER),
    )


def _sheet(request: StaffRequest, session: Session, now: datetime) -> dict[str, Any]:
    parts = signed_parts(request, session)
    corrections = corrections_of(parts["amendments"])
    return {
        **hour_of(session, corrections),
        **choice_of(session, now),
        **parts,
        "corrections": corrections,
        "signs": signs_shown(session, corrections),
        "missing": [],
        "education": [str(Session.Education(topic).label) for topic in session.education],
        "signature": signature_shown(session.signature),
    }
