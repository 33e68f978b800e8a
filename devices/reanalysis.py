"""Old recordings judged by a new engine: new reports beside the old ones, and what changed.

Nothing that was signed changes: a signed session names its report, and reports are never overwritten.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from devices.analysis import identity_of, make_report, report_of
from devices.models import GatingReport, Recording
from devices.recordings import record_audit
from devices.report_changes import Change, changes
from devices.services import latest_report


@dataclass(frozen=True, slots=True)
class Reanalysis:
    """What became of one recording. ``before`` is the grade it had, None where it had no report of this file."""

    before: str | None
    after: str
    changes: tuple[Change, ...]


def recordings_since(day: date) -> Iterator[Recording]:
    """Stored recordings that began on or after a day of their clinic's calendar, oldest first."""
    coarse = datetime.combine(day, time.min, UTC) - timedelta(days=2)
    stored = Recording.objects.filter(stored_at__isnull=False, started_at__gte=coarse)
    for recording in stored.select_related("device__clinic").order_by("started_at", "pk").iterator():
        if recording.device.clinic.day_of(_began_at(recording)) >= day:
            yield recording


def _began_at(recording: Recording) -> datetime:
    """By the server's clock."""
    return recording.started_at - timedelta(milliseconds=recording.clock_offset_ms or 0)


def is_done(recording: Recording) -> bool:
    """Whether the engine that is installed has judged this file by what is prescribed now."""
    return GatingReport.objects.filter(**identity_of(recording)).exists()


def preview(recording: Recording) -> Reanalysis:
    """What the installed engine would say; nothing is kept. Raises as ``report_of`` does."""
    found = make_report(recording).found
    return _compared(latest_report(recording), found.grade.value, found.to_dict())


def reanalyse(*, recording: Recording, now: datetime) -> Reanalysis:
    """Put a report of the installed engine beside the older ones. Raises as ``report_of`` does."""
    before = latest_report(recording)
    with transaction.atomic():
        after = report_of(recording=recording, now=now)
        grades = {"before": before.grade if before else None, "after": after.grade}
        record_audit(
            "recording.reanalysed",
            recording,
            now,
            report=after.code,
            engine_version=after.engine_version,
            **grades,
        )
    return _compared(before, after.grade, after.report)


def _compared(before: GatingReport | None, grade: str, content: dict[str, object]) -> Reanalysis:
    if before is None:
        return Reanalysis(None, grade, ())
    return Reanalysis(before.grade, grade, changes(before.report, content))
