"""Papers for patients about money, as PDF: the same facts always give the same bytes."""

from datetime import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation

from courses.models import BillingPaper, BillingProvider
from eecp_clinic.models import User
from eecp_clinic.pdf import Document, render
from patients.models import Patient

LANGUAGE = "en-us"
_TEMPLATES = {
    BillingPaper.Kind.STATEMENT: "packet/patient_statement.html",
    BillingPaper.Kind.INVOICE: "packet/invoice.html",
    BillingPaper.Kind.CREDIT: "packet/invoice.html",
    BillingPaper.Kind.ESTIMATE: "packet/estimate.html",
}


def lay_out(
    paper: BillingPaper, *, provider: BillingProvider, patient: Patient, by: User, at: datetime, **shown: Any
) -> Document:
    """The pages of a paper that is about to be kept; ``shown`` is what its kind adds."""
    clinic = patient.clinic
    context = {
        "paper": paper,
        "provider": provider,
        "patient": patient,
        "clinic": clinic,
        "by": by,
        "at": at,
        "language": LANGUAGE,
        **shown,
    }
    with timezone.override(clinic.zone), translation.override(LANGUAGE):
        return render(render_to_string(_TEMPLATES[BillingPaper.Kind(paper.kind)], context))
