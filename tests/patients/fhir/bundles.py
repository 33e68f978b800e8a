"""Small FHIR bundles of invented people, built from what matters to a test."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

Json = dict[str, Any]
SHARED = Path(os.environ.get("EECP_SHARED") or Path(__file__).resolve().parents[4] / "shared")
ME = "Patient/p1"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"


def shared_files(folder: str, pattern: str) -> list[Path]:
    """Files of the reference data beside the repository; the test is skipped where it is not there."""
    files = sorted((SHARED / "data" / folder).glob(pattern))
    if not files:
        pytest.skip(f"the reference data is not there: {SHARED / 'data' / folder}")
    return files


def bundle(*resources: Json) -> Json:
    entries = [
        {"fullUrl": f"urn:test:{number}", "resource": resource} for number, resource in enumerate(resources)
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def bundle_bytes(*resources: Json) -> bytes:
    return json.dumps(bundle(*resources)).encode()


def a_patient(**changes: Any) -> Json:
    mrn = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}
    return {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [{"type": mrn, "value": "R-100"}],
        "name": [{"use": "official", "family": "Sample", "given": ["Joan", "B"]}],
        "gender": "female",
        "birthDate": "1951-03-04",
        "telecom": [{"system": "phone", "value": "312-555-0142", "use": "home"}],
        "address": [
            {"line": ["1 Example Street"], "city": "Sampleton", "state": "Illinois", "postalCode": "60000"}
        ],
    } | changes


def concept(system: str, code: str, text: str = "") -> Json:
    return {"coding": [{"system": system, "code": code, "display": text or code}], "text": text or code}


def a_condition(code: Json, *, clinical: str = "active", verified: str = "confirmed", **more: Any) -> Json:
    base = "http://terminology.hl7.org/CodeSystem/"
    return {
        "resourceType": "Condition",
        "id": f"c-{code['coding'][0]['code']}",
        "clinicalStatus": {"coding": [{"system": f"{base}condition-clinical", "code": clinical}]},
        "verificationStatus": {"coding": [{"system": f"{base}condition-ver-status", "code": verified}]},
        "code": code,
        "subject": {"reference": ME},
        "onsetDateTime": "2019-05-06",
    } | more


def an_observation(code: Json, on: str = "2026-10-01", **value: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": f"o-{on}",
        "status": "final",
        "code": code,
        "subject": {"reference": ME},
        "effectiveDateTime": on,
    } | value


def percent(value: float, unit: str = "%") -> Json:
    return {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


def a_medicine(text: str, *, status: str = "active", on: str = "2025-01-02", **more: Any) -> Json:
    return {
        "resourceType": "MedicationRequest",
        "id": f"m-{on}",
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": {"text": text},
        "subject": {"reference": ME},
        "authoredOn": on,
    } | more


def a_procedure(code: Json, on: str = "2020-02-03", status: str = "completed") -> Json:
    return {
        "resourceType": "Procedure",
        "id": f"pr-{on}",
        "status": status,
        "code": code,
        "subject": {"reference": ME},
        "performedDateTime": on,
    }


def a_coverage(payer: str = "Original Medicare", **more: Any) -> Json:
    return {
        "resourceType": "Coverage",
        "id": "cov1",
        "status": "active",
        "beneficiary": {"reference": ME},
        "payor": [{"display": payer}],
        "subscriberId": "1EG4-TE5-MK73",
        "order": 1,
        "period": {"start": "2016-03-01"},
    } | more
