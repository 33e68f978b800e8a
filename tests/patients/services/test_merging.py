"""Two records of one person become one, and two again."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from courses.billing.facts import assessment_on, sessions_with_facts
from courses.models import Appointment, Course, Session
from courses.ordering.services import write_order
from courses.ordering.views import decision_of
from eecp_clinic.errors import Conflict, InvalidInput
from eecp_clinic.models import AuditEvent, Clinic, User
from patients import access, services
from patients.models import Coverage, Document, Patient, PatientMerge
from tests import factories
from tests.patients import paper_samples as samples


@pytest.fixture
def kept(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic, phone="312-555-0100", allergies="Latex")


@pytest.fixture
def second(clinic: Clinic) -> Patient:
    return factories.make_patient(
        clinic, "Sampel", phone="312-555-0199", email="joan@example.org", allergies="Penicillin"
    )


def merge(kept: Patient, second: Patient, actor: User, now: datetime) -> PatientMerge:
    return services.merge_patients(
        kept=kept, merged=second, reason="Same identity card", actor=actor, now=now
    )


def undo(merged: PatientMerge, actor: User, now: datetime) -> Patient:
    return services.undo_merge(merge=merged, actor=actor, now=now)


def state_of(*patients: Patient) -> list[dict[str, Any]]:
    """Everything that a merge may touch."""
    return [
        Patient.objects.filter(pk=patient.pk).values().get()
        | {
            model.__name__: sorted(model._base_manager.filter(patient=patient).values_list("pk", flat=True))
            for model in (Coverage, Document, Course, Appointment)
        }
        for patient in patients
    ]


@pytest.fixture
def treated(second: Patient, physician: User, nurse: User, now: datetime) -> Session:
    """The second record has it all: decision, signed order, course, hour, session, document."""
    course = factories.make_course(second, physician)
    device = factories.make_device(second.clinic)
    services.add_document(patient=second, kind="referral", given=samples.pdf_of(), actor=nurse, now=now)
    return factories.make_session(factories.make_appointment(course, device), nurse)


def test_everything_comes_over_but_signed_work_which_is_shown_all_the_same(
    kept: Patient, second: Patient, treated: Session, nurse: User, now: datetime
) -> None:
    merged = merge(kept, second, nurse, now)
    course = Course.objects.get()
    assert course.patient == kept
    assert Appointment.objects.get().patient == kept
    assert kept.coverages.count() == kept.documents.count() == kept.workups.count() == 1
    assert course.order.patient == second
    assert {rows["model"] for rows in merged.stayed} == {
        "patients.EligibilityAssessment",
        "courses.TreatmentOrder",
    }
    assert access.get_patient(kept.clinic, second.code) == kept
    assert decision_of(kept).patient == second
    assert access.get_assessment(kept, course.order.assessment.code)


def test_billing_finds_the_decision_that_stayed(
    kept: Patient, second: Patient, treated: Session, nurse: User, now: datetime
) -> None:
    merge(kept, second, nurse, now)
    [session] = sessions_with_facts([treated.pk])
    assert session.course.patient == kept
    assert assessment_on(session, now.date()) == treated.course.order.assessment


def test_order_can_be_written_on_the_decision_that_stayed(
    kept: Patient, second: Patient, physician: User, now: datetime
) -> None:
    factories.make_assessment(second, physician)
    merge(kept, second, physician, now)
    values = {"diagnoses": ["I25.112"]}
    order = write_order(patient=kept, assessment=decision_of(kept), values=values, actor=physician, now=now)
    assert order.patient == kept


def test_of_two_decisions_the_newer_is_in_force_and_the_next_one_replaces_it(
    kept: Patient, second: Patient, physician: User, now: datetime
) -> None:
    factories.make_assessment(kept, physician, made_at=now - timedelta(days=9))
    newer = factories.make_assessment(second, physician, made_at=now - timedelta(days=1))
    merge(kept, second, physician, now)
    assert decision_of(kept) == newer
    workup = factories.make_workup(kept, physician)
    made = services.assess(workup=workup, coverage=None, as_of=now.date(), actor=physician, now=now)
    assert made.supersedes == newer
    assert decision_of(kept) == made


def test_what_is_missing_is_filled_in_and_warnings_are_joined(
    kept: Patient, second: Patient, nurse: User, now: datetime
) -> None:
    merge(kept, second, nurse, now)
    kept.refresh_from_db()
    assert (kept.phone, kept.email) == ("312-555-0100", "joan@example.org")
    assert kept.allergies == "Latex; Penicillin"


def test_merge_is_in_the_audit_trail_without_a_name(
    kept: Patient, second: Patient, nurse: User, now: datetime
) -> None:
    merge(kept, second, nurse, now)
    event = AuditEvent.objects.get(action="patient.merged")
    assert (event.subject, event.data["merged"]) == (f"patient:{kept.code}", second.code)
    assert "Sampel" not in str(event.data)


def test_undo_puts_back_exactly_what_was(
    kept: Patient, second: Patient, treated: Session, nurse: User, now: datetime
) -> None:
    factories.make_coverage(
        kept, factories.make_payer(kept.clinic, "commercial", "Invented Insurance"), priority=2
    )
    before = state_of(kept, second)
    merged = merge(kept, second, nurse, now)
    assert state_of(kept, second) != before
    assert undo(merged, nurse, now + timedelta(days=3)) == second
    assert state_of(kept, second) == before
    assert AuditEvent.objects.filter(action="patient.merge_undone").count() == 1
    assert access.get_patient(kept.clinic, second.code) == second


def test_what_was_added_since_stays_with_the_kept_record(
    kept: Patient, second: Patient, nurse: User, now: datetime
) -> None:
    merged = merge(kept, second, nurse, now)
    factories.make_coverage(kept)
    services.edit_patient(patient=kept, values={"email": "new@example.org"}, actor=nurse, now=now)
    undo(merged, nurse, now)
    kept.refresh_from_db()
    assert kept.coverages.count() == 1
    assert kept.email == "new@example.org"
    assert kept.allergies == "Latex"


def test_records_can_be_merged_again_after_an_undo(
    kept: Patient, second: Patient, nurse: User, now: datetime
) -> None:
    undo(merge(kept, second, nurse, now), nurse, now)
    assert merge(second, kept, nurse, now).kept == second


def test_same_coverage_of_both_is_not_doubled(
    kept: Patient, second: Patient, nurse: User, now: datetime
) -> None:
    factories.make_coverage(kept)
    factories.make_coverage(second)
    merged = merge(kept, second, nurse, now)
    assert kept.coverages.count() == 1
    assert [rows["model"] for rows in merged.stayed] == ["patients.Coverage"]


def test_coverages_of_one_rank_and_different_plans_are_refused(
    kept: Patient, second: Patient, nurse: User, now: datetime
) -> None:
    factories.make_coverage(kept)
    factories.make_coverage(second, member_id="2EG4TE5MK73")
    with pytest.raises(Conflict, match="priority 1 in the same dates"):
        merge(kept, second, nurse, now)


def test_two_courses_that_go_on_are_refused_and_nothing_is_moved(
    kept: Patient, second: Patient, physician: User, now: datetime
) -> None:
    factories.make_course(kept, physician)
    factories.make_course(second, physician)
    before = state_of(kept, second)
    with pytest.raises(Conflict, match="has a course that is not ended"):
        merge(kept, second, physician, now)
    assert state_of(kept, second) == before


def test_merge_without_a_reason_or_with_itself_or_twice_is_refused(
    kept: Patient, second: Patient, nurse: User, now: datetime
) -> None:
    with pytest.raises(InvalidInput, match="how you know"):
        services.merge_patients(kept=kept, merged=second, reason=" ", actor=nurse, now=now)
    with pytest.raises(Conflict, match="with itself"):
        merge(kept, kept, nurse, now)
    merge(kept, second, nurse, now)
    with pytest.raises(Conflict, match="merged already"):
        merge(kept, second, nurse, now)


def test_records_of_two_clinics_are_never_merged(kept: Patient, nurse: User, now: datetime) -> None:
    foreign = factories.make_patient(factories.make_clinic(name="Elsewhere Example Clinic"))
    with pytest.raises(Conflict, match="different clinics"):
        merge(kept, foreign, nurse, now)


def test_warnings_too_long_to_stand_together_are_refused(clinic: Clinic, nurse: User, now: datetime) -> None:
    one, two = (factories.make_patient(clinic, alerts=letter * 150) for letter in "ab")
    with pytest.raises(Conflict, match="Edit one of them first"):
        merge(one, two, nurse, now)


def test_undo_after_a_session_was_signed_for_the_kept_one_is_refused(
    kept: Patient, second: Patient, treated: Session, nurse: User, now: datetime
) -> None:
    merged = merge(kept, second, nurse, now - timedelta(hours=1))
    hour = factories.make_appointment(Course.objects.get(), treated.device, now - timedelta(days=1))
    factories.make_session(hour, nurse, Session.State.SIGNED)
    with pytest.raises(Conflict, match="was signed since"):
        undo(merged, nurse, now)


def test_undo_after_a_decision_on_what_came_over_is_refused(
    kept: Patient, second: Patient, nurse: User, now: datetime
) -> None:
    workup = factories.make_workup(second, nurse)
    merged = merge(kept, second, nurse, now)
    workup.refresh_from_db()
    services.assess(workup=workup, coverage=None, as_of=now.date(), actor=nurse, now=now)
    with pytest.raises(Conflict, match="Decisions are never changed"):
        undo(merged, nurse, now)


def test_undo_after_a_draft_that_came_over_was_signed_is_refused(
    kept: Patient, second: Patient, physician: User, now: datetime
) -> None:
    draft = factories.make_order(second, physician, signed=False)
    merged = merge(kept, second, physician, now)
    draft.refresh_from_db()
    assert draft.patient == kept
    draft.signature = factories.make_signature(kept.clinic, physician, "physician", "order")  # type: ignore[arg-type]
    draft.save(update_fields=["signature"])
    with pytest.raises(Conflict, match="treatment orders"):
        undo(merged, physician, now)
    assert kept.merged_records.get() == second


def test_undo_after_the_time_or_twice_or_out_of_order_is_refused(
    clinic: Clinic, kept: Patient, second: Patient, nurse: User, now: datetime
) -> None:
    first = merge(kept, second, nurse, now)
    with pytest.raises(Conflict, match="older than 30 days"):
        undo(first, nurse, now + timedelta(days=31))
    third = factories.make_patient(clinic, "Third", birth_date=date(1960, 1, 1))
    outer = merge(third, kept, nurse, now)
    assert access.get_patient(clinic, second.code) == third
    with pytest.raises(Conflict, match="Undo that merge first"):
        undo(first, nurse, now)
    undo(outer, nurse, now)
    undo(first, nurse, now)
    with pytest.raises(Conflict, match="undone already"):
        undo(first, nurse, now)
