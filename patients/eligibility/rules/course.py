"""Rules about how much: sessions of this course, and courses before it."""

import calendar
from dataclasses import dataclass
from datetime import date

from patients.eligibility.facts import Facts
from patients.eligibility.rules.outcome import Outcome, State, met, needs_human, not_met, unknown
from patients.eligibility.wording import counted, day_text, listed


def add_months(day: date, months: int) -> date:
    """The same day of the month, ``months`` later; the last day of a shorter month."""
    month_index = day.month - 1 + months
    year, month = day.year + month_index // 12, month_index % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True, slots=True)
class SessionWithinLimit:
    """The next session of this course is not beyond the limit."""

    limit: int

    def __post_init__(self) -> None:
        if self.limit < 1:
            raise ValueError("limit must be 1 or more")

    def judge(self, facts: Facts) -> Outcome:
        if facts.prior_sessions_in_course is None:
            return unknown(facts, "prior_sessions_in_course")
        sentence = f"The next session is number {facts.prior_sessions_in_course + 1}."
        return met(sentence) if facts.prior_sessions_in_course < self.limit else not_met(sentence)


def _first_course(facts: Facts) -> Outcome | None:
    """The answer of every rule on repeat courses where this is known to be the first, or not known at all."""
    if facts.earlier_course is False:
        return met("This is the first course.")
    if facts.earlier_course is None and facts.last_course_ended_on is None:
        return unknown(facts, "earlier_course")
    return None


@dataclass(frozen=True, slots=True)
class FirstCourseOnly:
    """No earlier course was given."""

    def judge(self, facts: Facts) -> Outcome:
        return _first_course(facts) or not_met("An earlier course was given.")


@dataclass(frozen=True, slots=True)
class RepeatInterval:
    """A repeat course starts a number of calendar months or more after the last session of the one before."""

    months: int

    def __post_init__(self) -> None:
        if self.months < 1:
            raise ValueError("months must be 1 or more")

    def judge(self, facts: Facts) -> Outcome:
        first = _first_course(facts)
        if first is not None:
            return first
        if facts.last_course_ended_on is None or facts.as_of is None:
            return unknown(facts, "last_course_ended_on", "as_of")
        free_from = add_months(facts.last_course_ended_on, self.months)
        sentence = (
            f"The earlier course ended on {day_text(facts.last_course_ended_on)}; "
            f"{counted(self.months, 'month')} are over on {day_text(free_from)}."
        )
        return met(sentence) if facts.as_of >= free_from else not_met(sentence)


@dataclass(frozen=True, slots=True)
class EarlierCourseHelped:
    """A repeat course follows one that helped: classes gained, fewer episodes, or both.

    ``episode_drop_over_percent`` must be exceeded; ``both`` asks for the two together, otherwise one is enough.
    """

    class_gain: int
    episode_drop_over_percent: int
    both: bool

    def judge(self, facts: Facts) -> Outcome:
        first = _first_course(facts)
        if first is not None:
            return first
        gain = facts.prior_course_benefit_class_gain
        drop = facts.prior_course_benefit_episode_drop_percent
        parts = (
            None if gain is None else gain >= self.class_gain,
            None if drop is None else drop > self.episode_drop_over_percent,
        )
        state = _all(parts) if self.both else _any(parts)
        if state is State.UNKNOWN:
            return unknown(
                facts, "prior_course_benefit_class_gain", "prior_course_benefit_episode_drop_percent"
            )
        return Outcome(state, self._found(gain, drop))

    @staticmethod
    def _found(gain: int | None, drop: float | None) -> str:
        classes = "classes gained not known" if gain is None else f"{gain} CCS classes gained"
        episodes = "change in episodes not known" if drop is None else f"{drop:g} % fewer episodes"
        return f"Earlier course: {listed([classes, episodes])}."


def _any(parts: tuple[bool | None, ...]) -> State:
    if True in parts:
        return State.MET
    return State.UNKNOWN if None in parts else State.NOT_MET


def _all(parts: tuple[bool | None, ...]) -> State:
    if False in parts:
        return State.NOT_MET
    return State.UNKNOWN if None in parts else State.MET


@dataclass(frozen=True, slots=True)
class RepeatLookedAt:
    """A repeat course asks for something that no fact holds: a person looks it up."""

    question: str

    def judge(self, facts: Facts) -> Outcome:
        return _first_course(facts) or needs_human(self.question)
