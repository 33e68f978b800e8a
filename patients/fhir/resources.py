"""Patients, coverages and diagnoses as FHIR R4 resources."""

from eecp_clinic.fhir.resources import Json, clinic_reference, concept, day, moment, staff_reference
from patients.fhir import codes
from patients.models import Coverage, Patient, Payer, Workup

GENDERS = {"F": "female", "M": "male", "X": "other", "U": "unknown"}
#: The source of payment by kind of payer; kinds of Medicare are told apart by managed (11) and not (12).
SOURCES_OF_PAYMENT = {
    Payer.Kind.ORIGINAL_MEDICARE: "12",
    Payer.Kind.MEDICARE_ADVANTAGE: "11",
    Payer.Kind.MEDICAID: "2",
    Payer.Kind.COMMERCIAL: "5",
    Payer.Kind.SELF_PAY: "81",
}


#: FHIR's code by ours; of several the last, which says less.
_RELATIONSHIPS = {ours: theirs for theirs, ours in codes.RELATIONSHIPS.items()}


def patient_reference(patient: Patient) -> Json:
    return {"reference": f"Patient/{patient.code}", "display": str(patient)}


def patient_resource(patient: Patient) -> Json:
    """The person. Alerts and allergies are free text here and are not given as coded resources."""
    return {
        "resourceType": "Patient",
        "id": patient.code,
        "active": patient.merged_into is None,
        # What was signed for a record that was merged still names it; whoever reads it is led on.
        "link": [{"other": patient_reference(patient.merged_into), "type": "replaced-by"}]
        if patient.merged_into
        else [],
        "identifier": [
            {
                "use": "usual",
                "type": concept("MRN", (codes.IDENTIFIER_TYPE, "MR")),
                "value": patient.mrn,
                "assigner": clinic_reference(patient.clinic),
            }
        ],
        "name": [{"use": "official", "family": patient.family_name, "given": patient.given_name.split()}],
        "telecom": [
            {"system": "phone", "value": patient.phone} if patient.phone else None,
            {"system": "email", "value": patient.email} if patient.email else None,
        ],
        "gender": GENDERS[patient.sex],
        "birthDate": day(patient.birth_date),
        "address": [
            {
                "line": [patient.address],
                "city": patient.city,
                "state": patient.state,
                "postalCode": patient.postal_code,
            }
        ],
        "managingOrganization": clinic_reference(patient.clinic),
    }


def coverage_resource(coverage: Coverage) -> Json:
    """One insurance. ``status`` is that of the record; from when to when it is in force says ``period``."""
    payer = coverage.payer
    kind = Payer.Kind(payer.kind)
    return {
        "resourceType": "Coverage",
        "id": coverage.code,
        "status": "active",
        "type": concept(str(kind.label), (codes.SOURCE_OF_PAYMENT, SOURCES_OF_PAYMENT[kind])),
        "subscriber": patient_reference(coverage.patient) if coverage.is_own else _subscriber(coverage),
        "subscriberId": coverage.member_id,
        "relationship": concept(
            str(coverage.get_relationship_display()),
            (codes.SUBSCRIBER_RELATIONSHIP, _RELATIONSHIPS[coverage.relationship]),
        ),
        "beneficiary": patient_reference(coverage.patient),
        "period": {"start": day(coverage.starts_on), "end": day(coverage.ends_on)},
        "payor": [
            {
                "type": "Organization",
                "display": payer.name,
                "identifier": {"value": payer.payer_id} if payer.payer_id else None,
            }
        ],
        "order": coverage.priority,
    }


def _subscriber(coverage: Coverage) -> Json | None:
    """Somebody else is no patient here, and so is named without a resource of their own."""
    names = (coverage.subscriber_family_name.upper(), coverage.subscriber_given_name)
    return {"display": " ".join(filter(None, names))} if any(names) else None


def condition_resource(workup: Workup, code: str) -> Json:
    """One diagnosis of a patient's newest workup."""
    return {
        "resourceType": "Condition",
        "id": f"{workup.patient.code}.{code}",
        "clinicalStatus": {"coding": [{"system": codes.CONDITION_CLINICAL, "code": "active"}]},
        "category": [{"coding": [{"system": codes.CONDITION_CATEGORY, "code": "problem-list-item"}]}],
        "code": concept(code, (codes.ICD10CM, code)),
        "subject": patient_reference(workup.patient),
        "recordedDate": moment(workup.recorded_at),
        "recorder": staff_reference(workup.recorded_by),
    }
