"""One claim: what it asks, what became of it, and what a biller does next."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from courses.banner import course_banner
from courses.billing import asking, services
from courses.billing.access import get_claim
from courses.billing.claim_checking import paper_claim
from courses.billing.cms1500 import filling
from courses.billing.cms1500.paper import PaperRefusal
from courses.billing.cms1500.printing import Offset, print_pages
from courses.billing.services.claim_acts import appeal_claim, mail_claim
from courses.billing.worklist.claim_forms import AppealForm, ReasonForm
from courses.billing.worklist.claim_page import claim_page
from courses.models import Claim
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import Role, StaffRequest, staff_view
from patients.access import require_same_patient
from patients.forms import show_refusal

READS = (Role.BILLING, Role.ADMINISTRATOR, Role.PHYSICIAN)
Correct = Callable[..., Claim]


@require_GET
@staff_view(*READS)
def claim(request: StaffRequest, code: str) -> HttpResponse:
    return _page(request, get_claim(request.clinic, code))


@require_POST
@staff_view(Role.BILLING)
def check(request: StaffRequest, code: str) -> HttpResponse:
    found = _posted(request, code)
    checked = services.check_claim(claim=found, actor=request.user, now=timezone.now())
    if checked.state == Claim.State.READY:
        messages.success(request, _("Nothing keeps this claim back: it is ready to send."))
    else:
        messages.warning(request, checked.note)
    return redirect("courses:claim", code)


@require_POST
@staff_view(Role.BILLING)
def discard(request: StaffRequest, code: str) -> HttpResponse:
    services.discard_claim(claim=_posted(request, code), actor=request.user, now=timezone.now())
    messages.success(request, _("The claim was discarded; its lines are ready for another."))
    return redirect("courses:claims")


@require_POST
@staff_view(Role.BILLING)
def mail(request: StaffRequest, code: str) -> HttpResponse:
    mail_claim(claim=_posted(request, code), actor=request.user, now=timezone.now())
    messages.success(request, _("The claim counts as sent."))
    return redirect("courses:claim", code)


@require_POST
@staff_view(Role.BILLING)
def replace(request: StaffRequest, code: str) -> HttpResponse:
    return _correct(request, code, services.replace_claim, "replace_form")


@require_POST
@staff_view(Role.BILLING)
def void(request: StaffRequest, code: str) -> HttpResponse:
    return _correct(request, code, services.void_claim, "void_form")


@require_POST
@staff_view(Role.BILLING)
def appeal(request: StaffRequest, code: str) -> HttpResponse:
    found = _posted(request, code)
    page = claim_page(found, timezone.now())
    form = AppealForm(request.POST, rows=page["rows"])
    if form.is_valid():
        try:
            appeal_claim(claim=found, **form.cleaned_data, actor=request.user, now=timezone.now())
        except (InvalidInput, Conflict) as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The appeal is noted."))
            return redirect("courses:claim", code)
    return _page(request, found, appeal_form=form)


@require_GET
@staff_view(*READS)
def paper(request: StaffRequest, code: str) -> HttpResponse:
    """The CMS-1500 by box, as it would be printed."""
    found = get_claim(request.clinic, code)
    context: dict[str, Any] = {
        "claim": found,
        "course": found.course,
        "patient": found.course.patient,
        "banner": course_banner(found.course, timezone.now()),
    }
    try:
        context["pages"] = _pages(found)
    except (Conflict, PaperRefusal) as refusal:
        context["refusal"] = str(refusal)
    return render(request, "courses/billing/cms1500.html", context)


@require_GET
@staff_view(Role.BILLING)
def paper_file(request: StaffRequest, code: str) -> HttpResponse:
    """The values alone, to be printed on bought red forms."""
    found = get_claim(request.clinic, code)
    try:
        pages = _pages(found)
    except PaperRefusal as refusal:
        raise InvalidInput(str(refusal), code="not_printable") from refusal
    provider = found.course.clinic.billing_provider
    offset = Offset(float(provider.paper_offset_x_mm), float(provider.paper_offset_y_mm))
    content = print_pages(pages, offset)
    name = f"cms1500-{found.code}.pdf"
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _pages(found: Claim) -> Any:
    whole = asking.with_all(Claim.objects.filter(pk=found.pk)).get()
    return filling.pages(paper_claim(whole, timezone.now()))


def _posted(request: StaffRequest, code: str) -> Claim:
    found = get_claim(request.clinic, code)
    require_same_patient(request, found.course.patient)
    return found


def _correct(request: StaffRequest, code: str, correct: Correct, name: str) -> HttpResponse:
    found, form = _posted(request, code), ReasonForm(request.POST)
    if form.is_valid():
        try:
            made = correct(claim=found, **form.cleaned_data, actor=request.user, now=timezone.now())
        except (InvalidInput, Conflict) as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The correction was made. Send it as any other claim."))
            return redirect("courses:claim", made.code)
    return _page(request, found, **{name: form})


def _page(request: StaffRequest, found: Claim, **forms: Form) -> HttpResponse:
    now = timezone.now()
    context: dict[str, Any] = {
        "claim": found,
        "course": found.course,
        "patient": found.course.patient,
        "banner": course_banner(found.course, now),
        "is_biller": Role.BILLING in request.roles,
        "replace_form": ReasonForm(auto_id="replace_%s"),
        "void_form": ReasonForm(auto_id="void_%s"),
        "lost_form": ReasonForm(auto_id="lost_%s"),
        **claim_page(found, now),
    }
    context |= {"appeal_form": AppealForm(rows=context["rows"]), **forms}
    return render(request, "courses/billing/claim.html", context)
