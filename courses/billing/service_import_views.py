"""Other services from a file: uploaded, looked at with what is not taken, and noted only then."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from courses.billing import services
from courses.billing.services.service_import import match_services
from eecp_clinic.errors import InvalidInput
from eecp_clinic.roles import Role, StaffRequest, staff_view
from patients.document_forms import GivenFile
from patients.forms import given_files, posted, show_refusal

#: What a preview hands back is what was looked at: signed, and good for an hour.
SALT, AN_HOUR = "billing.other-services", 3600
MOST_BYTES = 200_000


class ServiceFileForm(forms.Form):
    file = GivenFile("text/csv,.csv", label=gettext_lazy("CSV file, as a spreadsheet saves it"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 200 kB. Split it."))
        return file


@require_http_methods(["GET", "POST"])
@staff_view(Role.BILLING)
def index(request: StaffRequest) -> HttpResponse:
    form = ServiceFileForm(posted(request), given_files(request))
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            matched, left = match_services(request.clinic, content)
        except InvalidInput as error:
            show_refusal(form, error)
        else:
            seen = signing.dumps(content.decode(), salt=SALT, compress=True)
            context = {"matched": matched, "left": left, "seen": seen}
            return render(request, "courses/billing/other_services_preview.html", context)
    context = {"form": form}
    status = 422 if form.errors else 200
    return render(request, "courses/billing/other_services_import.html", context, status=status)


@require_POST
@staff_view(Role.BILLING)
def keep(request: StaffRequest) -> HttpResponse:
    """Note exactly the rows of the file that was looked at."""
    try:
        text = signing.loads(request.POST.get("seen", ""), salt=SALT, max_age=AN_HOUR)
    except signing.BadSignature as error:
        raise InvalidInput(_("The preview is older than an hour. Upload the file again.")) from error
    made = services.import_other_services(
        clinic=request.clinic, content=text.encode(), actor=request.user, now=timezone.now()
    )
    said = ngettext("%(count)d service noted.", "%(count)d services noted.", len(made))
    messages.success(request, said % {"count": len(made)})
    return redirect("courses:other-services-import")
