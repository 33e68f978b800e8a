"""Which recording is the session's: another one instead, or none."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.access import get_session
from courses.treatment import services
from devices.access import get_recording
from eecp_clinic.roles import CLINICAL, StaffRequest, staff_view
from patients.access import require_same_patient


@require_POST
@staff_view(*CLINICAL)
def choose(request: StaffRequest, code: str, uuid: UUID) -> HttpResponse:
    session = get_session(request.clinic, code)
    require_same_patient(request, session.course.patient)
    recording = get_recording(request.clinic, uuid)
    services.choose_recording(session=session, recording=recording, actor=request.user, now=timezone.now())
    messages.success(request, _("That recording is the session's now. It is judged by what was ordered."))
    return redirect(session)


@require_POST
@staff_view(*CLINICAL)
def detach(request: StaffRequest, code: str) -> HttpResponse:
    session = get_session(request.clinic, code)
    require_same_patient(request, session.course.patient)
    services.detach_recording(session=session, actor=request.user, now=timezone.now())
    messages.success(request, _("The recording is no longer of this session; it waits among the unmatched."))
    return redirect(session)
