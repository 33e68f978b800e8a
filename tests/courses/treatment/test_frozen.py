"""Everything under a signed session is frozen by the database itself: a new table that forgets its trigger fails here."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import DatabaseError, connection, models, transaction

from courses.models import Session
from eecp_clinic.models import User
from tests.courses.treatment import scenes

#: What stands beside a signed session on purpose, and is guarded by rules of its own.
BESIDE = {
    "Amendment": "written after signing only, and final itself",
    "Countersignature": "written after signing only, and final itself",
    "SessionSheet": "the pages that are made of it",
    "SupervisionGapNote": "why nobody was noted as supervising, written once and never changed",
    "SessionRepeat": "a decision about the course, usually taken after signing",
    "ClaimLine": "what is asked of a payer for it",
}
#: Values that a check of the table asks for.
GIVEN: dict[str, dict[str, Any]] = {
    "SettingChange": {"from_value": 240, "to_value": 260},
    "TreatmentEvent": {"actions": ["observed"]},
}
WHAT_IT_SAYS = "the session is signed"


def under_a_session() -> list[type[models.Model]]:
    """Every table with a row of a session, but what pghistory keeps of them."""
    return sorted(
        (
            model
            for model in apps.get_models()
            if any(field.related_model is Session for field in model._meta.concrete_fields)
            and not hasattr(model, "pgh_tracked_model")
            and model.__name__ not in BESIDE
        ),
        key=lambda model: model.__name__,
    )


def value_for(field: "models.Field[Any, Any]", people: list[User], session: Session, now: datetime) -> Any:
    """Something that fits the column."""
    if field.related_model is Session:
        return session
    if field.related_model is User:
        return people[0]
    if field.is_relation:
        return field.related_model._default_manager.first()  # type: ignore[union-attr]
    if isinstance(field, ArrayField | models.JSONField):
        return []
    if isinstance(field, models.DateTimeField):
        return now
    if isinstance(field, models.DateField):
        return now.date()
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.CharField | models.TextField):
        return field.flatchoices[0][0] if field.flatchoices else "x"
    return 1


def row_of(model: type[models.Model], people: list[User], session: Session, now: datetime) -> models.Model:
    """A row of that table with every column that must be filled."""
    values = {
        field.name: value_for(field, people, session, now)
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.null and not field.has_default() and not field.blank
    }
    return model(**values | GIVEN.get(model.__name__, {}))


@pytest.fixture
def signed(nurse: User, physician: User, now: datetime) -> Session:
    return scenes.make_signed(nurse, physician, now)


@pytest.mark.parametrize("model", under_a_session(), ids=lambda model: model.__name__)
def test_row_under_a_signed_session_can_neither_come_nor_change_nor_go(
    model: type[models.Model], signed: Session, nurse: User, now: datetime
) -> None:
    later = now + timedelta(days=30)
    with pytest.raises(DatabaseError, match=WHAT_IT_SAYS), transaction.atomic():
        row_of(model, [nurse], signed, later).save(force_insert=True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # as if it had been there before
        model._default_manager.filter(session=signed)._raw_delete("default")
        row = row_of(model, [nurse], signed, later)
        row.save(force_insert=True)
        cursor.execute("SET LOCAL session_replication_role = origin")
    rows = model._default_manager.filter(pk=row.pk)
    with pytest.raises(DatabaseError, match=WHAT_IT_SAYS), transaction.atomic():
        rows.update(session=signed)
    with pytest.raises(DatabaseError, match=WHAT_IT_SAYS), transaction.atomic():
        rows._raw_delete("default")


def test_session_itself_can_neither_change_nor_go(signed: Session) -> None:
    for statement in (
        "UPDATE courses_session SET comments = 'later' WHERE id = %s",
        "UPDATE courses_session SET signature_id = NULL WHERE id = %s",
        "DELETE FROM courses_session WHERE id = %s",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [signed.pk])


def test_tables_are_found() -> None:
    names = {model.__name__ for model in under_a_session()}
    assert {"VitalSigns", "Reading", "Pause", "HoldOverride", "SetAsideRecording"} <= names
    assert not names & set(BESIDE)
