"""Amounts from a CSV file: uploaded, looked at with what is not taken, and kept only then."""

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.billing import services
from courses.billing.asking import SESSION_CODE
from courses.billing.fee_csv import FeeFile
from courses.billing.services.setup import KEEPS_SETUP, read_fee_file
from courses.billing.setup.forms import FeeFileForm
from courses.models import FeeSchedule
from eecp_clinic.errors import InvalidInput, NotFound
from eecp_clinic.roles import StaffRequest, staff_view
from patients.access import get_payer
from patients.forms import given_files, posted, show_refusal

#: What a preview hands back is what was looked at: signed, and good for an hour.
SALT, AN_HOUR = "billing.fees", 3600
ROWS_SHOWN = 200


@require_http_methods(["GET", "POST"])
@staff_view(*KEEPS_SETUP)
def fees(request: StaffRequest) -> HttpResponse:
    form = FeeFileForm(posted(request), given_files(request), clinic=request.clinic)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            found = read_fee_file(content)
        except InvalidInput as error:
            show_refusal(form, error)
        else:
            return render(
                request,
                "courses/billing/setup/fees_preview.html",
                _preview(form.cleaned_data, content, found),
            )
    schedules = FeeSchedule.objects.filter(clinic=request.clinic).select_related("payer", "imported_by")
    context = {"form": form, "schedules": schedules}
    return render(request, "courses/billing/setup/fees.html", context, status=422 if form.errors else 200)


@require_POST
@staff_view(*KEEPS_SETUP)
def keep(request: StaffRequest) -> HttpResponse:
    """Keep exactly the file that was looked at."""
    try:
        seen = signing.loads(request.POST.get("seen", ""), salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature as error:
        raise InvalidInput(_("The preview is older than an hour. Upload the file again.")) from error
    payer = get_payer(request.clinic, seen["payer"]) if seen["payer"] else None
    made = services.import_fees(
        clinic=request.clinic,
        payer=payer,
        content=seen["text"].encode(),
        source=seen["source"],
        actor=request.user,
        now=timezone.now(),
    )
    messages.success(request, _("Kept: %(names)s.") % {"names": ", ".join(str(one) for one in made)})
    return redirect("courses:setup-fees")


@require_GET
@staff_view(*KEEPS_SETUP)
def schedule(request: StaffRequest, code: str) -> HttpResponse:
    """One schedule as it was imported, with the rows that were not taken."""
    found = FeeSchedule.objects.filter(clinic=request.clinic, code=code).select_related(
        "payer", "imported_by"
    )
    one = found.first()
    if one is None:
        raise NotFound(_("There is no such fee schedule at this clinic. Open it from the billing setup."))
    rows = list(one.rows.all()[: ROWS_SHOWN + 1])
    context = {"schedule": one, "rows": rows[:ROWS_SHOWN], "more": len(rows) > ROWS_SHOWN}
    return render(request, "courses/billing/setup/schedule.html", context)


def _preview(values: dict[str, Any], content: bytes, found: FeeFile) -> dict[str, Any]:
    payer = values["payer"]
    seen = {
        "text": content.decode(),
        "source": values["source"],
        "payer": payer.code if payer else "",
    }
    return {
        "found": found,
        "fees": found.fees[:ROWS_SHOWN],
        "more": max(0, len(found.fees) - ROWS_SHOWN),
        "payer": payer,
        "source": values["source"],
        "session_fees": [fee for fee in found.fees if fee.code == SESSION_CODE],
        "session_code": SESSION_CODE,
        "seen": signing.dumps(seen, salt=SALT, compress=True),
    }
