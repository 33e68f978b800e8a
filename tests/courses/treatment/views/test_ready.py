"""The check before the hour on its page: judged, held with what was typed, answered by a physician."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from courses.models import BodyMark, Hold, Session, VitalSigns
from courses.treatment import services
from eecp_clinic.models import User
from tests import factories
from tests.courses.treatment import scenes
from tests.courses.treatment.views.test_session import BEFORE, page, post

pytestmark = pytest.mark.usefixtures("mid_morning")

SIGNS = {
    "before-rhythm": "regular",
    "before-breath_sounds": "clear",
    "before-oedema": "0",
    "before-legs_examined": "on",
    "before-medicines_taken": "yes",
    "before-bladder_emptied": "yes",
    "before-angina_since_last": "0",
    "before-nitroglycerin_since_last": "0",
    "before-anticoagulated": "no",
    "before-respiratory_rate": "16",
}


@pytest.fixture
def now() -> datetime:
    return timezone.now() - timedelta(minutes=30)


@pytest.fixture
def opened(nurse: User, physician: User, now: datetime) -> Session:
    return services.open_session(appointment=scenes.make_hour(nurse, physician, now), actor=nurse, now=now)


def test_what_stands_is_shown_before_anything_is_charted(nurse_client: Client, opened: Session) -> None:
    text = page(nurse_client, opened)
    assert "Ready to treat?" in text
    assert "Nobody is noted as supervising now." in text


def test_signs_and_marks_are_saved_and_judged(nurse_client: Client, opened: Session) -> None:
    typed = {**BEFORE, **SIGNS, "before-mark_left_calf": "bruise"}
    assert post(nurse_client, opened, "ready", **typed).status_code == 302
    row = VitalSigns.objects.get(session=opened)
    assert (row.rhythm, row.oedema, row.legs_examined, row.anticoagulated) == ("regular", "0", True, "no")
    mark = BodyMark.objects.get(session=opened)
    assert (mark.region, mark.kind, mark.phase) == ("left_calf", "bruise", "before")
    text = page(nurse_client, opened)
    assert "Legs and hips: bruise." in text
    assert "is-marked" in text


def test_a_mark_that_is_taken_away_is_gone(nurse_client: Client, opened: Session) -> None:
    post(nurse_client, opened, "ready", **BEFORE, **{"before-mark_left_calf": "bruise"})
    post(nurse_client, opened, "ready", **BEFORE)
    assert not BodyMark.objects.filter(session=opened).exists()


def test_a_mark_that_there_is_not_is_refused(nurse_client: Client, opened: Session) -> None:
    response = post(nurse_client, opened, "ready", **BEFORE, **{"before-mark_left_calf": "tattoo"})
    assert response.status_code == 200
    assert not BodyMark.objects.exists()


def test_last_time_is_shown_beside_choices_and_marks(
    nurse_client: Client, nurse: User, physician: User, opened: Session, now: datetime
) -> None:
    former = factories.make_appointment(opened.course, opened.device, now - timedelta(days=1))
    session = factories.make_session(former, nurse, "ended")
    factories.make_vitals(session, nurse, rhythm="paced")
    BodyMark.objects.create(
        session=session,
        phase="before",
        region="left_calf",
        kind="redness",
        recorded_by=nurse,
        recorded_at=now - timedelta(days=1),
    )
    text = page(nurse_client, opened)
    assert "Last time: Paced" in text
    assert "Last time: Redness" in text
    assert '<option value="paced" selected' not in text


def test_the_hold_saves_what_was_typed_beside_it(nurse_client: Client, opened: Session) -> None:
    typed = {**BEFORE, **SIGNS, "before-systolic_mmhg": "188", "before-remarks": "Slept badly"}
    response = post(nurse_client, opened, "hold", **typed, **{"hold-reason": "BP twice over the limit"})
    assert response.status_code == 302
    row = VitalSigns.objects.get(session=opened)
    assert (row.systolic_mmhg, row.remarks) == (188, "Slept badly")
    assert [f["code"] for f in Hold.objects.get().findings] == ["systolic_high"]
    text = page(nurse_client, opened)
    assert "Slept badly" in text
    assert reverse("courses:make-up", args=[opened.appointment.code]) in text
    assert "No physician has looked at it yet." in text


def test_a_hold_without_reason_keeps_what_was_typed(nurse_client: Client, opened: Session) -> None:
    response = post(nurse_client, opened, "hold", **BEFORE, **{"hold-reason": ""})
    assert response.status_code == 200
    assert not Hold.objects.exists()
    assert VitalSigns.objects.get(session=opened).systolic_mmhg == 128
    assert 'aria-invalid="true"' in response.content.decode()


def test_a_hold_beside_values_that_cannot_be_true_is_not_made_and_nothing_is_lost(
    nurse_client: Client, opened: Session
) -> None:
    typed = {**BEFORE, "before-systolic_mmhg": "9000"}
    response = post(nurse_client, opened, "hold", **typed, **{"hold-reason": "Fever"})
    text = response.content.decode()
    assert 'value="9000"' in text
    assert 'value="Fever"' in text
    assert not Hold.objects.exists()


def test_start_judges_what_was_typed_and_not_saved(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_ready(nurse, physician, now)
    response = post(nurse_client, session, "start", **BEFORE | {"before-heart_rate_bpm": "140"})
    assert response.status_code == 403
    assert "Heart rate is 140 bpm." in response.content.decode()
    session.refresh_from_db()
    assert session.state == "draft"


def test_a_physicians_start_does_not_sign_for_the_nurses_values(
    physician_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_ready(nurse, physician, now)
    typed = {name: value for name, value in BEFORE.items() if name != "before-skin"}
    assert post(physician_client, session, "start", **typed).status_code == 302
    assert VitalSigns.objects.get(session=session).recorded_by == nurse


def test_a_physician_looks_at_the_hold_and_releases_it(
    physician_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_ready(nurse, physician, now)
    services.hold_session(session=session, reason="Fever", actor=nurse, now=timezone.now())
    assert "I have looked at it" in page(physician_client, session)
    assert "Session held" in physician_client.get(reverse("courses:reviews")).content.decode()
    assert post(physician_client, session, "hold-seen", answer="On my way").status_code == 302
    assert "On my way" in page(physician_client, session)
    assert "Session held" not in physician_client.get(reverse("courses:reviews")).content.decode()
    response = post(physician_client, session, "hold-release", answer="")
    assert "Say why the hold is released" in response.content.decode()
    if now.date() == timezone.now().date():
        assert post(physician_client, session, "hold-release", answer="Afebrile").status_code == 302
        assert "Start treatment" in page(physician_client, session)


def test_a_nurse_cannot_release_a_hold(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_ready(nurse, physician, now)
    services.hold_session(session=session, reason="Fever", actor=nurse, now=timezone.now())
    assert "Release the hold" not in page(nurse_client, session)
    assert post(nurse_client, session, "hold-release", answer="Fine").status_code == 403


def test_a_session_that_ended_early_says_that_a_physician_decides(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_running(nurse, physician, now)
    post(nurse_client, session, "end", stop_reason="patient_wish")
    text = page(nurse_client, session)
    assert "Ended early" in text
    assert "A physician decides" in text
    assert "no written rule" in text


def test_marks_after_the_session_are_kept_apart(
    nurse_client: Client, nurse: User, physician: User, now: datetime
) -> None:
    session = scenes.make_running(nurse, physician, now)
    post(nurse_client, session, "end", stop_reason="completed")
    data = {"after-skin_after": "Red", "after-symptoms": "none", "after-mark_left_calf": "redness"}
    assert post(nurse_client, session, "after", **data).status_code == 302
    assert BodyMark.objects.get(session=session).phase == "after"
