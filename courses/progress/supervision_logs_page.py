"""The open logs of one practitioner as one page: each day with what it says, to be signed together."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from courses.progress.services.supervision_logs import about
from courses.progress.supervision_board import LOOK_BACK, log_states, open_logs
from courses.progress.supervision_days import logs_of, periods_between
from courses.progress.supervision_log import DayLog, content_of
from eecp_clinic.models import Clinic, User
from eecp_clinic.signing import canonical, sha256_of

#: So many days are read and signed at once; what is more follows when these are signed.
MOST_DAYS = 14


@dataclass(frozen=True, slots=True)
class OpenDay:
    """``seen`` is the SHA-256 of what is shown; ``was_signed``: more was written since."""

    day: date
    log: DayLog
    seen: str
    was_signed: bool
    is_chosen: bool

    @property
    def with_gaps(self) -> int:
        return sum(not one.is_supervised for one in (*self.log.sessions, *self.log.others))

    @property
    def has_unexplained(self) -> bool:
        return _has_unexplained(self.log)


@dataclass(frozen=True, slots=True)
class LogsPage:
    practitioner: User
    days: tuple[OpenDay, ...]
    more: int


def logs_page(
    clinic: Clinic, practitioner: User, now: datetime, chosen: Collection[date] | None = None
) -> LogsPage:
    """The oldest first. Without a choice the days are chosen that are over and have no gap to be explained."""
    periods = periods_between(clinic, now - LOOK_BACK, now + timedelta(seconds=1))
    logs = open_logs(clinic, log_states(clinic, periods, now), now)
    own = [log for log in logs if log.practitioner == practitioner]
    shown, today = own[:MOST_DAYS], clinic.day_of(now)
    by_day = logs_of(clinic, practitioner, [one.day for one in shown], now)
    days = []
    for one in shown:
        log = by_day[one.day]
        content = canonical(content_of(log, about=about(clinic, practitioner, one.day)))
        ready = one.day < today and not _has_unexplained(log)
        is_chosen = ready if chosen is None else one.day in chosen
        days.append(OpenDay(one.day, log, sha256_of(content), one.signed_at is not None, is_chosen))
    return LogsPage(practitioner, tuple(days), len(own) - len(shown))


def _has_unexplained(log: DayLog) -> bool:
    gaps = (gap for one in (*log.sessions, *log.others) for gap in one.gaps)
    return any(gap.explanation is None for gap in gaps)
