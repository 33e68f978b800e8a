"""The findings of one line as its page shows them, and the forms by which warnings are set aside."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.billing.findings import Mover, Severity
from courses.billing.forms import AsideForm, TakeUpForm
from courses.billing.line_warnings import LineWarning, key_of, waiting, warnings_of
from courses.billing.worklist.claims_page import MOVERS
from courses.models import ClaimLine

LIGHTS = {Severity.BLOCK: "stop", Severity.WARN: "look", Severity.NOTE: "idle"}
LABELS = {Severity.BLOCK: _("Keeps it back"), Severity.WARN: _("Look"), Severity.NOTE: _("Note")}


@dataclass(frozen=True, slots=True)
class Refused:
    """A form of the page that was not taken: ``key`` of the finding it spoke of, or the ``entry`` of the ledger."""

    form: TakeUpForm
    key: tuple[str, str] = ("", "")
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class WarningRow:
    """One warning with what ``partials/_finding.html`` wants, and the form that sets it aside or takes it up again."""

    warning: LineWarning
    shown: dict[str, Any]
    form: TakeUpForm


@dataclass(frozen=True, slots=True)
class WarningsShown:
    """``lost``: a refused form whose warning the page no longer shows, so that what was typed can still be read."""

    waiting: tuple[WarningRow, ...]
    aside: tuple[WarningRow, ...]
    lost: TakeUpForm | None


def warnings_shown(line: ClaimLine, refused: Refused | None) -> WarningsShown:
    """A refused form stands where it was sent from; by its code alone where the warning says something else now."""
    warnings = warnings_of(line)
    place = next(_places(warnings, refused), None) if refused else None
    others = _others(line) if any(warning.waits for warning in warnings) else Counter()
    rows = []
    for number, warning in enumerate(warnings):
        form = refused.form if refused and number == place else AsideForm() if warning.waits else TakeUpForm()
        form.auto_id = f"aside-{number}-%s"
        if isinstance(form, AsideForm):
            form.offer(others[key_of(warning.finding)])
        rows.append(WarningRow(warning, _shown(warning.finding), form))
    return WarningsShown(
        waiting=tuple(row for row in rows if row.warning.waits),
        aside=tuple(row for row in rows if not row.warning.waits),
        lost=refused.form if refused and place is None else None,
    )


def _others(line: ClaimLine) -> Counter[tuple[str, str]]:
    """On how many other lines of the course each warning waits."""
    lines = ClaimLine.objects.filter(session__course=line.session.course).exclude(pk=line.pk)
    return Counter(
        key for one in lines.prefetch_related("overrides") for key in {key_of(said) for said in waiting(one)}
    )


def _places(warnings: list[LineWarning], refused: Refused) -> Iterator[int]:
    """Where the refused form may stand, the best place first."""
    numbered = list(enumerate(warnings))
    if refused.entry is not None:
        yield from (n for n, one in numbered if one.aside is not None and one.aside.pk == refused.entry)
        return
    yield from (n for n, one in numbered if one.waits and key_of(one.finding) == refused.key)
    yield from (n for n, one in numbered if one.waits and one.finding["code"] == refused.key[0])


def findings_shown(line: ClaimLine, *severities: Severity) -> list[dict[str, Any]]:
    """Those of ``severities`` with the keys of ``partials/_findings.html``."""
    return [_shown(finding) for finding in line.findings if finding["severity"] in severities]


def _shown(finding: Mapping[str, Any]) -> dict[str, Any]:
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


def _fact(finding: Mapping[str, Any]) -> str:
    """The stretches that are not covered, or the field that the rule read."""
    spans = [tuple(_clock(moment) for moment in span) for span in finding["uncovered"]]
    if spans:
        return ", ".join(gettext("%(start)s to %(end)s") % {"start": a, "end": b} for a, b in spans)
    return gettext("Field: %(name)s") % {"name": finding["field"].replace("_", " ")}


def _clock(moment: str) -> str:
    return date_format(localtime(datetime.fromisoformat(moment)), "H:i")
