"""A coverage as FHIR gives it: who the subscriber is, and what the patient is to them."""

from fhir.resources.R4B.coverage import Coverage as FhirCoverage

from eecp_clinic.fhir.resources import Json
from eecp_clinic.models import Clinic
from patients.fhir.resources import coverage_resource
from patients.models import Payer
from tests import factories


def given_as(resource: Json) -> tuple[str, str, str]:
    """Relationship, and the subscriber's name and reference; the whole is judged by FHIR's own model."""
    FhirCoverage.model_validate(
        {name: value for name, value in resource.items() if value not in (None, [], {})}
    )
    subscriber = resource["subscriber"] or {}
    [coding] = resource["relationship"]["coding"]
    return coding["code"], subscriber.get("display", ""), subscriber.get("reference", "")


def test_patient_is_the_subscriber_of_their_own_plan(clinic: Clinic) -> None:
    coverage = factories.make_coverage(factories.make_patient(clinic))
    patient = coverage.patient
    assert given_as(coverage_resource(coverage)) == ("self", str(patient), f"Patient/{patient.code}")


def test_subscriber_of_a_spouses_plan_is_named_and_is_no_patient(clinic: Clinic) -> None:
    plan = factories.make_payer(clinic, Payer.Kind.COMMERCIAL, "Sample Mutual")
    spouse = {"relationship": "01", "subscriber_family_name": "Sample", "subscriber_given_name": "Jon"}
    coverage = factories.make_coverage(factories.make_patient(clinic), plan, **spouse)
    assert given_as(coverage_resource(coverage)) == ("spouse", "SAMPLE Jon", "")
    coverage.subscriber_family_name = coverage.subscriber_given_name = ""
    assert given_as(coverage_resource(coverage)) == ("spouse", "", "")
