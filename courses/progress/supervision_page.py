"""The log of a day as a page: what the record says now, and what was signed of it."""

from dataclasses import dataclass
from datetime import date, datetime

from courses.models import SupervisionLog, SupervisionPeriod
from courses.progress.services.supervision_logs import about
from courses.progress.supervision_days import log_of, signed_versions
from courses.progress.supervision_log import DayLog, content_of
from courses.scheduling.calendar import day_bounds
from eecp_clinic.models import Clinic, User
from eecp_clinic.signing import canonical, sha256_of


@dataclass(frozen=True, slots=True)
class LogPage:
    """``is_signed``: the newest signature stands for the record as it is now. ``running``: not ended yet."""

    practitioner: User
    day: date
    log: DayLog
    versions: tuple[SupervisionLog, ...]
    is_signed: bool
    running: SupervisionPeriod | None

    @property
    def may_be_signed(self) -> bool:
        return bool(self.log.periods) and self.running is None and not self.is_signed

    @property
    def newest(self) -> SupervisionLog | None:
        return self.versions[-1] if self.versions else None


def log_page(clinic: Clinic, practitioner: User, day: date, now: datetime) -> LogPage:
    log = log_of(clinic, practitioner, day, now)
    versions = signed_versions(clinic, practitioner, day)
    begins, ends = day_bounds(clinic, day)
    running = SupervisionPeriod.objects.filter(
        clinic=clinic,
        practitioner=practitioner,
        started_at__gte=begins,
        started_at__lt=ends,
        ended_at__isnull=True,
    ).first()
    content = canonical(content_of(log, about=about(clinic, practitioner, day)))
    newest = versions[-1] if versions else None
    return LogPage(
        practitioner=practitioner,
        day=day,
        log=log,
        versions=tuple(versions),
        is_signed=newest is not None and newest.signature.content_sha256 == sha256_of(content),
        running=running,
    )
