"""The clinic's data set: what it would hold, asked for with a reason, handed out at once."""

import io

from django import forms
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from courses.progress.figure_facts import Period
from courses.progress.figure_views import period_of
from courses.research.data_set import LEAST, Told, TooFew, told_coarsely
from courses.research.data_set_rows import people_in
from courses.research.data_set_services import NAME, make_data_set
from courses.research.services import MAKES
from eecp_clinic.roles import StaffRequest, staff_view


class DataSetForm(forms.Form):
    reason = forms.CharField(
        label=_("What it is for"),
        help_text=_("Stands in the audit trail with your name. Name no patient."),
        max_length=300,
    )


@require_http_methods(["GET", "POST"])
@staff_view(*MAKES)
def data_set(request: StaffRequest) -> HttpResponseBase:
    """The months as on the page of the figures."""
    period = period_of(request)
    form = DataSetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = make_data_set(
            period=period, reason=form.cleaned_data["reason"], actor=request.user, now=timezone.now()
        )
        name = f"{NAME}-{period.months[0]:%Y-%m}-to-{period.months[-1]:%Y-%m}.zip"
        answer = FileResponse(
            io.BytesIO(made.data), as_attachment=True, filename=name, content_type="application/zip"
        )
        answer["Cache-Control"] = "no-store"
        return answer
    return _page(request, period, form)


def _page(request: StaffRequest, period: Period, form: DataSetForm) -> HttpResponse:
    told, too_few = _told(period)
    context = {
        "period": period,
        "last": period.months[-1],
        "told": told,
        "too_few": too_few,
        "least": LEAST,
        "form": form,
    }
    return render(request, "courses/research/data_set.html", context, status=422 if form.errors else 200)


def _told(period: Period) -> tuple[Told | None, str]:
    """How coarsely age and sex would be told, or why there can be no data set."""
    try:
        return told_coarsely(people_in(period)), ""
    except TooFew as error:
        return None, str(error)
