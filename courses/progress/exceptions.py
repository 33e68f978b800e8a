"""Where what was delivered differs from what was prescribed, session by session, in six parameters.

PURE. States what happened and why, as it was charted; whether it matters is the physician's to say. The six are
minutes, pressure, D/S ratio, timing, interruptions and attendance: reports of this kind changed practice in EMOSTAT
(21,251 sessions). A poor grade is told by itself only where none of the six explains it. The thresholds are the clinic's
choice (``Thresholds``); those of timing, pressure and ratio repeat the gating engine's (devices/gating/config.py).
"""

from collections.abc import Iterable, Iterator
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
    PRESSURE = "pressure"
    DS_RATIO = "ds_ratio"
    TIMING = "timing"
    INTERRUPTIONS = "interruptions"
    ATTENDANCE = "attendance"
    GATING = "gating"
    NO_RECORDING = "no_recording"

    @property
    def parameter(self) -> str:
        """The parameter that a reason is noted for: two kinds are about the minutes."""
        return "minutes" if self in {Kind.SHORT, Kind.MINUTES_NOT_KNOWN} else str(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Beyond these a session is told. Pressure and drop as shares, times in ms and minutes."""

    pressure_least_share: float = 0.85
    ds_least: float = 1.0
    ds_drop_share: float = 0.25
    inflation_from_ms: float = -80.0
    inflation_to_ms: float = 60.0
    late_most_share: float = 0.05
    pauses_most: int = 2
    paused_most_min: float = 5.0


USUAL = Thresholds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One completed session. ``minutes`` None: not known; ``grade`` empty: no report.

    ``grade_reason`` is the sentence of the first rule that capped the grade; ``recorded`` says whether a
    recording belongs to the session, and ``without_recording_reason`` why not. ``hour`` names the booked hour.
    Pressures in mmHg, ``ds_first_week`` the patient's own median of the first seven days, ``inflation_ms`` from the
    aortic closure, ``late_share`` of deflations 0..1; None is not known.
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
    hour: str = ""
    pressure_mmhg: float | None = None
    prescribed_mmhg: int | None = None
    ds_peak: float | None = None
    ds_first_week: float | None = None
    inflation_ms: float | None = None
    late_share: float | None = None
    pauses: int = 0
    paused_min: float = 0.0
    pause_reasons: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """A booked hour that was not given: missed, or held back; ``why`` as it was charted."""

    hour: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class DeliveryException:
    """``what`` differs, and ``why`` as charted; an empty ``why`` is a reason that nobody noted.

    ``number`` is None for an hour without a session.
    """

    number: int | None
    kind: Kind
    what: str
    why: str
    hour: str = ""


def is_short(ordered_minutes: int, minutes: Decimal | None) -> bool | None:
    """Whether more than the tolerance is missing; None where the minutes are not known."""
    return None if minutes is None else minutes < ordered_minutes - TOLERANCE_MIN


def ended_early(ordered_minutes: int, minutes: Decimal | None, *, stopped_early: bool) -> bool | None:
    """Whether a session gave less than ordered: by its charted reason, or by its minutes.

    None where it is charted as given in full and no minutes can confirm it.
    """
    return True if stopped_early else is_short(ordered_minutes, minutes)


def exceptions(
    deliveries: Iterable[Delivery], absences: Iterable[Absence] = (), limits: Thresholds = USUAL
) -> tuple[DeliveryException, ...]:
    """Every exception: of the sessions in their order, then the hours that were not given."""
    of_sessions = [found for delivery in deliveries for found in _of(delivery, limits)]
    return (
        *of_sessions,
        *(DeliveryException(None, Kind.ATTENDANCE, one.what, one.why, one.hour) for one in absences),
    )


def judged(delivery: Delivery) -> frozenset[str]:
    """The parameters in which this session could be judged: what is not known is neither beyond a threshold nor within."""
    known = {
        # With a recording, minutes that are not known are an exception of their own; without one they are part of it.
        "minutes": delivery.minutes is not None or delivery.stopped_early or delivery.recorded,
        "pressure": delivery.pressure_mmhg is not None and bool(delivery.prescribed_mmhg),
        "ds_ratio": delivery.ds_peak is not None,
        "timing": delivery.inflation_ms is not None or delivery.late_share is not None,
        "interruptions": True,
        "gating": delivery.recorded and bool(delivery.grade),
        "no_recording": True,
    }
    return frozenset(name for name, is_known in known.items() if is_known)


def _of(delivery: Delivery, limits: Thresholds) -> Iterator[DeliveryException]:
    yield from _minutes(delivery)
    if not delivery.recorded:
        what = "No recording, so minutes not known" if delivery.minutes is None else "No recording"
        yield _told(delivery, Kind.NO_RECORDING, what, delivery.without_recording_reason)
    gating = [*_pressure(delivery, limits), *_ratio(delivery, limits), *_timing(delivery, limits)]
    yield from gating
    yield from _interruptions(delivery, limits)
    if delivery.recorded and delivery.grade in POOR_GRADES and not gating:
        is_known = delivery.grade != POOR_GRADES[-1]
        what = f"Gating grade {delivery.grade}" if is_known else "Gating not assessable"
        yield _told(delivery, Kind.GATING, what, delivery.grade_reason)


def _told(delivery: Delivery, kind: Kind, what: str, why: str = "") -> DeliveryException:
    return DeliveryException(delivery.number, kind, what, why, delivery.hour)


def _minutes(delivery: Delivery) -> Iterator[DeliveryException]:
    """An hour that was stopped is told with or without minutes; minutes that no recording could give are its row's."""
    why = "; ".join(part for part in (delivery.stop_reason, delivery.symptoms) if part)
    ordered, minutes = delivery.ordered_minutes, delivery.minutes
    if minutes is not None:
        if delivery.stopped_early or is_short(ordered, minutes):
            yield _told(delivery, Kind.SHORT, f"{minutes:.0f} of {ordered} min", why)
    elif delivery.stopped_early:
        yield _told(delivery, Kind.SHORT, f"Stopped early, minutes not known, {ordered} min ordered", why)
    elif delivery.recorded:
        yield _told(delivery, Kind.MINUTES_NOT_KNOWN, f"Minutes not known, {ordered} min ordered", why)


def _pressure(delivery: Delivery, limits: Thresholds) -> Iterator[DeliveryException]:
    given, prescribed = delivery.pressure_mmhg, delivery.prescribed_mmhg
    if given is not None and prescribed and given < limits.pressure_least_share * prescribed:
        yield _told(delivery, Kind.PRESSURE, f"{given:.0f} of {prescribed} mmHg")


def _ratio(delivery: Delivery, limits: Thresholds) -> Iterator[DeliveryException]:
    ratio, first = delivery.ds_peak, delivery.ds_first_week
    if ratio is None:
        return
    if ratio < limits.ds_least:
        yield _told(delivery, Kind.DS_RATIO, f"D/S peak {ratio:.2f}, below {limits.ds_least:.1f}")
    elif first is not None and ratio < (1 - limits.ds_drop_share) * first:
        yield _told(delivery, Kind.DS_RATIO, f"D/S peak {ratio:.2f}, {first:.2f} in the first week")


def _timing(delivery: Delivery, limits: Thresholds) -> Iterator[DeliveryException]:
    said = []
    if delivery.inflation_ms is not None:
        if delivery.inflation_ms < limits.inflation_from_ms:
            said.append(f"Inflation {-delivery.inflation_ms:.0f} ms early")
        elif delivery.inflation_ms > limits.inflation_to_ms:
            said.append(f"Inflation {delivery.inflation_ms:.0f} ms late")
    if delivery.late_share is not None and delivery.late_share > limits.late_most_share:
        said.append(f"{100 * delivery.late_share:.0f} % of deflations late")
    if said:
        yield _told(delivery, Kind.TIMING, "; ".join(said), delivery.grade_reason)


def _interruptions(delivery: Delivery, limits: Thresholds) -> Iterator[DeliveryException]:
    if delivery.pauses > limits.pauses_most or delivery.paused_min > limits.paused_most_min:
        noun = "pause" if delivery.pauses == 1 else "pauses"
        what = f"{delivery.pauses} {noun}, {delivery.paused_min:.0f} min"
        yield _told(delivery, Kind.INTERRUPTIONS, what, delivery.pause_reasons)
