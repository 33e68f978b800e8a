"""What a reviewer asks of a packet first, each answered in a line. PURE.

Only what the pages behind say is counted; where something is not so in every session, the sessions are named.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from courses.billing.packet.evidence import Evidence
from courses.billing.packet.session_evidence import SessionSheet
from patients.eligibility.wording import day_text


@dataclass(frozen=True, slots=True)
class Answer:
    """``part`` names the part of the packet that shows it."""

    question: str
    answer: str
    part: str


def at_a_glance(evidence: Evidence, zone: ZoneInfo) -> tuple[Answer, ...]:
    """In the order of the packet; days in ``zone``."""
    sessions = evidence.sessions
    return (
        Answer("Covered?", _covered(evidence), "decision"),
        Answer("Ordered and signed before session 1?", _ordered(evidence, zone), "order"),
        Answer("Consent on file?", _consent(evidence), "papers"),
        Answer("Sessions", _given(evidence, zone), "overview"),
        Answer("Session records signed?", _all(sessions, lambda one: one.signature.intact), "overview"),
        Answer("Directly supervised throughout?", _all(sessions, _supervised), "overview"),
        Answer("Recorded, and the recording verified?", _all(sessions, _recorded), "recordings"),
        Answer("Gating grade, A the best", _grades(sessions), "overview"),
        Answer("Amended after signing", _amended(sessions), "overview"),
        Answer("Reviewed by a physician", _reviews(evidence), "reviews"),
        Answer(
            "Outcome", " ".join(str(one) for one in evidence.outcomes.sentences) or "Not known", "outcomes"
        ),
        Answer("Claimed", _claimed(evidence), "claims"),
    )


def _covered(evidence: Evidence) -> str:
    required = evidence.decision.required
    met = sum(one.state == "met" for one in required)
    return f"{evidence.decision.outcome}: {met} of {len(required)} required criteria met"


def _ordered(evidence: Evidence, zone: ZoneInfo) -> str:
    signature = evidence.order.signature
    if signature is None:
        return "No: the order is not signed"
    signed = day_text(signature.signed_at.astimezone(zone).date())
    began = min((one.started_at for one in evidence.sessions if one.started_at), default=None)
    if began is None:
        return f"Signed {signed}"
    verdict = "Yes" if signature.signed_at <= began else "No"
    return (
        f"{verdict}: signed {signed}, the first session here began {day_text(began.astimezone(zone).date())}"
    )


def _consent(evidence: Evidence) -> str:
    return "Yes" if any(paper.is_consent for paper in evidence.papers) else "No"


def _given(evidence: Evidence, zone: ZoneInfo) -> str:
    days = [one.started_at.astimezone(zone).date() for one in evidence.sessions if one.started_at]
    said = f"{len(evidence.sessions)} of {evidence.sessions_ordered} ordered"
    if days:
        said += f", {day_text(min(days))} to {day_text(max(days))}"
    minutes = [one.minutes for one in evidence.sessions]
    known = [one for one in minutes if one is not None]
    if known:
        said += f"; {sum(known)} min delivered"
    return said + (f" (not known of {len(minutes) - len(known)})" if len(known) < len(minutes) else "")


def _all(sessions: Iterable[SessionSheet], holds: Callable[[SessionSheet], bool]) -> str:
    """'All 35', or how many, and which not."""
    listed = list(sessions)
    without = [one.number for one in listed if not holds(one)]
    if not listed:
        return "No session"
    if not without:
        return f"All {len(listed)}"
    return f"{len(listed) - len(without)} of {len(listed)}; not {_numbers(without)}"


def _supervised(sheet: SessionSheet) -> bool:
    return bool(sheet.supervision) and not sheet.unsupervised


def _recorded(sheet: SessionSheet) -> bool:
    return sheet.recording is not None and sheet.recording.verified_at is not None


def _grades(sessions: Iterable[SessionSheet]) -> str:
    counted = Counter(one.gating.grade if one.gating is not None else "no report" for one in sessions)
    return ", ".join(f"{grade}: {counted[grade]}" for grade in sorted(counted)) or "No session"


def _amended(sessions: Iterable[SessionSheet]) -> str:
    numbers = [one.number for one in sessions if one.amendments]
    return _numbers(numbers).capitalize() if numbers else "None"


def _reviews(evidence: Evidence) -> str:
    said = [f"{one.kind} (after session {one.sessions_done})" for one in evidence.reviews]
    return ", ".join(said) or "No"


def _claimed(evidence: Evidence) -> str:
    if not evidence.claims:
        return "No claim was made"
    here = {one.number for one in evidence.sessions}
    asked = {line.session for one in evidence.claims for line in one.lines} & here
    states = [f"claim {one.code.upper()} {one.state.lower()}" for one in evidence.claims]
    return f"{len(asked)} of {len(evidence.sessions)} sessions; {', '.join(states)}"


def _numbers(numbers: list[int]) -> str:
    noun = "session" if len(numbers) == 1 else "sessions"
    return f"{noun} {', '.join(str(number) for number in numbers)}"
