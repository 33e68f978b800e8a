"""What several resources of courses need."""

from eecp_clinic.fhir.parameters import Parameter, reference
from eecp_clinic.fhir.resources import Json, concept
from patients.fhir import codes

#: One session as it is billed.
SESSION_CODE = "G0166"


def session_concept() -> Json:
    return concept("External counterpulsation, one session", (codes.HCPCS, SESSION_CODE))


def of_patient() -> tuple[Parameter, ...]:
    return (reference("patient", "Patient", "patient"), reference("subject", "Patient", "patient"))
