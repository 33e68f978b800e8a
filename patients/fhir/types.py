"""The types of resource that this room offers to the FHIR API: Patient, Coverage, Condition."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from eecp_clinic.fhir.given import Token, read_token
from eecp_clinic.fhir.parameters import NOTHING, Columns, coded, date, reference, row_id, token, words
from eecp_clinic.fhir.resources import Page, tidy
from eecp_clinic.fhir.types import Asked, ResourceType, TableRows
from eecp_clinic.models import Clinic
from eecp_clinic.roles import EVERYBODY
from patients.fhir import codes
from patients.fhir.resources import GENDERS, condition_resource, coverage_resource, patient_resource
from patients.models import Coverage, Patient, Workup
from patients.roles import READS_CLINICAL


def _patients(clinic: Clinic) -> QuerySet[Patient]:
    return Patient.objects.of(clinic).select_related("clinic", "merged_into")


def _coverages(clinic: Clinic) -> QuerySet[Coverage]:
    return Coverage.objects.filter(patient__clinic=clinic).select_related("patient", "payer")


def _by_mrn(asked: Token, on: Columns) -> Q:
    """The clinic's numbers have no system, so one that names a system finds nothing."""
    return NOTHING if asked.system or asked.code is None else Q(mrn__iexact=asked.code)


PATIENT = ResourceType(
    "Patient",
    "A person registered at the clinic.",
    EVERYBODY,
    (
        row_id(),
        token("identifier", "The MRN", _by_mrn),
        words("name", "Family or given name", "family_name", "given_name"),
        words("family", "Family name", "family_name"),
        words("given", "Given name", "given_name"),
        date("birthdate", "Date of birth"),
        coded("gender", "Sex", {gender: Q(sex=sex) for sex, gender in GENDERS.items()}),
    ),
    TableRows(_patients, patient_resource, {"_id": "code", "start": "birth_date", "days": True}),
)

COVERAGE = ResourceType(
    "Coverage",
    "One insurance of a patient, with its rank and the days it is in force.",
    EVERYBODY,
    (
        row_id(),
        reference("patient", "Patient", "patient"),
        reference("beneficiary", "Patient", "patient"),
        coded("status", "Always active: see period", {"active": Q()}),
    ),
    TableRows(_coverages, coverage_resource, {"_id": "code", "patient": "patient__code"}),
)


class Diagnoses:
    """One diagnosis of a newest workup is one resource.

    A patient has a handful of diagnoses, so they are spread out here and not in the database: one query for the
    codes of all newest workups that fit, one for the workups of the page.
    """

    COLUMNS = {"patient": "patient__code", "start": "recorded_at"}

    def page(self, clinic: Clinic, asked: Iterable[Asked], start: int, count: int | None) -> Page:
        newest = (
            Workup.objects.filter(patient__clinic=clinic)
            .order_by("patient_id", "-recorded_at", "-pk")
            .distinct("patient_id")
        )
        workups = Workup.objects.filter(pk__in=newest.values("pk"))
        by_code: list[Asked] = []
        for one in asked:
            if one.parameter.name in ("code", "_id"):
                by_code.append(one)
            else:
                workups = workups.filter(one.condition(self.COLUMNS))
        rows = [
            (pk, code)
            for pk, patient, diagnoses in workups.order_by("-recorded_at", "pk").values_list(
                "pk", "patient__code", "diagnoses"
            )
            for code in dict.fromkeys(diagnoses)
            if all(_fits(one, patient, code) for one in by_code)
        ]
        shown = rows[start : None if count is None else start + count]
        wanted = {pk for pk, _ in shown}
        found = Workup.objects.select_related("patient", "recorded_by").in_bulk(wanted)
        return Page(len(rows), [tidy(condition_resource(found[pk], code)) for pk, code in shown])


def _fits(asked: Asked, patient: str, code: str) -> bool:
    for given in asked.values:
        if asked.parameter.name == "_id" and given.text == f"{patient}.{code}":
            return True
        if asked.parameter.name == "code" and read_token(given.text).matches(codes.ICD10CM, code):
            return True
    return False


CONDITION = ResourceType(
    "Condition",
    "A diagnosis (ICD-10-CM) of a patient's newest workup.",
    READS_CLINICAL,
    (
        row_id("The patient's id, a full stop, and the code"),
        reference("patient", "Patient", "patient"),
        reference("subject", "Patient", "patient"),
        token("code", "The ICD-10-CM code", lambda asked, on: Q()),
        coded("clinical-status", "Always active: they are those of the newest workup", {"active": Q()}),
        date("recorded-date", "When the workup was recorded"),
    ),
    Diagnoses(),
)
