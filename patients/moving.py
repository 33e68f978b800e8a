"""Re-pointing rows from one patient's record to another's, whatever room they are of.

Found by the models themselves (every foreign key to Patient), so that a table that is added later is moved as well.
The database is asked which rows are frozen: where a trigger that protects signed work refuses, the row stays.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import DatabaseError, IntegrityError, models, transaction
from pghistory.models import Event

from patients.models import Patient, PatientMerge

#: What a PL/pgSQL trigger raises (PostgreSQL, appendix A, error codes).
RAISED_BY_TRIGGER = "P0001"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one model that point at a patient by one field."""

    model: str
    field: str
    ids: list[int]

    def to_json(self) -> dict[str, Any]:
        return {"model": self.model, "field": self.field, "ids": self.ids}

    @property
    def name(self) -> str:
        return str(apps.get_model(self.model)._meta.verbose_name_plural)


@dataclass(slots=True)
class Moved:
    """What was re-pointed, and what stayed because it is frozen or was asked to stay."""

    moves: list[Rows] = field(default_factory=list)
    stayed: list[Rows] = field(default_factory=list)


class Excluded(Exception):
    """A constraint does not let both records' rows stand at one patient; ``sentence`` is the constraint's own."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def pointing_at(patient: Patient) -> Iterator[Rows]:
    """Every row that names the patient, by model. History rows tell what was; merges are about the records."""
    for relation in Patient._meta.related_objects:
        model = relation.related_model
        if not isinstance(model, type) or issubclass(model, Event | PatientMerge):
            continue
        name = relation.field.name
        ids = list(model._base_manager.filter(**{name: patient}).order_by("pk").values_list("pk", flat=True))
        if ids:
            yield Rows(model._meta.label, name, ids)


def move(rows: Rows, goal: Patient, *, staying: Collection[int] = ()) -> tuple[Rows, Rows]:
    """Re-point ``rows`` to ``goal`` but for those ``staying`` and those that are frozen: moved, stayed.

    Raises Excluded.
    """
    wanted = [pk for pk in rows.ids if pk not in staying]
    moved = wanted if _try(rows, wanted, goal) else [pk for pk in wanted if _try(rows, [pk], goal)]
    stayed = [pk for pk in rows.ids if pk not in set(moved)]
    return Rows(rows.model, rows.field, moved), Rows(rows.model, rows.field, stayed)


def _try(rows: Rows, ids: list[int], goal: Patient) -> bool:
    """Whether the database let them be re-pointed."""
    model = apps.get_model(rows.model)
    try:
        with transaction.atomic():
            model._base_manager.filter(pk__in=ids).update(**{rows.field: goal})
    except IntegrityError as error:
        raise Excluded(_sentence(model, error)) from error
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") != RAISED_BY_TRIGGER:
            raise
        return False
    return True


def _sentence(model: type[models.Model], error: IntegrityError) -> str:
    """What the constraint that refused says for itself."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "")
    for constraint in model._meta.constraints:
        if constraint.name == name:
            return str(constraint.get_violation_error_message())
    return str(name)


def move_back(rows: Rows, now_at: Patient, goal: Patient) -> bool:
    """Re-point those of ``rows`` that still name ``now_at``; False where one of them is frozen by now."""
    model = apps.get_model(rows.model)
    still = model._base_manager.filter(pk__in=rows.ids, **{rows.field: now_at})
    return _try(rows, list(still.values_list("pk", flat=True)), goal)
