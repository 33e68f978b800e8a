"""What was seen, heard and asked before the cuffs inflate: rhythm, lungs, oedema, legs, medicines, bladder.

PURE. A sign without an answer is not known, which is told once for all of them and never counts as a pass. The rules
stand in ``limits.toml``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from courses.treatment.limit_rules import Compare, Limits, Sign, SignRule, Source, Tier
from courses.treatment.limits import LimitFinding

#: What an answer is called in the middle of a sentence.
WORDS: Mapping[Sign, Mapping[str, str]] = {
    Sign.RHYTHM: {
        "regular": "regular",
        "irregular": "irregular",
        "atrial_fibrillation": "atrial fibrillation",
        "ectopy": "frequent extra beats",
        "paced": "paced",
    },
    Sign.BREATH_SOUNDS: {
        "clear": "clear",
        "crackles": "crackles",
        "wheezes": "wheezes",
        "reduced": "reduced",
    },
    Sign.OEDEMA: {"0": "none", "1": "trace (1+)", "2": "mild (2+)", "3": "moderate (3+)", "4": "severe (4+)"},
    Sign.LEGS: {
        "redness": "redness",
        "bruise": "bruise",
        "swelling": "swelling",
        "blister": "blister",
        "broken": "broken skin",
        "ulcer": "ulcer",
        "pain": "pain",
    },
    Sign.MEDICINES_TAKEN: {"yes": "taken", "no": "not taken"},
    Sign.BLADDER_EMPTIED: {"yes": "emptied", "no": "not emptied"},
}
NAMES: Mapping[Sign, str] = {
    Sign.RHYTHM: "Rhythm",
    Sign.BREATH_SOUNDS: "Breath sounds",
    Sign.OEDEMA: "Oedema",
    Sign.LEGS: "Legs and hips",
    Sign.MEDICINES_TAKEN: "Today's medicines",
    Sign.BLADDER_EMPTIED: "Bladder",
}


class UnknownSign(ValueError):
    """An answer that no rule and no word knows."""


@dataclass(frozen=True, slots=True)
class Signs:
    """The answers before one session, by sign; a sign that is not in ``found`` was not examined.

    Legs that were looked at and are unmarked are an empty set.
    """

    taken_on: date
    found: Mapping[Sign, frozenset[str]]

    def __post_init__(self) -> None:
        for sign, answers in self.found.items():
            unknown = answers - WORDS[sign].keys()
            if unknown:
                raise UnknownSign(f"{NAMES[sign]} cannot be {', '.join(sorted(unknown))}.")


def check_signs(now: Signs, last: Signs | None, limits: Limits) -> tuple[LimitFinding, ...]:
    """One finding for each rule whose sign was examined, and one for all that was not.

    ``last`` are the signs before the former session; without an answer there nothing can have changed.
    """
    looked_at = [rule for rule in limits.signs if rule.sign in now.found and rule.tier is not Tier.GO]
    found = [_judged(rule, now, last) for rule in looked_at]
    missing = [sign for sign in Sign if sign not in now.found]
    if missing:
        found.append(_not_examined(missing, limits))
    order = [Tier.HOLD, Tier.LOOK, Tier.GO]
    return tuple(sorted(found, key=lambda finding: order.index(finding.tier)))


def _judged(rule: SignRule, now: Signs, last: Signs | None) -> LimitFinding:
    answers = now.found[rule.sign]
    before = last.found.get(rule.sign) if last else None
    raised = bool(answers & rule.any_of) if rule.compare is None else _differs(rule.compare, answers, before)
    tier = rule.tier if raised else Tier.GO
    return LimitFinding(rule.code, tier, rule.rule, _fact(rule, now, last), rule.way_out, rule.source)


def _differs(compare: Compare, answers: frozenset[str], before: frozenset[str] | None) -> bool:
    if before is None:
        return False
    if compare is Compare.CHANGED:
        return answers != before
    return max(answers, default="") > max(before, default="")


def _fact(rule: SignRule, now: Signs, last: Signs | None) -> str:
    said = f"{NAMES[rule.sign]}: {_worded(rule.sign, now.found[rule.sign])}"
    if rule.compare is None:
        return f"{said}."
    if last is None or rule.sign not in last.found:
        return f"{said}; the last time is not known."
    return f"{said}; it was {_worded(rule.sign, last.found[rule.sign])} on {last.taken_on:%a %d-%b-%Y}."


def _worded(sign: Sign, answers: frozenset[str]) -> str:
    words = [word for answer, word in WORDS[sign].items() if answer in answers]
    return ", ".join(words) or "unmarked"


def _not_examined(missing: list[Sign], limits: Limits) -> LimitFinding:
    names = ", ".join(NAMES[sign].lower() for sign in missing)
    source = next((rule.source for rule in limits.signs if rule.sign in missing), None)
    return LimitFinding(
        "signs_not_known",
        Tier.LOOK,
        "Look at the patient before each session.",
        f"Not known: {names}.",
        "Examine, ask and enter it; what cannot be known today stays empty.",
        source or Source("The clinic's daily check", "", "clinic", limits.version),
        tuple(missing),
    )
