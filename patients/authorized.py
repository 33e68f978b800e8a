"""How a prior authorization stands: approved, used, booked, left, and what to do about it.

Pure.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from patients.eligibility.wording import counted, day_text

#: With fewer left than a week of sessions somebody should ask for more: payers take days to answer.
FEW_LEFT = 5


class Light(StrEnum):
    """The state that a chip shows."""

    GO = "go"
    LOOK = "look"
    STOP = "stop"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Standing:
    """``used``: sessions given within its dates; ``booked``: hours to come within them; None is not known."""

    approved: int
    starts_on: date
    ends_on: date
    used: int | None
    booked: int | None

    @property
    def left(self) -> int | None:
        return None if self.used is None else self.approved - self.used

    @property
    def beyond(self) -> int:
        """Sessions given or booked that nobody approved."""
        return max(0, (self.used or 0) + (self.booked or 0) - self.approved)


@dataclass(frozen=True, slots=True)
class Finding:
    light: Light
    code: str
    sentence: str


def finding_of(standing: Standing, today: date) -> Finding:
    """The one thing to know of an authorization today."""
    if standing.used is None or standing.left is None:
        return Finding(Light.IDLE, "not_counted", "How many sessions were used is not known.")
    if standing.used > standing.approved:
        over = counted(standing.used - standing.approved, "session")
        return Finding(
            Light.STOP,
            "exceeded",
            f"{over} more than approved. Ask the payer for an extension before billing.",
        )
    if today > standing.ends_on:
        return Finding(Light.IDLE, "ended", f"Ended on {day_text(standing.ends_on)}.")
    if standing.left == 0:
        return Finding(
            Light.STOP, "used_up", "All approved sessions are used. Ask for more before the next one."
        )
    if standing.beyond:
        return Finding(
            Light.LOOK,
            "booked_beyond",
            f"{counted(standing.beyond, 'booked hour')} beyond what is approved. Ask for more, or book fewer.",
        )
    if today < standing.starts_on:
        return Finding(Light.LOOK, "not_yet", f"Not in force before {day_text(standing.starts_on)}.")
    if standing.left <= FEW_LEFT and not standing.booked:
        return Finding(Light.LOOK, "few_left", f"Only {counted(standing.left, 'session')} left.")
    return Finding(Light.GO, "enough", f"{counted(standing.left, 'session')} left.")
