"""The CapabilityStatement: what the API can, and nothing that it cannot."""

from collections.abc import Sequence

from eecp_clinic.fhir.resources import Json
from eecp_clinic.fhir.types import ResourceType

#: When what the API offers last changed.
CHANGED_ON = "2026-11-23"
EVERYTHING = {
    "name": "everything",
    "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything",
    "documentation": "One patient with all resources of theirs, as a Bundle to save as a file.",
}


def capability(types: Sequence[ResourceType], base: str) -> Json:
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": CHANGED_ON,
        "kind": "instance",
        "software": {"name": "EECP Clinic"},
        "implementation": {"description": "The record of an EECP clinic, read only", "url": base.rstrip("/")},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [
            {
                "mode": "server",
                "documentation": "Read only. Every answer is of the clinic in hand, and every reading is audited.",
                "security": {
                    "description": "A session of a member of staff; their roles say which types they may read."
                },
                "resource": [_resource(one) for one in types],
            }
        ],
    }


def _resource(kind: ResourceType) -> Json:
    described: Json = {
        "type": kind.name,
        "documentation": kind.about,
        "interaction": [{"code": "read"}, {"code": "search-type"}],
        "searchParam": [
            {"name": one.name, "type": one.kind, "documentation": one.about} for one in kind.parameters
        ],
    }
    return described | ({"operation": [EVERYTHING]} if kind.name == "Patient" else {})
