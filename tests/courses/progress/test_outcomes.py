"""Recording outcome measures, and how they stand beside each other."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from courses.models import OutcomeMeasure
from courses.progress.outcome_table import outcome_table
from courses.progress.services import record_outcome
from eecp_clinic.errors import InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, User
from tests.courses.courses_given import Given

VALUES: dict[str, Any] = {
    "measured_on": date(2026, 11, 20),
    "ccs_class": 3,
    "angina_per_week": 10,
    "dasi": Decimal("15.45"),
}


def test_outcome_is_recorded_with_who_and_audited(given: Given, now: datetime) -> None:
    outcome = record_outcome(course=given.course, point="baseline", values=VALUES, actor=given.nurse, now=now)
    assert (outcome.ccs_class, outcome.nitroglycerin_per_week) == (3, None)
    assert outcome.recorded_by == given.nurse
    assert AuditEvent.objects.filter(action="outcome.recorded").exists()


def test_outcome_is_corrected_in_place(given: Given, now: datetime) -> None:
    for ccs in (3, 2):
        record_outcome(
            course=given.course,
            point="baseline",
            values={**VALUES, "ccs_class": ccs},
            actor=given.nurse,
            now=now,
        )
    assert OutcomeMeasure.objects.get(course=given.course).ccs_class == 2
    assert AuditEvent.objects.get(action="outcome.corrected").data["fields"] == ["ccs_class"]


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"measured_on": date(2026, 12, 31)}, "measured_on", "future"),
        ({"dasi": Decimal(60)}, "dasi", "58.20"),
        ({"ccs_class": None, "angina_per_week": None, "dasi": None}, "__all__", "Nothing was measured"),
    ],
)
def test_impossible_outcome_is_refused_beneath_its_field(
    given: Given, now: datetime, change: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        record_outcome(
            course=given.course, point="baseline", values=VALUES | change, actor=given.nurse, now=now
        )
    assert words in refused.value.data["fields"][field][0]


def test_baseline_after_the_first_session_is_refused(given: Given) -> None:
    session = given.session(0)
    assert session.ended_at is not None
    late = VALUES | {"measured_on": date(2026, 12, 1)}
    with pytest.raises(InvalidInput, match="Treatment began on 30-Nov-2026"):
        record_outcome(
            course=given.course,
            point="baseline",
            values=late,
            actor=given.nurse,
            now=datetime.fromisoformat("2026-12-02T15:00+00:00"),
        )


def test_biller_may_not_record_outcomes(given: Given, biller: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        record_outcome(course=given.course, point="baseline", values=VALUES, actor=biller, now=now)


def test_table_marks_the_latest_value_that_is_better(given: Given, now: datetime) -> None:
    for point, ccs, day in (("baseline", 3, 1), ("middle", 2, 20)):
        record_outcome(
            course=given.course,
            point=point,
            values={"measured_on": date(2026, 11, day), "ccs_class": ccs},
            actor=given.nurse,
            now=now,
        )
    table = outcome_table(list(OutcomeMeasure.objects.all()))
    assert table.rows[0].values == ("III", "II", "")
    assert table.rows[0].better_in == 1
    assert table.rows[1].better_in is None
    assert table.sentences == ("CCS angina class: III to II, 1 class better.",)


def test_table_without_a_baseline_tells_no_change(given: Given, now: datetime) -> None:
    record_outcome(course=given.course, point="middle", values=VALUES, actor=given.nurse, now=now)
    table = outcome_table(list(OutcomeMeasure.objects.all()))
    assert table.sentences == ()
    assert table.rows[4].values == ("", "15.45 (4.6)", "")
