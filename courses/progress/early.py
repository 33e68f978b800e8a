"""The facts of the two weeks' check, from what the page of a course has fetched."""

from collections.abc import Sequence
from datetime import datetime

from courses.models import Appointment, Course, OutcomeMeasure
from courses.progress.early_response import EarlyFacts, EarlyResponse, early_response, median_known
from courses.progress.milestones import middle_of
from courses.progress.sessions import Done
from courses.progress.strip import CAME, OVER, Hours
from courses.progress.weekly import Week

Point = OutcomeMeasure.Point
_SECOND_WEEK = 2


def early_of(
    course: Course,
    done: Sequence[Done],
    hours: Hours,
    outcomes: Sequence[OutcomeMeasure],
    by_week: Sequence[Week],
    now: datetime,
) -> EarlyResponse:
    by_point = {outcome.point: outcome for outcome in outcomes}
    asked, baseline = by_point.get(Point.TWO_WEEKS), by_point.get(Point.BASELINE)
    first = [one for one in done if one.number <= 10]
    missed = len(hours.starts(Appointment.State.MISSED))
    return early_response(
        EarlyFacts(
            today=course.clinic.day_of(now),
            first_session_on=course.clinic.day_of(done[0].started_at) if done else None,
            sessions_done=len(done),
            feels=asked.feels if asked else "",
            angina_before=baseline.angina_per_week if baseline else None,
            angina_now=in_second_week(asked, by_week),
            inflation_good_share=median_known([one.figures.inflation_good_share for one in first]),
            late_share=median_known([one.figures.late_share for one in first]),
            pressure_mmhg=median_known([one.figures.pressure_mmhg or one.charted_mmhg for one in first]),
            prescribed_mmhg=first[-1].prescribed_mmhg if first else None,
            hours_booked=missed + len(hours.starts(*CAME)),
            hours_missed=missed,
            # A course that is over asks nobody any more.
            asked_until=0 if course.state in OVER else middle_of(course.sessions_ordered),
        )
    )


def in_second_week(asked: OutcomeMeasure | None, by_week: Sequence[Week]) -> int | None:
    """What was asked at two weeks; without it the diary of the second week, if each of its days was kept."""
    if asked is not None and asked.angina_per_week is not None:
        return asked.angina_per_week
    return next((week.episodes for week in by_week if week.number == _SECOND_WEEK and week.is_whole), None)
