"""Can the rest of a course still be given in the days that are left? PURE."""

from dataclasses import dataclass
from enum import StrEnum

#: Fewer spare days than this and somebody should look. Ours, not a payer's; a clinic may set its own.
LOOK_BELOW_DAYS = 3


class Light(StrEnum):
    GO = "go"
    LOOK = "look"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Feasibility:
    """``slack_days``: treatment days to spare; negative is the number of days too few."""

    light: Light
    slack_days: int
    sentence: str


def feasibility(
    sessions_left: int,
    treatment_days_left: int,
    *,
    per_day: int = 1,
    look_below_days: int = LOOK_BELOW_DAYS,
) -> Feasibility:
    """Compare the days needed with the days left, at ``per_day`` sessions on each.

    Raises
    ------
    ValueError
        A count below zero, or less than one session a day.
    """
    if sessions_left < 0 or treatment_days_left < 0:
        raise ValueError("Sessions and days left cannot be below 0. Count them again.")
    if per_day < 1:
        raise ValueError("A treatment day holds at least one session. Give 1 or 2 a day.")
    needed = -(-sessions_left // per_day)
    slack = treatment_days_left - needed
    left = f"{_count(sessions_left, 'session')} left, {_count(treatment_days_left, 'treatment day')} left"
    if sessions_left == 0:
        return Feasibility(Light.GO, slack, "No session is left to give.")
    if slack < 0:
        way_out = "Add treatment days, ask for two sessions a day, or extend the end."
        return Feasibility(Light.STOP, slack, f"{left}: {_count(-slack, 'day')} too few. {way_out}")
    if slack < look_below_days:
        return Feasibility(
            Light.LOOK, slack, f"{left}: {_count(slack, 'day')} to spare. Fill missed days soon."
        )
    return Feasibility(Light.GO, slack, f"{left}: {_count(slack, 'day')} to spare.")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
