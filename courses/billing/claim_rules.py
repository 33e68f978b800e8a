"""What the payer asks of the line: coverage and notices, place, modifiers, counts and time. PURE."""

from collections.abc import Iterator

from courses.billing.findings import LineFinding, Mover, block, note, warn
from courses.billing.line import Coverage, LineFacts, Notice, PayerKind, ScrubRules
from courses.billing.timely_filing import filing_limit

NCD = "NCD 20.20, version 2"
PLACE = "National Government Services, places of service for PC/TC 5 codes"
MANUAL = "Medicare Claims Processing Manual, ch. 32 §130 (as summarised by AAPC)"
TO_BE_CONFIRMED = "General billing knowledge, to be confirmed by the clinic"
TWICE_DAILY = "First Coast LCD L28838 (2009): once or twice daily; manufacturer's reimbursement guide: 76"
BEYOND_COURSE = "First Coast LCD L28838 (2009): beyond 35 sessions should be rare"
FILING = "Timely filing, Medicare fee-for-service: 12 months from the from-date"
NOTICES = "CMS-R-131 instructions and modifier rules (GA, GZ)"
ADVANTAGE = "42 CFR 422.566 to 422.572 (organization determination)"

ALLOWED_PLACES = ("11", "49")
DENIED_PLACES = ("19", "22")
#: Not to be reported on the day of G0166 unless separate and distinct; 99202 to 99215 are office visits.
CONFLICTING_CODES = frozenset({"92971", "93040", "93041", *(str(code) for code in range(99202, 99216))})
#: Pulse oximetry and plethysmography: part of the session by what is known, without a source that says so.
PERHAPS_CONFLICTING_CODES = frozenset({"94760", "94761", "93922", "93923"})


def coverage(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    if facts.coverage is None or facts.coverage is Coverage.INCOMPLETE:
        code = "assessment_missing" if facts.coverage is None else "assessment_incomplete"
        said = "There is no" if facts.coverage is None else "The record is incomplete for the"
        yield block(
            code,
            f"{said} eligibility assessment in force on the day. Complete it; a notice is no substitute.",
            NCD,
            "coverage",
            Mover.PHYSICIAN,
        )
    elif facts.payer_kind is None:
        yield block(
            "payer_not_known",
            "The payer is not known. Enter the coverage in force on the day.",
            NOTICES,
            "payer_kind",
            Mover.FRONT_DESK,
        )
    elif facts.payer_kind is PayerKind.MEDICARE_ADVANTAGE:
        yield from _advantage(facts)
    elif facts.coverage is not Coverage.COVERED:
        yield from _not_covered(facts)


def _advantage(facts: LineFacts) -> Iterator[LineFinding]:
    if "GA" in facts.modifiers:
        yield block(
            "ga_not_for_advantage",
            "GA is not valid for a Medicare Advantage plan. Remove it.",
            ADVANTAGE,
            "modifiers",
            Mover.BILLING,
        )
    if facts.coverage is not Coverage.COVERED and facts.notice is not Notice.PLAN_DETERMINATION:
        yield block(
            "determination_missing",
            "The plan has not decided in favour. Ask it for an organization determination.",
            ADVANTAGE,
            "notice",
            Mover.BILLING,
        )


def _not_covered(facts: LineFacts) -> Iterator[LineFinding]:
    if facts.payer_kind is not PayerKind.ORIGINAL_MEDICARE:
        yield block(
            "not_covered",
            "The payer's policy is not met. Do not bill it; talk to the patient and the payer.",
            "The payer's policy named in the assessment",
            "coverage",
            Mover.BILLING,
        )
    elif facts.notice is not Notice.ABN_OPTION_1:
        option = "no ABN asks for a claim" if facts.notice else "no ABN was given before it"
        yield block(
            "not_covered",
            f"The session is not covered and {option}. A claim goes only on the patient's option 1.",
            f"{NCD}; {NOTICES}",
            "notice",
            Mover.BILLING,
        )
    elif "GA" not in facts.modifiers:
        yield block(
            "ga_missing",
            "The session is not covered and an ABN is on file: the line needs modifier GA.",
            NOTICES,
            "modifiers",
            Mover.BILLING,
        )


def place(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    place = facts.place_of_service
    if place is None:
        sentence = "The place of service is not known. Enter 11 (office) or 49 (independent clinic)."
        yield block("place_not_known", sentence, PLACE, "place_of_service", Mover.BILLING)
    elif place in DENIED_PLACES:
        sentence = (
            f"Place of service {place} is an outpatient hospital: a professional claim is denied there."
        )
        yield block("place_denied", sentence, PLACE, "place_of_service", Mover.BILLING)
    elif place not in ALLOWED_PLACES:
        sentence = f"Place of service {place} is neither 11 nor 49. Check it with the contractor."
        yield warn("place_unusual", sentence, PLACE, "place_of_service", Mover.BILLING)


def second_of_day(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    number = facts.number_on_day
    if number is None:
        yield block(
            "number_on_day_not_known",
            "Whether this is the day's first or second session is not known. Number the day's sessions.",
            TWICE_DAILY,
            "number_on_day",
            Mover.BILLING,
        )
    elif number > 2:
        sentence = f"This is session {number} of one day; at most two are given. Check the dates."
        yield block("third_session_of_day", sentence, TWICE_DAILY, "number_on_day", Mover.NURSE)
    elif number == 2 and "76" not in facts.modifiers:
        sentence = "This is the day's second session: it goes as G0166-76."
        yield note("second_session_of_day", sentence, TWICE_DAILY, "modifiers", Mover.BILLING)


def beyond_course(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    number = facts.number_in_course
    if number is None:
        sentence = "The number of the session in its course is not known. Number the course's sessions."
        yield block("number_not_known", sentence, BEYOND_COURSE, "number_in_course", Mover.BILLING)
    elif number > rules.planned_sessions:
        yield warn(
            "beyond_course",
            f"This is session {number}, beyond {rules.planned_sessions}. It needs a re-evaluation, and from "
            "Original Medicare an ABN given before it with GA on this line.",
            f"{BEYOND_COURSE}; {NOTICES}",
            "number_in_course",
            Mover.PHYSICIAN,
        )


def same_day(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    for source, conflicts in ((MANUAL, CONFLICTING_CODES), (TO_BE_CONFIRMED, PERHAPS_CONFLICTING_CODES)):
        codes = [code for code in facts.other_codes_that_day if code in conflicts]
        if codes:
            yield warn(
                "same_day_codes",
                f"{', '.join(codes)} on the same day is not paid beside G0166 unless separate and distinct. "
                "Check what is documented for it.",
                source,
                "other_codes_that_day",
                Mover.BILLING,
            )


def filing(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    if facts.payer_kind is not PayerKind.ORIGINAL_MEDICARE:
        return  # other payers' limits are in their contracts
    limit = filing_limit(facts.service_date, on=facts.as_of, holidays=rules.holidays)
    last = f"{limit.last_day:%a %d-%b-%Y}"
    if limit.days_left < 0:
        sentence = (
            f"The line had to be filed by {last}. It will be denied, without appeal; look for an exception."
        )
        yield block("filed_too_late", sentence, FILING, "as_of", Mover.BILLING)
        return
    left = "today is the last day" if limit.days_left == 0 else f"{limit.days_left} days are left"
    sentence = f"The line must be filed by {last}: {left}."
    if limit.days_left <= rules.warn_days_before_filing_limit:
        yield warn("filing_limit_near", sentence, FILING, "as_of", Mover.BILLING)
    else:
        yield note("filing_limit", sentence, FILING, "as_of")
