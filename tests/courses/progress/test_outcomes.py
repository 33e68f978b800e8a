"""Recording outcome measures, and how they stand beside each other."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from courses.models import OutcomeMeasure
from courses.progress.dasi import WEIGHTS
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


def all_answers(*, can: bool) -> dict[str, bool]:
    return dict.fromkeys(WEIGHTS, can)


def record(given: Given, now: datetime, **values: Any) -> OutcomeMeasure:
    known = {"measured_on": date(2026, 11, 20), **values}
    return record_outcome(course=given.course, point="baseline", values=known, actor=given.nurse, now=now)


def test_twelve_answers_make_the_score(given: Given, now: datetime) -> None:
    answers = all_answers(can=False) | {"self_care": True, "walk_indoors": True}
    assert record(given, now, dasi_answers=answers).dasi == Decimal("4.50")


def test_half_answered_questionnaire_is_refused(given: Given, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="1 of the 12"):
        record(given, now, dasi_answers={"self_care": True})


def test_typed_score_that_contradicts_the_answers_is_refused(given: Given, now: datetime) -> None:
    with pytest.raises(InvalidInput, match=r"58\.20 points"):
        record(given, now, dasi=Decimal(12), dasi_answers=all_answers(can=True))


def test_echo_scores_and_classes_stand_in_the_table_only_where_measured(given: Given, now: datetime) -> None:
    record(
        given,
        now,
        ccs_class=3,
        nyha_class=2,
        e_over_e_prime=Decimal("13.5"),
        diastolic_grade="2",
        saq7_score=40,
    )
    rows = {str(row.label): row.values[0] for row in outcome_table(list(OutcomeMeasure.objects.all())).rows}
    assert rows["NYHA class"] == "II"
    assert rows["E/e' by echo"] == "13.5"
    assert rows["Diastolic function by echo"] == "Grade II"
    assert "EQ-5D VAS, 0 to 100" not in rows


@pytest.mark.parametrize(
    ("field", "value"), [("rose_dyspnoea", 5), ("saq7_score", 101), ("eq5d_index", Decimal("1.2"))]
)
def test_score_beyond_its_scale_is_refused(given: Given, now: datetime, field: str, value: object) -> None:
    with pytest.raises(InvalidInput):
        record(given, now, **{field: value})


def test_point_at_which_only_some_were_measured_hides_no_earlier_change(given: Given, now: datetime) -> None:
    for point, values in (
        ("baseline", {"ccs_class": 3, "walk_6min_m": 300}),
        ("middle", {"ccs_class": 2, "walk_6min_m": 340}),
        ("end", {"ccs_class": 1}),
    ):
        day = {"baseline": 1, "middle": 10, "end": 20}[point]
        record_outcome(
            course=given.course,
            point=point,
            values={"measured_on": date(2026, 11, day), **values},
            actor=given.nurse,
            now=now,
        )
    table = outcome_table(list(OutcomeMeasure.objects.all()))
    assert [row.better_in for row in table.rows[:4]] == [2, None, None, 1]
    assert "Six-minute walk: 300 to 340 m, 40 more." in table.sentences
