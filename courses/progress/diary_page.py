"""The diary as the patient and the staff see it: the last days with what is written, and blank days for paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from courses.models import Course, DiaryEntry

#: The patient's page shows today and the days before that may still be filled in.
SHOWN = 8
PAPER_WEEKS = 4


@dataclass(frozen=True, slots=True)
class DiaryDay:
    """``entry`` None: nothing was written, which is not the same as none."""

    day: date
    entry: DiaryEntry | None
    is_today: bool


def days_to_fill(course: Course, today: date) -> list[DiaryDay]:
    """Today first, then back."""
    first = today - timedelta(days=SHOWN - 1)
    kept = {entry.day: entry for entry in DiaryEntry.objects.filter(course=course, day__gte=first)}
    days = [today - timedelta(days=back) for back in range(SHOWN)]
    return [DiaryDay(day, kept.get(day), day == today) for day in days]


def blank_weeks(first: date) -> Sequence[list[date]]:
    """Weeks of seven days from ``first``, for paper."""
    return [[first + timedelta(days=7 * week + day) for day in range(7)] for week in range(PAPER_WEEKS)]
