"""What an auditor would miss in a packet, by name. PURE.

The list is the clinic's own: what NCD 20.20 and the claims manual ask to be documented, and the recording behind
each session. An empty list means that nothing on it is missing, and no more than that.
"""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from courses.billing.packet.evidence import Evidence
from courses.billing.packet.session_evidence import SessionSheet
from courses.progress.milestones import middle_of


def missing_from(evidence: Evidence, zone: ZoneInfo) -> tuple[str, ...]:
    """One sentence for each thing that is missing, in the order of the packet; times in ``zone``."""
    return (
        *_decision(evidence),
        *_order(evidence),
        *_papers(evidence),
        *_course(evidence),
        *(sentence for sheet in evidence.sessions for sentence in _session(sheet, zone)),
        *_sheets(evidence),
        *_looks(evidence),
    )


def _decision(evidence: Evidence) -> Iterator[str]:
    decision = evidence.decision
    if decision.signature is None:
        yield "The coverage decision is not signed."
    open_points = [criterion for criterion in decision.required if criterion.state != "met"]
    if open_points:
        yield f"{len(open_points)} required coverage criteria are not met or not known."
    if not decision.required:
        yield "No coverage criteria were judged."


def _order(evidence: Evidence) -> Iterator[str]:
    order = evidence.order
    began = min((s.started_at for s in evidence.sessions if s.started_at), default=None)
    if order.signature is None:
        yield "The order is not signed."
    elif began is not None and order.signature.signed_at > began:
        yield "The order was signed after session 1 began."
    if not order.diagnoses:
        yield "The order names no diagnosis."


def _papers(evidence: Evidence) -> Iterator[str]:
    opinion = evidence.opinion
    if opinion is None or not opinion.name or opinion.given_on is None or not opinion.reasons:
        yield "The specialist's opinion is not known with name, day and reason."
    if not any(paper.is_consent for paper in evidence.papers):
        yield "No consent is on file."
    titles = {paper.code: paper.title or paper.kind for paper in evidence.papers}
    yield from (f"{titles[one.code]}: {one.problem}" for one in evidence.enclosed if one.problem)


def _course(evidence: Evidence) -> Iterator[str]:
    if not evidence.identity.member_id:
        yield "The member id of the payer is not known."
    if evidence.unsigned:
        noun = "session is" if evidence.unsigned == 1 else "sessions are"
        yield f"{evidence.unsigned} completed {noun} not signed and not in this packet."
    if not evidence.sessions:
        yield "No session is signed."


def _sheets(evidence: Evidence) -> Iterator[str]:
    """Sheets that are not in the packet or not whole, and records that are no longer what was signed."""
    yield from (f"Session {used.session}: {used.problem}" for used in evidence.sheets if used.problem)
    yield from (f"Session {number}: {sentence}" for number, sentence in evidence.differing)


def _session(sheet: SessionSheet, zone: ZoneInfo) -> Iterator[str]:
    for said in (*_charted(sheet), *_recorded(sheet), *_supervised(sheet, zone)):
        yield f"Session {sheet.number}: {said}"
    if not sheet.signature.intact:
        yield f"Session {sheet.number}: the signed content no longer has the hash that was signed."


def _charted(sheet: SessionSheet) -> Iterator[str]:
    if sheet.started_at is None or sheet.ended_at is None:
        yield "start or stop is not known."
    if sheet.minutes is None:
        yield "the minutes delivered are not known."
    phases = {vitals.phase for vitals in sheet.vitals}
    yield from (f"no vital signs {phase} the hour." for phase in ("before", "after") if phase not in phases)
    if not sheet.identity_checked:
        yield "the identity check is not charted."


def _recorded(sheet: SessionSheet) -> Iterator[str]:
    if sheet.recording is None:
        yield "no recording."
        return
    if sheet.recording.verified_at is None:
        yield "the recording is not verified."
    if sheet.gating is None:
        yield "no gating report."


def _supervised(sheet: SessionSheet, zone: ZoneInfo) -> Iterator[str]:
    for start, end in sheet.unsupervised:
        yield f"nobody is recorded as supervising from {_clock(start, zone)} to {_clock(end, zone)}."


def _looks(evidence: Evidence) -> Iterator[str]:
    """Reviews and outcome measures that are due by now."""
    given, ordered = len(evidence.sessions), evidence.sessions_ordered
    over = evidence.state in {"completed", "discontinued"}
    if given >= middle_of(ordered) and "mid_course" not in evidence.review_kinds:
        yield "The mid-course review is missing."
    if over and "final" not in evidence.review_kinds:
        yield "The course summary is missing."
    if "baseline" not in evidence.measured_points:
        yield "No outcome was measured before treatment."
    if over and "end" not in evidence.measured_points:
        yield "No outcome was measured at the end."


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M}"
