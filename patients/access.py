"""Fetching and authorising in one: what is not of the clinic in hand is not there."""

from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext

from eecp_clinic.errors import Conflict, NotFound
from eecp_clinic.models import Clinic
from patients.models import (
    Coverage,
    Document,
    EligibilityAssessment,
    Notice,
    Patient,
    PatientImport,
    PatientMerge,
    Payer,
    PlanDetermination,
    PriorAuthorization,
    SafetyOverride,
    SafetyScreening,
    Workup,
)


def with_coverages(patients: QuerySet[Patient]) -> QuerySet[Patient]:
    """The patients with their coverages and payers, as the banner and the list need them: one more query."""
    return patients.prefetch_related(Prefetch("coverages", Coverage.objects.select_related("payer")))


def get_patient(clinic: Clinic, code: str) -> Patient:
    """The clinic's patient of that code, coverages fetched; the kept record, where it was merged. Raises NotFound."""
    own = Q(code=code, merged_into__isnull=True) | Q(merged_records__code=code)
    patient = with_coverages(Patient.objects.of(clinic).select_related("clinic").filter(own)).first()
    if patient is None:
        raise NotFound(gettext("There is no such patient at this clinic. Search the list of patients."))
    return patient


def get_coverage(patient: Patient, code: str) -> Coverage:
    own = Coverage.objects.filter(patient.of_person())
    found = own.select_related("payer", "patient__clinic").filter(code=code).first()
    if found is None:
        raise NotFound(gettext("This patient has no such coverage. Open the patient's page."))
    return found


def get_authorization(coverage: Coverage, code: str) -> PriorAuthorization:
    found = coverage.authorizations.select_related("coverage__patient__clinic").filter(code=code).first()
    if found is None:
        raise NotFound(gettext("This coverage has no such authorization. Open the coverage."))
    return found


def get_workup(patient: Patient, code: str) -> Workup:
    found = patient.workups.select_related("recorded_by", "patient__clinic").filter(code=code).first()
    if found is None:
        raise NotFound(gettext("This patient has no such workup. Open the patient's page."))
    return found


def get_assessment(patient: Patient, code: str) -> EligibilityAssessment:
    """One coverage decision with all that its page shows."""
    found = (
        EligibilityAssessment.objects.filter(patient.of_person())
        .select_related(
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


def get_document(patient: Patient, code: str) -> Document:
    """A paper of this person that is not withdrawn. Raises NotFound."""
    own = Document.objects.in_use().filter(patient.of_person())
    found = own.select_related("patient__clinic", "coverage").filter(code=code).first()
    if found is None:
        raise NotFound(gettext("This patient has no such document. Open the patient's page."))
    return found


def get_merge(patient: Patient, code: str) -> PatientMerge:
    """A merge into this record that holds. Raises NotFound."""
    found = (
        patient.merges.filter(undone_at__isnull=True, code=code).select_related("merged", "made_by").first()
    )
    if found is None:
        raise NotFound(gettext("There is no such merge, or it was undone. Open the patient's page."))
    return found


def get_payer(clinic: Clinic, code: str) -> Payer:
    found = Payer.objects.filter(clinic=clinic, code=code).first()
    if found is None:
        raise NotFound(gettext("There is no such payer at this clinic. Open the list of payers."))
    return found


def require_same_patient(request: HttpRequest, patient: Patient) -> None:
    """Refuse a form that was opened for another patient than the page's. Raises Conflict."""
    code = request.POST.get("patient")
    # A form may have been opened before its record was merged into this one.
    if code != patient.code and not patient.merged_records.filter(code=code).exists():
        raise Conflict(
            gettext(
                "This form was opened for another patient than the page it was sent to. Nothing was saved: "
                "open the patient's page and type it there."
            ),
            code="other_patient",
        )


def get_import(clinic: Clinic, code: str) -> PatientImport:
    found = PatientImport.objects.select_related("clinic").filter(clinic=clinic, code=code).first()
    if found is None:
        raise NotFound(gettext("There is no such list at this clinic. Open the imports."))
    return found
