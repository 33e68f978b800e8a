"""Signing a review, and every reason why not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from courses.models import Course, Review
from courses.progress.services import sign_review
from eecp_clinic.errors import ClinicError, Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent
from eecp_clinic.signing import is_intact
from tests.courses.courses_given import Given
from tests.factories import PASSWORD

WORDS = {"kind": "progress", "text": "Fewer episodes.", "decision": "continue", "password": PASSWORD}


def sign(given: Given, now: datetime, **change: Any) -> Review:
    words = {"actor": given.physician, **WORDS, **change}
    return sign_review(course=given.course, now=now, **words)


def test_review_is_signed_with_what_the_physician_saw(given: Given, now: datetime) -> None:
    session = given.session(0)
    review = sign(given, (session.ended_at or now) + timedelta(hours=2))
    assert review.sessions_done == 1
    assert is_intact(review.signature)
    assert "Fewer episodes." in review.signature.content
    assert AuditEvent.objects.get(action="review.signed").data["decision"] == "continue"


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"password": "wrong"}, InvalidInput, "password"),
        ({"text": "  "}, InvalidInput, "how the patient is doing"),
        ({"decision": ""}, InvalidInput, "Decide"),
        ({"kind": "other"}, InvalidInput, "kind of review"),
        ({"kind": "final"}, Conflict, "not over"),
    ],
)
def test_review_is_refused(
    given: Given, now: datetime, change: dict[str, str], error: type[ClinicError], words: str
) -> None:
    with pytest.raises(error, match=words):
        sign(given, now, **change)
    assert not Review.objects.exists()


def test_nurse_may_not_sign_a_review(given: Given, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        sign(given, now, actor=given.nurse)


def test_second_mid_course_review_is_refused(given: Given, now: datetime) -> None:
    sign(given, now, kind="mid_course")
    with pytest.raises(Conflict, match="signed before"):
        sign(given, now, kind="mid_course")


def test_course_that_is_over_is_summed_up(given: Given, now: datetime) -> None:
    given.course.state = Course.State.COMPLETED
    given.course.save()
    assert sign(given, now, kind="final").kind == Review.Kind.FINAL


def test_database_refuses_to_change_a_review(given: Given, now: datetime) -> None:
    review = sign(given, now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(text="Another text")
