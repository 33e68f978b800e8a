"""837P files: kept byte for byte, downloaded, and marked as sent by a person."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from courses.billing import services
from courses.billing.access import get_claim_file
from courses.billing.worklist.claim_forms import SentForm
from courses.models import ClaimFile
from eecp_clinic.errors import InvalidInput
from eecp_clinic.kept_files import read_kept
from eecp_clinic.roles import Role, StaffRequest, staff_view

READS = (Role.BILLING, Role.ADMINISTRATOR)
ROWS_A_PAGE = 25


@require_GET
@staff_view(*READS)
def index(request: StaffRequest) -> HttpResponse:
    files = (
        ClaimFile.objects.of(request.clinic)
        .annotate(claim_count=Count("claims"))
        .prefetch_related("acknowledgements")
        .order_by("-made_at", "-pk")
    )
    page = Paginator(files, ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "courses/billing/claim_files.html", {"page_obj": page})


@require_GET
@staff_view(*READS)
def detail(request: StaffRequest, code: str) -> HttpResponse:
    found = get_claim_file(request.clinic, code)
    context = {
        "file": found,
        "claims": found.claims.select_related("course__patient", "payer").order_by("made_at", "pk"),
        "acknowledgements": found.acknowledgements.order_by("read_at", "pk"),
        "form": SentForm(),
        "is_biller": Role.BILLING in request.roles,
    }
    return render(request, "courses/billing/claim_file.html", context)


@require_GET
@staff_view(Role.BILLING)
def download(request: StaffRequest, code: str) -> HttpResponse:
    found = get_claim_file(request.clinic, code)
    name = f"{found.receiver_id}-{found.control_number:09}.837"
    return HttpResponse(
        read_kept(found.file.name, found.sha256),
        content_type="application/edi-x12",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@require_POST
@staff_view(Role.BILLING)
def sent(request: StaffRequest, code: str) -> HttpResponse:
    found, form = get_claim_file(request.clinic, code), SentForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(_("Choose how the file was sent."))
    services.mark_sent(file=found, way=form.cleaned_data["way"], actor=request.user, now=timezone.now())
    if found.is_test:
        messages.info(request, _("The test file counts as sent; its claims stay ready."))
    else:
        messages.success(request, _("The file and its claims count as sent."))
    return redirect("courses:claim-file", code)
