"""The completed sessions of a course as places of one axis, and what is said of their first and last week."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from courses.models import Course
from courses.progress.charts import Axes, Place
from courses.progress.early_response import median_known
from courses.progress.sessions import Done
from devices.pictures.frame import number

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class BySession:
    """The completed sessions as places of an axis that spans the whole course."""

    course: Course
    done: Sequence[Done]
    paper: bool = False

    @cached_property
    def places(self) -> list[Place]:
        return [
            Place(one.number or index + 1, str(one.number or index + 1), one.session.get_absolute_url())
            for index, one in enumerate(self.done)
        ]

    def axes(self, y_axis: str, at_least: tuple[float, float], step: float, **more: Any) -> Axes:
        last = max(self.course.sessions_ordered, len(self.done))
        ticks = tuple((float(n), str(n)) for n in [1, *range(5, last + 1, 5)])
        over = len(self.done) + 0.5 if self.course.state == Course.State.DISCONTINUED else None
        return Axes(_("session"), y_axis, 0.5, last + 0.5, ticks, at_least, step, over_from=over, **more)

    def values(self, read: Callable[[Done], float | None]) -> tuple[float | None, ...]:
        return tuple(read(one) for one in self.done)

    def day(self, one: Done) -> date:
        return self.course.clinic.day_of(one.started_at)

    def weeks(self, values: Sequence[float | None]) -> tuple[float | None, float | None]:
        """The medians of the first and the last seven days; no last ones where the course is not two weeks long."""
        if not self.done:
            return None, None
        days = [self.day(one) for one in self.done]
        first = median_known([v for v, day in zip(values, days, strict=True) if day < days[0] + _WEEK])
        last = median_known([v for v, day in zip(values, days, strict=True) if day > days[-1] - _WEEK])
        return first, None if days[-1] - days[0] < 2 * _WEEK - timedelta(days=1) else last

    def span(
        self, values: Sequence[float | None], unit: str = "", digits: int = 0
    ) -> tuple[str, float | None]:
        """'241 → 258 mmHg' by the weeks' medians, and the newest of them; empty where nothing is known."""
        known = [value for value in self.weeks(values) if value is not None]
        written = " → ".join(number(value, digits) for value in known)
        newest = known[-1] if known else None
        return (f"{written} {unit}".strip() if known else ""), newest

    def first_and_last(self, values: Sequence[float | None], unit: str, digits: int = 0) -> str:
        """'First week 241 mmHg, last week 258 mmHg'; only the first where there is no later week."""
        if not self.done:
            return ""
        first, last = self.weeks(values)
        if first is None:
            return _("First week not known.")
        told = {"first": f"{first:.{digits}f}", "unit": unit}
        if last is None:
            return _("Median of the first week %(first)s %(unit)s.") % told
        told["last"] = f"{last:.{digits}f}"
        return _("Medians: first week %(first)s %(unit)s, last week %(last)s %(unit)s.") % told
