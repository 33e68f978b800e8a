"""Filing papers: kept with their hash, given out with a trace, withdrawn and never deleted."""

from datetime import date, datetime

import pytest
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction

from eecp_clinic.errors import Conflict, InvalidInput, NotFound
from eecp_clinic.models import AuditEvent, Clinic, User
from patients import services
from patients.models import Document, Patient
from tests import factories
from tests.patients import paper_samples as samples


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.make_patient(clinic)


@pytest.fixture
def letter(patient: Patient, nurse: User, now: datetime) -> Document:
    return services.add_document(
        patient=patient, kind="referral", given=samples.pdf_of(), actor=nurse, now=now, title="Dr. Example"
    )


def test_filed_document_is_named_by_chance_and_in_the_audit_trail(letter: Document, patient: Patient) -> None:
    assert "Sample" not in (letter.file.name or "")
    event = AuditEvent.objects.get(action="document.added")
    assert event.data["patient"] == patient.code
    assert event.data["sha256"] == letter.sha256


def test_what_is_given_out_is_what_was_filed_and_is_in_the_audit_trail(
    letter: Document, front_desk: User, now: datetime
) -> None:
    content = services.open_document(document=letter, actor=front_desk, now=now)
    assert content.startswith(b"%PDF")
    event = AuditEvent.objects.get(action="document.downloaded")
    assert (event.subject, event.actor) == (f"document:{letter.code}", front_desk)


def test_file_that_was_changed_in_the_store_is_not_given_out(
    letter: Document, nurse: User, now: datetime
) -> None:
    storage, name = letter.file.storage, letter.file.name or ""
    storage.delete(name)
    storage.save(name, ContentFile(b"%PDF another"))
    with pytest.raises(Conflict, match="hash differs"):
        services.open_document(document=letter, actor=nurse, now=now)
    storage.delete(name)
    with pytest.raises(NotFound, match="missing in the store"):
        services.open_document(document=letter, actor=nurse, now=now)


def test_same_file_is_not_filed_twice(letter: Document, patient: Patient, nurse: User, now: datetime) -> None:
    with pytest.raises(Conflict, match="filed on 23-Nov-2026"):
        services.add_document(patient=patient, kind="referral", given=samples.pdf_of(), actor=nurse, now=now)


def test_bad_file_leaves_nothing_behind(patient: Patient, nurse: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="not a PDF") as refused:
        services.add_document(patient=patient, kind="referral", given=b"MZ", actor=nurse, now=now)
    assert list(refused.value.data["fields"]) == ["file"]
    assert not Document.objects.exists()


def test_document_of_tomorrow_is_refused(patient: Patient, nurse: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="in the future"):
        services.add_document(
            patient=patient,
            kind="referral",
            given=samples.pdf_of(),
            actor=nurse,
            now=now,
            dated_on=date(2026, 11, 24),
        )


def test_withdrawn_document_stays_with_its_reason(letter: Document, nurse: User, now: datetime) -> None:
    withdrawn = services.withdraw_document(document=letter, reason="Wrong patient", actor=nurse, now=now)
    assert withdrawn.withdrawn_reason == "Wrong patient"
    assert not Document.objects.in_use().exists()
    with pytest.raises(Conflict, match="already"):
        services.withdraw_document(document=letter, reason="Again", actor=nurse, now=now)


def test_withdrawing_without_a_reason_is_refused(letter: Document, nurse: User, now: datetime) -> None:
    with pytest.raises(InvalidInput, match="Say why"):
        services.withdraw_document(document=letter, reason=" ", actor=nurse, now=now)


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"kind": "other"}, {"size": 1}])
def test_database_refuses_to_change_what_was_filed(letter: Document, change: dict[str, object]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=letter.pk).update(**change)


def test_database_refuses_to_delete_what_was_filed(letter: Document) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        letter.delete()


def test_newer_picture_of_a_card_takes_the_place_of_the_older(
    patient: Patient, nurse: User, now: datetime
) -> None:
    coverage = factories.make_coverage(patient)
    pictures = [
        services.add_document(
            patient=patient,
            coverage=coverage,
            kind="card_front",
            given=samples.picture_of(size=size),
            actor=nurse,
            now=now,
        )
        for size in ((60, 40), (90, 60))
    ]
    assert list(Document.objects.in_use()) == [pictures[1]]
    assert not Document.objects.papers().exists()
