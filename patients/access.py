"""Fetching and authorising in one: what is not of the clinic in hand is not there."""

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

from eecp_clinic.errors import Conflict, NotFound
from eecp_clinic.models import Clinic
from patients.models import (
    Coverage,
    EligibilityAssessment,
    Notice,
    Patient,
    Payer,
    PlanDetermination,
    SafetyOverride,
    SafetyScreening,
    Workup,
)


def with_coverages(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """The patients with their coverages and payers, as the banner and the list need them: one more query."""
    return patients.prefetch_related(Prefetch("coverages", Coverage.objects.select_related("payer")))


def get_patient(clinic: Clinic, code: str) -> Patient:
    """The clinic's patient of that code, coverages fetched. Raises NotFound."""
    patient = with_coverages(Patient.objects.of(clinic).select_related("clinic").filter(code=code)).first()
    if patient is None:
        raise NotFound(gettext("There is no such patient at this clinic. Search the list of patients."))
    return patient


def get_coverage(patient: Patient, code: str) -> Coverage:
    found = patient.coverages.select_related("payer", "patient__clinic").filter(code=code).first()
    if found is None:
        raise NotFound(gettext("This patient has no such coverage. Open the patient's page."))
    return found


def get_workup(patient: Patient, code: str) -> Workup:
    found = patient.workups.select_related("recorded_by", "patient__clinic").filter(code=code).first()
    if found is None:
        raise NotFound(gettext("This patient has no such workup. Open the patient's page."))
    return found


def get_assessment(patient: Patient, code: str) -> EligibilityAssessment:
    """One coverage decision with all that its page shows."""
    found = (
        patient.assessments.select_related(
            "patient__clinic",
            "workup",
            "coverage__payer",
            "made_by",
            "signature",
            "supersedes__workup",
            "superseded_by",
        )
        .filter(code=code)
        .first()
    )
    if found is None:
        raise NotFound(gettext("This patient has no such decision. Open the patient's page."))
    return found


def screenings_of(patient: Patient) -> QuerySet[SafetyScreening]:
    """The patient's safety screenings, the newest on top, each with what was decided of it."""
    return patient.safety_screenings.select_related("made_by").prefetch_related(
        Prefetch("overrides", SafetyOverride.objects.select_related("signature"))
    )


def get_screening(patient: Patient, code: str) -> SafetyScreening:
    found = screenings_of(patient).filter(code=code).first()
    if found is None:
        raise NotFound(gettext("This patient has no such screening. Open the patient's safety page."))
    return found


def get_notice(patient: Patient, code: str) -> Notice:
    found = (
        patient.notices.select_related("patient__clinic", "coverage__payer", "given_by", "answered_by")
        .filter(code=code)
        .first()
    )
    if found is None:
        raise NotFound(gettext("This patient has no such notice. Open the patient's notices."))
    return found


def get_determination(patient: Patient, code: str) -> PlanDetermination:
    found = patient.determinations.select_related("coverage__payer", "requested_by").filter(code=code).first()
    if found is None:
        raise NotFound(gettext("This patient has no such determination. Open the patient's notices."))
    return found


def get_payer(clinic: Clinic, code: str) -> Payer:
    found = Payer.objects.filter(clinic=clinic, code=code).first()
    if found is None:
        raise NotFound(gettext("There is no such payer at this clinic. Open the list of payers."))
    return found


def require_same_patient(request: HttpRequest, patient: Patient) -> None:
    """Refuse a form that was opened for another patient than the page's. Raises Conflict."""
    if request.POST.get("patient") != patient.code:
        raise Conflict(
            gettext(
                "This form was opened for another patient than the page it was sent to. Nothing was saved: "
                "open the patient's page and type it there."
            ),
            code="other_patient",
        )
