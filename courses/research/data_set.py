"""A clinic's ended courses as a data set without identity: what stands in it, and how few may share a description. PURE.

Laid out as registries of EECP collect it (before, course, after), under names of our own. A row's subject is drawn anew for
each data set, so nobody, not even the clinic, can lead it back. A person may still be told by what many know: age and
sex. These two are made coarser until every combination of them has at least ``LEAST`` courses, or left out.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from courses.research.columns import Column

#: The clinic's choice, as for its figures.
LEAST = 5
_TOP = 90

COURSE_COLUMNS = (
    Column("subject", "", "number of the course in this data set alone, drawn by chance", "computed"),
    Column(
        "age_band", "a", "age at the first session, in bands; 90+ is 90 and above; empty: left out", "clinic"
    ),
    Column("sex", "", "as registered: F, M, other, or unknown; empty: left out", "clinic"),
    Column("completed", "", "1 the course was completed, 0 it was stopped", "clinic"),
    Column("end_reason", "", "why it was stopped, as a code; empty where it was not", "clinic"),
    Column("sessions_ordered", "1", "sessions ordered, with those added or given again", "clinic"),
    Column("sessions_given", "1", "sessions completed", "clinic"),
    Column("days", "d", "from the first session to the last", "computed"),
    Column("hours_given", "h", "minutes delivered in all sessions; empty where one is not known", "clinic"),
    Column("ccs_before", "1", "CCS class before the course, 0 to 4", "charted by staff"),
    Column("ccs_end", "1", "CCS class at the end, 0 to 4", "charted by staff"),
    Column("ccs_gain", "1", "classes gained; negative is worse", "computed"),
    Column("ccs_six_months", "1", "CCS class 6 months later, 0 to 4", "charted by staff"),
    Column("ccs_twelve_months", "1", "CCS class 12 months later, 0 to 4", "charted by staff"),
    Column("ds_area_end", "1", "D/S area of the last session that has one", "gating engine"),
    Column("missed", "1", "hours that the patient missed", "clinic"),
    Column("events", "1", "adverse events charted", "charted by staff"),
    Column("severe_events", "1", "of these, severe", "charted by staff"),
)
SESSION_COLUMNS = (
    Column("subject", "", "the course's number in courses.csv", "computed"),
    Column("session", "1", "number of the session in its course", "clinic"),
    Column("day", "d", "day of the session; 0 is the day of the first", "computed"),
    Column("minutes_ordered", "min", "minutes that the order asks for", "clinic"),
    Column("minutes_delivered", "min", "minutes as fixed at signing", "clinic"),
    Column("stop_reason", "", "why it ended, as a code", "charted by staff"),
    Column("grade", "", "A to D, or not assessable; empty: no report", "gating engine"),
    Column("effective_minutes", "min", "minutes that met the rules of an effective minute", "gating engine"),
    Column("ds_peak", "1", "median diastolic to systolic ratio by peaks", "gating engine"),
    Column("ds_area", "1", "the same by areas", "gating engine"),
    Column("events", "1", "adverse events charted", "charted by staff"),
)
TABLES: dict[str, tuple[Column, ...]] = {"courses.csv": COURSE_COLUMNS, "sessions.csv": SESSION_COLUMNS}

Row = dict[str, Any]


class TooFew(ValueError):
    """There are fewer courses than may be told together."""


@dataclass(frozen=True, slots=True)
class Grain:
    """How finely age and sex are told: ``words`` says it to a reader."""

    words: str
    band: Callable[[int], str] | None
    sex: bool


@dataclass(frozen=True, slots=True)
class Told:
    """``least`` is how many courses share the rarest combination of age and sex; ``rows`` those, made as coarse as ``grain``."""

    rows: tuple[Row, ...]
    grain: Grain
    least: int


def _by_fives(age: int) -> str:
    return f"{_TOP}+" if age >= _TOP else f"{age // 5 * 5} to {age // 5 * 5 + 4}"


def _by_tens(age: int) -> str:
    return f"{_TOP}+" if age >= _TOP else f"{age // 10 * 10} to {age // 10 * 10 + 9}"


def _by_three(age: int) -> str:
    return "below 65" if age < 65 else "65 to 79" if age < 80 else "80 and above"


#: From fine to coarse; the last tells neither.
GRAINS = (
    Grain("age in bands of 5 years, and sex", _by_fives, sex=True),
    Grain("age in bands of 10 years, and sex", _by_tens, sex=True),
    Grain("age below 65, 65 to 79, 80 and above, and sex", _by_three, sex=True),
    Grain("age below 65, 65 to 79, 80 and above; sex left out", _by_three, sex=False),
    Grain("sex; age left out", None, sex=True),
    Grain("age and sex left out", None, sex=False),
)


def told_coarsely(courses: Sequence[Mapping[str, Any]]) -> Told:
    """``courses`` with 'age' (whole years or None) and 'sex', as finely as LEAST allows.

    Raises
    ------
    TooFew
        Fewer courses than LEAST.
    """
    if len(courses) < LEAST:
        raise TooFew(
            f"A data set needs at least {LEAST} courses that ended, and there are {len(courses)}. Choose more months."
        )
    for grain in GRAINS:
        described = [_described(course, grain) for course in courses]
        least = min(Counter((row["age_band"], row["sex"]) for row in described).values())
        if least >= LEAST:
            return Told(tuple(described), grain, least)
    raise AssertionError("the last grain tells nothing, so all courses share one description")


def _described(course: Mapping[str, Any], grain: Grain) -> Row:
    age = course["age"]
    row = {name: value for name, value in course.items() if name != "age"}
    row["age_band"] = grain.band(age) if grain.band is not None and age is not None else ""
    row["sex"] = course["sex"] if grain.sex else ""
    return row
