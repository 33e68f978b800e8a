"""Parts that resources of every room are made of. Whatever is not known is left out, as FHIR has it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from eecp_clinic.models import Clinic, User

Json = dict[str, Any]
NPI = "http://hl7.org/fhir/sid/us-npi"


def tidy(value: Any) -> Any:
    """``value`` without what is empty: FHIR knows no null, no empty text and no empty list."""
    if isinstance(value, dict):
        kept = {name: tidy(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner not in (None, "", [], {})}
    if isinstance(value, list):
        return [inner for inner in map(tidy, value) if inner not in (None, "", [], {})]
    return value


def moment(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def concept(text: str, *codings: tuple[str, str]) -> Json:
    """A CodeableConcept: words, and (system, code) where a code is certain."""
    return {"coding": [{"system": system, "code": code} for system, code in codings], "text": text}


def quantity(value: Any, unit: str, code: str) -> Json | None:
    """A number with its unit in words and in UCUM."""
    if value is None:
        return None
    number = value if isinstance(value, int) else float(value)
    return {"value": number, "unit": unit, "system": "http://unitsofmeasure.org", "code": code}


def clinic_reference(clinic: Clinic) -> Json:
    """The clinic by name and NPI: it is no resource of its own here."""
    return {
        "type": "Organization",
        "display": clinic.name,
        "identifier": {"system": NPI, "value": clinic.npi},
    }


def staff_reference(user: User) -> Json:
    identifier = {"system": NPI, "value": user.npi} if user.npi else None
    return {"type": "Practitioner", "display": user.signing_name, "identifier": identifier}


@dataclass(frozen=True, slots=True)
class Page:
    """How many resources there are, and those of one page."""

    total: int
    resources: list[Json]
