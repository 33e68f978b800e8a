"""Recordings that found no session: listed until a person says of which session each is."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from courses.access import get_session
from courses.models import Session
from courses.treatment import services
from courses.treatment.binding import shares, unmatched_recordings
from courses.treatment.forms import AttachForm
from courses.treatment.locks import RUNNING, State
from devices.access import get_recording
from devices.clocks import began_at
from devices.models import Recording
from eecp_clinic.models import Clinic
from eecp_clinic.roles import CLINICAL, StaffRequest, staff_view

PAGE_SIZE = 25


@require_GET
@staff_view(*CLINICAL)
def index(request: StaffRequest) -> HttpResponse:
    """Newest first, each with the sessions of its day that have no recording."""
    return _page(request)


@require_POST
@staff_view(*CLINICAL)
def attach(request: StaffRequest, uuid: UUID) -> HttpResponse:
    recording = get_recording(request.clinic, uuid)
    candidates = candidates_for(recording, open_sessions(request.clinic, timezone.now()))
    form = AttachForm(request.POST, candidates=candidates)
    if not form.is_valid():
        return _page(request, {recording.pk: form})
    session = get_session(request.clinic, form.cleaned_data["session"])
    services.attach_recording(recording=recording, session=session, actor=request.user, now=timezone.now())
    messages.success(request, _("The recording belongs to that session now."))
    return redirect(session)


def _page(request: StaffRequest, bound: dict[UUID, AttachForm] | None = None) -> HttpResponse:
    page = Paginator(unmatched_recordings(request.clinic), PAGE_SIZE).get_page(request.GET.get("page"))
    now = timezone.now()
    sessions, taken = open_sessions(request.clinic, now), recorded_sessions(request.clinic, now)
    rows = []
    for recording in page:
        candidates = candidates_for(recording, sessions)
        form = (bound or {}).get(recording.pk) or AttachForm(
            candidates=candidates, auto_id=f"id_{recording.pk}_%s"
        )
        rows.append(
            {
                "recording": recording,
                "began_at": began_at(recording),
                "minutes": _minutes(recording),
                "form": form if candidates else None,
                "in_hour_of": [session for session in taken if shares(recording, session)],
            }
        )
    return render(request, "courses/treatment/unmatched.html", {"rows": rows, "page_obj": page})


def open_sessions(clinic: Clinic, now: datetime) -> list[Session]:
    """Sessions that ran lately, are not signed and have no recording."""
    return list(_lately(clinic, now).filter(recording__isnull=True))


def recorded_sessions(clinic: Clinic, now: datetime) -> list[Session]:
    """Sessions that ran lately, are not signed and have a recording, which may be the wrong one."""
    return list(_lately(clinic, now).filter(recording__isnull=False))


def _lately(clinic: Clinic, now: datetime) -> QuerySet[Session]:
    return (
        Session.objects.of(clinic)
        .filter(state__in=[*RUNNING, State.ENDED], started_at__gte=now - timedelta(days=31))
        .select_related("course__clinic", "course__patient", "device")
        .order_by("started_at")
    )


def candidates_for(recording: Recording, sessions: list[Session]) -> list[Session]:
    """Those of the recording's day, the likeliest first: of its device, and begun at about its time."""
    found = [
        session
        for session in sessions
        if session.started_at is not None
        and session.course.clinic.day_of(session.started_at)
        == session.course.clinic.day_of(began_at(recording))
    ]
    began = began_at(recording)

    def unlikely(session: Session) -> tuple[bool, timedelta]:
        apart = abs((session.started_at or began) - began)
        return session.device_id != recording.device_id, apart

    return sorted(found, key=unlikely)


def _minutes(recording: Recording) -> int | None:
    if recording.ended_at is None:
        return None
    return round((recording.ended_at - recording.started_at).total_seconds() / 60)
