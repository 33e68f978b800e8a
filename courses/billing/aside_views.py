"""A warning of a line is set aside, or taken up again, on the page of the line."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from courses.billing import services
from courses.billing.access import get_line
from courses.billing.forms import AsideForm, DecisionForm, TakeUpForm
from courses.billing.line_page import Refused
from courses.billing.services.setting_aside import SETS_ASIDE
from courses.billing.views import line_page
from eecp_clinic.errors import Conflict, InvalidInput, NotFound
from eecp_clinic.roles import StaffRequest, staff_view
from patients.access import require_same_patient
from patients.forms import show_refusal


@require_POST
@staff_view(*SETS_ASIDE)
def set_aside(request: StaffRequest, code: str) -> HttpResponse:
    found, form = get_line(request.clinic, code), AsideForm(request.POST)
    require_same_patient(request, found.session.course.patient)
    finding, sentence = request.POST.get("finding", ""), request.POST.get("sentence", "")
    if form.is_valid():
        try:
            entries = services.set_aside(
                line=found,
                finding=finding,
                sentence=sentence,
                **form.cleaned_data,
                actor=request.user,
                now=timezone.now(),
            )
        except (InvalidInput, Conflict) as error:
            show_refusal(form, error)
        else:
            said = ngettext(
                "Set aside. It stays on this page, and in the list of its month.",
                "Set aside on %(count)d lines. It stays on their pages, and in the list of its month.",
                len(entries),
            )
            messages.success(request, said % {"count": len(entries)})
            return redirect("courses:claim-line", code)
    # Read anew: the service has checked the line.
    now_said = get_line(request.clinic, code)
    return line_page(request, now_said, DecisionForm(), Refused(form, key=(finding, sentence)))


@require_POST
@staff_view(*SETS_ASIDE)
def take_up(request: StaffRequest, code: str, entry: int) -> HttpResponse:
    found, form = get_line(request.clinic, code), TakeUpForm(request.POST)
    require_same_patient(request, found.session.course.patient)
    override = found.overrides.filter(pk=entry).first()
    if override is None:
        raise NotFound(_("This line has no such entry. Open the page of the line again."))
    if form.is_valid():
        try:
            services.take_up_again(
                override=override,
                **form.cleaned_data,
                actor=request.user,
                now=timezone.now(),
            )
        except (InvalidInput, Conflict) as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Taken up again: the warning waits to be looked at."))
            return redirect("courses:claim-line", code)
    return line_page(request, found, DecisionForm(), Refused(form, entry=entry))
