"""The machine-readable evidence that a packet carries: everything that its pages say, but for pictures. PURE.

One JSON object with sorted keys and without spare space, so that the same evidence gives the same bytes. ``format``
names the layout; times are ISO 8601, money and decimals are text.
"""

from dataclasses import asdict
from typing import Any

from courses.billing.packet.evidence import Evidence

FORMAT = "eecp-packet-evidence/1"
FILE_NAME = "evidence.json"


def evidence_plain(evidence: Evidence, missing: tuple[str, ...]) -> dict[str, Any]:
    """The parts by name, each as plain values."""
    parts = {
        name: asdict(value) if (value := getattr(evidence, name)) is not None else None
        for name in ("identity", "decision", "order", "scope", "opinion", "letter")
    }
    rows = {
        name: [asdict(one) for one in getattr(evidence, name)]
        for name in ("sessions", "reviews", "papers", "enclosed", "notices", "claims", "sheets", "signatures")
    }
    for session in rows["sessions"]:
        if session["gating"] is not None:
            del session["gating"]["pictures"], session["gating"]["pictures_missing"]
    return {
        "format": FORMAT,
        "packet": evidence.code,
        "as_of": evidence.made_for,
        "course_state": evidence.state,
        "sessions_ordered": evidence.sessions_ordered,
        "sessions_not_signed": evidence.unsigned,
        "outcomes": _outcomes(evidence.outcomes),
        "missing": list(missing),
        **parts,
        **rows,
    }


def _outcomes(table: Any) -> dict[str, Any]:
    return {
        "measured": [{"point": str(one.label), "on": one.measured_on} for one in table.columns],
        "rows": [
            {"measure": str(row.label), "values": [str(value) for value in row.values]} for row in table.rows
        ],
        "sentences": [str(sentence) for sentence in table.sentences],
    }
