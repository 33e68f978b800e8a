"""A FHIR Patient into the values of a patient's record. PURE."""

from typing import Any

from patients.fhir.codes import state_code
from patients.fhir.reading.bundle import Entry
from patients.fhir.reading.elements import Json, codes, day
from patients.fhir.reading.found import Plain, Source, Value

_SEX = {"female": "F", "male": "M", "other": "X"}
#: The record's MRN is no longer than this; longer ones are other systems' row ids.
LONGEST_MRN = 20


def read_person(entry: Entry) -> tuple[tuple[Value, ...], tuple[Source, ...]]:
    """The values known, and remarks on what could not be taken."""
    resource = entry.resource
    found: list[tuple[str, Plain]] = []
    remarks: list[Source] = []
    found += [("sex", _SEX[resource["gender"]])] if resource.get("gender") in _SEX else []
    found += _name(resource)
    found += _telecom(resource)
    found += _address(resource)
    if born := day(resource.get("birthDate")):
        found.append(("birth_date", born.isoformat()))
    elif "birthDate" in resource:
        remarks.append(Source(entry.name, f"Born {resource['birthDate']}: the day is not known."))
    numbers = record_numbers(resource)
    short = [number for number in numbers if len(number) <= LONGEST_MRN]
    found += [("mrn", short[0])] if short else []
    remarks += [
        Source(entry.name, f"The sender's record number {number} is too long for an MRN here.")
        for number in numbers
        if number not in short
    ]
    values = tuple(Value(name, value, (Source(entry.name, "Patient"),)) for name, value in found if value)
    return values, tuple(remarks)


def record_numbers(resource: Json) -> list[str]:
    """Identifiers that the file calls medical record numbers."""
    return [
        str(one["value"])
        for one in resource.get("identifier", [])
        if one.get("value") and "MR" in codes(one.get("type")) and one.get("use") != "old"
    ]


def deceased(resource: Json) -> str:
    """A sentence where the file says that the person died; empty where it does not."""
    if on := day(resource.get("deceasedDateTime")):
        return f"The file says that this person died on {on:%d-%b-%Y}."
    if resource.get("deceasedBoolean") is True or resource.get("deceasedDateTime"):
        return "The file says that this person died."
    return ""


def _best(items: Any, *uses: str) -> Json | None:
    """The first of the preferred uses, else the first that is not old."""
    current = [one for one in items or [] if one.get("use") not in {"old", "maiden", "temp"}]
    for use in uses:
        for one in current:
            if one.get("use") == use:
                return dict(one)
    return dict(current[0]) if current else None


def _name(resource: Json) -> list[tuple[str, Plain]]:
    name = _best(resource.get("name"), "official", "usual") or {}
    return [("family_name", name.get("family", "")), ("given_name", " ".join(name.get("given", [])))]


def _telecom(resource: Json) -> list[tuple[str, Plain]]:
    ways = resource.get("telecom", [])
    phone = _best([way for way in ways if way.get("system") == "phone"], "mobile", "home") or {}
    mail = _best([way for way in ways if way.get("system") == "email"], "home") or {}
    return [("phone", phone.get("value", "")), ("email", mail.get("value", ""))]


def _address(resource: Json) -> list[tuple[str, Plain]]:
    place = _best(resource.get("address"), "home") or {}
    return [
        ("address", ", ".join(place.get("line", []))),
        ("city", place.get("city", "")),
        ("state", state_code(place.get("state", ""))),
        ("postal_code", place.get("postalCode", "")),
    ]
