"""Plan a course: a wish, the proposal, and booking it."""

from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from courses.access import get_course
from courses.banner import course_banner
from courses.models import Course
from courses.scheduling.agenda import spoken
from courses.scheduling.calendar import closures, hours_on, opening_hours, special_hours
from courses.scheduling.forms import PlanForm, slots_from
from courses.scheduling.grid import proposal_of
from courses.scheduling.outlook import outlooks
from courses.scheduling.plan import PlanRequest
from courses.scheduling.services import book, propose_alternatives
from courses.scheduling.ways import chosen_key, ways_of
from courses.scheduling.week_forms import AbsenceForm, WeekdaysForm
from courses.scheduling.wishes import Wish, left_to_book
from eecp_clinic.errors import ClinicError, Conflict, InvalidInput
from eecp_clinic.models import Clinic
from eecp_clinic.roles import CLINICAL, StaffRequest, staff_view
from patients.access import require_same_patient

#: As the planner judges a wish unless told otherwise.
WINDOW_MINUTES: int = PlanRequest.__dataclass_fields__["window_minutes"].default  # type: ignore[assignment]


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def plan(request: StaffRequest, code: str) -> HttpResponse:
    """The wish and its proposals by GET, so that it can be gone back to; by POST the hours shown are booked."""
    course = get_course(request.clinic, code)
    now = timezone.now()
    asked = request.POST if request.method == "POST" else request.GET
    bound = asked if request.method == "POST" or "start_date" in asked else None
    form = PlanForm(bound, initial=first_wish(course, now), clinic=request.clinic)
    week = WeekdaysForm(bound, clinic=request.clinic)
    refusal: ClinicError | None = None
    if request.method == "POST":
        require_same_patient(request, course.patient)
        if form.is_valid():
            try:
                return _book(request, course, form, now)
            except (Conflict, InvalidInput) as error:
                # What was wished is kept, and the proposal below is made anew around what came in between.
                refusal = error
    left = left_to_book(course, now)
    context = _context(course, form, week, left, now) | {"refusal": refusal}
    status = refusal.status if refusal else 200
    if form.is_bound and form.is_valid() and week.is_valid() and left:
        try:
            context |= _proposals(course, form, week, asked, now)
        except InvalidInput as error:
            form.add_error(None, error.message)
    if form.errors or week.errors:
        status = 422
    return render(request, "courses/scheduling/plan.html", context, status=status)


def _context(course: Course, form: PlanForm, week: WeekdaysForm, left: int, now: datetime) -> dict[str, Any]:
    return {
        "course": course,
        "patient": course.patient,
        "banner": course_banner(course, now),
        "form": form,
        "week": week,
        "left": left,
        "lead": _lead(course, left),
        "proposal": None,
        "absences": course.patient.absences.filter(last_day__gte=course.clinic.day_of(now)),
        "absence_form": AbsenceForm(),
    }


@require_GET
@staff_view(*CLINICAL)
def to_plan(request: StaffRequest) -> HttpResponse:
    """Courses with sessions that are neither given nor booked."""
    now = timezone.now()
    courses = list(
        Course.objects.of(request.clinic)
        .going_on()
        .select_related("order", "patient", "clinic")
        .order_by("created_at")
    )
    found = outlooks(request.clinic, courses, now)
    rows = [(course, found[course.pk]) for course in courses if found[course.pk].unbooked]
    return render(request, "courses/scheduling/to_plan.html", {"rows": rows})


def first_wish(course: Course, now: datetime) -> dict[str, Any]:
    """What the form begins with: the next open day, at the hour the course has had so far."""
    clinic = course.clinic
    hours = opening_hours(clinic)
    today = clinic.day_of(now)
    closed = {closure.day for closure in closures(clinic, today, today + timedelta(days=21))}
    special = special_hours(clinic, today, today + timedelta(days=21))
    days = (today + timedelta(days=offset) for offset in range(1, 21))
    first = next((day for day in days if hours_on(day, hours, special) and day not in closed), None)
    last = course.appointments.taken().select_related("device").order_by("-starts_at").first()
    return {
        "start_date": first,
        "preferred_time": _usual_hour(clinic, last.starts_at)
        if last
        else min((h.opens for h in hours), default=None),
        "device": last.device if last else None,
        "finish_by": course.target_end_on,
    }


def _usual_hour(clinic: Clinic, moment: datetime) -> time:
    return clinic.local(moment).time()


def _lead(course: Course, left: int) -> str:
    """'34 of 35 sessions to place · 60 min · 1 a day, 5 days a week'."""
    order = course.order
    return gettext(
        "%(left)d of %(total)d sessions to place · %(minutes)d min · %(day)d a day, %(week)d days a week"
    ) % {
        "left": left,
        "total": course.sessions_ordered,
        "minutes": order.session_minutes,
        "day": order.sessions_per_day,
        "week": order.days_per_week,
    }


def _proposals(
    course: Course, form: PlanForm, week: WeekdaysForm, asked: QueryDict, now: datetime
) -> dict[str, Any]:
    """The three ways, and the hours of the one that is looked at."""
    wish = Wish(
        start_date=form.cleaned_data["start_date"],
        preferred_time=form.cleaned_data["preferred_time"],
        devices=form.devices,
        finish_by=form.cleaned_data["finish_by"],
        weekday_wishes=week.wishes,
    )
    found = propose_alternatives(course=course, wish=wish, now=now)
    chosen = getattr(found, chosen_key(asked))
    return {
        "chosen_way": chosen_key(asked),
        "ways": ways_of(found, asked, WINDOW_MINUTES),
        "proposal": proposal_of(course, chosen, list(form.usable), WINDOW_MINUTES, now),
    }


def _book(request: StaffRequest, course: Course, form: PlanForm, now: datetime) -> HttpResponse:
    booked = book(
        course=course,
        slots=slots_from(request.POST.getlist("slot"), course),
        actor=request.user,
        now=now,
        finish_by=form.cleaned_data["finish_by"],
    )
    count = ngettext("%(count)d session is booked.", "%(count)d sessions are booked.", len(booked))
    last = spoken(request.clinic.day_of(booked[-1].starts_at))
    messages.success(
        request,
        f"{count % {'count': len(booked)}} {gettext('The last one is on %(day)s.') % {'day': last}}",
    )
    return redirect(course)
