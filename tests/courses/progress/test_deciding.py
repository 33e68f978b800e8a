"""What a signed decision does to the course, and that the order stays as it was."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from courses.models import Appointment, Course, Review, Session
from courses.ordering.prescribed import pressure_at
from courses.progress.course_page import course_page
from courses.progress.services import sign_review
from courses.treatment.binding import attach_recording
from devices.models import Recording
from eecp_clinic.errors import ClinicError, Conflict, InvalidInput
from eecp_clinic.models import AuditEvent
from eecp_clinic.signing import is_intact
from tests import factories
from tests.courses.courses_given import FIRST_HOUR, Given
from tests.factories import PASSWORD

LATER = FIRST_HOUR + timedelta(days=1, hours=3)


def decide(given: Given, decision: str, now: datetime = LATER, **change: Any) -> Review:
    review = sign_review(
        course=given.course,
        kind="progress",
        text="Seen today.",
        decision=decision,
        password=PASSWORD,
        actor=given.physician,
        now=now,
        **change,
    )
    given.course.refresh_from_db()
    return review


def test_new_pressure_holds_for_later_sessions_and_the_order_stays(given: Given) -> None:
    given.session(0)
    review = decide(given, "adjust", pressure_target_mmhg=230)
    assert given.course.pressure_target_mmhg == 230
    assert given.course.order.pressure_target_mmhg == 260
    assert pressure_at(given.course, FIRST_HOUR) == 260
    assert pressure_at(given.course, LATER) == 230
    assert is_intact(review.signature)
    assert '"pressure_target_mmhg"' in review.signature.content
    given.session(2)
    assert [one.prescribed_mmhg for one in course_page(given.course, LATER).done] == [260, 230]


def test_recording_of_a_later_session_is_judged_by_the_new_pressure(given: Given) -> None:
    decide(given, "adjust", FIRST_HOUR - timedelta(hours=2), pressure_target_mmhg=230)
    session = given.session(0, recording=None, signed=False)
    recording = factories.make_recording(given.device, FIRST_HOUR)
    attach_recording(recording=recording, session=session, actor=given.nurse, now=LATER)
    assert Recording.objects.get(pk=recording.pk).prescribed_pressure_mmhg == 230


def test_extension_adds_sessions_and_keeps_what_the_payer_says(given: Given) -> None:
    review = decide(given, "extend", extra_sessions=5)
    assert given.course.sessions_ordered == 40
    assert len(course_page(given.course, LATER).cells) == 40
    assert {finding["code"] for finding in review.payer_findings} >= {"beyond_customary", "gain_not_known"}


def test_extension_takes_a_completed_course_up_again(given: Given) -> None:
    given.course.state, given.course.ended_on = Course.State.COMPLETED, LATER.date()
    given.course.save()
    decide(given, "extend", extra_sessions=5)
    found = Course.objects.get(pk=given.course.pk)
    assert (found.state, found.ended_on) == (Course.State.ACTIVE, None)


def test_extension_beside_a_newer_course_is_refused(given: Given) -> None:
    given.course.state = Course.State.COMPLETED
    given.course.save()
    patient, decision = given.course.patient, given.course.order.assessment
    order = factories.make_order(patient, given.physician, assessment=decision)
    factories.make_course(patient, given.physician, order=order)
    with pytest.raises(Conflict, match="newer course"):
        decide(given, "extend", extra_sessions=5)


def test_hold_stops_the_course_until_a_later_decision(given: Given) -> None:
    given.session(0)
    decide(given, "hold")
    assert given.course.state == Course.State.ON_HOLD
    decide(given, "continue", LATER + timedelta(days=2))
    assert given.course.state == Course.State.ACTIVE
    assert AuditEvent.objects.filter(action="course.decided").count() == 2


def test_hold_waits_for_a_running_session(given: Given) -> None:
    hour = factories.make_appointment(
        given.course, given.device, FIRST_HOUR, state=Appointment.State.IN_PROGRESS
    )
    factories.make_session(hour, given.nurse, Session.State.IN_PROGRESS)
    with pytest.raises(Conflict, match="running"):
        decide(given, "hold")
    assert not Review.objects.exists()


def test_stop_ends_the_course_with_its_reason_and_frees_the_hours(given: Given) -> None:
    hour = factories.make_appointment(given.course, given.device, LATER + timedelta(days=2))
    decide(given, "stop", end_reason="skin_damage")
    hour.refresh_from_db()
    assert (given.course.state, given.course.end_reason) == (Course.State.DISCONTINUED, "skin_damage")
    assert hour.state == Appointment.State.CANCELLED


def test_decision_to_continue_changes_nothing(given: Given) -> None:
    decide(given, "continue")
    assert given.course.state == Course.State.ACTIVE
    assert not AuditEvent.objects.filter(action="course.decided").exists()


@pytest.mark.parametrize(
    ("decision", "change"),
    [("adjust", {}), ("extend", {"extra_sessions": 11}), ("stop", {}), ("continue", {"extra_sessions": 1})],
)
def test_half_decision_is_neither_signed_nor_carried_out(
    given: Given, decision: str, change: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput):
        decide(given, decision, **change)
    assert not Review.objects.exists()
    assert given.course.sessions_ordered == 35


def test_wrong_password_carries_nothing_out(given: Given) -> None:
    with pytest.raises(ClinicError):
        sign_review(
            course=given.course,
            kind="progress",
            text="x",
            decision="hold",
            password="wrong",
            actor=given.physician,
            now=LATER,
        )
    given.course.refresh_from_db()
    assert given.course.state == Course.State.ACTIVE
