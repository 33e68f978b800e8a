"""OperationOutcome: what went wrong, in FHIR's form. PURE."""

from typing import Any

#: FHIR's kind of issue by HTTP status.
KINDS = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
}


def issue(kind: str, text: str, *, severity: str = "error") -> dict[str, Any]:
    return {"severity": severity, "code": kind, "details": {"text": text}, "diagnostics": text}


def outcome(*issues: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": list(issues)}


def refusal(status: int, text: str) -> dict[str, Any]:
    return outcome(issue(KINDS.get(status, "processing"), text))
