"""A FHIR R4 bundle as bytes, into the resources that can be read and a report of those that cannot. PURE.

Lenient as a reader must be: a resource of a type that nothing is taken from is counted, one that is not valid is
named with its number and the reason, and all others are read. Each resource that is used was valid by
``fhir.resources`` (R4B, which holds for R4 in the types read here).
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from patients.fhir.reading.elements import Json, references
from patients.fhir.reading.found import Broken, Report

#: Types that something is taken from; the last three only help to understand the others.
READ = (
    "Patient",
    "Coverage",
    "ExplanationOfBenefit",
    "Condition",
    "Observation",
    "MedicationRequest",
    "Procedure",
    "DiagnosticReport",
    "Medication",
    "Organization",
)
_SUBJECTS = ("subject", "patient", "beneficiary")


class BundleError(ValueError):
    """A file from which nothing can be read; the text is a sentence for who gave it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One valid resource, its number in the file (the first is 1), and how others refer to it."""

    number: int
    kind: str
    name: str
    resource: Json


@dataclass(frozen=True, slots=True)
class Bundle:
    """The resources of one person, in the order of the file, and what became of the rest."""

    patient: Entry
    entries: tuple[Entry, ...]
    report: Report
    _by_reference: dict[str, Json] = field(repr=False)

    def of(self, kind: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.kind == kind]

    def resolve(self, resource: Json, reference: str) -> Json | None:
        """What ``reference`` in ``resource`` points at: contained in it, or elsewhere in the file."""
        if reference.startswith("#"):
            inside = resource.get("contained", [])
            return next((one for one in inside if one.get("id") == reference[1:]), None)
        return self._by_reference.get(reference)


def read_bundle(data: bytes) -> Bundle:
    """The bundle in ``data`` (UTF-8 JSON).

    Raises
    ------
    BundleError
        Not JSON, not a bundle, or not of exactly one person.
    """
    valid, passed_over, broken, by_reference = _sort(_given(data))
    patients = [entry for entry in valid if entry.kind == "Patient"]
    if len(patients) != 1:
        raise BundleError(_not_one(len(patients), broken))
    patient = patients[0]
    own = _names_of(patient, by_reference)
    entries: list[Entry] = []
    for entry in valid:
        if others := set(references(entry.resource, *_SUBJECTS)) - own:
            reason = f"It speaks of another person than the file's patient ({sorted(others)[0]})."
            broken.append(Broken(entry.number, entry.kind, reason))
        else:
            entries.append(entry)
    read = Counter(entry.kind for entry in entries)
    report = Report(dict(read), dict(passed_over), tuple(sorted(broken, key=lambda b: b.number)))
    return Bundle(patient, tuple(entries), report, by_reference)


def _given(data: bytes) -> list[Any]:
    if data.lstrip()[:1] == b"<":
        raise BundleError("This is XML. Ask the sender for the bundle as JSON.")
    try:
        # json refuses a file that is nested too deeply with RecursionError.
        bundle = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise BundleError("This is not a JSON file. Ask the sender for a FHIR R4 bundle as JSON.") from None
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise BundleError(
            "This is JSON, but not a FHIR bundle. Ask the sender for one bundle of the patient."
        )
    entries = bundle.get("entry", [])
    if not isinstance(entries, list) or not entries:
        raise BundleError("The bundle is empty. Ask the sender for the patient's whole record.")
    return entries


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _sort(given: list[Any]) -> tuple[list[Entry], Counter[str], list[Broken], dict[str, Json]]:
    valid: list[Entry] = []
    passed_over: Counter[str] = Counter()
    broken: list[Broken] = []
    by_reference: dict[str, Json] = {}
    for number, one in enumerate(given, start=1):
        resource = one.get("resource") if isinstance(one, dict) else None
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            broken.append(Broken(number, "", "There is no resource in this entry."))
            continue
        kind = resource["resourceType"]
        if kind not in READ:
            passed_over[kind] += 1
        elif reason := _fault(kind, resource):
            broken.append(Broken(number, kind, reason))
        else:
            name = f"{kind}/{resource['id']}" if resource.get("id") else f"{kind} in entry {number}"
            valid.append(Entry(number, kind, name, resource))
            by_reference |= dict.fromkeys((name, str(one.get("fullUrl", ""))), resource)
    return valid, passed_over, broken, by_reference


def _fault(kind: str, resource: Json) -> str:
    """Why the resource is not valid, in a line; empty where it is."""
    # The models take half a second to import, which only who reads a bundle needs to wait for.
    from fhir.resources.R4B import get_fhir_model_class

    try:
        get_fhir_model_class(kind).model_validate(resource)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the resource"
        return f"{place}: {first['msg']}"
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        # The library's own validators stumble over some wrong shapes instead of refusing them.
        return f"It does not have the form of a FHIR resource ({type(error).__name__})."
    return ""


def _names_of(patient: Entry, by_reference: dict[str, Json]) -> set[str]:
    return {name for name, resource in by_reference.items() if resource is patient.resource}


def _not_one(count: int, broken: list[Broken]) -> str:
    for one in broken:
        if one.kind == "Patient":
            return f"The Patient in entry {one.number} cannot be read: {one.reason}"
    if count == 0:
        return "There is no Patient in this bundle. Ask the sender for the patient's whole record."
    return f"There are {count} patients in this bundle. Ask the sender for one file a patient."
