"""Pages of this stage."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courses.access import get_course, get_order
from courses.models import Appointment, TreatmentOrder
from courses.ordering.forms import OrderForm, PasswordForm, StopForm
from courses.ordering.services import edit_order, require_usable, sign_order, write_order
from courses.ordering.stopping import TO_FREE, stop_course
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.roles import CLINICAL, Role, StaffRequest, staff_view
from patients.access import get_patient, require_same_patient
from patients.banner import banner_for
from patients.in_force import decision_in_force
from patients.models import EligibilityAssessment, Patient
from patients.verdicts import next_step, pathway_shown


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def new(request: StaffRequest, patient_code: str) -> HttpResponse:
    """Write an order on the patient's coverage decision in force."""
    patient = get_patient(request.clinic, patient_code)
    assessment = decision_of(patient)
    require_usable(assessment)
    if request.method == "POST":
        require_same_patient(request, patient)
        form = OrderForm(request.POST)
        if form.is_valid():
            order = write_order(
                patient=patient,
                assessment=assessment,
                values=form.cleaned_data,
                actor=request.user,
                now=timezone.now(),
            )
            messages.success(request, gettext("The order is written. A physician signs it to begin."))
            return redirect("courses:order", order.code)
    else:
        form = OrderForm(initial={"diagnoses": assessment.workup.diagnoses})
    return _form_page(request, patient, assessment, form, None)


@require_http_methods(["GET", "POST"])
@staff_view(*CLINICAL)
def edit(request: StaffRequest, code: str) -> HttpResponse:
    """Change an order that is not signed."""
    order = get_order(request.clinic, code)
    if order.is_signed:
        raise Conflict(
            gettext("This order is signed and final. Write a new order for what should be different.")
        )
    form = OrderForm(request.POST or None, instance=order)
    if request.method == "POST":
        require_same_patient(request, order.patient)
        if form.is_valid():
            edit_order(order=order, values=form.cleaned_data, actor=request.user, now=timezone.now())
            messages.success(request, gettext("The order is changed."))
            return redirect("courses:order", order.code)
    return _form_page(request, order.patient, order.assessment, form, order)


@require_GET
@staff_view(*CLINICAL, Role.BILLING)
def detail(request: StaffRequest, code: str) -> HttpResponse:
    return _order_page(request, get_order(request.clinic, code), PasswordForm())


@require_POST
@staff_view(Role.PHYSICIAN)
def sign(request: StaffRequest, code: str) -> HttpResponse:
    order = get_order(request.clinic, code)
    require_same_patient(request, order.patient)
    form = PasswordForm(request.POST)
    if form.is_valid():
        try:
            course = sign_order(
                order=order,
                password=form.cleaned_data["password"],
                actor=request.user,
                now=timezone.now(),
            )
        except (InvalidInput, NotAllowed) as refusal:
            form.add_error("password", refusal.message)
        else:
            messages.success(request, gettext("The order is signed. Now its sessions can be planned."))
            return redirect("courses:plan", course.code)
    return _order_page(request, order, form, status=422)


@require_http_methods(["GET", "POST"])
@staff_view(Role.PHYSICIAN)
def stop(request: StaffRequest, code: str) -> HttpResponse:
    """End a course before its time, after saying what will be lost and kept."""
    course = get_course(request.clinic, code)
    form = StopForm(request.POST or None)
    now = timezone.now()
    if request.method == "POST":
        require_same_patient(request, course.patient)
        if form.is_valid():
            stop_course(course=course, reason=form.cleaned_data["reason"], actor=request.user, now=now)
            messages.success(request, gettext("The course is stopped and its booked hours are free."))
            return redirect(course)
    to_free = Appointment.objects.filter(
        course=course, state__in=TO_FREE, ends_at__gt=now, session__isnull=True
    ).count()
    context = {
        "course": course,
        "patient": course.patient,
        "banner": banner_for(course.patient, request.clinic.day_of(now)),
        "form": form,
        "to_free": ngettext(
            "%(count)d booked hour is given back.", "%(count)d booked hours are given back.", to_free
        )
        % {"count": to_free},
    }
    status = 422 if form.errors else 200
    return render(request, "courses/ordering/stop.html", context, status=status)


def decision_of(patient: Patient) -> EligibilityAssessment:
    """The decision in force. Raises Conflict with the way out where there is none."""
    decision = decision_in_force(patient)
    if decision is None:
        raise Conflict(
            gettext(
                "There is no coverage decision for this patient. Record the workup and assess it on the patient's "
                "page, then write the order."
            ),
            code="decision_missing",
        )
    return decision


def _form_page(
    request: HttpRequest,
    patient: Patient,
    assessment: EligibilityAssessment,
    form: OrderForm,
    order: TreatmentOrder | None,
) -> HttpResponse:
    context = {
        "patient": patient,
        "banner": banner_for(patient, patient.clinic.day_of(timezone.now())),
        "form": form,
        "order": order,
        "decision": _decision(assessment),
        "cancel_url": reverse("courses:order", args=[order.code]) if order else patient.get_absolute_url(),
    }
    status = 422 if form.errors else 200
    return render(request, "courses/ordering/order_form.html", context, status=status)


def _order_page(
    request: StaffRequest, order: TreatmentOrder, form: PasswordForm, status: int = 200
) -> HttpResponse:
    patient = order.patient
    context = {
        "patient": patient,
        "banner": banner_for(patient, patient.clinic.day_of(timezone.now())),
        "order": order,
        "course": getattr(order, "course", None),
        "decision": _decision(order.assessment),
        "form": form,
        "signature": _signature(order),
        "may_edit": bool(request.roles & set(CLINICAL)) and not order.is_signed,
        "may_sign": Role.PHYSICIAN in request.roles and not order.is_signed,
    }
    return render(request, "courses/ordering/order.html", context, status=status)


def _signature(order: TreatmentOrder) -> dict[str, object] | None:
    """The signature as ``partials/_signature.html`` shows it."""
    signature = order.signature
    if signature is None:
        return None
    return {
        "name": signature.name,
        "credentials": signature.credentials,
        "meaning": signature.meaning,
        "signed_at": signature.signed_at,
        "method": signature.authentication,
        "hash": signature.content_sha256,
    }


def _decision(assessment: EligibilityAssessment) -> dict[str, object]:
    """The coverage decision as the pages of an order show it; whatever is not plainly good gets its way out."""
    shown = pathway_shown(assessment.pathway)
    return {
        "label": shown.label,
        "light": shown.light,
        "policy": f"{assessment.policy_id}, {assessment.policy_version}",
        "made_at": assessment.made_at,
        "is_signed": assessment.is_signed,
        "next_step": "" if shown.light == "go" else next_step(assessment.pathway),
    }
