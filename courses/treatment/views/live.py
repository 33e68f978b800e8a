"""While the hour runs: the figures that the page asks for again and again, and the flowsheet."""

from datetime import datetime

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from courses.access import get_session
from courses.treatment import forms, page, services, tile
from courses.treatment.choice import choice_of
from courses.treatment.flowsheet import entry_of, flowsheet_of
from courses.treatment.hour_trend import trend_of
from courses.treatment.live_beat import live_beat
from courses.treatment.views.session import MOVED_ON, READS, shown
from eecp_clinic.drafts import posted
from eecp_clinic.errors import ClinicError, Conflict
from eecp_clinic.roles import CLINICAL, StaffRequest, staff_view
from patients.access import require_same_patient
from patients.forms import show_refusal


@require_GET
@staff_view(*READS)
def figures(request: StaffRequest, code: str) -> HttpResponse:
    """The tile, the strip and the device's values of the next row. A session that moved on loads its page anew."""
    session = page.with_rows(get_session(request.clinic, code))
    now = timezone.now()
    if request.GET.get("state", session.state) != session.state:
        return HttpResponseClientRefresh()
    trace, choice = page.trace_of(session), choice_of(session, now)
    trend = trend_of(session)
    context = {
        "session": session,
        "tile": tile.tile_of(session, now),
        "beat": live_beat(session, now),
        "strip": page.strip_of(session),
        "polled": True,
        **trend,
        "trend_changed": request.GET.get("trend", "") != trend["trend"],
        "row_by_device": request.GET.get("row") == "device",
        "trace_changed": request.GET.get("trace", "") != trace["trace_url"],
        "choice_changed": request.GET.get("choice", "") != choice["choice"],
        "may_chart": bool(request.roles & set(CLINICAL)),
        "patient": session.course.patient,
        **trace,
        **choice,
        **entry_of(session, now),
    }
    return render(request, "courses/treatment/_figures.html", context)


@require_POST
@staff_view(*CLINICAL)
def add_reading(request: StaffRequest, code: str) -> HttpResponse:
    """Save one row; htmx gets the flowsheet with an empty row below, anybody else the page."""
    session = page.with_rows(get_session(request.clinic, code))
    require_same_patient(request, session.course.patient)
    now = timezone.now()
    form = forms.ReadingForm(request.POST, by_device="device" in request.POST, over=not session.is_running)
    if form.is_valid():
        try:
            with transaction.atomic():
                refuse_second(request, now)
                services.add_reading(
                    session=session,
                    values=form.values(),
                    at=form.moment(session, request.clinic),
                    from_device=tile.opened(session, request.POST.get("device", "")),
                    actor=request.user,
                    now=now,
                )
                posted.settle(request, now)
        except ClinicError as error:
            if error.code in MOVED_ON:
                raise
            show_refusal(form, error)
        else:
            return _flowsheet(request, code) if request.htmx else redirect(session)
    if request.htmx:
        return _flowsheet(request, code, form)
    return shown(request, session, now, reading_form=form)


def refuse_second(request: StaffRequest, now: datetime) -> None:
    """The answer got lost, or another window sent the same: the row stands there already. Raises Conflict."""
    if posted.was_saved(request, now):
        sentence = gettext(
            "This row was saved already: it stands above. If it is another one, press Add again."
        )
        raise Conflict(sentence, code="saved_before", fields={})


def _flowsheet(request: StaffRequest, code: str, form: forms.ReadingForm | None = None) -> HttpResponse:
    session = page.with_rows(get_session(request.clinic, code))
    now = timezone.now()
    context = {
        "session": session,
        "patient": session.course.patient,
        "may_chart": True,
        "saved_at": None if form else now,
        **flowsheet_of(session, now),
    }
    if form is not None:
        context["reading_form"] = form
    return render(request, "courses/treatment/_flowsheet.html", context)
