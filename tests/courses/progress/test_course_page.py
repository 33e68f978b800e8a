"""The page of a course: its figures, and that they cost the same for one session as for many."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from courses.billing.services import refresh_line
from courses.models import Appointment, Course, Move, OutcomeMeasure
from courses.progress.clinic_median import Year, ds_peak_medians, year_of
from courses.progress.course_page import course_page
from eecp_clinic.models import User
from tests import factories
from tests.conftest import client_of
from tests.courses.courses_given import FIRST_HOUR, Given, a_report

LATER = FIRST_HOUR + timedelta(days=60)


def url(given: Given) -> str:
    return reverse("courses:detail", args=[given.course.code])


def test_strip_has_a_cell_for_each_ordered_session_with_its_grade(given: Given) -> None:
    given.session(0)
    given.session(1)
    page = course_page(given.course, LATER)
    assert [cell.letter for cell in page.cells[:3]] == ["A", "A", ""]
    assert len(page.cells) == 35
    assert [cell.number for cell in page.cells if cell.is_next] == [3]
    assert page.headline == "2 of 35 done, 33 to come"


def test_missed_day_marks_the_session_after_it(given: Given) -> None:
    given.session(0)
    day_two = FIRST_HOUR + timedelta(days=1)
    factories.make_appointment(given.course, given.device, day_two, state=Appointment.State.MISSED)
    given.session(2)
    page = course_page(given.course, LATER)
    assert [cell.number for cell in page.cells if cell.after_miss] == [2]
    assert page.headline == "2 of 35 done, 1 missed, 33 to come"


def test_chart_leaves_a_gap_where_a_session_could_not_be_assessed(given: Given) -> None:
    given.session(0)
    given.session(1, recording=None)
    chart = course_page(given.course, LATER).chart
    assert chart is not None
    assert [(row.label, row.cells[0]) for row in chart.rows] == [("1", "1.40"), ("2", None)]
    assert "below the target of 1.5 to 2.0" in chart.note


def test_course_without_sessions_has_no_chart_and_says_not_started(given: Given) -> None:
    page = course_page(given.course, LATER)
    assert page.chart is None
    assert "not started" in page.lead


def test_course_that_was_stopped_says_why_and_asks_nobody_any_more(given: Given) -> None:
    for index in range(10):
        given.session(index)
    assert course_page(given.course, LATER).early.state == "due"
    given.course.state, given.course.end_reason = Course.State.DISCONTINUED, Course.EndReason.SKIN_DAMAGE
    given.course.ended_on = LATER.date()
    page = course_page(given.course, LATER)
    assert page.lead.endswith(f": {Course.EndReason.SKIN_DAMAGE.label}")
    assert page.early.state == "not_asked"


def test_list_of_sessions_says_what_is_not_known(given: Given) -> None:
    given.session(0)
    given.session(1, recording=None, minutes_delivered=None)
    without, whole = course_page(given.course, LATER).sessions
    assert (without.number, without.minutes, without.ds_peak, without.letter) == (2, "", "", "–")
    assert (whole.number, whole.ds_peak, whole.is_signed) == (1, "1.40", True)


def test_short_session_stands_among_the_exceptions_until_somebody_decides(given: Given) -> None:
    session = given.session(
        0, minutes_delivered=Decimal("41.2"), stop_reason="leg_or_back_pain", symptoms="Calf"
    )
    refresh_line(session=session, now=LATER)
    (row,) = course_page(given.course, LATER).exceptions
    assert (row.what, row.why, row.state) == (
        "41 of 60 min",
        "Leg or back pain; Calf",
        "Billing to be decided",
    )
    assert session.claim_line.code in row.line_url


def test_poorly_gated_session_shows_the_rule_that_capped_it(given: Given) -> None:
    recording = factories.make_recording(given.device, FIRST_HOUR)
    report = factories.make_report(recording, grade="C", report=a_report(capped="Inflation came 62 ms late."))
    given.session(0, recording=recording, gating_report=report)
    (row,) = course_page(given.course, LATER).exceptions
    assert (row.why, row.state) == ("Inflation came 62 ms late.", "Choose why")


def test_course_that_is_over_has_nothing_to_come(given: Given) -> None:
    given.session(0)
    given.course.state = Course.State.COMPLETED
    page = course_page(given.course, LATER)
    assert page.headline == "1 of 35 done"
    assert not any(cell.is_next for cell in page.cells)


def test_page_costs_the_same_queries_for_one_session_as_for_six(
    given: Given, physician_client: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert physician_client.get(url(given)).status_code == 200
        return len(seen)

    given.session(0)
    queries()  # the first answer of a process fills caches
    one = queries()
    for index in range(1, 6):
        given.session(index)
    assert queries() == one


@pytest.mark.parametrize("who", ["nurse", "physician", "biller", "administrator"])
def test_each_role_sees_the_course_and_only_its_own_actions(
    given: Given, who: str, request: pytest.FixtureRequest
) -> None:
    given.session(0)
    page = client_of(request.getfixturevalue(who)).get(url(given)).content.decode()
    assert ("Review and sign" in page) is (who == "physician")
    assert ("Make the documentation packet" in page) is (who in {"physician", "biller"})
    assert ("Enter: Before" in page) is (who in {"nurse", "physician"})


def test_outcome_form_keeps_what_was_typed_when_refused(given: Given, nurse_client: Client) -> None:
    address = reverse("courses:outcome", args=[given.course.code, "baseline"])
    typed = {"patient": given.course.patient.code, "measured_on": "2026-11-01", "dasi": "60"}
    answer = nurse_client.post(address, typed)
    assert answer.status_code == 200
    assert 'value="60"' in answer.content.decode()
    assert "58.20" in answer.content.decode()


def test_outcome_form_of_another_patient_is_refused(given: Given, nurse_client: Client) -> None:
    address = reverse("courses:outcome", args=[given.course.code, "baseline"])
    answer = nurse_client.post(address, {"patient": "other", "measured_on": "2026-11-01", "ccs_class": 3})
    assert answer.status_code == 409
    assert not given.course.outcomes.exists()


def test_outcome_is_saved_and_shown(given: Given, nurse_client: Client) -> None:
    address = reverse("courses:outcome", args=[given.course.code, "baseline"])
    typed = {"patient": given.course.patient.code, "measured_on": "2026-11-01", "ccs_class": "3"}
    answer = nurse_client.post(address, typed, follow=True)
    assert answer.redirect_chain == [(url(given), 302)]
    assert given.course.outcomes.get().ccs_class == 3


def test_point_that_does_not_exist_is_refused(given: Given, nurse_client: Client) -> None:
    answer = nurse_client.get(reverse("courses:outcome", args=[given.course.code, "someday"]))
    assert answer.status_code == 422


def test_strip_marks_moved_held_and_booked_hours(given: Given) -> None:
    session = given.session(0)
    Move.objects.create(
        appointment=session.appointment,
        batch="b",
        from_starts_at=FIRST_HOUR,
        from_device=given.device,
        to_starts_at=FIRST_HOUR,
        to_device=given.device,
        reason="Device down",
        moved_by=given.nurse,
        moved_at=FIRST_HOUR,
    )
    factories.make_appointment(given.course, given.device, FIRST_HOUR + timedelta(days=1), state="held")
    factories.make_appointment(given.course, given.device, FIRST_HOUR + timedelta(days=2))
    first, second, third = course_page(given.course, FIRST_HOUR + timedelta(days=1, hours=2)).cells[:3]
    assert (first.moved, second.after_hold, second.is_booked, third.is_booked) == (True, True, True, False)
    assert second.label == "Session 2, booked for Wed 02-Dec-2026, after a day that was held back"


def test_pictures_are_drawn_from_what_is_known(given: Given) -> None:
    given.session(0)
    given.session(1)
    charts = {chart.name: chart for chart in course_page(given.course, LATER).charts}
    assert {"pressure", "minutes", "heart-rate", "blood-pressure"} <= set(charts)
    assert "timing" not in charts  # the reports of this test have none
    assert charts["pressure"].columns == ("Measured, mmHg", "Charted, mmHg", "Target, mmHg")
    assert charts["pressure"].rows[0].cells == (None, "255", "260")


def test_clinic_median_needs_five_other_courses(given: Given, physician: User) -> None:
    year = year_of(given.course, given.session(0).appointment.starts_at)
    assert ds_peak_medians(given.course, year) == {}
    for number in range(5):
        other = factories.make_course(factories.make_patient(given.clinic), physician)
        start = FIRST_HOUR - timedelta(days=30 + number)
        recording = factories.make_recording(given.device, start)
        report = factories.make_report(recording, ds_peak=1.0 + number / 10)
        hour = factories.make_appointment(other, given.device, start, state="done")
        factories.make_session(hour, given.nurse, "signed", recording=recording, gating_report=report)
    assert ds_peak_medians(given.course, year) == {1: 1.2}
    before, after = Year(date(2026, 10, 1), date(2026, 10, 1)), Year(date(2026, 11, 1), date(2026, 11, 1))
    assert (ds_peak_medians(given.course, before), ds_peak_medians(given.course, after)) == ({1: 1.2}, {})


@pytest.mark.parametrize(
    ("newest", "year"),
    [
        (datetime(2026, 11, 30, 15, tzinfo=UTC), Year(date(2025, 12, 1), date(2026, 11, 1))),
        (datetime(2026, 12, 1, 5, tzinfo=UTC), Year(date(2025, 12, 1), date(2026, 11, 1))),  # still 30-Nov
        (datetime(2026, 12, 1, 7, tzinfo=UTC), Year(date(2026, 1, 1), date(2026, 12, 1))),
    ],
)
def test_year_of_the_comparison_ends_with_the_month_of_the_newest_session(
    given: Given, newest: datetime, year: Year
) -> None:
    assert year_of(given.course, newest) == year


def test_median_leads_to_the_sessions_behind_it(
    given: Given, physician: User, physician_client: Client
) -> None:
    given.session(0)
    for number in range(5):
        other = factories.make_course(factories.make_patient(given.clinic), physician)
        start = FIRST_HOUR - timedelta(days=30 + number)
        recording = factories.make_recording(given.device, start)
        hour = factories.make_appointment(other, given.device, start, state="done")
        report = factories.make_report(recording)
        factories.make_session(hour, given.nurse, "signed", recording=recording, gating_report=report)
    address = f"{reverse('courses:figure-rows', args=['ds_target'])}?from=2025-12&to=2026-11"
    assert escape(address) in physician_client.get(url(given)).content.decode()
    behind = physician_client.get(address).content.decode()
    assert behind.count("<tr>") == 1 + 6  # the head, five of others, one of its own


def test_stopped_course_says_when_and_why_and_shuts_off_the_rest_of_each_picture(given: Given) -> None:
    given.session(0)
    assert course_page(given.course, LATER).stopped == ""
    assert "p-over" not in str(course_page(given.course, LATER).chart)
    given.course.state, given.course.end_reason = Course.State.DISCONTINUED, "leg_or_back_pain"
    given.course.ended_on = date(2026, 12, 3)
    page = course_page(given.course, LATER)
    assert page.stopped == "Stopped Thu 03-Dec-2026: Leg or back pain"
    assert page.headline == "1 of 35 done"
    assert "middle" not in [window.point for window, _label in page.shown_windows]
    assert "end" in [window.point for window, _label in page.shown_windows]
    assert page.chart is not None
    assert "p-over" in page.chart.svg


def test_pictures_say_from_where_to_where_and_how_that_stands(given: Given) -> None:
    for index in (0, 1, 10, 11):
        recording = factories.make_recording(given.device, FIRST_HOUR + timedelta(days=index, hours=20))
        content = a_report() | {"pressure": {"plateau_mmhg": {"value": 200.0 + index}}}
        given.session(
            index,
            gating_report=factories.make_report(recording, ds_peak=1.1 + index / 20, report=content),
            recording=recording,
            minutes_delivered=Decimal(41 if index == 11 else 60),
        )
    for point, ccs, walk in (("baseline", 3, 300), ("end", 1, 300)):
        OutcomeMeasure.objects.create(
            course=given.course,
            point=point,
            measured_on=FIRST_HOUR.date() + timedelta(days=0 if point == "baseline" else 20),
            ccs_class=ccs,
            walk_6min_m=walk,
            recorded_by=given.nurse,
        )
    page = course_page(given.course, LATER)
    assert page.chart is not None
    told = {
        one.name: (one.glance.values, one.state, one.glance.light)
        for one in (page.chart, *page.charts)
        if one.glance
    }
    assert told["augmentation"] == ("1.12 → 1.62", "in the target", "go")
    assert told["pressure"] == ("200 → 210 mmHg", "target not reached", "look")
    assert told["minutes"] == ("60 → 50 min", "1 of 4 short", "look")
    assert told["ccs"] == ("III → I", "better", "go")
    assert told["walk"] == ("300 → 300 m", "no change", "idle")
    assert told["weight"] == ("71.5 → 71.5 kg", "", "idle")


def test_exceptions_are_counted_by_parameter_and_stand_newest_day_first(given: Given) -> None:
    for index in range(2):
        given.session(index, minutes_delivered=Decimal(41))
    factories.make_appointment(given.course, given.device, FIRST_HOUR + timedelta(hours=30), state="missed")
    page = course_page(given.course, LATER)
    assert page.exception_counts == (("Minutes", 2), ("Attendance", 1))
    days = [row.day for row in page.exceptions]
    assert days == sorted(days, reverse=True)


def test_page_asks_at_two_weeks_how_the_patient_feels(given: Given, nurse_client: Client) -> None:
    for index in range(10):
        given.session(index)
    page = nurse_client.get(url(given)).content.decode()
    assert "ask whether the patient feels better" in page
    assert "Timing: not known." in page
