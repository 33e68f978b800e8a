"""What the session's own record must show before its line may go. PURE.

A fact that is not known blocks and says which field is empty; nothing is assumed in the patient's or the
clinic's favour.
"""

from collections.abc import Iterator
from datetime import datetime

from courses.billing.findings import LineFinding, Mover, Severity, block, note
from courses.billing.line import LineFacts, PartialDecision, ScrubRules
from courses.billing.rule import says
from courses.billing.supervision import counts, supervision_gaps, supervisors_during
from courses.treatment.short_session import Outcome, ShortFinding

NCD = "NCD 20.20, version 2"
SIGNATURES = "CMS Program Integrity Manual, ch. 3 §3.3.2.4"
INCIDENT_TO = "42 CFR 410.26; G0166 is an incident-to code (PC/TC 5)"
CLINIC = "The clinic's own rule"
_BY_RULE = {Outcome.BILLABLE, Outcome.NOT_BILLABLE}


@says("unsigned")
def signature(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    if facts.signed_at is None:
        yield block(
            "unsigned",
            "The session is not signed. Only signed sessions are billed: sign it.",
            SIGNATURES,
            "signed_at",
            Mover.NURSE,
        )


@says("start_not_known", "stop_not_known", "date_in_future", "date_differs")
def times(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    if facts.interval is None:
        which = "start" if facts.started_at is None else "stop"
        yield block(
            f"{which}_not_known",
            f"The {which} of the session is not known and is never assumed. "
            "Somebody who was there must state it in an amendment.",
            "The clinic's own rule: each session's record stands alone, with start and stop",
            "started_at" if facts.started_at is None else "ended_at",
            Mover.NURSE,
        )
    if facts.service_date > facts.as_of:
        sentence = "The date of service lies in the future. Correct the date."
        yield block("date_in_future", sentence, CLINIC, "service_date", Mover.BILLING)
    if facts.started_at and facts.started_at.astimezone(rules.zone).date() != facts.service_date:
        sentence = "The session began on another day than the line's date of service. Correct the line."
        yield block("date_differs", sentence, CLINIC, "service_date", Mover.BILLING)


@says("not_supervised", "partly_supervised", "billing_npi_not_known", "billed_by_another")
def supervision(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    if facts.interval is None:
        return  # without its times nobody can say who was there; times() blocks
    entitled = [
        period
        for period in facts.supervision
        if counts(
            period,
            facts.service_date,
            audio_video_accepted=rules.audio_video_accepted,
            physicians_only=rules.physicians_only,
        )
    ]
    gaps = supervision_gaps(facts.interval, entitled)
    if gaps:
        spans = ", ".join(f"{_clock(gap.start, rules)} to {_clock(gap.end, rules)}" for gap in gaps)
        code = "not_supervised" if gaps == (facts.interval,) else "partly_supervised"
        sentence = f"Nobody entitled is recorded as supervising from {spans}. {_way_out_of_gap(facts)}"
        yield LineFinding(
            code, Severity.BLOCK, sentence, f"{INCIDENT_TO}; {NCD}", "supervision", Mover.PHYSICIAN, gaps
        )
    yield from _billing_practitioner(facts, {p.npi for p in supervisors_during(facts.interval, entitled)})


def _way_out_of_gap(facts: LineFacts) -> str:
    if any(period.end is None for period in facts.supervision):
        return "A supervision period has no end: its practitioner must note it."
    return (
        "If somebody was there, that practitioner must record the period; otherwise the line is not billed."
    )


def _billing_practitioner(facts: LineFacts, supervisors: set[str]) -> Iterator[LineFinding]:
    if facts.billing_npi is None:
        yield block(
            "billing_npi_not_known",
            "The billing practitioner is not known. Choose the one who supervised.",
            INCIDENT_TO,
            "billing_npi",
            Mover.BILLING,
        )
    elif supervisors and facts.billing_npi not in supervisors:
        yield block(
            "billed_by_another",
            "The billing practitioner did not supervise this session. Bill under the one who did.",
            INCIDENT_TO,
            "billing_npi",
            Mover.BILLING,
        )


@says("order_not_signed", "order_signed_late")
def order(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    if facts.order_signed_at is None:
        yield block(
            "order_not_signed",
            "The course has no signed order. Ask the ordering physician; a late signature does not mend it.",
            SIGNATURES,
            "order_signed_at",
            Mover.PHYSICIAN,
        )
        return
    began = facts.course_began_at or facts.started_at
    if began is not None and facts.order_signed_at > began:
        yield block(
            "order_signed_late",
            f"The order was signed on {_moment(facts.order_signed_at, rules)}, after session 1 began on "
            f"{_moment(began, rules)}. Have the physician review whether the line may be billed at all.",
            SIGNATURES,
            "order_signed_at",
            Mover.PHYSICIAN,
        )


@says("recording_missing", "recording_not_verified")
def recording(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    if not facts.recording_attached:
        yield block(
            "recording_missing",
            "No recording belongs to the session. Look among the unmatched recordings of its device.",
            CLINIC,
            "recording_attached",
            Mover.NURSE,
        )
    elif not facts.recording_verified:
        state = "has not been verified" if facts.recording_verified is None else "does not match its checksum"
        yield block(
            "recording_not_verified",
            f"The recording {state}. Verify it, or have the administrator restore it.",
            CLINIC,
            "recording_verified",
            Mover.ADMINISTRATOR,
        )


@says(
    "given_again",
    "decided_not_to_bill",
    "decided_to_bill",
    "minutes_not_known",
    "too_few_minutes",
    "short_billable",
    "short_not_billable",
    "partial_needs_decision",
)
def minutes(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    if facts.given_again:
        yield block(
            "given_again",
            "The hour was cut short and is given again: the other session is billed in its place.",
            CLINIC,
            "given_again",
            Mover.NOBODY,
        )
    elif facts.partial_decision is PartialDecision.DO_NOT_BILL:
        yield block(
            "decided_not_to_bill",
            "It was decided not to bill this session. Record another decision to change that.",
            CLINIC,
            "partial_decision",
            Mover.NOBODY,
        )
    elif facts.partial_decision is PartialDecision.BILL:
        yield note("decided_to_bill", "A person decided to bill it as it is.", CLINIC, "partial_decision")
    elif rules.minimum_minutes is None:
        yield from _ended_early(facts)
    elif facts.effective_minutes is None:
        yield block(
            "minutes_not_known",
            "The effective minutes are not known. Have the recording analysed, or record a decision.",
            CLINIC,
            "effective_minutes",
            Mover.BILLING,
        )
    elif facts.effective_minutes < rules.minimum_minutes:
        yield block(
            "too_few_minutes",
            f"{facts.effective_minutes} min were effective; the clinic bills from {rules.minimum_minutes} min. "
            "Record a decision with its reason.",
            CLINIC,
            "effective_minutes",
            Mover.BILLING,
        )


def _ended_early(facts: LineFacts) -> Iterator[LineFinding]:
    """No source gives a minimum of minutes for one unit, so nothing decides this but the clinic's rule or a person."""
    if facts.ended_early is False:
        return
    if facts.short is not None and facts.short.outcome in _BY_RULE:
        yield from _by_rule(facts.short)
        return
    said = "ended early" if facts.ended_early else "may have ended early: that is not recorded"
    yield block(
        "partial_needs_decision",
        f"The session {said}. No rule gives a minimum of minutes: a person must decide whether to bill it.",
        CLINIC,
        "partial_decision" if facts.ended_early else "ended_early",
        Mover.BILLING if facts.ended_early else Mover.NURSE,
    )


def _by_rule(short: ShortFinding) -> Iterator[LineFinding]:
    """What the clinic wrote down beforehand; a person may still decide otherwise, with a reason."""
    said = f"{short.fact} The clinic's rule: {short.rule}"
    if short.outcome is Outcome.BILLABLE:
        yield note("short_billable", f"The session ended early. {said}", short.source, "partial_decision")
    else:
        yield block(
            "short_not_billable",
            f"The session ended early and is not billed. {said}",
            short.source,
            "partial_decision",
            Mover.NOBODY,
        )


def _clock(moment: datetime, rules: ScrubRules) -> str:
    return f"{moment.astimezone(rules.zone):%H:%M}"


def _moment(moment: datetime, rules: ScrubRules) -> str:
    return f"{moment.astimezone(rules.zone):%d-%b-%Y %H:%M}"
