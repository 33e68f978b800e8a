"""A patient's hours: for the desk, on paper, as a feed, and the end of reminders."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from courses.models import Reminder
from courses.scheduling.patient_hours import feed_of, hours_to_come, link_of, months_of
from courses.scheduling.reminders import patient_of
from courses.scheduling.services.reaching import (
    REACHES,
    make_calendar_link,
    revoke_calendar_link,
    want_reminders,
)
from eecp_clinic.errors import NotFound
from eecp_clinic.roles import StaffRequest, staff_view
from patients.access import get_patient, require_same_patient
from patients.banner import banner_for
from patients.models import Patient

#: The languages of the printed calendar, by the name each has for itself.
PRINTED_IN = {"en": "English", "zh-hans": "简体中文"}


@require_GET
@staff_view(*REACHES)
def patient_hours(request: StaffRequest, code: str) -> HttpResponse:
    """Hours to come, the printed calendar, the feed and the reminders."""
    return _page(request, get_patient(request.clinic, code))


@require_GET
@staff_view(*REACHES)
def printed(request: StaffRequest, code: str) -> HttpResponse:
    """The patient's calendar on paper, in large type; ``?lang=`` one of PRINTED_IN."""
    patient = get_patient(request.clinic, code)
    now = timezone.now()
    language = request.GET.get("lang", "en")
    if language not in PRINTED_IN:
        raise NotFound(gettext("The calendar is not printed in that language. Choose one of those offered."))
    with translation.override(language):
        context = {
            "patient": patient,
            "clinic": request.clinic,
            "months": months_of(patient, now),
            "printed_at": now,
            "language": language,
            "languages": PRINTED_IN.items(),
        }
        return render(request, "courses/scheduling/patient_calendar.html", context)


@require_POST
@staff_view(*REACHES)
def link_make(request: StaffRequest, code: str) -> HttpResponse:
    patient = get_patient(request.clinic, code)
    require_same_patient(request, patient)
    _link, secret = make_calendar_link(patient=patient, actor=request.user, now=timezone.now())
    return _page(request, patient, secret)


@require_POST
@staff_view(*REACHES)
def link_revoke(request: StaffRequest, code: str) -> HttpResponse:
    patient = get_patient(request.clinic, code)
    require_same_patient(request, patient)
    if revoke_calendar_link(patient=patient, actor=request.user, now=timezone.now()):
        messages.success(request, gettext("The calendar link is revoked and opens nothing any more."))
    return redirect("courses:patient-hours", code=patient.code)


@require_POST
@staff_view(*REACHES)
def reminders_set(request: StaffRequest, code: str) -> HttpResponse:
    patient = get_patient(request.clinic, code)
    require_same_patient(request, patient)
    wanted = request.POST.get("wanted") == "yes"
    want_reminders(patient=patient, wanted=wanted, actor=request.user, now=timezone.now())
    said = gettext("Reminders are on.") if wanted else gettext("No more reminders are sent to this patient.")
    messages.success(request, said)
    return redirect("courses:patient-hours", code=patient.code)


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The hours as iCalendar for whoever has the secret; nothing else opens it, and nothing tells why not."""
    link = link_of(secret)
    if link is None:
        return HttpResponse(status=404, content_type="text/plain")
    now = timezone.now()
    type(link).objects.filter(pk=link.pk).update(last_read_at=now)
    response = HttpResponse(feed_of(link.patient, now), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=300"
    return response


# The mail program's one-click button posts without a cookie; the signed address is the permission.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def reminders_stop(request: HttpRequest, token: str) -> HttpResponse:
    """The end of reminders by the link in a mail. Reading the page changes nothing: mail scanners open links."""
    patient = patient_of(token)
    if patient is None:
        raise NotFound(
            gettext("This link is not complete. Copy all of it from the mail, or call the clinic.")
        )
    if request.method == "POST":
        want_reminders(patient=patient, wanted=False, actor=None, now=timezone.now())
    context = {"clinic": patient.clinic, "is_done": request.method == "POST", "token": token}
    return render(request, "courses/scheduling/reminders_stop.html", context)


def _page(request: StaffRequest, patient: Patient, secret: str = "") -> HttpResponse:
    """``secret`` is told this once: the server keeps its hash only."""
    now = timezone.now()
    reminders = Reminder.objects.filter(appointment__patient=patient).select_related("appointment")
    context = {
        "patient": patient,
        "banner": banner_for(patient, request.clinic.day_of(now)),
        "hours": hours_to_come(patient, now),
        "link": patient.calendar_links.filter(revoked_at=None).first(),
        "address": request.build_absolute_uri(reverse("courses:calendar-feed", args=[secret]))
        if secret
        else "",
        "opt_out": patient.reminder_opt_outs.first(),
        "reminders": reminders[:10],
        "languages": PRINTED_IN.items(),
    }
    return render(request, "courses/scheduling/patient_hours.html", context)
