"""The facts as JSON Schema (draft 2020-12), so that an outsider's cases can be checked before they are sent."""

from typing import Any

from patients.eligibility.fact_kinds import Day, Diagnoses, FactKind, Number, OneOf, SomeOf, Text, Whole
from patients.eligibility.facts import FACTS


def facts_schema() -> dict[str, Any]:
    """Every fact by name, with its kind and allowed values; null is "not known" everywhere."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Facts of an eligibility decision",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            name: {"description": spec.label, "anyOf": [_kind(spec.kind), {"type": "null"}]}
            for name, spec in FACTS.items()
        },
    }


def _kind(kind: FactKind) -> dict[str, Any]:
    match kind:
        case Whole():
            top = {} if kind.high is None else {"maximum": kind.high}
            return {"type": "integer", "minimum": kind.low, **top}
        case Number():
            return {"type": "number", "minimum": kind.low, "maximum": kind.high}
        case Day():
            return {"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
        case OneOf():
            return {"enum": [str(code) for code in kind.codes]}
        case SomeOf():
            return {"type": "array", "items": {"enum": [str(code) for code in kind.codes]}}
        case Diagnoses():
            return {"type": "array", "items": {"type": "string"}}
        case Text():
            return {"type": "string", "pattern": r"\S"}
        case _:
            return {"type": "boolean"}
