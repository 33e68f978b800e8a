"""Billing setup: what is missing before claims can be sent, and the pages on which it is entered."""

from copy import copy
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.billing import services
from courses.billing.books.packaged_rules import estimate_rules_of
from courses.billing.services.setup import KEEPS_SETUP
from courses.billing.setup.completeness import setup_shown
from courses.billing.setup.forms import (
    ESTIMATES,
    PACKAGE,
    RULES,
    BillingRulesForm,
    ProfileForm,
    ProviderForm,
    practitioner_forms,
)
from courses.models import BillingProvider, BillingRules, PayerProfile
from eecp_clinic.errors import ClinicError, Conflict, InvalidInput
from eecp_clinic.roles import Role, StaffRequest, require_role, staff_view
from patients.access import get_payer
from patients.forms import posted, show_refusal

READS_RULES = (*KEEPS_SETUP, Role.PHYSICIAN)


@require_GET
@staff_view(*KEEPS_SETUP)
def index(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    setup = setup_shown(request.clinic, request.clinic.day_of(now))
    rules = BillingRules.objects.in_force(request.clinic, now)
    return render(request, "courses/billing/setup/index.html", {"setup": setup, "rules": rules})


@require_http_methods(["GET", "POST"])
@staff_view(*KEEPS_SETUP)
def provider(request: StaffRequest) -> HttpResponse:
    found = BillingProvider.objects.filter(clinic=request.clinic).first()
    form = ProviderForm(
        posted(request), instance=copy(found) if found else BillingProvider(clinic=request.clinic)
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.save_provider(
                clinic=request.clinic,
                values=form.cleaned_data,
                actor=request.user,
                now=timezone.now(),
                opened=form.opened(),
            )
        except (InvalidInput, Conflict) as error:
            _show(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("courses:setup")
    return render(
        request, "courses/billing/setup/provider.html", {"form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@staff_view(*KEEPS_SETUP)
def practitioners(request: StaffRequest) -> HttpResponse:
    forms = practitioner_forms(request.clinic, posted(request))
    if request.method == "POST" and all(form.is_valid() for form in forms):
        with transaction.atomic():
            for form in forms:
                services.save_practitioner(
                    clinic=request.clinic,
                    practitioner=form.practitioner,
                    values=form.cleaned_data,
                    actor=request.user,
                    now=timezone.now(),
                )
        messages.success(request, _("Saved."))
        return redirect("courses:setup")
    status = 422 if any(form.errors for form in forms) else 200
    return render(request, "courses/billing/setup/practitioners.html", {"forms": forms}, status=status)


@require_http_methods(["GET", "POST"])
@staff_view(*KEEPS_SETUP)
def profile(request: StaffRequest, payer: str) -> HttpResponse:
    of, now = get_payer(request.clinic, payer), timezone.now()
    found = PayerProfile.objects.filter(payer=of).select_related("confirmed_by").first()
    form = ProfileForm(
        posted(request), instance=copy(found) if found else PayerProfile(payer=of), clinic=request.clinic
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.save_profile(
                payer=of, values=form.cleaned_data, actor=request.user, now=now, opened=form.opened()
            )
        except (InvalidInput, Conflict) as error:
            _show(form, error)
        else:
            messages.success(request, _("Saved. Compare it with the payer's guide, and confirm it below."))
            return redirect("courses:setup-profile", payer)
    shown = setup_shown(request.clinic, request.clinic.day_of(now))
    context = {
        "payer": of,
        "profile": found,
        "form": form,
        "setup": next((row for row in shown.payers if row.payer.pk == of.pk), None),
    }
    return render(request, "courses/billing/setup/profile.html", context, status=422 if form.errors else 200)


@require_POST
@staff_view(*KEEPS_SETUP)
def confirm(request: StaffRequest, payer: str) -> HttpResponse:
    of = get_payer(request.clinic, payer)
    services.confirm_profile(payer=of, actor=request.user, now=timezone.now())
    messages.success(request, _("Confirmed under your name."))
    return redirect("courses:setup")


@require_http_methods(["GET", "POST"])
@staff_view(*READS_RULES)
def rules(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        require_role(request.user, request.clinic, Role.ADMINISTRATOR)
    form = BillingRulesForm(request.POST) if request.method == "POST" else _fresh(request, now)
    if form.is_bound and form.is_valid():
        try:
            services.settle_billing_rules(
                clinic=request.clinic, values=form.cleaned_data, actor=request.user, now=now
            )
        except InvalidInput as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Settled. What is past stays judged by the rules of its day."))
            return redirect("courses:billing-rules")
    context: dict[str, Any] = {
        "rules": (in_force := BillingRules.objects.in_force(request.clinic, now)),
        "law": estimate_rules_of(in_force),
        "history": BillingRules.objects.filter(clinic=request.clinic).select_related("owner"),
        "today": request.clinic.day_of(now),
        "form": form,
        "may_change": Role.ADMINISTRATOR in request.roles,
    }
    return render(request, "courses/billing/setup/rules.html", context, status=422 if form.errors else 200)


def _fresh(request: StaffRequest, now: datetime) -> BillingRulesForm:
    """The form as things are now: only the day, the reason and the source are new."""
    found = BillingRules.objects.in_force(request.clinic, now)
    values = {name: getattr(found, name) for name in (*RULES, *PACKAGE, *ESTIMATES)}
    return BillingRulesForm(initial=values | {"effective_on": request.clinic.day_of(now)})


def _show(form: ProviderForm | ProfileForm, error: ClinicError) -> None:
    if error.code == "stale":
        form.show_stale(error)
    else:
        show_refusal(form, error)
