"""One patient with all that belongs to them, as one Bundle."""

from datetime import datetime

from courses.fhir.registry import TYPES
from courses.models import Appointment, Session
from devices.models import Device
from eecp_clinic.fhir.parameters import Given
from eecp_clinic.fhir.resources import Json
from eecp_clinic.fhir.types import Asked, ResourceType
from eecp_clinic.models import Clinic
from patients.models import Patient


def everything(patient: Patient, base: str, now: datetime) -> Json:
    """A searchset Bundle of the patient, what points at them, and the devices that were or will be used.

    The number of queries does not depend on how much there is.
    """
    found: list[tuple[str, Json]] = []
    for kind in TYPES:
        resources = kind.rows.page(patient.clinic, _asked(kind, patient), 0, None).resources
        found += [(kind.name, resource) for resource in resources]
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "timestamp": now.isoformat(timespec="seconds"),
        "total": len(found),
        "link": [{"relation": "self", "url": f"{base}Patient/{patient.code}/$everything"}],
        "entry": [
            {
                "fullUrl": f"{base}{kind}/{resource['id']}",
                "resource": resource,
                "search": {"mode": "match" if kind != "Device" else "include"},
            }
            for kind, resource in found
        ],
    }


def _asked(kind: ResourceType, patient: Patient) -> list[Asked]:
    """The search that finds what is the patient's among resources of this type."""
    if kind.name == "Device":
        name, values = "_id", _devices(patient.clinic, patient) or [""]
    else:
        name, values = "_id" if kind.name == "Patient" else "patient", [patient.code]
    parameter = next(one for one in kind.parameters if one.name == name)
    return [Asked(parameter, tuple(Given(value, "", patient.clinic.zone, "") for value in values))]


def _devices(clinic: Clinic, patient: Patient) -> list[str]:
    booked = Appointment.objects.of(clinic).filter(patient=patient).values("device")
    used = Session.objects.of(clinic).filter(course__patient=patient).values("device")
    return list(Device.objects.of(clinic).filter(pk__in=booked.union(used)).values_list("code", flat=True))
