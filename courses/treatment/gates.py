"""What must stand before a start beside the patient's signs: order, coverage, approval, supervision, review.

PURE. Each is shown whatever the clinic has settled; whether it warns or stops is the clinic's (``Gate``), except the
order, without which nobody is treated. A physician may override what stops, with a reason, as any other hold.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from courses.treatment.limit_rules import Source, Tier
from courses.treatment.limits import LimitFinding


class Gate(StrEnum):
    """What a fact that speaks against a start does at a clinic."""

    OFF = "off"
    WARN = "warn"
    BLOCK = "block"


ORDER_SOURCE = Source(
    "CMS signature requirements: a reviewer disregards an order without a signature",
    "http://cgsmedicare.com/hhh/medreview/sig_guidelines.html",
    "published",
    "",
)
TIERS = {Gate.WARN: Tier.LOOK, Gate.BLOCK: Tier.HOLD}


class ApprovalState(StrEnum):
    """How the payer's approvals stand for today."""

    NONE_ON_FILE = "none_on_file"
    IN_FORCE = "in_force"
    SPENT = "spent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The facts of a session's day; ``approval`` is how the payer's approval stands, in words."""

    today: date
    order: str
    order_signed: bool
    coverage: str
    approval_state: ApprovalState
    approval: str
    supervisors: tuple[str, ...]
    only_by_audio_video: bool
    review_overdue_since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gates:
    """What the clinic settled: a gate by name, and whether supervision by audio and video counts."""

    gates: Mapping[str, Gate]
    audio_video_allowed: bool
    source: Source


@dataclass(frozen=True, slots=True)
class _Answer:
    code: str
    gate: str
    is_well: bool
    fact: str
    rule: str
    way_out: str


def check_standing(standing: Standing, settled: Gates) -> tuple[LimitFinding, ...]:
    """One finding for each thing that must stand and is looked at, worst first."""
    found = [_order(standing)]
    for answer in _answers(standing, settled):
        gate = settled.gates[answer.gate]
        if gate is not Gate.OFF:
            tier = Tier.GO if answer.is_well else TIERS[gate]
            found.append(
                LimitFinding(answer.code, tier, answer.rule, answer.fact, answer.way_out, settled.source)
            )
    order = [Tier.HOLD, Tier.LOOK, Tier.GO]
    return tuple(sorted(found, key=lambda finding: order.index(finding.tier)))


def asks_for_password(found: Iterable[LimitFinding]) -> bool:
    """Whether passing what stops a start needs the physician's password: a review that is overdue does."""
    return any(finding.code == "review" and finding.tier is Tier.HOLD for finding in found)


def _order(standing: Standing) -> LimitFinding:
    fact = f"The order {'is' if standing.order_signed else 'is not'} signed: {standing.order}."
    return LimitFinding(
        "order_signed",
        Tier.GO if standing.order_signed else Tier.HOLD,
        "Nobody is treated without a signed order.",
        fact,
        "Ask the ordering physician to sign it.",
        ORDER_SOURCE,
    )


def _answers(standing: Standing, settled: Gates) -> Iterator[_Answer]:
    yield _Answer(
        "coverage",
        "coverage_not_current",
        bool(standing.coverage),
        f"Coverage: {standing.coverage}."
        if standing.coverage
        else "No coverage is in force on this day, as far as the record knows.",
        "Treat under a coverage that is in force.",
        "Ask the front desk to check the coverage, or to agree with the patient who pays.",
    )
    yield _Answer(
        "approval",
        "authorization_used_up",
        standing.approval_state is not ApprovalState.SPENT,
        f"Payer's approval: {standing.approval}",
        "Treat within the sessions and dates that the payer approved.",
        "Ask the payer for more sessions before this one, and enter the approval.",
    )
    yield _supervision(standing, settled.audio_video_allowed)
    due = standing.review_overdue_since
    yield _Answer(
        "review",
        "review_overdue",
        due is None,
        "No review is overdue."
        if due is None
        else f"The mid-course review is overdue since {due:%a %d-%b-%Y}.",
        "A physician reviews the course in its middle, before one session more is over.",
        "Ask a physician to review the course and sign: it stands on the page of reviews.",
    )


def _supervision(standing: Standing, audio_video_allowed: bool) -> _Answer:
    names = ", ".join(standing.supervisors)
    is_well = bool(names) and (audio_video_allowed or not standing.only_by_audio_video)
    fact = f"Supervising now: {names}." if names else "Nobody is noted as supervising now."
    if names and not is_well:
        fact = f"Supervising now by audio and video alone: {names}; this clinic does not allow that."
    return _Answer(
        "supervision",
        "no_supervision",
        is_well,
        fact,
        "Treat under direct supervision by a physician.",
        "Have the supervising physician begin the supervision on the page of supervision.",
    )
