"""The limits of the clinic: those in force, their history, and for a physician or administrator the change of one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from courses.models import ClinicLimit
from courses.treatment import services
from courses.treatment.limit_rules import LimitRule, Limits, SignRule, Tier
from courses.treatment.limits_file import packaged_limits
from courses.treatment.ready_page import TIER_CHIPS
from courses.treatment.settle_forms import LimitForm
from courses.treatment.settling import limits_at
from eecp_clinic.errors import ClinicError, NotFound
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view
from patients.forms import show_refusal

CHANGES = (Role.PHYSICIAN, Role.ADMINISTRATOR)
NOT_CHECKED = ("idle", gettext_lazy("Not checked"))


@dataclass(frozen=True, slots=True)
class Row:
    """One rule as it is in force, and as it was published."""

    code: str
    light: str
    label: Any
    rule: str
    published: str
    source: str
    source_url: str
    version: str
    is_own: bool


@require_GET
@staff_view(*CLINICAL, Role.ADMINISTRATOR)
def index(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    history = ClinicLimit.objects.filter(clinic=request.clinic).select_related("owner")
    in_force = limits_at(request.clinic, now)
    context = {
        "rows": rows_of(in_force),
        "history": [(row, _wording(row)) for row in history],
        "today": request.clinic.day_of(now),
        "packaged": packaged_limits(),
        "may_change": bool(request.roles & set(CHANGES)),
    }
    return render(request, "courses/treatment/limits.html", context)


@require_http_methods(["GET", "POST"])
@staff_view(*CHANGES)
def change(request: StaffRequest, rule: str) -> HttpResponse:
    """One limit: its own figure, the published one, or not checked; from a day on, with a reason."""
    now = timezone.now()
    row = next((row for row in rows_of(limits_at(request.clinic, now)) if row.code == rule), None)
    if row is None:
        raise NotFound(_("There is no such limit. Choose one of the list of limits."))
    today = request.clinic.day_of(now)
    form = LimitForm(request.POST or None, unit=_unit(rule), today=today)
    if form.is_bound and _settled(request, rule, form, now):
        messages.success(request, _("Settled. Sessions that were charted before stay judged as they were."))
        return redirect("courses:limits")
    context = {"row": row, "form": form}
    return render(request, "courses/treatment/limit.html", context, status=422 if form.errors else 200)


def rows_of(in_force: Limits) -> list[Row]:
    """Every rule of the file, figures first."""
    packaged = packaged_limits()
    rules: list[tuple[LimitRule | SignRule, LimitRule | SignRule]] = [
        *zip(in_force.rules, packaged.rules, strict=True),
        *zip(in_force.signs, packaged.signs, strict=True),
    ]
    return [_row(own, published) for own, published in rules]


def _row(rule: LimitRule | SignRule, published: LimitRule | SignRule) -> Row:
    is_off = rule.tier is Tier.GO if isinstance(rule, SignRule) else rule.figure is None
    is_own, version = rule.source is not published.source, rule.source.version
    light, label = NOT_CHECKED if is_off else TIER_CHIPS[rule.tier]
    return Row(
        code=rule.code,
        light=light,
        label=label,
        rule=published.rule if is_off else rule.rule,
        published=published.rule,
        source=rule.source.document,
        source_url=rule.source.url,
        version=version if is_own else _("version %(version)s") % {"version": version},
        is_own=is_own,
    )


def _settled(request: StaffRequest, rule: str, form: LimitForm, now: datetime) -> bool:
    if not form.is_valid():
        return False
    try:
        services.settle_limit(
            clinic=request.clinic, rule=rule, values=form.cleaned_data, actor=request.user, now=now
        )
    except ClinicError as error:
        show_refusal(form, error)
        return False
    return True


def _unit(code: str) -> str | None:
    """The unit of a rule's figure; None for a sign, which has no figure."""
    return next((rule.unit for rule in packaged_limits().rules if rule.code == code), None)


def _wording(row: ClinicLimit) -> str:
    """'systolic high: 170 mmHg', as the history shows it."""
    name = row.rule.replace("_", " ").capitalize()
    if row.standing != ClinicLimit.Standing.OWN:
        return f"{name}: {row.get_standing_display()}"
    figure = (
        "" if row.figure is None else f"{row.figure.normalize():f} {_unit(row.rule) or ''}".strip() + ", "
    )
    return f"{name}: {figure}{row.get_answer_display()}"
