"""The claims of a clinic: one row a course, with every line, why it is kept back and whose move it is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max, Prefetch, Q, QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from courses.access import payers_of
from courses.billing.facts import federal_holidays, service_day
from courses.billing.findings import PATIENT_PAYS, Mover, Severity
from courses.billing.line_warnings import waiting
from courses.billing.timely_filing import filing_limit
from courses.models import ClaimLine, Course, Session
from courses.progress.sessions import LIGHT
from eecp_clinic.models import Clinic
from patients.banner import primary_coverage
from patients.models import Payer

MOVERS = {
    Mover.NURSE: _("Nurse"),
    Mover.PHYSICIAN: _("Physician"),
    Mover.BILLING: _("Billing"),
    Mover.FRONT_DESK: _("Front desk"),
    Mover.ADMINISTRATOR: _("Administrator"),
    Mover.NOBODY: _("Nobody"),
}
COMPLETED = Q(sessions__state__in=[Session.State.ENDED, Session.State.SIGNED])


@dataclass(frozen=True, slots=True)
class LineRow:
    """One completed session as a line; ``line`` None where it is not signed, or not yet looked at."""

    session: Session
    line: ClaimLine | None
    day: date
    light: str
    state: str
    why: str
    #: warnings that nobody has set aside
    look: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One course. ``days_left`` of its most urgent line; None where the limit stands in the payer's contract."""

    course: Course
    payer: str
    first_day: date
    last_day: date
    lines: tuple[LineRow, ...]
    light: str
    state: str
    reasons: tuple[str, ...]
    movers: tuple[Any, ...]
    patient_pays: bool
    days_left: int | None


def courses_with_claims(clinic: Clinic) -> QuerySet[Course]:
    """Courses with a completed session, the newest service first, with all that their rows need."""
    sessions = (
        Session.objects.completed()
        .select_related("claim_line", "recording", "opened_by")
        .defer("recording__manifest", "recording__live")
        .prefetch_related(Prefetch("gating_report", LIGHT), "claim_line__overrides")
        .order_by("started_at")
    )
    return (
        Course.objects.of(clinic)
        .annotate(last_service=Max("sessions__started_at", filter=COMPLETED))
        .filter(last_service__isnull=False)
        .select_related("clinic", "patient", "order")
        .prefetch_related(
            Prefetch("sessions", sessions, to_attr="completed"), payers_of("patient__coverages")
        )
        .order_by("-last_service", "pk")
    )


def summary_of(clinic: Clinic) -> str:
    """'23 lines ready · 2 blocked · 1 session not signed'; what the patient pays is no claim and not counted."""
    claimed = ClaimLine.objects.of(clinic).exclude(findings__contains=[{"code": PATIENT_PAYS}])
    found = dict(claimed.order_by().values_list("state").annotate(Count("pk")))
    ready, blocked = found.get(ClaimLine.State.READY, 0), found.get(ClaimLine.State.BLOCKED, 0)
    unsigned = Session.objects.of(clinic).filter(state=Session.State.ENDED).count()
    parts = [
        ngettext("%(count)d line ready", "%(count)d lines ready", ready) % {"count": ready},
        gettext("%(count)d blocked") % {"count": blocked},
        ngettext("%(count)d session not signed", "%(count)d sessions not signed", unsigned)
        % {"count": unsigned},
    ]
    return " · ".join(parts)


def claim_row(course: Course, now: datetime) -> ClaimRow:
    """The row of one course of ``courses_with_claims``."""
    completed: list[Session] = course.completed  # type: ignore[attr-defined]  # prefetched
    today = course.clinic.day_of(now)
    lines = tuple(_line_row(session) for session in completed)
    days = [line.day for line in lines]
    coverage = primary_coverage(course.patient, max(days))
    kind = coverage.payer.kind if coverage else ""
    light, state = _state(lines, kind)
    reasons, movers = _why(lines)
    return ClaimRow(
        course=course,
        payer=coverage.payer.name if coverage else "",
        first_day=min(days),
        last_day=max(days),
        lines=lines,
        light=light,
        state=state,
        reasons=reasons,
        movers=movers,
        patient_pays=kind == Payer.Kind.SELF_PAY,
        days_left=days_left(min(days), today) if kind == Payer.Kind.ORIGINAL_MEDICARE else None,
    )


def days_left(first_day: date, today: date) -> int:
    """Days until Medicare no longer takes a line of ``first_day``."""
    return filing_limit(first_day, on=today, holidays=federal_holidays(first_day.year)).days_left


def blocking(line: ClaimLine) -> list[dict[str, Any]]:
    """The findings that keep a line back."""
    return [finding for finding in line.findings if finding["severity"] == Severity.BLOCK]


def _line_row(session: Session) -> LineRow:
    line, day = getattr(session, "claim_line", None), service_day(session)
    if line is None and not session.is_signed:
        who = session.opened_by.short_name
        why = gettext("Session %(number)s is not signed (%(who)s).") % {"number": session.number, "who": who}
        return LineRow(session, None, day, "look", gettext("To sign"), why)
    if line is None:
        return LineRow(session, None, day, "idle", gettext("To be checked"), gettext("Checked in a moment."))
    if PATIENT_PAYS in {finding["code"] for finding in line.findings}:
        return LineRow(session, line, day, "idle", gettext("Patient pays"), "")
    if line.state == ClaimLine.State.READY:
        look = tuple(finding["sentence"] for finding in waiting(line))
        return LineRow(session, line, day, "go", gettext("Ready"), "", look)
    why = " ".join(finding["sentence"] for finding in blocking(line))
    return LineRow(session, line, day, "look", gettext("Blocked"), why)


def _state(lines: Sequence[LineRow], payer_kind: str) -> tuple[str, str]:
    if payer_kind == Payer.Kind.SELF_PAY:
        return "idle", gettext("Patient pays")
    ready = sum(row.light == "go" for row in lines)
    if ready == len(lines):
        return "go", gettext("Ready")
    if ready == 0:
        return "look", gettext("Blocked")
    return "look", gettext("%(ready)d ready, %(blocked)d blocked") % {
        "ready": ready,
        "blocked": len(lines) - ready,
    }


def _why(lines: Sequence[LineRow]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    """Each reason once, with the number of its lines, the most frequent first; and whose moves they are."""
    sentences: dict[str, str] = {}
    count: Counter[str] = Counter()
    movers: dict[Mover, None] = {}
    for row in lines:
        if row.line is None:
            key = "unsigned" if not row.session.is_signed else "unchecked"
            sentences.setdefault(key, row.why)
            count[key] += 1
            movers.setdefault(Mover.NURSE) if key == "unsigned" else None
            continue
        for finding in blocking(row.line):
            sentences.setdefault(finding["code"], finding["sentence"])
            count[finding["code"]] += 1
            movers.setdefault(Mover(finding["mover"]))
    told = tuple(_counted(sentences[key], number) for key, number in count.most_common())
    return told, tuple(MOVERS[mover] for mover in movers if mover is not Mover.NOBODY)


def _counted(sentence: str, count: int) -> str:
    if count == 1:
        return sentence
    more = ngettext("and %(count)d other line", "and %(count)d other lines", count - 1) % {"count": count - 1}
    return f"{sentence} ({more})"
