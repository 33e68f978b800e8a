"""Two weeks into a course: does the patient feel better? A prompt for the physician, never a verdict.

PURE. Asked after session 10 or 14 days after the first session, whichever comes first, and shown until somebody has
answered. EECP centres report that more than two thirds feel better by then; no public source of that share was read,
so it stands as a pattern and no threshold is made of it. Who does not feel better is shown with timing, pressure and
attendance beside, because these are what can be changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ASKED_AFTER_SESSIONS = 10
ASKED_AFTER = timedelta(days=14)


class State(StrEnum):
    NOT_YET = "not_yet"
    DUE = "due"
    BETTER = "better"
    NOT_BETTER = "not_better"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyFacts:
    """What is known about the first two weeks.

    ``feels`` is the patient's own word ("better", "same", "worse", or empty). Angina in episodes a week, before and in
    the second week. Shares 0..1. None is not known. ``asked_until`` is the session at which the course is looked at anyway.
    """

    today: date
    first_session_on: date | None
    sessions_done: int
    feels: str = ""
    angina_before: int | None = None
    angina_now: int | None = None
    inflation_good_share: float | None = None
    late_share: float | None = None
    pressure_mmhg: float | None = None
    prescribed_mmhg: int | None = None
    hours_booked: int = 0
    hours_missed: int = 0
    asked_until: int = 17


@dataclass(frozen=True, slots=True)
class EarlyResponse:
    """``beside`` are the facts that a physician wants with it; empty while there is nothing to look at."""

    state: State
    sentence: str
    beside: tuple[str, ...]


def early_response(facts: EarlyFacts) -> EarlyResponse:
    """Where the check stands.

    Raises
    ------
    ValueError
        The patient's word is none of those that are asked for.
    """
    if facts.feels not in {"", "better", "same", "worse"}:
        raise ValueError(
            f"The patient feels better, the same or worse, not {facts.feels!r}. Check the entry."
        )
    if facts.first_session_on is None or not _is_due(facts, facts.first_session_on):
        return EarlyResponse(
            State.NOT_YET, "Asked after session 10, or two weeks after the first session.", ()
        )
    state, sentence = _answer(facts)
    return EarlyResponse(state, sentence, () if state in {State.BETTER, State.NOT_ASKED} else _beside(facts))


def _is_due(facts: EarlyFacts, first: date) -> bool:
    return (
        bool(facts.feels) or facts.sessions_done >= ASKED_AFTER_SESSIONS or facts.today >= first + ASKED_AFTER
    )


def _answer(facts: EarlyFacts) -> tuple[State, str]:
    """The patient's own word first; without it the count of episodes, where both weeks are known."""
    if facts.feels == "better":
        return State.BETTER, "Better by two weeks: the patient says so."
    if facts.feels:
        word = "the same" if facts.feels == "same" else "worse"
        return State.NOT_BETTER, f"Not better by two weeks: the patient feels {word}."
    if facts.angina_before is None or facts.angina_now is None:
        if facts.sessions_done >= facts.asked_until:
            return State.NOT_ASKED, "Nobody asked at two weeks whether the patient feels better."
        return State.DUE, "Two weeks are over: ask whether the patient feels better."
    counts = f"{facts.angina_before} episodes a week before, {facts.angina_now} in the second week"
    if facts.angina_now < facts.angina_before:
        return State.BETTER, f"Better by two weeks: {counts}. The patient's own word was not asked."
    return State.NOT_BETTER, f"Not better by two weeks: {counts}. Ask how the patient feels."


def _beside(facts: EarlyFacts) -> tuple[str, ...]:
    return (_timing(facts), _pressure(facts), _attendance(facts))


def _timing(facts: EarlyFacts) -> str:
    if facts.inflation_good_share is None:
        return "Timing: not known."
    late = (
        "" if facts.late_share is None else f", {facts.late_share:.0%} of deflations late".replace("%", " %")
    )
    return f"Timing: {100 * facts.inflation_good_share:.0f} % of inflations in the good band{late}."


def _pressure(facts: EarlyFacts) -> str:
    if facts.pressure_mmhg is None or facts.prescribed_mmhg is None:
        return "Pressure: not known."
    return f"Pressure: median {facts.pressure_mmhg:.0f} mmHg of {facts.prescribed_mmhg} mmHg prescribed."


def _attendance(facts: EarlyFacts) -> str:
    if not facts.hours_booked:
        return "Attendance: not known."
    came = facts.hours_booked - facts.hours_missed
    return f"Attendance: came to {came} of {facts.hours_booked} booked hours."


def median_known(values: Sequence[float | None]) -> float | None:
    """The middle of what is known; None where nothing is."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return None
    half = len(known) // 2
    return known[half] if len(known) % 2 else (known[half - 1] + known[half]) / 2
