"""What the planner is asked and what it answers.

PURE. The standing of the figures: 35 one-hour sessions in four to seven weeks, once or twice daily (First
Coast LCD L28838 of 2009; NCD 20.20 knows the same course). Turnaround, gap and window are the clinic's own.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from courses.intervals import Interval

MAX_PER_DAY = 2


class UnusableRequest(ValueError):
    """The planner cannot even begin; the message names what to change."""


@dataclass(frozen=True, slots=True, order=True)
class OpeningHours:
    """One stretch of opening on a weekday, in the clinic's local time; a lunch break makes two."""

    weekday: int  # 0 Monday to 6 Sunday, as date.weekday()
    opens: time
    closes: time

    def __post_init__(self) -> None:
        if not 0 <= self.weekday <= 6:
            raise UnusableRequest("A weekday is a number from 0 (Monday) to 6 (Sunday).")
        if self.closes <= self.opens:
            raise UnusableRequest("Opening hours must close after they open, on the same day.")


@dataclass(frozen=True, slots=True, order=True)
class Closure:
    """A day on which the clinic is closed, with the reason people know it by."""

    day: date
    name: str


@dataclass(frozen=True, slots=True, order=True)
class SpecialHours:
    """One stretch of opening on one date. It takes the place of that weekday's hours, and opens a holiday."""

    day: date
    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.closes <= self.opens:
            raise UnusableRequest("Opening hours must close after they open, on the same day.")


@dataclass(frozen=True, slots=True, order=True)
class WeekdayWish:
    """The hour wished on one weekday, or None: the patient never comes on that day."""

    weekday: int
    preferred_time: time | None


@dataclass(frozen=True, slots=True)
class Limit:
    """Up to where somebody pays: the end of a coverage, or the days and the count of an authorization.

    ``sessions``: how many more may be given. ``name`` is how people call it: "The coverage".
    """

    name: str
    last_day: date | None = None
    sessions: int | None = None


@dataclass(frozen=True, slots=True)
class DeviceCalendar:
    """One device and when it is taken: booked sessions and maintenance, without turnaround."""

    device_id: str
    busy: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRequest:
    """One course to place. ``devices`` stand in order of preference.

    ``kept`` are sessions of this course that stay where they are (when only the rest is planned anew): they
    count for the day and the week, and the gap between two sessions of a day is kept from them too.
    ``finish_by`` is the last day that may be used, ``limits`` are those of whoever pays. ``unwatched`` are
    stretches in which no nurse is left to watch one more device. ``now`` is aware.
    """

    start_date: date
    preferred_time: time
    opening_hours: tuple[OpeningHours, ...]
    devices: tuple[DeviceCalendar, ...]
    time_zone: str
    now: datetime
    sessions: int = 35
    session_minutes: int = 60
    turnaround_minutes: int = 15
    per_day: int = 1
    min_gap_minutes: int = 30
    days_per_week: int = 5
    window_minutes: int = 60
    step_minutes: int = 15
    closures: tuple[Closure, ...] = ()
    patient_busy: tuple[Interval, ...] = ()
    unavailable_days: tuple[date, ...] = ()
    kept: tuple[Interval, ...] = ()
    finish_by: date | None = None
    weekday_wishes: tuple[WeekdayWish, ...] = ()
    special_hours: tuple[SpecialHours, ...] = ()
    unwatched: tuple[Interval, ...] = ()
    limits: tuple[Limit, ...] = ()

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise UnusableRequest("The present moment has no zone. Give it with its zone.")
        self._refuse_counts()
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError) as error:
            raise UnusableRequest(
                f"“{self.time_zone}” is no known time zone. Choose one such as America/New_York."
            ) from error
        if self.finish_by is not None and self.finish_by < self.start_date:
            raise UnusableRequest("The course would have to end before it begins. Choose a later last day.")

    def _refuse_counts(self) -> None:
        at_least_one = {
            "sessions": self.sessions,
            "minutes of a session": self.session_minutes,
            "minutes between two possible starts": self.step_minutes,
        }
        not_negative = {
            "minutes of turnaround": self.turnaround_minutes,
            "minutes between two sessions of a day": self.min_gap_minutes,
            "minutes of the preferred window": self.window_minutes,
        }
        for words, value in at_least_one.items():
            if value < 1:
                raise UnusableRequest(f"The number of {words} must be 1 or more, not {value}.")
        for words, value in not_negative.items():
            if value < 0:
                raise UnusableRequest(f"The number of {words} must be 0 or more, not {value}.")
        if not 1 <= self.per_day <= MAX_PER_DAY:
            raise UnusableRequest(f"A day holds one or two sessions, not {self.per_day}.")
        if not 1 <= self.days_per_week <= 7:
            raise UnusableRequest(f"A week holds one to seven treatment days, not {self.days_per_week}.")


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One hour for one session on one device; times in UTC."""

    start: datetime
    end: datetime
    device_id: str
    in_window: bool


class ProblemCode(StrEnum):
    START_IN_PAST = "start_in_past"
    NO_DEVICE = "no_device"
    NO_OPENING_HOURS = "no_opening_hours"
    DOES_NOT_FIT = "does_not_fit"
    CLINIC_CLOSED = "clinic_closed"
    PATIENT_UNAVAILABLE = "patient_unavailable"
    NO_FREE_HOUR = "no_free_hour"
    ONE_SESSION_ONLY = "one_session_only"
    NO_STAFF = "no_staff"
    OVER_LIMIT = "over_limit"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something could not be placed, about which day, and what would help."""

    code: ProblemCode
    sentence: str
    way_out: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """How good a plan is.

    ``slack_days``: further days up to ``finish_by`` on which the clinic is open and the patient can come
    (whether a device is free then is not looked at); None where no last day was given. ``changes_of_hour``
    counts sessions whose distance from the wish differs from that of the treatment day before: with one wish
    for all weekdays that is another local time.
    """

    in_window: int
    ends_on: date | None
    slack_days: int | None
    changes_of_hour: int
    changes_of_device: int


@dataclass(frozen=True, slots=True)
class Plan:
    """All sessions placed, or ``problems`` that say why not (then ``slots`` is what could be placed).

    ``passed_over`` are days within the course that hold fewer sessions than wished, each with its reason.
    """

    slots: tuple[Slot, ...]
    measure: Measure
    problems: tuple[Problem, ...] = ()
    passed_over: tuple[Problem, ...] = ()

    @property
    def complete(self) -> bool:
        return not self.problems
