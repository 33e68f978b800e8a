"""How often: the second session of a day, a session beyond the course, a course soon after another. PURE."""

from collections.abc import Iterator
from datetime import date

from courses.billing.findings import LineFinding, Mover, block, note, warn
from courses.billing.line import LineFacts, ScrubRules
from courses.billing.rule import says
from courses.months import months_after

TWICE_DAILY = "First Coast LCD L28838 (2009): once or twice daily; manufacturer's reimbursement guide: 76"
BEYOND_COURSE = "First Coast LCD L28838 (2009): beyond 35 sessions should be rare"
REPEAT = "First Coast LCD L28838 (2009): a repeat course after one year; to be confirmed with the contractor"
ORDER = "The order"
CLINIC = "The clinic's own rule"
REPEAT_MODIFIER = "76"


@says(
    "number_on_day_not_known",
    "third_session_of_day",
    "more_than_ordered",
    "second_session_of_day",
    "repeat_modifier_missing",
    "repeat_modifier_on_first",
    "sessions_overlap",
    "gap_too_short",
)
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
        return
    if number > 2:
        sentence = f"This is session {number} of one day; at most two are given. Check the dates."
        yield block("third_session_of_day", sentence, TWICE_DAILY, "number_on_day", Mover.NURSE)
    elif facts.sessions_per_day is not None and number > facts.sessions_per_day:
        sentence = f"This is session {number} of the day, and the order says {facts.sessions_per_day}. Have it looked at."
        yield warn("more_than_ordered", sentence, ORDER, "sessions_per_day", Mover.PHYSICIAN)
    yield from _repeat_modifier(facts, number)
    yield from _gap(facts, rules)


def _repeat_modifier(facts: LineFacts, number: int) -> Iterator[LineFinding]:
    wanted = facts.payer.repeat_modifier or REPEAT_MODIFIER
    source = facts.payer.profile_source if facts.payer.repeat_modifier else ""
    source = source or TWICE_DAILY
    if number == 2 and facts.modifiers is None:
        sentence = f"This is the day's second session: it goes as G0166-{wanted}."
        yield note("second_session_of_day", sentence, source, "modifiers", Mover.BILLING)
    elif number == 2 and wanted not in (facts.modifiers or ()):
        sentence = f"This is the day's second session: the line needs modifier {wanted}."
        yield block("repeat_modifier_missing", sentence, source, "modifiers", Mover.BILLING)
    elif number == 1 and wanted in (facts.modifiers or ()):
        sentence = f"Modifier {wanted} says second session of the day, and this is the first. Take it off."
        yield block("repeat_modifier_on_first", sentence, source, "modifiers", Mover.BILLING)


def _gap(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    gap, least = facts.minutes_since_previous, rules.minimum_gap_minutes
    if gap is None:
        return
    if gap < 0:
        sentence = "It begins before the day's session before it has ended. One of the two has a wrong time: amend it."
        yield block("sessions_overlap", sentence, CLINIC, "started_at", Mover.NURSE)
    elif least is not None and gap < least:
        sentence = f"Only {gap} min lie between the day's two sessions; the clinic wants {least} min. Have it looked at."
        yield warn("gap_too_short", sentence, CLINIC, "minutes_since_previous", Mover.PHYSICIAN)


@says("number_not_known", "beyond_course")
def beyond_course(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    number = facts.number_in_course
    if number is None:
        sentence = "The number of the session in its course is not known. Number the course's sessions."
        yield block("number_not_known", sentence, BEYOND_COURSE, "number_in_course", Mover.BILLING)
    elif number > rules.planned_sessions:
        sentence = (
            f"This is session {number}, beyond {rules.planned_sessions}. It needs a re-evaluation on file."
        )
        yield warn("beyond_course", sentence, BEYOND_COURSE, "number_in_course", Mover.PHYSICIAN)


@says("repeat_too_early")
def early_repeat(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    ended = facts.earlier_course_ended_on
    if ended is None or not is_early_repeat(facts, rules):
        return
    sentence = (
        f"The course before ended on {ended:%d-%b-%Y}, and a repeat is looked for after {rules.months_between_courses} "
        f"months, from {_again_from(ended, rules):%d-%b-%Y}. The record must show that the criteria are met again."
    )
    yield warn("repeat_too_early", sentence, REPEAT, "earlier_course_ended_on", Mover.PHYSICIAN)


def is_early_repeat(facts: LineFacts, rules: ScrubRules) -> bool:
    """Whether the course began within the months after the last session of the one before."""
    began, ended = facts.course_began_at or facts.started_at, facts.earlier_course_ended_on
    if began is None or ended is None:
        return False
    return began.astimezone(rules.zone).date() < _again_from(ended, rules)


def _again_from(ended: date, rules: ScrubRules) -> date:
    return months_after(ended, rules.months_between_courses)
