"""The next payer: claims to it are made, or a claim that was passed on is said not to have arrived."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from courses.billing.access import get_claim
from courses.billing.services.later_claims import make_later_claim, not_passed_on
from courses.models import Claim
from eecp_clinic.errors import ClinicError
from eecp_clinic.roles import Role, StaffRequest, staff_view
from patients.access import require_same_patient


@require_POST
@staff_view(Role.BILLING)
def make(request: StaffRequest) -> HttpResponse:
    """Ask the next payer, for each of the chosen claims; what is refused says why, the others go."""
    now = timezone.now()
    chosen = Claim.objects.of(request.clinic).filter(code__in=request.POST.getlist("claim"))
    made: list[Claim] = []
    for claim in chosen.select_related("course__clinic").order_by("made_at", "pk"):
        try:
            made.append(make_later_claim(claim=claim, actor=request.user, now=now))
        except ClinicError as refusal:
            messages.warning(
                request, _("Claim %(code)s: %(why)s") % {"code": claim.code, "why": refusal.message}
            )
    if made:
        said = ngettext(
            "%(count)d claim to the next payer was made.",
            "%(count)d claims to the next payer were made.",
            len(made),
        )
        messages.success(request, said % {"count": len(made)})
    elif not chosen:
        messages.info(request, _("No claim was made: choose at least one."))
    if len(made) == 1:
        return redirect("courses:claim", made[0].code)
    tab = "draft" if made else "next"
    return redirect(f"{reverse('courses:claims')}?tab={tab}")


@require_POST
@staff_view(Role.BILLING)
def lost(request: StaffRequest, code: str) -> HttpResponse:
    found = get_claim(request.clinic, code)
    require_same_patient(request, found.course.patient)
    not_passed_on(claim=found, reason=request.POST.get("reason", ""), actor=request.user, now=timezone.now())
    messages.success(request, _("Noted. Ask the next payer from the claim before this one."))
    return redirect("courses:claim", found.follows.code if found.follows else code)
