"""Claims: what may go, what is kept back and by whom it is mended; one line with the thread behind it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from courses.access import get_course
from courses.banner import course_banner
from courses.billing import services
from courses.billing.access import get_line
from courses.billing.balances import balances_of_lines
from courses.billing.books.account_views import READS_ACCOUNTS
from courses.billing.facts import service_day
from courses.billing.findings import Severity
from courses.billing.forms import DecisionForm
from courses.billing.line_page import Refused, findings_shown, warnings_shown
from courses.billing.services.lines import is_partial
from courses.billing.services.setting_aside import SETS_ASIDE
from courses.billing.worklist.claims_page import (
    blocking,
    claim_row,
    courses_with_claims,
    days_left,
    summary_of,
)
from courses.models import ClaimLine, ClaimOverride, Session
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import Role, StaffRequest, staff_view
from patients.access import require_same_patient
from patients.banner import primary_coverage
from patients.forms import show_refusal
from patients.models import Payer

READS_CLAIMS = (Role.BILLING, Role.ADMINISTRATOR)
READS_LINES = (*READS_CLAIMS, Role.PHYSICIAN)
DECIDES = (Role.BILLING, Role.PHYSICIAN)
ROWS_A_PAGE = 25


@require_GET
@staff_view(*READS_CLAIMS)
def claims(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    page = Paginator(courses_with_claims(request.clinic), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [claim_row(course, now) for course in page],
        "summary": summary_of(request.clinic),
    }
    return render(request, "courses/billing/claims.html", context)


@require_GET
@staff_view(*READS_LINES)
def line(request: StaffRequest, code: str) -> HttpResponse:
    return line_page(request, get_line(request.clinic, code), DecisionForm())


@require_POST
@staff_view(*DECIDES)
def decide(request: StaffRequest, code: str) -> HttpResponse:
    """Decide whether a session that ended early is billed."""
    found, form = get_line(request.clinic, code), DecisionForm(request.POST)
    require_same_patient(request, found.session.course.patient)
    if form.is_valid():
        try:
            services.decide_partial(line=found, **form.cleaned_data, actor=request.user, now=timezone.now())
        except (InvalidInput, Conflict) as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The decision is kept, and the line was checked again."))
            return redirect("courses:claim-line", code)
    return line_page(request, found, form)


@require_POST
@staff_view(*READS_LINES)
def check(request: StaffRequest, code: str) -> HttpResponse:
    """Look at every line of a course again, now."""
    course = get_course(request.clinic, code)
    require_same_patient(request, course.patient)
    keys = Session.objects.filter(course=course, signature__isnull=False).values_list("pk", flat=True)
    lines = services.refresh_lines(sessions=keys, now=timezone.now())
    ready = sum(found.state == ClaimLine.State.READY for found in lines)
    said = _("%(ready)d of %(all)d lines are ready.") % {"ready": ready, "all": len(lines)}
    messages.info(request, said)
    return redirect("courses:claims-by-course" if request.roles & set(READS_CLAIMS) else course)


def line_page(
    request: StaffRequest, found: ClaimLine, form: DecisionForm, refused: Refused | None = None
) -> HttpResponse:
    """The page of a line, with the form about a short session, or with one about a warning, as it was refused."""
    session, now = found.session, timezone.now()
    with_who = ClaimOverride.objects.select_related("decided_by")
    prefetch_related_objects([found], Prefetch("overrides", with_who))
    context = {
        "line": found,
        "session": session,
        "course": session.course,
        "patient": session.course.patient,
        "banner": course_banner(session.course, now),
        "blocks": findings_shown(found, Severity.BLOCK),
        "warnings": warnings_shown(found, refused),
        "notes": findings_shown(found, Severity.NOTE),
        "may_read_account": bool(request.roles & set(READS_ACCOUNTS)),
        "may_set_aside": bool(request.roles & set(SETS_ASIDE)),
        "memberships": found.memberships.select_related("claim").order_by("claim__made_at", "pk"),
        "balance": balances_of_lines([found.pk])[found.pk],
        "form": form,
        "can_claim_with_gz": Role.BILLING in request.roles and _is_expected_denial(found),
        "can_decide": is_partial(found) and bool(request.roles & set(DECIDES)),
        **_filing(session, now),
    }
    return render(request, "courses/billing/claim_line.html", context)


def _is_expected_denial(found: ClaimLine) -> bool:
    """Nothing else keeps the line back than that Original Medicare does not cover it and no ABN counts."""
    coverage = primary_coverage(found.session.course.patient, service_day(found.session))
    is_medicare = coverage is not None and coverage.payer.kind == Payer.Kind.ORIGINAL_MEDICARE
    return is_medicare and [finding["code"] for finding in blocking(found)] == ["not_covered"]


def _filing(session: Session, now: datetime) -> dict[str, Any]:
    day = service_day(session)
    coverage = primary_coverage(session.course.patient, day)
    is_medicare = coverage is not None and coverage.payer.kind == Payer.Kind.ORIGINAL_MEDICARE
    return {
        "service_day": day,
        "payer": coverage.payer if coverage else None,
        "days_left": days_left(day, session.course.clinic.day_of(now)) if is_medicare else None,
    }
