"""Was somebody entitled directly supervising for the whole of a session? PURE.

Direct supervision may be met on site, and from 1 January 2026 by live audio and video (42 CFR 410.26 as
amended for 2026); by audio alone never. Whether a contractor accepts audio-video for this service, or another
practitioner than a physician, is not settled: both are the clinic's switch, off by default.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from courses.intervals import Interval, uncovered
from courses.treatment.audio_video import AUDIO_VIDEO_FROM


class SupervisionMode(StrEnum):
    ON_SITE = "onsite"
    AUDIO_VIDEO = "av"
    AUDIO_ONLY = "audio"


@dataclass(frozen=True, slots=True)
class SupervisionPeriod:
    """Who supervised, how, from when to when; ``end`` None while it runs or where nobody noted it.

    ``written_late`` is when it was written down, where that was not as it happened.
    """

    practitioner: str
    npi: str
    is_physician: bool
    mode: SupervisionMode
    start: datetime
    end: datetime | None
    written_late: datetime | None = None

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or (self.end is not None and self.end.tzinfo is None):
            raise ValueError("A supervision time has no zone. Give both with their zone.")
        if self.end is not None and self.end <= self.start:
            raise ValueError("Supervision ends before it has begun. Check the two times.")

    @property
    def interval(self) -> Interval | None:
        """The time that is certain: none at all without a noted end."""
        return None if self.end is None else Interval(self.start, self.end)


def counts(
    period: SupervisionPeriod,
    service_day: date,
    *,
    audio_video_accepted: bool = False,
    physicians_only: bool = True,
) -> bool:
    """Whether a period is direct supervision on that day of service under the clinic's switches."""
    if physicians_only and not period.is_physician:
        return False
    if period.mode is SupervisionMode.AUDIO_VIDEO:
        return audio_video_accepted and service_day >= AUDIO_VIDEO_FROM
    return period.mode is SupervisionMode.ON_SITE


def supervision_gaps(interval: Interval, periods: Iterable[SupervisionPeriod]) -> tuple[Interval, ...]:
    """The parts of ``interval`` that no period covers, in order; periods without an end cover nothing."""
    return uncovered(interval, [p.interval for p in periods if p.interval is not None])


def supervisors_during(
    interval: Interval, periods: Iterable[SupervisionPeriod]
) -> tuple[SupervisionPeriod, ...]:
    """Those who were there for at least a part, in order of time."""
    present = [p for p in periods if p.interval is not None and p.interval.overlaps(interval)]
    return tuple(sorted(present, key=lambda p: (p.start.astimezone(UTC), p.npi)))
