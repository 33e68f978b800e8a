"""What the bank shows, against what payers say they paid."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from courses.billing.access import get_deposit
from courses.billing.services.deposits import enter_deposit, withdraw_deposit
from courses.billing.worklist.claim_forms import DepositForm
from courses.models import Deposit, Remittance
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import Clinic
from eecp_clinic.roles import Role, StaffRequest, staff_view
from patients.forms import show_refusal

READS = (Role.BILLING, Role.ADMINISTRATOR)
ROWS_A_PAGE = 25


@require_GET
@staff_view(*READS)
def index(request: StaffRequest) -> HttpResponse:
    return _index(request, DepositForm(payments=_not_deposited(request.clinic)))


@require_POST
@staff_view(Role.BILLING)
def enter(request: StaffRequest) -> HttpResponse:
    form = DepositForm(request.POST, payments=_not_deposited(request.clinic))
    if form.is_valid():
        try:
            enter_deposit(clinic=request.clinic, **form.cleaned_data, actor=request.user, now=timezone.now())
        except (InvalidInput, Conflict) as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The deposit is kept."))
            return redirect("courses:deposits")
    return _index(request, form)


@require_POST
@staff_view(Role.BILLING)
def withdraw(request: StaffRequest, code: str) -> HttpResponse:
    """It was mistyped; the reason is refused where it is empty."""
    withdraw_deposit(
        deposit=get_deposit(request.clinic, code),
        reason=request.POST.get("reason", ""),
        actor=request.user,
        now=timezone.now(),
    )
    messages.success(request, _("The deposit was withdrawn. Enter it again as the statement shows it."))
    return redirect("courses:deposits")


def _not_deposited(clinic: Clinic) -> list[Remittance]:
    """Payments of which the bank has shown nothing yet; one of nothing moves no money."""
    standing = Deposit.objects.standing().filter(clinic=clinic)
    found = Remittance.objects.of(clinic).exclude(deposits__in=standing).exclude(amount=0)
    return list(found.select_related("payer").order_by("paid_on", "pk"))


def _index(request: StaffRequest, form: DepositForm) -> HttpResponse:
    deposits = (
        Deposit.objects.of(request.clinic)
        .select_related("entered_by", "withdrawn_by")
        .prefetch_related("remittances")
        .annotate(told=Sum("remittances__amount"))
        .annotate(difference=F("amount") - F("told"))
        .order_by("-banked_on", "-entered_at")
    )
    context = {
        "form": form,
        "waiting": _not_deposited(request.clinic),
        "page_obj": Paginator(deposits, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "is_biller": Role.BILLING in request.roles,
    }
    return render(request, "courses/billing/deposits.html", context)
