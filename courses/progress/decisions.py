"""What each decision of a review needs beside the words, and what it may not carry. PURE.

A refusal is a list of (field, sentence); an empty one lets the decision be signed.
"""

from dataclasses import dataclass

SESSIONS_AT_MOST = 45
PRESSURES_MMHG = (80, 350)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What was chosen: ``decision`` continue, adjust, extend, hold or stop; the others empty where not given."""

    decision: str
    pressure_target_mmhg: int | None = None
    timing: str = ""
    extra_sessions: int | None = None
    end_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the course stands: ``state`` as its model names it."""

    state: str
    sessions_ordered: int
    pressure_target_mmhg: int

    @property
    def is_over(self) -> bool:
        return self.state in {"completed", "discontinued"}


def problems(decided: Decided, standing: Standing) -> list[tuple[str, str]]:
    """Why it cannot be signed so, each beneath its field."""
    checks = {"adjust": _adjust, "extend": _extend, "hold": _hold, "stop": _stop}
    found = checks[decided.decision](decided, standing) if decided.decision in checks else []
    return found + _strays(decided)


def _adjust(decided: Decided, standing: Standing) -> list[tuple[str, str]]:
    pressure = decided.pressure_target_mmhg
    if standing.is_over:
        return [("decision", "The course is over: nothing can be changed for later sessions.")]
    if pressure is None and not decided.timing:
        return [("pressure_target_mmhg", "Say what changes: a new pressure target, a new timing, or both.")]
    if pressure is None:
        return []
    low, high = PRESSURES_MMHG
    if not low <= pressure <= high:
        return [("pressure_target_mmhg", f"The pressure target is given in mmHg, between {low} and {high}.")]
    if pressure == standing.pressure_target_mmhg:
        return [
            (
                "pressure_target_mmhg",
                f"The target is {pressure} mmHg already. Enter the new one, or continue as ordered.",
            )
        ]
    return []


def _extend(decided: Decided, standing: Standing) -> list[tuple[str, str]]:
    if standing.state == "discontinued":
        return [("decision", "The course was stopped. More sessions need a new order.")]
    more = decided.extra_sessions
    if more is None or more < 1:
        return [("extra_sessions", "Say how many sessions more.")]
    if standing.sessions_ordered + more > SESSIONS_AT_MOST:
        left = max(0, SESSIONS_AT_MOST - standing.sessions_ordered)
        return [
            (
                "extra_sessions",
                f"A course has at most {SESSIONS_AT_MOST} sessions: {left} more can be added here.",
            )
        ]
    return []


def _hold(decided: Decided, standing: Standing) -> list[tuple[str, str]]:
    return [("decision", "The course is over: there is nothing to hold.")] if standing.is_over else []


def _stop(decided: Decided, standing: Standing) -> list[tuple[str, str]]:
    if standing.is_over:
        return [
            ("decision", "The course is over already. Choose Continue as ordered, and say the rest in words.")
        ]
    return [] if decided.end_reason else [("end_reason", "Choose the reason why the course ends.")]


def _strays(decided: Decided) -> list[tuple[str, str]]:
    """A value that belongs to another decision would look decided and do nothing."""
    given = {
        "pressure_target_mmhg": (decided.pressure_target_mmhg is not None, "adjust"),
        "timing": (bool(decided.timing), "adjust"),
        "extra_sessions": (decided.extra_sessions is not None, "extend"),
        "end_reason": (bool(decided.end_reason), "stop"),
    }
    return [
        (name, "This belongs to another decision. Leave it empty, or choose that decision.")
        for name, (is_given, of) in given.items()
        if is_given and decided.decision != of
    ]
