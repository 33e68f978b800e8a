"""Claim lines: made of signed sessions, looked at again when something may have changed."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from courses.billing.facts import facts_of, rules_of, service_day, sessions_with_facts
from courses.billing.findings import PATIENT_PAYS, LineFinding, Mover, block
from courses.billing.scrubber import may_go, scrub
from courses.billing.surroundings import Surroundings
from courses.models import ClaimLine, Session
from eecp_clinic import audit
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import User
from eecp_clinic.roles import Role, require_role
from patients.banner import primary_coverage
from patients.models import Payer

#: Tells how many days are left and so changes every day; pages compute it when they show it.
NOT_KEPT = {"filing_limit"}
#: How often a line is looked at again without an occasion, and how many at once.
BLOCKED_EVERY = timedelta(minutes=5)
READY_EVERY = timedelta(days=1)
AT_ONCE = 200
#: Findings that a person may answer with a decision and its reason.
DECIDED_BY_A_PERSON = {"partial_needs_decision", "short_billable", "short_not_billable"}


def refresh_line(*, session: Session, now: datetime) -> ClaimLine:
    """Make or check the line of a signed session. Raises Conflict where it is not signed."""
    lines = refresh_lines(sessions=[session.pk], now=now)
    if not lines:
        raise Conflict(
            gettext(
                "The session is not signed. A claim line is made of signed sessions only: sign it first."
            ),
            code="session_unsigned",
        )
    return lines[0]


@transaction.atomic
def refresh_lines(*, sessions: Iterable[int], now: datetime) -> list[ClaimLine]:
    """Make or check the lines of those sessions that are signed; the same facts leave the same line."""
    signed = Session.objects.filter(pk__in=list(sessions), signature__isnull=False)
    # The session row is what two workers at once queue for: the line may not exist yet.
    keys = list(signed.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    found = sessions_with_facts(keys)
    around = Surroundings(found)
    return [_refresh(session, findings_of(session, around, now), now) for session in found]


def refresh_due_lines(*, now: datetime) -> list[ClaimLine]:
    """Lines of signed sessions that have none, and lines that were not looked at for a while; some at a time."""
    new = Session.objects.filter(signature__isnull=False, claim_line__isnull=True).order_by("pk")
    due = ClaimLine.objects.due(blocked_before=now - BLOCKED_EVERY, ready_before=now - READY_EVERY)
    keys = [
        *new.values_list("pk", flat=True)[:AT_ONCE],
        *due.values_list("session_id", flat=True)[:AT_ONCE],
    ]
    return refresh_lines(sessions=keys, now=now)


def findings_of(session: Session, around: Surroundings, now: datetime) -> tuple[LineFinding, ...]:
    """What the scrubber says, or that the patient pays and there is nothing to claim."""
    day = service_day(session)
    coverage = primary_coverage(session.course.patient, day)
    if coverage is not None and coverage.payer.kind == Payer.Kind.SELF_PAY:
        sentence = "The patient pays by agreement: no claim is made."
        return (block(PATIENT_PAYS, sentence, "The coverage on file", "payer_kind", Mover.NOBODY),)
    rules = rules_of(
        session.course.clinic,
        day,
        settled=around.settled_billing(session, now),
        planned_sessions=session.course.order.sessions,
        audio_video_accepted=around.accepts_audio_video(session),
    )
    return scrub(facts_of(session, around, now), rules)


def _refresh(session: Session, findings: Sequence[LineFinding], now: datetime) -> ClaimLine:
    line = getattr(session, "claim_line", None) or ClaimLine(session=session)
    state = ClaimLine.State.READY if may_go(findings) else ClaimLine.State.BLOCKED
    kept = [_plain(finding) for finding in findings if finding.code not in NOT_KEPT]
    is_new, changed = line.pk is None, line.state != state
    line.state, line.findings, line.scrubbed_at = state, kept, now
    line.full_clean(validate_unique=False, exclude=["findings"])
    if is_new:
        line.save(force_insert=True)
    else:
        line.save(update_fields=["state", "findings", "scrubbed_at"])
    if is_new or changed:
        audit.record(
            f"claimline.{state}",
            subject=f"claimline:{line.code}",
            actor=None,
            clinic=session.course.clinic,
            at=now,
            session=session.code,
            findings=[finding.code for finding in findings],
        )
    return line


def _plain(finding: LineFinding) -> dict[str, Any]:
    return {
        **{name: str(value) for name, value in asdict(finding).items() if name != "uncovered"},
        "uncovered": [[gap.start.isoformat(), gap.end.isoformat()] for gap in finding.uncovered],
    }


@transaction.atomic
def decide_partial(*, line: ClaimLine, decision: str, reason: str, actor: User, now: datetime) -> ClaimLine:
    """Decide whether a session that ended early is billed, and why. Raises NotAllowed, InvalidInput, Conflict."""
    clinic = line.session.course.clinic
    role = require_role(actor, clinic, Role.PHYSICIAN, Role.BILLING)
    _refuse_decision(decision, reason)
    # The session before its line, as whoever checks the line again: else the two could wait for each other.
    Session.objects.select_for_update(of=("self",)).get(pk=line.session_id)
    locked = ClaimLine.objects.select_for_update(of=("self",)).select_related("session").get(pk=line.pk)
    if not is_partial(locked):
        raise Conflict(
            gettext("The session was given in full: there is nothing to decide. Check the line again."),
            code="not_partial",
        )
    if (claim := locked.billed_in) is not None:
        said = gettext("This session was billed with claim %(code)s: correct it by a replacement claim.")
        raise Conflict(said % {"code": claim.code}, code="billed")
    locked.partial_decision, locked.decision_reason = decision, reason.strip()
    locked.decided_by, locked.decided_role, locked.decided_at = actor, role, now
    locked.full_clean(validate_unique=False, exclude=["findings"])
    locked.save(
        update_fields=["partial_decision", "decision_reason", "decided_by", "decided_role", "decided_at"]
    )
    audit.record(
        "claimline.decided",
        subject=f"claimline:{locked.code}",
        actor=actor,
        clinic=clinic,
        at=now,
        decision=decision,
    )
    return refresh_line(session=locked.session, now=now)


def is_partial(line: ClaimLine) -> bool:
    """Whether a person decides this line: it waits for a decision, or has one that can be changed."""
    codes = {finding["code"] for finding in line.findings}
    return bool(line.partial_decision) or bool(codes & DECIDED_BY_A_PERSON)


def _refuse_decision(decision: str, reason: str) -> None:
    if decision not in ClaimLine.PartialDecision.values:
        sentence = gettext("Choose whether the session is billed.")
        raise InvalidInput(sentence, fields={"decision": [sentence]})
    if not reason.strip():
        sentence = gettext("Write the reason: an auditor will ask for it.")
        raise InvalidInput(sentence, fields={"reason": [sentence]})
