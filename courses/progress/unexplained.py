"""Exceptions without a chosen reason, put together by course and parameter: one cause often stands behind many hours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.models import Course, ExceptionNote
from courses.progress.month_page import Unexplained


@dataclass(frozen=True, slots=True)
class OfParameter:
    """Of one parameter the exceptions of one course, the oldest first."""

    parameter: str
    found: tuple[Unexplained, ...]

    @property
    def label(self) -> Any:
        return ExceptionNote.Parameter(self.parameter).label

    @property
    def words(self) -> str:
        """One exception as it is told; of several the sessions, and the day of the oldest."""
        if len(self.found) == 1:
            return self.found[0].words
        numbers = [str(one.found.number) for one in self.found if one.found.number is not None]
        parts = [_("Sessions %(numbers)s") % {"numbers": ", ".join(numbers)}] if numbers else []
        oldest = date_format(self.found[0].day, "D d-M-Y")
        return "; ".join([*parts, _("the oldest %(day)s") % {"day": oldest}])


@dataclass(frozen=True, slots=True)
class OfCourse:
    """What nobody explained of one course, by parameter."""

    course: Course
    count: int
    parameters: tuple[OfParameter, ...]


def by_course(unexplained: Iterable[Unexplained]) -> list[OfCourse]:
    """A group a course, whose oldest exception is oldest standing first."""
    courses: dict[int, list[Unexplained]] = {}
    for one in sorted(unexplained, key=lambda one: one.day):
        courses.setdefault(one.course.pk, []).append(one)
    return [OfCourse(own[0].course, len(own), _by_parameter(own)) for own in courses.values()]


def _by_parameter(own: Sequence[Unexplained]) -> tuple[OfParameter, ...]:
    parameters: dict[str, list[Unexplained]] = {}
    for one in own:
        parameters.setdefault(one.found.kind.parameter, []).append(one)
    return tuple(OfParameter(name, tuple(ones)) for name, ones in parameters.items())
