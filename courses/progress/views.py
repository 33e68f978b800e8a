"""The page of a course, its outcomes and reviews, and what waits for the physician."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from courses.access import get_course
from courses.banner import course_banner
from courses.models import Course, OutcomeMeasure, Packet, Review
from courses.progress import services
from courses.progress.course_page import course_page
from courses.progress.extension import Finding
from courses.progress.forms import OutcomeForm, ReviewForm
from courses.progress.payer_rule import findings_for
from courses.progress.reviews_page import reviews_page
from courses.progress.services.outcomes import require_point
from courses.progress.services.reviews import OVER
from courses.progress.waiting import waiting
from courses.scheduling.outlook import Outlook, outlook_of
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view
from patients.access import require_same_patient
from patients.decision_page import decision_page
from patients.forms import posted, show_refusal
from patients.verdicts import pathway_shown

READS_COURSES = (*CLINICAL, Role.BILLING, Role.ADMINISTRATOR)
MAKES_PACKETS = (Role.BILLING, Role.PHYSICIAN)


@require_GET
@staff_view(*CLINICAL)
def reviews(request: StaffRequest) -> HttpResponse:
    """What waits, what is due first standing first; ``?whose=all`` and ``?kind=order`` choose."""
    now = timezone.now()
    page = reviews_page(request, waiting(request.clinic, now), now)
    return render(request, "courses/progress/reviews.html", {"page": page})


@require_GET
@staff_view(*READS_COURSES)
def detail(request: StaffRequest, code: str) -> HttpResponse:
    course, now = get_course(request.clinic, code), timezone.now()
    assessment, outlook = course.order.assessment, outlook_of(course, now)
    context = {
        **about(course, now, outlook),
        "page": course_page(course, now, outlook),
        "decision": decision_page(assessment, can_mend=False),
        "pathway": pathway_shown(assessment.pathway),
        "packets": Packet.objects.filter(course=course).select_related("requested_by")[:5],
        "is_going_on": course.state not in OVER,
        "can_review": Role.PHYSICIAN in request.roles,
        "can_measure": bool(request.roles & set(CLINICAL)),
        "can_follow": bool(request.roles & set(CLINICAL)),
        "can_make_packet": bool(request.roles & set(MAKES_PACKETS)),
        "can_export": bool(request.roles & {Role.PHYSICIAN, Role.ADMINISTRATOR}),
        "can_open_packet": bool(request.roles & {*MAKES_PACKETS, Role.ADMINISTRATOR}),
        "sees_lines": bool(request.roles & {Role.BILLING, Role.ADMINISTRATOR, Role.PHYSICIAN}),
    }
    return render(request, "courses/progress/course.html", context)


@require_http_methods(["GET", "POST"])
@staff_view(Role.PHYSICIAN)
def review(request: StaffRequest, code: str) -> HttpResponse:
    """Write a review and sign it in one act; the course stands beside it."""
    course, now = get_course(request.clinic, code), timezone.now()
    outlook = outlook_of(course, now)
    form = ReviewForm(posted(request), initial={"kind": request.GET.get("kind", Review.Kind.PROGRESS)})
    if request.method == "POST":
        require_same_patient(request, course.patient)
        if form.is_valid() and _sign(request, course, form, now):
            messages.success(request, _("The review is signed."))
            return redirect(course)
    return render(
        request,
        "courses/progress/review.html",
        {
            **about(course, now, outlook),
            "form": form,
            "can_measure": True,
            "can_follow": True,
            "page": course_page(course, now, outlook),
            "payer_findings": _payer_findings(course, form, now),
        },
    )


def _payer_findings(course: Course, form: ReviewForm, now: datetime) -> tuple[Finding, ...]:
    """What the payer's rule says to as many sessions as are typed; to one more while none are."""
    if course.state == Course.State.DISCONTINUED:
        return ()
    more = getattr(form, "cleaned_data", {}).get("extra_sessions") or 1
    return findings_for(course, more, now)


def _sign(request: StaffRequest, course: Course, form: ReviewForm, now: datetime) -> bool:
    try:
        services.sign_review(course=course, **form.cleaned_data, actor=request.user, now=now)
    except InvalidInput as error:
        if error.code == "wrong_password":
            form.add_error("password", error.message)
        else:
            show_refusal(form, error)
    except (Conflict, NotAllowed) as error:
        show_refusal(form, error)
    return not form.errors


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def outcome(request: StaffRequest, code: str, point: str) -> HttpResponse:
    """Enter or correct what was measured at one point of the course."""
    course, now = get_course(request.clinic, code), timezone.now()
    known = OutcomeMeasure.objects.filter(course=course, point=require_point(point)).first()
    initial = {} if known else {"measured_on": request.clinic.day_of(now)}
    form = OutcomeForm(posted(request), instance=known, initial=initial)
    if request.method == "POST":
        require_same_patient(request, course.patient)
        if form.is_valid():
            try:
                services.record_outcome(
                    course=course, point=point, values=form.values, actor=request.user, now=now
                )
            except (InvalidInput, Conflict) as error:
                show_refusal(form, error)
            else:
                messages.success(request, _("The outcomes are saved."))
                return redirect(course)
    label = OutcomeMeasure.Point(point).label
    return render(
        request,
        "courses/progress/outcome.html",
        {**about(course, now), "form": form, "label": label, "point": point},
    )


def about(course: Course, now: datetime, outlook: Outlook | None = None) -> dict[str, Any]:
    return {"course": course, "patient": course.patient, "banner": course_banner(course, now, outlook)}
