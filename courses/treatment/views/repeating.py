"""An hour that was cut short is given again: the make-up is offered at once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from courses.access import get_session
from courses.treatment import forms, services
from courses.treatment.views.session import shown
from eecp_clinic.errors import InvalidInput
from eecp_clinic.roles import CLINICAL, StaffRequest, staff_view
from patients.access import require_same_patient


@require_POST
@staff_view(*CLINICAL)
def give_again(request: StaffRequest, code: str) -> HttpResponse:
    session, now = get_session(request.clinic, code), timezone.now()
    require_same_patient(request, session.course.patient)
    form = forms.RepeatForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        services.give_again(session=session, reason=reason, actor=request.user, now=now)
    except InvalidInput as error:
        form.errors.clear()
        form.add_error("reason", error.message)
        return shown(request, session, now, 422, repeat_form=form)
    messages.success(request, _("The course has one session more in place of this one. Book it here."))
    return redirect("courses:make-up", code=session.appointment.code)
