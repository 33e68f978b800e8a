"""The findings of one line as its page shows them."""

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.billing.findings import Mover, Severity
from courses.billing.worklist.claims_page import MOVERS
from courses.models import ClaimLine

LIGHTS = {Severity.BLOCK: "stop", Severity.WARN: "look", Severity.NOTE: "idle"}
LABELS = {Severity.BLOCK: _("Keeps it back"), Severity.WARN: _("Look"), Severity.NOTE: _("Note")}


def findings_shown(line: ClaimLine, *severities: Severity) -> list[dict[str, Any]]:
    """Those of ``severities`` with the keys of ``partials/_findings.html``."""
    return [_shown(finding) for finding in line.findings if finding["severity"] in severities]


def _shown(finding: dict[str, Any]) -> dict[str, Any]:
    severity, mover = Severity(finding["severity"]), Mover(finding["mover"])
    return {
        "light": LIGHTS[severity],
        "label": LABELS[severity],
        "sentence": finding["sentence"],
        "fact": _fact(finding),
        "way_out": ""
        if mover is Mover.NOBODY
        else gettext("Whose move: %(who)s") % {"who": MOVERS[mover].lower()},
        "source": finding["source"],
    }


def _fact(finding: dict[str, Any]) -> str:
    """The stretches that are not covered, or the field that the rule read."""
    spans = [tuple(_clock(moment) for moment in span) for span in finding["uncovered"]]
    if spans:
        return ", ".join(gettext("%(start)s to %(end)s") % {"start": a, "end": b} for a, b in spans)
    return gettext("Field: %(name)s") % {"name": finding["field"].replace("_", " ")}


def _clock(moment: str) -> str:
    return date_format(localtime(datetime.fromisoformat(moment)), "H:i")
