"""Where what was delivered differs from what was prescribed, session by session.

PURE. States what happened and why, as it was charted; whether it matters is the physician's to say.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

#: The clinic's choice: a session that misses no more of its ordered minutes than this was given in full. Starting
#: and stopping the device takes time, and no source gives a minimum of minutes for one session.
TOLERANCE_MIN = Decimal(2)
#: The grades of the gating analysis that ask for a look.
POOR_GRADES = ("C", "D", "not assessable")


class Kind(StrEnum):
    SHORT = "short"
    MINUTES_NOT_KNOWN = "minutes_not_known"
    GATING = "gating"
    NO_RECORDING = "no_recording"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One completed session. ``minutes`` None: not known; ``grade`` empty: no report.

    ``grade_reason`` is the sentence of the first rule that capped the grade; ``recorded`` says whether a
    recording belongs to the session, and ``without_recording_reason`` why not.
    """

    number: int
    ordered_minutes: int
    minutes: Decimal | None
    stopped_early: bool
    stop_reason: str
    symptoms: str
    recorded: bool
    without_recording_reason: str
    grade: str
    grade_reason: str


@dataclass(frozen=True, slots=True)
class DeliveryException:
    """``what`` differs, and ``why`` as charted; an empty ``why`` is a reason that nobody noted."""

    number: int
    kind: Kind
    what: str
    why: str


def is_short(ordered_minutes: int, minutes: Decimal | None) -> bool | None:
    """Whether more than the tolerance is missing; None where the minutes are not known."""
    return None if minutes is None else minutes < ordered_minutes - TOLERANCE_MIN


def ended_early(ordered_minutes: int, minutes: Decimal | None, *, stopped_early: bool) -> bool | None:
    """Whether a session gave less than ordered: by its charted reason, or by its minutes.

    None where it is charted as given in full and no minutes can confirm it.
    """
    return True if stopped_early else is_short(ordered_minutes, minutes)


def exceptions(deliveries: Iterable[Delivery]) -> tuple[DeliveryException, ...]:
    """Every exception, in the order of the sessions."""
    return tuple(found for delivery in deliveries for found in _of(delivery))


def _of(delivery: Delivery) -> list[DeliveryException]:
    found = []
    why = "; ".join(part for part in (delivery.stop_reason, delivery.symptoms) if part)
    if delivery.minutes is None:
        what = f"Minutes not known, {delivery.ordered_minutes} min ordered"
        found.append(DeliveryException(delivery.number, Kind.MINUTES_NOT_KNOWN, what, why))
    elif delivery.stopped_early or is_short(delivery.ordered_minutes, delivery.minutes):
        what = f"{delivery.minutes:.0f} of {delivery.ordered_minutes} min"
        found.append(DeliveryException(delivery.number, Kind.SHORT, what, why))
    if not delivery.recorded:
        what = "No recording"
        found.append(
            DeliveryException(delivery.number, Kind.NO_RECORDING, what, delivery.without_recording_reason)
        )
    elif delivery.grade in POOR_GRADES:
        what = (
            "Gating not assessable" if delivery.grade == POOR_GRADES[-1] else f"Gating grade {delivery.grade}"
        )
        found.append(DeliveryException(delivery.number, Kind.GATING, what, delivery.grade_reason))
    return found
