"""Sessions beyond the ordered ones: what the payer's rule says, and which notice must stand before them. PURE.

Figures and sources: First Coast LCD L28838 (2009, to be treated as retired): beyond 35 should be rare, the patient is
looked at anew, and where no class was gained after 35 hours up to 10 more may be covered until one is. No national
limit is in NCD 20.20. The decision stays the physician's: nothing here forbids, everything is said and kept with it.
"""

from dataclasses import dataclass
from enum import StrEnum

CUSTOMARY = 35
MORE_AT_MOST = 10
LCD = "First Coast LCD L28838 (2009, retired)"
NCD = "NCD 20.20, version 2: no limit is stated"
CONTRACT = "The payer's own policy or contract"


class Payer(StrEnum):
    ORIGINAL_MEDICARE = "original_medicare"
    MEDICARE_ADVANTAGE = "medicare_advantage"
    COMMERCIAL = "commercial"
    SELF_PAY = "self_pay"
    OTHER = "other"


class Light(StrEnum):
    GO = "go"
    LOOK = "look"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked, of whom. ``ccs_before`` and ``ccs_now`` 0..4; None is not known.

    ``has_notice``: an ABN answered and in force on the day; ``has_approval``: a plan's or payer's yes to more sessions.
    """

    more: int
    ordered: int
    payer: Payer | None
    ccs_before: int | None = None
    ccs_now: int | None = None
    has_notice: bool = False
    has_approval: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know before signing: ``sentence`` in a clinic's words, and where it comes from."""

    code: str
    light: Light
    sentence: str
    source: str


def extension_findings(asked: Asked) -> tuple[Finding, ...]:
    """What to know, the most weighty first.

    Raises
    ------
    ValueError
        Fewer than one session more.
    """
    if asked.more < 1:
        raise ValueError("An extension has at least one session. To go on as ordered, choose Continue.")
    total = asked.ordered + asked.more
    if total <= CUSTOMARY:
        return (
            Finding(
                "within_customary",
                Light.GO,
                f"{total} sessions together: within the customary {CUSTOMARY}.",
                NCD,
            ),
        )
    found = [_how_many(total), _class_gain(asked), _notice(asked)]
    return tuple(sorted(found, key=lambda finding: list(Light).index(finding.light), reverse=True))


def _how_many(total: int) -> Finding:
    over = total - CUSTOMARY
    if over > MORE_AT_MOST:
        sentence = (
            f"{total} sessions are {over} beyond {CUSTOMARY}; the rule speaks of at most {MORE_AT_MOST}."
        )
        return Finding("too_many", Light.STOP, sentence, LCD)
    sentence = f"{total} sessions are {over} beyond {CUSTOMARY}. That should be rare, and needs this new look at the patient."
    return Finding("beyond_customary", Light.LOOK, sentence, LCD)


def _class_gain(asked: Asked) -> Finding:
    if asked.ccs_before is None or asked.ccs_now is None:
        sentence = "Whether a CCS class was gained is not known. Measure it before the next session."
        return Finding("gain_not_known", Light.LOOK, sentence, LCD)
    if asked.ccs_now < asked.ccs_before:
        sentence = "A CCS class was gained: the rule gives more hours only where none was."
        return Finding("class_gained", Light.STOP, sentence, LCD)
    sentence = f"No CCS class was gained: up to {MORE_AT_MOST} more hours may be covered until one is."
    return Finding("no_class_gained", Light.GO, sentence, LCD)


def _notice(asked: Asked) -> Finding:
    """Which paper must stand before the first session more, and whether it does."""
    match asked.payer:
        case Payer.ORIGINAL_MEDICARE:
            if asked.has_notice:
                return Finding("abn_there", Light.GO, "An ABN is answered and in force.", "CMS-R-131")
            sentence = "Original Medicare may not pay: give an ABN before the next session, and bill with GA."
            return Finding("abn_needed", Light.STOP, sentence, "CMS-R-131")
        case Payer.SELF_PAY:
            return Finding(
                "patient_pays", Light.GO, "The patient pays by agreement: tell the new price.", CONTRACT
            )
        case None:
            return Finding("payer_not_known", Light.LOOK, "Who pays is not known.", CONTRACT)
        case _:
            if asked.has_approval:
                return Finding(
                    "approval_there", Light.GO, "The payer's approval leaves sessions for this.", CONTRACT
                )
            sentence = "Ask the payer for more sessions before the next one; an ABN has no force there."
            return Finding("approval_needed", Light.STOP, sentence, CONTRACT)
