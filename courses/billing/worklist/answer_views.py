"""Answers of payers: brought in, read in words, and payments posted."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from courses.billing import services
from courses.billing.access import get_acknowledgement, get_remittance
from courses.billing.books.payer_money import beside
from courses.billing.worklist.answer_page import paid_rows
from courses.billing.worklist.claim_forms import AnswerForm, PostForm
from courses.models import Acknowledgement, Remittance
from eecp_clinic.dollars import usd
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import Role, StaffRequest, staff_view
from patients.forms import show_refusal

READS = (Role.BILLING, Role.ADMINISTRATOR)
ROWS_A_PAGE = 25


@require_GET
@staff_view(*READS)
def index(request: StaffRequest) -> HttpResponse:
    return _index(request, AnswerForm())


@require_POST
@staff_view(Role.BILLING)
def upload(request: StaffRequest) -> HttpResponse:
    """Read a file; where it cannot be read, or was read before, nothing is taken and the page says why."""
    form = AnswerForm(request.POST, request.FILES)
    if not form.is_valid():
        return _index(request, form)
    content: bytes = form.cleaned_data["file"].read()
    try:
        taken = services.take_answers(
            clinic=request.clinic, content=content, actor=request.user, now=timezone.now()
        )
    except (InvalidInput, Conflict) as error:
        form.add_error("file", error.message)
        return _index(request, form)
    for said in _told(taken):
        messages.success(request, said)
    for said in taken.told:
        messages.info(request, said)
    return redirect("courses:answers")


def _told(taken: services.Taken) -> list[str]:
    told = [
        _("%(kind)s read: %(outcome)s.") % {"kind": one.kind, "outcome": one.get_outcome_display().lower()}
        for one in taken.acknowledgements
    ]
    for paid in taken.remittances:
        said = (
            _("Payment of %(amount)s read and posted.")
            if paid.posted_at
            else _("Payment of %(amount)s read. Look at it before it is posted.")
        )
        told.append(said % {"amount": usd(paid.amount)})
    return told


@require_GET
@staff_view(*READS)
def acknowledgement(request: StaffRequest, code: str) -> HttpResponse:
    found = get_acknowledgement(request.clinic, code)
    context = {
        "found": found,
        "statuses": found.statuses.select_related("claim__course__patient").order_by("pk"),
    }
    return render(request, "courses/billing/acknowledgement.html", context)


@require_GET
@staff_view(*READS)
def payment(request: StaffRequest, code: str) -> HttpResponse:
    return _payment(request, get_remittance(request.clinic, code), PostForm())


@require_POST
@staff_view(Role.BILLING)
def post(request: StaffRequest, code: str) -> HttpResponse:
    found, form = get_remittance(request.clinic, code), PostForm(request.POST)
    if form.is_valid():
        try:
            services.post_remittance(
                remittance=found, **form.cleaned_data, actor=request.user, now=timezone.now()
            )
        except (InvalidInput, Conflict) as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The payment is posted."))
            return redirect("courses:payment", code)
    return _payment(request, found, form)


def _payment(request: StaffRequest, found: Remittance, form: PostForm) -> HttpResponse:
    context: dict[str, Any] = {
        "found": found,
        "rows": paid_rows(found),
        "beside": beside(found),
        "deposits": found.deposits.filter(withdrawn_at__isnull=True),
        "form": form,
        "is_biller": Role.BILLING in request.roles,
    }
    return render(request, "courses/billing/payment.html", context)


def _index(request: StaffRequest, form: AnswerForm) -> HttpResponse:
    clinic = request.clinic
    payments = Remittance.objects.of(clinic).select_related("payer", "posted_by").order_by("-read_at", "-pk")
    answers = Acknowledgement.objects.of(clinic).select_related("claim_file").order_by("-read_at", "-pk")
    context = {
        "form": form,
        "payments": Paginator(payments, ROWS_A_PAGE).get_page(request.GET.get("payments")),
        "page_obj": Paginator(answers, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "is_biller": Role.BILLING in request.roles,
    }
    return render(request, "courses/billing/answers.html", context)
