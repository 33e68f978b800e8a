"""ABN and plan's determination: whether one was needed, whether it counts, and the modifier that follows. PURE."""

from collections.abc import Iterator

from courses.billing.findings import LineFinding, Mover, block, note, warn
from courses.billing.line import Coverage, LineFacts, PayerKind, ScrubRules
from courses.billing.payer_facts import AbnGiven, AbnOption
from courses.billing.rule import says
from courses.billing.rules.repeat_rules import is_early_repeat

NOTICES = "CMS-R-131 instructions and modifier rules (GA, GZ)"
EDITION = "CMS-R-131, the edition required since 12-May-2026"
FAMILY = "NCD 20.20 refuses as not necessary: GA or GZ; GX and GY are for what Medicare never covers"
ADVANTAGE = "42 CFR 422.566 to 422.572 (organization determination)"
CLAIMING = (AbnOption.TREAT_AND_CLAIM, AbnOption.WITNESSED)


def expects_denial(facts: LineFacts, rules: ScrubRules) -> str:
    """Why Original Medicare may refuse the line as not necessary; empty where nothing says so."""
    if facts.coverage is Coverage.NOT_COVERED:
        return "The session is not covered"
    if facts.number_in_course is not None and facts.number_in_course > rules.planned_sessions:
        return f"The session is beyond {rules.planned_sessions}"
    return "The course repeats another early" if is_early_repeat(facts, rules) else ""


def abn_that_counts(facts: LineFacts, rules: ScrubRules) -> AbnGiven | None:
    """The newest ABN that was answered before the service, on the right edition, and names this session."""
    good = [abn for abn in facts.payer.abns if not _fault(abn, facts, rules)]
    return max(good, key=lambda abn: abn.given_on, default=None)


@says(
    "abn_unsigned",
    "abn_signed_late",
    "abn_wrong_edition",
    "abn_used_up",
    "abn_missing",
    "abn_option_2",
    "abn_option_3",
    "not_covered",
    "denial_not_expected",
    "goes_with_ga",
    "ga_missing",
    "ga_without_abn",
    "gz_denied",
    "gz_with_abn",
    "wrong_modifier_family",
)
def abn(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    """Of Original Medicare: the notice that an expected denial needs, what is wrong with it, and its modifier."""
    if facts.payer_kind is not PayerKind.ORIGINAL_MEDICARE:
        return
    why, counting = expects_denial(facts, rules), abn_that_counts(facts, rules)
    modifiers = facts.modifiers or ()
    if why and counting is None:
        yield from _without(facts, rules, why)
    elif why and counting is not None:
        yield from _with(facts, counting, why)
    elif "GA" in modifiers or "GZ" in modifiers:
        sentence = "GA and GZ say that a denial is expected, and nothing here says why. Take it off the line."
        yield warn("denial_not_expected", sentence, NOTICES, "modifiers", Mover.BILLING)
    yield from _modifiers(facts, has_abn=counting is not None)


def _without(facts: LineFacts, rules: ScrubRules, why: str) -> Iterator[LineFinding]:
    faults = [fault for abn in facts.payer.abns if (fault := _fault(abn, facts, rules))]
    for code, sentence in faults:
        yield warn(code, sentence, EDITION if "edition" in code else NOTICES, "payer", Mover.BILLING)
    said = "and no ABN that counts was given before it"
    if "GZ" in (facts.modifiers or ()):
        sentence = f"{why}, {said}: with GZ the line is denied at once and the clinic bears it."
        yield warn("gz_denied", sentence, NOTICES, "modifiers", Mover.BILLING)
    elif facts.coverage is Coverage.NOT_COVERED:
        sentence = (
            f"{why}, {said}. A claim goes only with GZ, which is denied; the patient may not be charged."
        )
        yield block("not_covered", sentence, NOTICES, "payer", Mover.BILLING)
    else:
        sentence = (
            f"{why}, {said}. If Medicare denies it, the clinic bears it: give one before the next session."
        )
        yield warn("abn_missing", sentence, NOTICES, "payer", Mover.BILLING)


def _with(facts: LineFacts, counting: AbnGiven, why: str) -> Iterator[LineFinding]:
    given = f"{counting.given_on:%d-%b-%Y}"
    if counting.option not in CLAIMING:
        said = (
            "option 2: no claim"
            if counting.option is AbnOption.TREAT_WITHOUT_CLAIM
            else "option 3: no treatment"
        )
        code = "abn_option_2" if counting.option is AbnOption.TREAT_WITHOUT_CLAIM else "abn_option_3"
        sentence = f"{why}, and on the ABN of {given} the patient chose {said}. Make no claim."
        yield block(code, sentence, NOTICES, "payer", Mover.BILLING)
    elif facts.modifiers is None:
        sentence = f"{why} and an ABN of {given} is on file: it goes with modifier GA."
        yield note("goes_with_ga", sentence, NOTICES, "modifiers", Mover.BILLING)
    elif "GA" not in facts.modifiers:
        sentence = f"{why} and an ABN of {given} is on file: the line needs modifier GA."
        yield block("ga_missing", sentence, NOTICES, "modifiers", Mover.BILLING)


def _modifiers(facts: LineFacts, *, has_abn: bool) -> Iterator[LineFinding]:
    asked = facts.modifiers or ()
    if "GA" in asked and not has_abn:
        sentence = "GA says that an ABN is on file, and none counts for this session. Take GA off the line."
        yield block("ga_without_abn", sentence, NOTICES, "modifiers", Mover.BILLING)
    if "GZ" in asked and has_abn:
        sentence = "GZ says that no ABN was given, and one is on file. Take GZ off the line."
        yield block("gz_with_abn", sentence, NOTICES, "modifiers", Mover.BILLING)
    wrong = [modifier for modifier in ("GX", "GY") if modifier in asked]
    if wrong:
        sentence = (
            f"{' and '.join(wrong)} is for what Medicare never covers, and EECP is a benefit. Use GA or GZ."
        )
        yield warn("wrong_modifier_family", sentence, FAMILY, "modifiers", Mover.BILLING)


def _fault(abn: AbnGiven, facts: LineFacts, rules: ScrubRules) -> tuple[str, str] | None:
    """Why a notice does not count for the line, as code and sentence; None where it does."""
    given = f"{abn.given_on:%d-%b-%Y}"
    if abn.signed_on is None or abn.option is None:
        return "abn_unsigned", f"The ABN of {given} has no answer, so it does not count."
    if max(abn.signed_on, abn.given_on) > facts.service_date:
        return "abn_signed_late", f"The ABN of {given} was signed after the session, so it does not count."
    if rules.abn_edition and not rules.abn_edition[0] <= abn.given_on <= rules.abn_edition[1]:
        return "abn_wrong_edition", f"The ABN of {given} is not of the edition that held on that day."
    if abn.session > abn.sessions:
        named = f"names {abn.sessions} sessions, and this is session {abn.session} since"
        return "abn_used_up", f"The ABN of {given} {named}: it does not count for this one."
    return None


@says(
    "ga_not_for_advantage",
    "abn_for_advantage",
    "determination_missing",
    "determination_denied",
    "determination_used_up",
)
def advantage(facts: LineFacts, rules: ScrubRules) -> Iterator[LineFinding]:
    """Of Medicare Advantage: the plan decides before the service, and an ABN has no force."""
    if facts.payer_kind is not PayerKind.MEDICARE_ADVANTAGE:
        return
    wrong = [modifier for modifier in ("GA", "GZ") if modifier in (facts.modifiers or ())]
    if wrong:
        sentence = f"{' and '.join(wrong)} is not valid for a Medicare Advantage plan. Remove it."
        yield block("ga_not_for_advantage", sentence, ADVANTAGE, "modifiers", Mover.BILLING)
    if facts.payer.abns:
        sentence = (
            "An ABN was given to a member of Medicare Advantage. It has no force: nothing is charged on it."
        )
        yield warn("abn_for_advantage", sentence, ADVANTAGE, "payer", Mover.BILLING)
    yield from _plan_decision(facts)


def _plan_decision(facts: LineFacts) -> Iterator[LineFinding]:
    before = [answer for answer in facts.payer.answers if answer.answered_on <= facts.service_date]
    last = max(before, key=lambda answer: answer.answered_on, default=None)
    if last is None:
        if facts.coverage not in (Coverage.COVERED, Coverage.INCOMPLETE, None):
            sentence = "The plan has not decided in favour. Ask it for an organization determination."
            yield block("determination_missing", sentence, ADVANTAGE, "payer", Mover.BILLING)
    elif not last.approved:
        sentence = f"The plan refused on {last.answered_on:%d-%b-%Y}. Appeal, or settle it with the patient by its notice."
        yield block("determination_denied", sentence, ADVANTAGE, "payer", Mover.BILLING)
    elif last.sessions is not None and (facts.number_in_course or 0) > last.sessions:
        sentence = f"The plan approved {last.sessions} sessions, and this is session {facts.number_in_course}. Ask it again."
        yield block("determination_used_up", sentence, ADVANTAGE, "payer", Mover.BILLING)
