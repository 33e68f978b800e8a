"""One practitioner's day of supervision: when they supervised, which sessions that covered, and what nobody covered.

PURE. A session is supervised only where its whole interval is covered, by one or by several. What was written down
later than it happened says so, and an explanation of a gap explains it without covering it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from courses.intervals import Interval, uncovered


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """``mode`` is 'onsite' or 'av'; ``noted_at`` and ``end_noted_at`` are None where written down as it happened."""

    mode: str
    start: datetime
    end: datetime
    evidence: str = ""
    noted_at: datetime | None = None
    end_noted_at: datetime | None = None
    late_reason: str = ""

    @property
    def interval(self) -> Interval:
        return Interval(self.start, self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """A session that is over; ``mrn`` and ``device`` say which one it was to whoever has the log alone."""

    code: str
    mrn: str
    number: int | None
    device: str
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why nobody was noted for a stretch of a session, by whom, and when it was written."""

    session: str
    interval: Interval
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of a session that nobody covers, with the newest explanation of all of it."""

    interval: Interval
    explanation: Explanation | None


@dataclass(frozen=True, slots=True)
class Covered:
    """A session with what this practitioner covered of it, and what nobody did."""

    session: Treated
    by_me: tuple[Interval, ...]
    gaps: tuple[Gap, ...]

    @property
    def is_supervised(self) -> bool:
        return not self.gaps


@dataclass(frozen=True, slots=True)
class DayLog:
    """``sessions`` are those that this practitioner covered in part or whole; ``others`` those with gaps besides."""

    periods: tuple[Period, ...]
    sessions: tuple[Covered, ...]
    others: tuple[Covered, ...]


def gaps_of(
    session: str, whole: Interval, covers: Iterable[Interval], explanations: Iterable[Explanation]
) -> tuple[Gap, ...]:
    """The stretches of a session that nobody covers; an explanation counts where it holds the whole stretch."""
    own = [one for one in explanations if one.session == session]
    return tuple(Gap(gap, _newest(gap, own)) for gap in uncovered(whole, covers))


def _newest(gap: Interval, own: Sequence[Explanation]) -> Explanation | None:
    holding = [
        one for one in own if one.interval.start <= gap.start and one.interval.end >= gap.end
    ]  # a stretch that grew since is not explained any more
    return max(holding, key=lambda one: one.at.astimezone(UTC), default=None)


def day_log(
    periods: Sequence[Period],
    sessions: Iterable[Treated],
    covers: Sequence[Interval],
    explanations: Sequence[Explanation],
) -> DayLog:
    """The log of one practitioner: ``periods`` are theirs, ``covers`` everybody's that count."""
    mine = sorted(period.interval for period in periods)
    found = [
        Covered(
            session,
            tuple(part for one in mine if (part := _part(one, session.interval)) is not None),
            gaps_of(session.code, session.interval, covers, explanations),
        )
        for session in sorted(sessions, key=lambda one: (one.interval, one.code))
    ]
    return DayLog(
        periods=tuple(sorted(periods, key=lambda one: one.interval)),
        sessions=tuple(one for one in found if one.by_me),
        others=tuple(one for one in found if not one.by_me and one.gaps),
    )


def _part(period: Interval, session: Interval) -> Interval | None:
    start, end = max(period.start, session.start), min(period.end, session.end)
    return Interval(start, end) if start < end else None


def content_of(log: DayLog, *, about: Mapping[str, str]) -> dict[str, Any]:
    """What is signed: plain values whose order depends on nothing but the day itself."""
    return {**about, "log": asdict(log)}


def log_from(content: Mapping[str, Any]) -> DayLog:
    """The log as it was signed, from the JSON of its signature.

    Raises
    ------
    KeyError, ValueError
        The content is not that of a log.
    """
    log = content["log"]
    return DayLog(
        periods=tuple(_period(row) for row in log["periods"]),
        sessions=tuple(_covered(row) for row in log["sessions"]),
        others=tuple(_covered(row) for row in log["others"]),
    )


def _period(row: Mapping[str, Any]) -> Period:
    times: dict[str, Any] = {
        name: _moment(row[name]) for name in ("start", "end", "noted_at", "end_noted_at")
    }
    return Period(**{**row, **times})


def _covered(row: Mapping[str, Any]) -> Covered:
    session = Treated(**{**row["session"], "interval": _interval(row["session"]["interval"])})
    gaps = tuple(Gap(_interval(gap["interval"]), _explanation(gap["explanation"])) for gap in row["gaps"])
    return Covered(session, tuple(_interval(part) for part in row["by_me"]), gaps)


def _explanation(row: Mapping[str, Any] | None) -> Explanation | None:
    if row is None:
        return None
    return Explanation(
        **{**row, "interval": _interval(row["interval"]), "at": datetime.fromisoformat(row["at"])}
    )


def _interval(row: Mapping[str, str]) -> Interval:
    return Interval(datetime.fromisoformat(row["start"]), datetime.fromisoformat(row["end"]))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
