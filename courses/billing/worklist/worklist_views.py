"""The claims worklist, and what is done to many rows at once."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from courses.billing import services
from courses.billing.worklist.attention import alarms
from courses.billing.worklist.worklist import (
    LINE_TABS,
    Tab,
    chosen_payer,
    chosen_tab,
    claims_of,
    fees_of,
    keys_of,
    lines_of,
    months_to_file,
    sums_of,
)
from courses.billing.worklist.worklist_rows import claim_rows, line_rows
from courses.models import Claim, Session
from eecp_clinic.errors import ClinicError
from eecp_clinic.roles import Role, StaffRequest, staff_view
from patients.models import Payer

READS = (Role.BILLING, Role.ADMINISTRATOR)
ROWS_A_PAGE = 25
LABELS = {
    Tab.READY: gettext_lazy("Ready"),
    Tab.BLOCKED: gettext_lazy("Blocked"),
    Tab.DRAFT: gettext_lazy("To send"),
    Tab.SENT: gettext_lazy("Sent"),
    Tab.ACCEPTED: gettext_lazy("Accepted"),
    Tab.REJECTED: gettext_lazy("Rejected"),
    Tab.DENIED: gettext_lazy("Denied"),
    Tab.APPEALED: gettext_lazy("Appealed"),
    Tab.PAID: gettext_lazy("Paid"),
    Tab.NEXT: gettext_lazy("Next payer"),
}


@require_GET
@staff_view(*READS)
def worklist(request: StaffRequest) -> HttpResponse:
    now, clinic = timezone.now(), request.clinic
    tab = chosen_tab(request.GET.get("tab", ""))
    payer = chosen_payer(clinic, request.GET.get("payer", ""))
    fees, months, today = fees_of(clinic), months_to_file(clinic), clinic.day_of(now)
    payers = {found.pk: found for found in Payer.objects.filter(clinic=clinic).order_by("name")}
    sums = sums_of(clinic, fees, payer)
    context: dict[str, Any] = {
        "tab": tab,
        "payer": payer,
        "payers": [found for found in payers.values() if found.kind != Payer.Kind.SELF_PAY],
        "alarms": alarms(clinic, now),
        "unsigned": Session.objects.of(clinic).filter(state=Session.State.ENDED).count(),
        "is_biller": Role.BILLING in request.roles,
        "tabs": [{"tab": one, "label": LABELS[one], "sum": sums[one]} for one in Tab],
        "chosen": {"label": LABELS[tab], "sum": sums[tab]},
        "can_choose": Role.BILLING in request.roles and tab in {Tab.DRAFT, Tab.NEXT},
        "is_answered": tab in {Tab.PAID, Tab.DENIED, Tab.APPEALED, Tab.NEXT},
    }
    number = request.GET.get("page")
    if tab in LINE_TABS:
        lines = _page(lines_of(clinic, tab, payer), sums[tab].count, number)
        context["page_obj"] = lines
        context["line_rows"] = line_rows(list(lines), payers=payers, fees=fees, months=months, today=today)
    else:
        claims = _page(claims_of(clinic, tab, payer), sums[tab].count, number)
        context["page_obj"] = claims
        context["claim_rows"] = claim_rows(list(claims), months=months, today=today)
    return render(request, "courses/billing/worklist.html", context)


def _page(rows: QuerySet[Any], count: int, number: str | None) -> "Page[Any]":
    """One page of a tab, whose sum has counted the rows already."""
    pages = Paginator(rows, ROWS_A_PAGE)
    pages.count = count
    return pages.get_page(number)


@require_POST
@staff_view(Role.BILLING)
def make(request: StaffRequest) -> HttpResponse:
    """Claims of the chosen lines, or of every ready line of the filter."""
    payer = chosen_payer(request.clinic, request.POST.get("payer", ""))
    if request.POST.get("all"):
        keys = list(lines_of(request.clinic, Tab.READY, payer).values_list("pk", flat=True))
    else:
        keys = keys_of(request.POST.getlist("line"), request.clinic)
    made = services.make_claims(
        clinic=request.clinic,
        lines=keys,
        actor=request.user,
        now=timezone.now(),
        with_gz=bool(request.POST.get("with_gz")),
    )
    if made.claims:
        said = ngettext("%(count)d claim was made.", "%(count)d claims were made.", len(made.claims))
        messages.success(request, said % {"count": len(made.claims)})
    for left in made.left_out[:3]:
        line = _("Line %(code)s was left out: %(why)s") % {"code": left.line.code, "why": left.sentence}
        messages.warning(request, line)
    if len(made.left_out) > 3:
        more = _("%(count)d more lines were left out; each says why on its page.")
        messages.warning(request, more % {"count": len(made.left_out) - 3})
    return redirect(_back(Tab.DRAFT if made.claims else Tab.READY, payer))


@require_POST
@staff_view(Role.BILLING)
def make_files(request: StaffRequest) -> HttpResponse:
    """Check the chosen claims once more, and write one file a payer of those that are ready."""
    now = timezone.now()
    chosen = Claim.objects.of(request.clinic).filter(code__in=request.POST.getlist("claim"))
    by_payer: dict[int, list[Claim]] = {}
    for claim in chosen.select_related("course__clinic", "payer").order_by("made_at", "pk"):
        checked = services.check_claim(claim=claim, actor=request.user, now=now)
        if checked.state == Claim.State.READY:
            by_payer.setdefault(claim.payer_id, []).append(claim)
        else:
            messages.warning(request, _("Claim %(code)s: %(why)s") % {"code": claim.code, "why": claim.note})
    made = []
    for claims in by_payer.values():
        try:
            made.append(services.make_claim_file(claims=claims, actor=request.user, now=now))
        except ClinicError as refusal:
            messages.error(request, f"{claims[0].payer.name}: {refusal.message}")
    if len(made) == 1:
        return redirect("courses:claim-file", made[0].code)
    if not made and not by_payer:
        messages.info(request, _("No file was made: choose at least one claim that is ready."))
    return redirect("courses:claim-files" if made else _back(Tab.DRAFT, None))


def _back(tab: Tab, payer: Payer | None) -> str:
    chosen = f"&payer={payer.code}" if payer else ""
    return f"{reverse('courses:claims')}?tab={tab}{chosen}"
