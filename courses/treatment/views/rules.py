"""The clinic's rules: what is in force, what was, and for an administrator the form of the next."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from courses.models import TreatmentRules
from courses.treatment import services
from courses.treatment.settle_forms import RULES, RulesForm
from eecp_clinic.errors import ClinicError
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, require_role, staff_view
from patients.forms import show_refusal


@require_http_methods(["GET", "POST"])
@staff_view(Role.ADMINISTRATOR, Role.PHYSICIAN, Role.NURSE, Role.BILLING)
def index(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    if request.method == "POST":
        require_role(request.user, request.clinic, Role.ADMINISTRATOR)
    form = RulesForm(request.POST) if request.method == "POST" else _fresh(request, now)
    if form.is_bound and _settled(request, form, now):
        messages.success(request, _("Settled. What is past stays judged by the rules of its day."))
        return redirect("courses:treatment-rules")
    return render(request, "courses/treatment/rules.html", _context(request, form, now), status=_status(form))


def _fresh(request: StaffRequest, now: datetime) -> RulesForm:
    """The form as things are now: only the day and the reason are new."""
    rules = TreatmentRules.objects.in_force(request.clinic, now)
    values = {name: getattr(rules, name) for name in RULES}
    return RulesForm(initial=values | {"effective_on": request.clinic.day_of(now)})


def _settled(request: StaffRequest, form: RulesForm, now: datetime) -> bool:
    """Whether it was saved; the refusal stands in the form otherwise."""
    if not form.is_valid():
        return False
    try:
        services.settle_rules(clinic=request.clinic, values=form.cleaned_data, actor=request.user, now=now)
    except ClinicError as error:
        show_refusal(form, error)
        return False
    return True


def _status(form: RulesForm) -> int:
    return 422 if form.errors else 200


def _context(request: StaffRequest, form: RulesForm, now: datetime) -> dict[str, object]:
    clinic = request.clinic
    rows = TreatmentRules.objects.filter(clinic=clinic).select_related("owner")
    return {
        "rules": TreatmentRules.objects.in_force(clinic, now),
        "history": list(rows),
        "today": clinic.day_of(now),
        "form": form,
        "may_change": Role.ADMINISTRATOR in request.roles,
        "may_read_limits": bool(request.roles & {*CLINICAL, Role.ADMINISTRATOR}),
        "may_read_billing": bool(request.roles & {Role.BILLING, Role.ADMINISTRATOR, Role.PHYSICIAN}),
    }
