"""Switching one's own morning mail on or off."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.progress import services
from eecp_clinic.roles import CLINICAL, StaffRequest, staff_view


@require_POST
@staff_view(*CLINICAL)
def switch(request: StaffRequest) -> HttpResponse:
    wanted = request.POST.get("wanted") == "yes"
    services.switch_mail(clinic=request.clinic, person=request.user, wanted=wanted, now=timezone.now())
    said = _("You get the morning mail of this clinic.") if wanted else _("You get no more morning mails.")
    messages.success(request, said)
    return redirect("courses:reviews")
