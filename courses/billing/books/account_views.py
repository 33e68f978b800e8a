"""The account of one course: what was given and asked, what was paid, and the papers for the patient."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from courses.access import get_course
from courses.banner import course_banner
from courses.billing import services
from courses.billing.books.account import statement_of
from courses.billing.books.packaged_rules import estimate_rules_of
from courses.billing.services.patient_accounts import KEEPS_ACCOUNTS
from courses.models import BillingPaper, BillingRules, Course, PatientPayment
from eecp_clinic.errors import InvalidInput, NotFound
from eecp_clinic.models import Clinic
from eecp_clinic.roles import Role, StaffRequest, staff_view
from patients.access import require_same_patient
from patients.forms import plain_dates_and_not_known, show_refusal

READS_ACCOUNTS = (*KEEPS_ACCOUNTS, Role.ADMINISTRATOR)


class PaymentForm(forms.ModelForm):  # type: ignore[type-arg]  # generic only for the type checker
    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[
            (kind.value, kind.label) for kind in (PatientPayment.Kind.PAYMENT, PatientPayment.Kind.REFUND)
        ],
    )

    class Meta:
        model = PatientPayment
        fields = ["kind", "amount", "received_on", "method", "reference", "note"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates_and_not_known(self)
        self.fields["amount"].label = gettext_lazy("Amount")
        self.fields["amount"].unit = "USD"  # type: ignore[attr-defined]  # read by partials/_field.html
        self.fields["method"].choices = [  # type: ignore[attr-defined]  # a field of choices
            ("", gettext_lazy("Choose")),
            *PatientPayment.Method.choices,
        ]


class EstimateForm(forms.Form):
    """What is to be estimated."""

    sessions = forms.IntegerField(label=gettext_lazy("Sessions"), min_value=1, max_value=200)
    first_day = forms.DateField(label=gettext_lazy("From"))
    last_day = forms.DateField(label=gettext_lazy("To"))
    by_package = forms.TypedChoiceField(
        label=gettext_lazy("Price"),
        choices=[
            ("fees", gettext_lazy("By the fee schedule")),
            ("package", gettext_lazy("The self-pay package")),
        ],
        coerce=lambda value: value == "package",
    )
    separately = forms.CharField(
        label=gettext_lazy("What will be scheduled separately"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "Such as an echocardiogram before the course. Empty: the clinic knows of nothing"
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_dates_and_not_known(self)


def get_paper(clinic: Clinic, code: str) -> BillingPaper:
    """The clinic's paper of that code. Raises NotFound."""
    rows = BillingPaper.objects.of(clinic).select_related(
        "course__clinic", "course__patient", "patient__clinic"
    )
    paper = rows.filter(code=code).first()
    if paper is None:
        raise NotFound(_("There is no such paper at this clinic. Open it from the account of the course."))
    return paper


@require_GET
@staff_view(*READS_ACCOUNTS)
def account(request: StaffRequest, code: str) -> HttpResponse:
    return _page(request, get_course(request.clinic, code))


@require_POST
@staff_view(*KEEPS_ACCOUNTS)
def pay(request: StaffRequest, code: str) -> HttpResponse:
    course, now = get_course(request.clinic, code), timezone.now()
    form = PaymentForm(request.POST, instance=PatientPayment(course=course))

    def record() -> None:
        services.record_payment(course=course, values=form.cleaned_data, actor=request.user, now=now)

    return _done(request, course, form, record, _("Entered in the books of today."), payment=form)


@require_POST
@staff_view(*KEEPS_ACCOUNTS)
def estimate(request: StaffRequest, code: str) -> HttpResponse:
    course, now = get_course(request.clinic, code), timezone.now()
    form = EstimateForm(request.POST)

    def make() -> None:
        services.make_estimate(course=course, values=form.cleaned_data, actor=request.user, now=now)

    return _done(
        request, course, form, make, _("The estimate is made. Give it to the patient."), estimate=form
    )


@require_POST
@staff_view(*KEEPS_ACCOUNTS)
def statement(request: StaffRequest, code: str) -> HttpResponse:
    course = get_course(request.clinic, code)
    require_same_patient(request, course.patient)
    services.make_statement(course=course, actor=request.user, now=timezone.now())
    messages.success(request, _("The statement is made."))
    return redirect("courses:account", code)


@require_POST
@staff_view(*KEEPS_ACCOUNTS)
def invoice(request: StaffRequest, code: str) -> HttpResponse:
    course = get_course(request.clinic, code)
    require_same_patient(request, course.patient)
    services.make_invoice(course=course, actor=request.user, now=timezone.now())
    messages.success(request, _("The invoice is made."))
    return redirect("courses:account", code)


@require_POST
@staff_view(*KEEPS_ACCOUNTS)
def cancel(request: StaffRequest, code: str) -> HttpResponse:
    """Take an invoice back with a credit note."""
    paper = get_paper(request.clinic, code)
    require_same_patient(request, paper.patient)
    made = services.cancel_invoice(
        invoice=paper, reason=request.POST.get("reason", ""), actor=request.user, now=timezone.now()
    )
    messages.success(request, _("The credit note is made."))
    return redirect("courses:account", made.course.code if made.course else code)


@require_POST
@staff_view(*KEEPS_ACCOUNTS)
def withdraw(request: StaffRequest, code: str, payment: str) -> HttpResponse:
    course = get_course(request.clinic, code)
    require_same_patient(request, course.patient)
    found = course.patient_payments.filter(code=payment).select_related("course__clinic").first()
    if found is None:
        raise NotFound(_("There is no such payment in this course. Open the page again."))
    services.withdraw_payment(
        payment=found, reason=request.POST.get("reason", ""), actor=request.user, now=timezone.now()
    )
    messages.success(request, _("Withdrawn. Both entries stay to be read."))
    return redirect("courses:account", code)


@require_GET
@staff_view(*READS_ACCOUNTS)
def paper(request: StaffRequest, code: str) -> HttpResponse:
    found = get_paper(request.clinic, code)
    content = services.hand_out_paper(paper=found, actor=request.user, now=timezone.now())
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{found.kind}-{found.code}.pdf"'},
    )


def _done(
    request: StaffRequest,
    course: Course,
    form: forms.BaseForm,
    act: Callable[[], None],
    said: str,
    **shown: forms.BaseForm,
) -> HttpResponse:
    """Act on a form that is right, or show the page with what was typed."""
    require_same_patient(request, course.patient)
    if form.is_valid():
        try:
            act()
        except InvalidInput as error:
            show_refusal(form, error)
        else:
            messages.success(request, said)
            return redirect("courses:account", course.code)
    return _page(request, course, status=422, **shown)


def _page(
    request: StaffRequest,
    course: Course,
    *,
    payment: forms.BaseForm | None = None,
    estimate: forms.BaseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    payments = course.patient_payments.select_related("recorded_by", "withdrawn_by", "withdraws")
    context = {
        "course": course,
        "patient": course.patient,
        "banner": course_banner(course, now),
        "statement": statement_of(course, now),
        "papers": course.billing_papers.select_related("made_by", "cancelled_by"),
        "payments": payments,
        "payment_form": payment or PaymentForm(initial={"received_on": request.clinic.day_of(now)}),
        "estimate_form": estimate or EstimateForm(initial=_usual(course, now)),
        "law": estimate_rules_of(BillingRules.objects.in_force(course.clinic, now)),
        "may_keep": bool(request.roles & set(KEEPS_ACCOUNTS)),
    }
    return render(request, "courses/billing/books/account.html", context, status=status)


def _usual(course: Course, now: datetime) -> dict[str, Any]:
    """The ordered sessions, from the first booked hour to the last."""
    hours = list(course.appointments.taken().order_by("starts_at").values_list("starts_at", flat=True))
    days = [course.clinic.day_of(hour) for hour in hours] or [course.clinic.day_of(now)]
    return {"sessions": course.sessions_ordered, "first_day": days[0], "last_day": days[-1]}
