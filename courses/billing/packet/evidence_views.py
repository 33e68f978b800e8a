"""The evidence behind one claim line, link by link, with when each was last proven; and the way back from each."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from courses.banner import course_banner
from courses.billing import services
from courses.billing.access import get_line
from courses.billing.packet.links import Kind, Verdict
from courses.billing.services.evidence_checks import CHECKS
from courses.models import ClaimLine, EvidenceCheck
from courses.treatment.views.replay import REPLAYS
from eecp_clinic.roles import StaffRequest, staff_view
from patients.access import require_same_patient

#: A worker that has not answered by now will not: the page says so and asks no more.
PATIENCE = timedelta(minutes=2)
LIGHTS = {Verdict.HOLDS: "go", Verdict.GROWN: "look", Verdict.ABSENT: "idle", Verdict.FAILS: "stop"}
LABELS = {
    Verdict.HOLDS: _("Holds"),
    Verdict.GROWN: _("Added to since"),
    Verdict.ABSENT: _("None"),
    Verdict.FAILS: _("Does not hold"),
}
KINDS = {
    Kind.CLAIM: _("Claim"),
    Kind.ANSWER: _("Answer"),
    Kind.SESSION: _("Session"),
    Kind.BESIDE: _("Written since"),
    Kind.SHEET: _("Sheet"),
    Kind.RECORDING: _("Recording"),
    Kind.REPORT: _("Beats"),
}


@require_GET
@staff_view(*CHECKS)
def evidence(request: StaffRequest, code: str) -> HttpResponse:
    """The links as they were last found; the fragment asks again by itself while a worker is at it."""
    line, now = get_line(request.clinic, code), timezone.now()
    context = _context(line, request.GET.get("asked", ""), now, sees_waves=bool(request.roles & set(REPLAYS)))
    if request.htmx:
        return render(request, "courses/billing/_evidence_links.html", context)
    context["banner"] = course_banner(line.session.course, now)
    return render(request, "courses/billing/evidence.html", context)


@require_POST
@staff_view(*CHECKS)
def check(request: StaffRequest, code: str) -> HttpResponse:
    line, now = get_line(request.clinic, code), timezone.now()
    require_same_patient(request, line.session.course.patient)
    services.ask_for_check(line=line, actor=request.user, now=now)
    address = reverse("courses:evidence", args=[code])
    return redirect(f"{address}?asked={now.isoformat().replace('+00:00', 'Z')}")


def _context(line: ClaimLine, asked: str, now: datetime, *, sees_waves: bool) -> dict[str, Any]:
    checks = list(EvidenceCheck.objects.filter(line=line)[:10])
    last, since = checks[0] if checks else None, _moment(asked)
    is_waiting = since is not None and (last is None or last.checked_at < since)
    return {
        "line": line,
        "session": line.session,
        "course": line.session.course,
        "patient": line.session.course.patient,
        "last": last,
        "earlier": checks[1:],
        "rows": [_row(link, line, sees_waves=sees_waves) for link in last.links] if last else [],
        "asked": asked,
        "is_waiting": is_waiting and since is not None and now - since < PATIENCE,
        "is_late": is_waiting and since is not None and now - since >= PATIENCE,
    }


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _row(link: dict[str, str], line: ClaimLine, *, sees_waves: bool) -> dict[str, Any]:
    verdict, kind = Verdict(link["verdict"]), Kind(link["kind"])
    return {
        **link,
        "light": LIGHTS[verdict],
        "label": LABELS[verdict],
        "kind_label": KINDS[kind],
        "url": _address(kind, line, sees_waves=sees_waves and verdict is not Verdict.ABSENT),
    }


def _address(kind: Kind, line: ClaimLine, *, sees_waves: bool) -> str:
    """Where the link can be looked at; who may not see waves is led to the session they were recorded in."""
    if kind in {Kind.CLAIM, Kind.ANSWER}:
        return reverse("courses:claim-line", args=[line.code])
    if kind is Kind.RECORDING and sees_waves:
        return reverse("courses:session-replay", args=[line.session.code])
    anchors = {Kind.SHEET: "#session-sheet-title", Kind.REPORT: "#report-title"}
    return line.session.get_absolute_url() + anchors.get(kind, "")
