"""A session's waves, to look through."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from courses.access import get_session
from courses.treatment import page
from courses.treatment.replay import asked_second, replay_context
from courses.treatment.services import note_replay
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view

#: As for downloads: waves are for whoever treats or administers; a biller's evidence is the report.
REPLAYS = (*CLINICAL, Role.ADMINISTRATOR)


@require_GET
@staff_view(*REPLAYS)
def replay(request: StaffRequest, code: str) -> HttpResponse:
    """``?t=1234.5`` opens at that second of the recording. Each opening is one line in the audit trail."""
    session, now = page.with_rows(get_session(request.clinic, code)), timezone.now()
    context = replay_context(session, now, asked_second(request.GET.get("t", "")))
    if "found" in context:
        note_replay(session=session, actor=request.user, now=now)
    return render(request, "courses/treatment/replay.html", context)
