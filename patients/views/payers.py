"""The clinic's payers."""

from copy import copy

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.roles import EVERYBODY, StaffRequest, staff_view
from patients import access, services
from patients.clinic_rules import policy_book
from patients.coverage_forms import PayerForm
from patients.forms import posted, show_refusal
from patients.models import Payer
from patients.roles import KEEPS_PAYERS


@require_GET
@staff_view(*EVERYBODY)
def index(request: StaffRequest) -> HttpResponse:
    """The clinic's payers, each with the policy by which it decides."""
    titles = {policy.id: policy.title for policy in policy_book().policies}
    rows = [
        {"payer": payer, "policy": titles.get(payer.policy_id, payer.policy_id)}
        for payer in Payer.objects.filter(clinic=request.clinic)
    ]
    context = {"rows": rows, "can_keep": bool(request.roles & set(KEEPS_PAYERS))}
    return render(request, "patients/payers.html", context)


@require_http_methods(["GET", "POST"])
@staff_view(*KEEPS_PAYERS)
def add(request: StaffRequest) -> HttpResponse:
    return _page(request, None)


@require_http_methods(["GET", "POST"])
@staff_view(*KEEPS_PAYERS)
def edit(request: StaffRequest, payer: str) -> HttpResponse:
    return _page(request, access.get_payer(request.clinic, payer))


def _page(request: StaffRequest, payer: Payer | None) -> HttpResponse:
    now = timezone.now()
    form = PayerForm(posted(request), instance=copy(payer) if payer else Payer(clinic=request.clinic))
    if request.method == "POST" and form.is_valid():
        try:
            if payer:
                services.edit_payer(payer=payer, values=form.cleaned_data, actor=request.user, now=now)
            else:
                services.add_payer(
                    clinic=request.clinic, values=form.cleaned_data, actor=request.user, now=now
                )
        except (InvalidInput, Conflict) as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The payer is saved."))
            return redirect("patients:payers")
    context = {"form": form, "payer": payer}
    return render(request, "patients/payer.html", context, status=422 if form.errors else 200)
