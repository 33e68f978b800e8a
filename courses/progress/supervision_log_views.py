"""The log of one day and practitioner, signed and as a file; and why a stretch of a session was not covered."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from courses.access import get_session
from courses.intervals import Interval, UnusableInterval
from courses.progress import services
from courses.progress.supervision_access import get_log, get_practitioner
from courses.progress.supervision_days import gaps_of_session
from courses.progress.supervision_file import file_of
from courses.progress.supervision_forms import GapForm, LogForm
from courses.progress.supervision_logs_page import logs_page
from courses.progress.supervision_page import log_page
from courses.progress.supervision_views import READS
from courses.progress.views import about
from eecp_clinic import audit
from eecp_clinic.errors import ClinicError, InvalidInput, NotAllowed, NotFound
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, require_role, staff_view
from patients.access import require_same_patient
from patients.forms import posted, show_refusal

READS_LOGS = (*CLINICAL, Role.BILLING, Role.ADMINISTRATOR)


@require_http_methods(["GET", "POST"])
@staff_view(*READS_LOGS)
def log(request: StaffRequest, day: str, username: str) -> HttpResponse:
    """Read the log; its own practitioner signs it here."""
    practitioner, on = get_practitioner(request.clinic, username), _day(day)
    form = LogForm(posted(request))
    if request.method == "POST":
        require_role(request.user, request.clinic, Role.PHYSICIAN)
        if practitioner != request.user:
            raise NotAllowed(_("Only the one who supervised signs this log."), code="not_yours")
        if form.is_valid() and _signed(request, form, on):
            messages.success(request, _("The log is signed."))
            return redirect("courses:supervision-log", on.isoformat(), username)
    context = {
        "page": log_page(request.clinic, practitioner, on, timezone.now()),
        "form": form,
        "sees_board": bool(request.roles & set(READS)),
        "is_mine": practitioner == request.user and Role.PHYSICIAN in request.roles,
    }
    return render(request, "courses/progress/supervision_log.html", context)


@require_http_methods(["GET", "POST"])
@staff_view(*READS_LOGS)
def logs(request: StaffRequest, username: str) -> HttpResponse:
    """All open logs of one practitioner, who signs the chosen days here with one password."""
    practitioner, form = get_practitioner(request.clinic, username), LogForm(posted(request))
    chosen = None
    if request.method == "POST":
        require_role(request.user, request.clinic, Role.PHYSICIAN)
        if practitioner != request.user:
            raise NotAllowed(_("Only the one who supervised signs these logs."), code="not_yours")
        chosen = _seen(request)
        if form.is_valid() and _all_signed(request, form, chosen):
            return redirect("courses:supervision")
    context = {
        "page": logs_page(request.clinic, practitioner, timezone.now(), chosen),
        "form": form,
        "sees_board": bool(request.roles & set(READS)),
        "is_mine": practitioner == request.user and Role.PHYSICIAN in request.roles,
    }
    return render(request, "courses/progress/supervision_logs.html", context)


def _seen(request: StaffRequest) -> dict[date, str]:
    """Each chosen day with the hash of what was shown of it."""
    chosen = (value.partition(":") for value in request.POST.getlist("days"))
    return {_day(day): fingerprint for day, _colon, fingerprint in chosen}


def _all_signed(request: StaffRequest, form: LogForm, seen: dict[date, str]) -> bool:
    try:
        signed = services.sign_logs(
            clinic=request.clinic,
            actor=request.user,
            seen=seen,
            password=form.cleaned_data["password"],
            now=timezone.now(),
        )
    except InvalidInput as error:
        form.add_error("password" if error.code == "wrong_password" else None, error.message)
    except ClinicError as error:
        show_refusal(form, error)
    else:
        said = ngettext("%(n)d log is signed.", "%(n)d logs are signed.", len(signed))
        messages.success(request, said % {"n": len(signed)})
    return not form.errors


def _signed(request: StaffRequest, form: LogForm, on: date) -> bool:
    try:
        services.sign_log(
            clinic=request.clinic,
            actor=request.user,
            day=on,
            password=form.cleaned_data["password"],
            now=timezone.now(),
        )
    except InvalidInput as error:
        form.add_error("password", error.message)
    except ClinicError as error:
        show_refusal(form, error)
    return not form.errors


@require_GET
@staff_view(*READS_LOGS)
def printed(request: StaffRequest, day: str, username: str, version: int) -> HttpResponse:
    """One signed version as PDF, made anew from what was signed; the same bytes each time."""
    signed = get_log(request.clinic, username, _day(day), version)
    document = file_of(signed)
    audit.record(
        "supervision.log_downloaded",
        subject=signed.signature.subject,
        actor=request.user,
        clinic=request.clinic,
        at=timezone.now(),
        version=version,
    )
    name = f"supervision-{signed.day:%Y-%m-%d}-{version}.pdf"
    return HttpResponse(
        document.content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def gap(request: StaffRequest, code: str) -> HttpResponse:
    """Say why nobody is noted for a stretch of this session."""
    session, now = get_session(request.clinic, code), timezone.now()
    form = GapForm(posted(request))
    if request.method == "POST":
        require_same_patient(request, session.course.patient)
        if form.is_valid() and _explained(request, form, code):
            messages.success(request, _("The explanation is kept, with your name and the time."))
            return redirect("courses:supervision")
    gaps = gaps_of_session(session, now)
    context = {
        **about(session.course, now),
        "session": session,
        "gaps": [(one, _form_for(one.interval, form, number)) for number, one in enumerate(gaps)],
        "form_errors": form.non_field_errors() if form.is_bound else (),
        "is_late": bool(gaps) and request.clinic.day_of(now) != request.clinic.day_of(gaps[0].interval.start),
    }
    return render(request, "courses/progress/supervision_gap.html", context)


def _form_for(stretch: Interval, form: GapForm, number: int) -> GapForm:
    """The form of one stretch; the one that was sent keeps what was typed."""
    same = form.is_bound and form.data.get("start") == stretch.start.isoformat()
    if same:
        form.auto_id = f"gap{number}_%s"
        return form
    initial = {"start": stretch.start.isoformat(), "end": stretch.end.isoformat()}
    return GapForm(initial=initial, auto_id=f"gap{number}_%s")


def _explained(request: StaffRequest, form: GapForm, code: str) -> bool:
    try:
        services.explain_gap(
            session=get_session(request.clinic, code),
            gap=Interval(form.cleaned_data["start"], form.cleaned_data["end"]),
            text=form.cleaned_data["text"],
            actor=request.user,
            now=timezone.now(),
        )
    except UnusableInterval as error:
        form.add_error(None, str(error))
    except ClinicError as error:
        show_refusal(form, error)
    return not form.errors


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotFound(_("Write the day as year, month and day, such as 2026-11-23.")) from error
