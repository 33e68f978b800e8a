"""Every type of resource that the API offers, in the order of the CapabilityStatement."""

from courses.fhir.hours import APPOINTMENT, DEVICE, PROCEDURE
from courses.fhir.observations import OBSERVATION
from courses.fhir.orders import CARE_PLAN, SERVICE_REQUEST
from eecp_clinic.fhir.types import ResourceType
from patients.fhir.types import CONDITION, COVERAGE, PATIENT

TYPES: tuple[ResourceType, ...] = (
    PATIENT,
    COVERAGE,
    CONDITION,
    OBSERVATION,
    SERVICE_REQUEST,
    CARE_PLAN,
    APPOINTMENT,
    PROCEDURE,
    DEVICE,
)
