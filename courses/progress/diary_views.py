"""The diary: for the staff, on paper, and for the patient by a secret link without a login."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.access import get_course
from courses.models import Course, DiaryEntry, DiaryLink
from courses.progress import services
from courses.progress.diary_page import blank_weeks, days_to_fill
from courses.progress.forms import DiaryForm
from courses.progress.rate_limit import may_knock
from courses.progress.services.diary import REACHES
from courses.progress.views import about
from courses.scheduling.views.patient_hours import PRINTED_IN
from devices.api.throttling import address_of
from eecp_clinic.errors import InvalidInput, NotFound
from eecp_clinic.roles import StaffRequest, staff_view
from patients.access import require_same_patient
from patients.forms import posted, show_refusal


@require_http_methods(["GET", "POST"])
@staff_view(*REACHES)
def diary(request: StaffRequest, code: str) -> HttpResponse:
    """What is written, the link, the paper; and a day written down for the patient."""
    course, now = get_course(request.clinic, code), timezone.now()
    form = DiaryForm(posted(request), initial={"day": request.clinic.day_of(now)})
    if request.method == "POST":
        require_same_patient(request, course.patient)
        if form.is_valid():
            try:
                services.keep_day(course=course, **form.cleaned_data, actor=request.user, now=now)
            except InvalidInput as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("The day is saved."))
                return redirect("courses:diary", code=course.code)
    return _page(request, course, form)


@require_POST
@staff_view(*REACHES)
def link_make(request: StaffRequest, code: str) -> HttpResponse:
    course = get_course(request.clinic, code)
    require_same_patient(request, course.patient)
    _link, secret = services.make_diary_link(course=course, actor=request.user, now=timezone.now())
    return _page(request, course, DiaryForm(), secret)


@require_POST
@staff_view(*REACHES)
def link_revoke(request: StaffRequest, code: str) -> HttpResponse:
    course = get_course(request.clinic, code)
    require_same_patient(request, course.patient)
    if services.revoke_diary_link(course=course, actor=request.user, now=timezone.now()):
        messages.success(request, _("The diary link is revoked and opens nothing any more."))
    return redirect("courses:diary", code=course.code)


@require_GET
@staff_view(*REACHES)
def printed(request: StaffRequest, code: str) -> HttpResponse:
    """Four weeks to fill in by hand, in large type; ``?lang=`` one of PRINTED_IN."""
    course, now = get_course(request.clinic, code), timezone.now()
    language = _language(request)
    with translation.override(language):
        context = {
            "course": course,
            "patient": course.patient,
            "clinic": request.clinic,
            "weeks": blank_weeks(request.clinic.day_of(now)),
            "language": language,
            "languages": PRINTED_IN.items(),
        }
        return render(request, "courses/progress/diary_paper.html", context)


# The patient has no session and no cookie; the secret address is the permission.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest, secret: str) -> HttpResponse:
    """The patient's own page: a first name and the last eight days, no more. It tells nobody why it does not open."""
    now, language = timezone.now(), _language(request)
    if not (may_knock("diary", secret) and may_knock("diary-from", address_of(request), most=300)):
        return HttpResponse(status=429, content_type="text/plain", headers={"Retry-After": "3600"})
    link = services.diary_link_of(secret, now)
    if link is None:
        return HttpResponse(status=404, content_type="text/plain")
    DiaryLink.objects.filter(pk=link.pk).update(last_read_at=now)
    course = link.course
    with translation.override(language), timezone.override(course.clinic.zone):
        form = DiaryForm(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                services.keep_day(course=course, **form.cleaned_data, actor=None, now=now)
            except InvalidInput as error:
                show_refusal(form, error)
            else:
                saved = form.cleaned_data["day"].isoformat()
                address = reverse("courses:diary-own", args=[secret])
                return redirect(f"{address}?lang={language}&saved={saved}")
        context = {
            "given_name": course.patient.given_name,
            "clinic": course.clinic,
            "days": days_to_fill(course, course.clinic.day_of(now)),
            "form": form,
            "saved": _day(request.GET.get("saved", "")),
            "secret": secret,
            "language": language,
            "languages": PRINTED_IN.items(),
        }
        answer = render(request, "courses/progress/diary_own.html", context)
    answer["Cache-Control"] = "no-store"
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _language(request: HttpRequest) -> str:
    language = request.GET.get("lang", "en")
    if language not in PRINTED_IN:
        raise NotFound(_("The diary is not there in that language. Choose one of those offered."))
    return language


def _page(request: StaffRequest, course: Course, form: DiaryForm, secret: str = "") -> HttpResponse:
    """``secret`` is told this once: the server keeps its hash only."""
    now = timezone.now()
    context = {
        **about(course, now),
        "form": form,
        "entries": DiaryEntry.objects.filter(course=course).select_related("entered_by").order_by("-day"),
        "link": course.diary_links.filter(revoked_at=None, expires_at__gt=now).first(),
        "address": request.build_absolute_uri(reverse("courses:diary-own", args=[secret])) if secret else "",
        "languages": PRINTED_IN.items(),
    }
    return render(request, "courses/progress/diary.html", context)
