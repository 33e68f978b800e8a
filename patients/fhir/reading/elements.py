"""Small readers of FHIR elements, given as plain JSON. PURE; whatever is missing is None or empty."""

import math
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

Json = dict[str, Any]
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def day(text: Any) -> date | None:
    """The calendar day of a date or a moment as it was written; a month or a year alone is not a day."""
    if not isinstance(text, str) or not _DAY.match(text):
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def codings(concept: Any) -> list[tuple[str, str]]:
    """(system, code) of a CodeableConcept."""
    given = concept.get("coding", []) if isinstance(concept, dict) else []
    return [(str(coding.get("system", "")), str(coding["code"])) for coding in given if coding.get("code")]


def codes(concept: Any) -> set[str]:
    return {code for _, code in codings(concept)}


def words(concept: Any) -> str:
    """A CodeableConcept as people read it: its text, else the first display, else the first code."""
    if not isinstance(concept, dict):
        return ""
    displays = [coding.get("display", "") for coding in concept.get("coding", [])]
    every = [concept.get("text", ""), *displays, *(code for _, code in codings(concept))]
    return next((text.strip() for text in every if text and text.strip()), "")


def all_words(concept: Any) -> str:
    """Text and every display together, for looking up words in them."""
    if not isinstance(concept, dict):
        return ""
    displays = [coding.get("display", "") for coding in concept.get("coding", [])]
    return " ".join([concept.get("text", ""), *displays])


def when(resource: Json) -> date | None:
    """The day that an observation, a procedure or a request speaks of."""
    for name in ("effectiveDateTime", "effectiveInstant", "performedDateTime", "authoredOn", "onsetDateTime"):
        if found := day(resource.get(name)):
            return found
    for name in ("effectivePeriod", "performedPeriod", "onsetPeriod"):
        period = resource.get(name, {})
        if found := day(period.get("end")) or day(period.get("start")):
            return found
    return day(resource.get("recordedDate")) or day(resource.get("issued"))


def quantity(resource: Json) -> tuple[float | None, str]:
    """Number and unit of an observation's value; the number is None where there is none."""
    given = resource.get("valueQuantity", {})
    number = given.get("value")
    # JSON may hold numbers that are larger than any float.
    if isinstance(number, int | float) and "comparator" not in given and math.isfinite(number):
        return float(number), str(given.get("code") or given.get("unit") or "")
    if isinstance(resource.get("valueInteger"), int):
        return float(resource["valueInteger"]), ""
    return None, ""


def references(resource: Json, *names: str) -> Iterator[str]:
    for name in names:
        for given in resource[name] if isinstance(resource.get(name), list) else [resource.get(name)]:
            if isinstance(given, dict) and isinstance(given.get("reference"), str):
                yield given["reference"]
