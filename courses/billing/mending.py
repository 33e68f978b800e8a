"""Where what a finding speaks of is mended: the page, one click away from the line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models import ClaimLine


@dataclass(frozen=True, slots=True)
class Mend:
    """A page by its address, and what it is called on the link."""

    url: str
    label: Any


def _session(line: ClaimLine) -> str:
    return line.session.get_absolute_url()


def _patient(line: ClaimLine) -> str:
    return line.session.course.patient.get_absolute_url()


def _record(line: ClaimLine) -> str:
    return reverse("patients:edit", args=[line.session.course.patient.code])


def _coverage(line: ClaimLine, page: str = "patients:coverage-edit") -> str:
    """The coverage in force on the day, where ``worklist.open_lines`` has found one."""
    patient, code = line.session.course.patient, getattr(line, "coverage_code", None)
    return reverse(page, args=[patient.code, code]) if code else patient.get_absolute_url()


def _notices(line: ClaimLine) -> str:
    return reverse("patients:notices", args=[line.session.course.patient.code])


def _line(line: ClaimLine) -> str:
    return reverse("courses:claim-line", args=[line.code])


def _course(line: ClaimLine) -> str:
    return line.session.course.get_absolute_url()


_SESSION, _COVERAGE = _("Open the session"), _("Open the patient's coverage")
#: By the field that a finding names; what is not here is looked at on the page of the line.
PAGES: Mapping[str, tuple[Any, Callable[[ClaimLine], str]]] = {
    "signed_at": (_SESSION, _session),
    "started_at": (_SESSION, _session),
    "ended_at": (_SESSION, _session),
    "service_date": (_SESSION, _session),
    "recording_attached": (_SESSION, _session),
    "recording_verified": (_SESSION, _session),
    "effective_minutes": (_SESSION, _session),
    "number_on_day": (_SESSION, _session),
    "number_in_course": (_SESSION, _session),
    "amendments": (_SESSION, _session),
    "countersigned_with": (_SESSION, _session),
    "supervision": (_SESSION, _session),
    "order_signed_at": (_("Open the course and its order"), _course),
    "sessions_per_day": (_("Open the course and its order"), _course),
    "diagnoses": (_("Open the course and its order"), _course),
    "coverage": (_("Open the coverage decision"), _patient),
    "payer_kind": (_COVERAGE, _coverage),
    "card": (_COVERAGE, _coverage),
    "unknown_address": (_("Open the patient's record"), _record),
    "payer": (_("Open notices and approvals"), _notices),
    "partial_decision": (_("Decide on the line"), _line),
}


#: What is mended on the coverage's own page: its approvals, and what the payer said.
_ON_ITS_PAGE = {
    "authorization_missing",
    "authorization_not_in_force",
    "authorization_used_up",
    "coverage_said_inactive",
}


def mend_of(line: ClaimLine, finding: Mapping[str, Any]) -> Mend:
    """The page on which ``finding`` of the line is mended."""
    if finding["code"] in _ON_ITS_PAGE:
        return Mend(_coverage(line, "patients:coverage"), _COVERAGE)
    label, page = PAGES.get(finding["field"], (_("Open the line"), _line))
    return Mend(page(line), label)
