from datetime import datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.db import IntegrityError, transaction
from pytest_django.fixtures import Settings

from courses.models import Appointment, Hold, HoldNotice, Session
from courses.treatment import hold_mail, services
from courses.treatment.services.signing import signed_content
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, User
from eecp_clinic.roles import Role
from tests import factories
from tests.courses.treatment import scenes


def held(nurse: User, physician: User, now: datetime, reason: str = "Systolic 188 twice") -> Session:
    session = scenes.make_ready(nurse, physician, now, systolic_mmhg=188)
    return services.hold_session(session=session, reason=reason, actor=nurse, now=now)


def test_a_hold_keeps_what_spoke_against_treatment_and_gives_the_hour_back(
    nurse: User, physician: User, now: datetime
) -> None:
    session = held(nurse, physician, now)
    hold = services.open_hold(session)
    assert hold.reason == "Systolic 188 twice"
    assert [finding["code"] for finding in hold.findings] == ["systolic_high"]
    assert Appointment.objects.get(session=session).state == "held"
    assert session.vital_signs.get().systolic_mmhg == 188
    assert AuditEvent.objects.get(action="session.held").data["codes"] == ["systolic_high"]


def test_a_hold_without_a_reason_is_refused(nurse: User, physician: User, now: datetime) -> None:
    session = scenes.make_ready(nurse, physician, now)
    with pytest.raises(InvalidInput, match="Say why"):
        services.hold_session(session=session, reason=" ", actor=nurse, now=now)
    assert not Hold.objects.exists()


def test_a_second_hold_is_refused(nurse: User, physician: User, now: datetime) -> None:
    session = held(nurse, physician, now)
    with pytest.raises(Conflict, match="on hold already"):
        services.hold_session(session=session, reason="Again", actor=nurse, now=now)


def test_whoever_does_not_treat_cannot_hold(
    nurse: User, physician: User, biller: User, now: datetime
) -> None:
    session = scenes.make_ready(nurse, physician, now)
    with pytest.raises(NotAllowed):
        services.hold_session(session=session, reason="Fever", actor=biller, now=now)


def test_every_physician_of_the_clinic_is_told_without_a_word_of_the_patient(
    nurse: User, physician: User, outsider: User, now: datetime
) -> None:
    clinic = physician.memberships.get().clinic
    factories.make_user(clinic, Role.PHYSICIAN, "paul", "Paul", "Physician-Example", "MD")
    gone = factories.make_user(clinic, Role.PHYSICIAN, "gone", "Gone", "Physician-Example", "MD")
    gone.is_active = False
    gone.save()
    session = held(nurse, physician, now)
    hold = services.open_hold(session)
    assert hold_mail.send_due(now, [hold.pk]) == 2
    assert sorted(message.to[0] for message in mail.outbox) == ["paul@example.org", "petra@example.org"]
    patient = session.course.patient
    for message in mail.outbox:
        text = f"{message.subject} {message.body}"
        assert f"{django_settings.PUBLIC_URL}{session.get_absolute_url()}" in text
        for secret in (patient.family_name, patient.given_name, patient.mrn, "188", "Systolic"):
            assert secret not in text
    assert set(hold.notices.values_list("state", flat=True)) == {"sent"}


def test_a_mail_goes_out_once(nurse: User, physician: User, now: datetime) -> None:
    hold = services.open_hold(held(nurse, physician, now))
    assert hold_mail.send_due(now, [hold.pk]) == 1
    assert hold_mail.send_due(now + timedelta(minutes=10), [hold.pk]) == 0
    assert hold_mail.due_holds(now + timedelta(minutes=10)) == []


def test_a_mail_that_failed_is_tried_again_and_not_for_ever(
    nurse: User, physician: User, now: datetime, settings: Settings
) -> None:
    physician.email = "joan@example.org"
    physician.save()
    hold = services.open_hold(held(nurse, physician, now))
    settings.EMAIL_BACKEND = "tests.courses.scheduling.failing_mail.FailsForJoan"
    for attempt in range(3):
        moment = now + timedelta(minutes=6 * attempt)
        assert hold_mail.due_holds(moment) == [hold.pk]
        assert hold_mail.send_due(moment, [hold.pk]) == 0
        assert hold_mail.due_holds(moment + timedelta(minutes=1)) == []
    notice = hold.notices.get()
    assert (notice.state, notice.attempts, notice.error) == ("failed", 3, "SMTPRecipientsRefused")
    assert hold_mail.due_holds(now + timedelta(hours=1)) == []


def test_a_mail_left_by_a_worker_that_died_is_sent_by_the_next_sweep(
    nurse: User, physician: User, now: datetime
) -> None:
    hold = services.open_hold(held(nurse, physician, now))
    HoldNotice.objects.update(state=HoldNotice.State.SENDING, attempts=1, tried_at=now)
    assert hold_mail.due_holds(now + timedelta(minutes=6)) == [hold.pk]
    assert hold_mail.send_due(now + timedelta(minutes=6), [hold.pk]) == 1


def test_a_physician_looks_at_the_hold_once(nurse: User, physician: User, now: datetime) -> None:
    hold = services.open_hold(held(nurse, physician, now))
    seen = services.see_hold(hold=hold, answer="Call me", actor=physician, now=now)
    assert (seen.seen_by, seen.answer) == (physician, "Call me")
    with pytest.raises(Conflict, match="has looked at this hold already"):
        services.see_hold(hold=hold, answer="", actor=physician, now=now)


def test_a_nurse_cannot_answer_for_the_physician(nurse: User, physician: User, now: datetime) -> None:
    session = held(nurse, physician, now)
    with pytest.raises(NotAllowed):
        services.see_hold(hold=services.open_hold(session), answer="", actor=nurse, now=now)
    with pytest.raises(NotAllowed):
        services.release_hold(session=session, answer="It is fine", actor=nurse, now=now)


def test_a_released_hold_gives_the_hour_back_to_the_patient_who_still_needs_the_override(
    nurse: User, physician: User, now: datetime
) -> None:
    session = held(nurse, physician, now)
    services.release_hold(session=session, answer="Examined; 176 now", actor=physician, now=now)
    session.refresh_from_db()
    assert session.appointment.state == "arrived"
    hold = Hold.objects.get(session=session)
    assert (hold.released_at, hold.seen_by, hold.answer) == (now, physician, "Examined; 176 now")
    with pytest.raises(NotAllowed, match="Hold: Systolic pressure is 188"):
        services.start_session(session=session, actor=nurse, now=now)


def test_a_release_without_an_answer_is_refused(nurse: User, physician: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="Say why the hold is released"):
        services.release_hold(session=held(nurse, physician, now), answer="", actor=physician, now=now)


def test_a_hold_of_yesterday_is_not_released(nurse: User, physician: User, now: datetime) -> None:
    session = held(nurse, physician, now)
    with pytest.raises(Conflict, match="on its own day only"):
        services.release_hold(session=session, answer="Fine", actor=physician, now=now + timedelta(days=1))


def test_an_hour_that_was_given_to_somebody_else_is_not_released(
    nurse: User, physician: User, now: datetime
) -> None:
    session = held(nurse, physician, now)
    other = factories.make_course(factories.make_patient(session.course.clinic), physician)
    factories.make_appointment(other, session.device, session.appointment.starts_at)
    with pytest.raises(Conflict, match="given to somebody else"):
        services.release_hold(session=session, answer="Fine", actor=physician, now=now)
    assert services.open_hold(session).released_at is None


def test_the_database_keeps_one_hold_at_a_time(nurse: User, physician: User, now: datetime) -> None:
    session = held(nurse, physician, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Hold.objects.create(session=session, reason="Twice", held_by=nurse, held_at=now)


def test_the_signature_names_holds_and_marks(nurse: User, physician: User, now: datetime) -> None:
    session = held(nurse, physician, now)
    services.release_hold(session=session, answer="Examined", actor=physician, now=now)
    services.mark_legs(session=session, phase="before", marks={"left_calf": "bruise"}, actor=nurse, now=now)
    services.start_session(session=session, actor=physician, now=now, override_reason="Examined")
    services.end_session(
        session=session, stop_reason="patient_wish", actor=nurse, now=now + timedelta(minutes=30)
    )
    session.refresh_from_db()
    content = signed_content(session, now)
    assert [row["region"] for row in content["body_marks"]] == ["left_calf"]
    assert [row["answer"] for row in content["holds"]] == ["Examined"]
