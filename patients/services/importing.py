"""A list of patients from another system: looked at row by row, confirmed, and reported row by row."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from eecp_clinic import audit
from eecp_clinic.errors import ClinicError, Conflict, InvalidInput
from eecp_clinic.models import Clinic, User
from patients.csv_list import BadList, read_list, repeated, values_of
from patients.models import Patient, PatientImport
from patients.models.people import Language
from patients.plain_text import plain
from patients.services import records
from patients.services.people import LookAlike, identity_of, look_alikes, refuse_birth, register_patient

#: By the name in the list: "Spanish" and "es" alike.
_LANGUAGES = {plain(str(name)): code for code, name in Language.choices} | {c: c for c, _ in Language.choices}


@dataclass(frozen=True, slots=True)
class RowSeen:
    """One row as it would be taken: typed values, why it cannot be, and who may be the same person."""

    number: int
    texts: dict[str, str]
    values: dict[str, Any]
    problems: list[str] = field(default_factory=list)
    twins: list[LookAlike] = field(default_factory=list)

    @property
    def light(self) -> str:
        if self.problems:
            return "stop"
        return "look" if self.twins else "go"


def take_list(
    *, clinic: Clinic, given: bytes, actor: User, now: datetime
) -> tuple[PatientImport, tuple[str, ...]]:
    """Read a file and keep its rows until they are confirmed; also the columns that are not taken.

    Raises InvalidInput.
    """
    try:
        found = read_list(given)
    except BadList as error:
        raise InvalidInput(str(error), code="bad_list", fields={"file": [str(error)]}) from error
    with transaction.atomic():
        taken = PatientImport.objects.create(
            clinic=clinic,
            rows=[[number, texts] for number, texts in found.rows],
            sha256=hashlib.sha256(given).hexdigest(),
            uploaded_by=actor,
            uploaded_at=now,
        )
        _record("patients.import_uploaded", taken, actor, now, rows=len(found.rows))
    return taken, found.ignored


def look_at(taken: PatientImport, now: datetime) -> list[RowSeen]:
    """Each row as it would be taken today."""
    double = repeated([texts for _, texts in taken.rows], "mrn")
    return [_seen(taken.clinic, number, texts, double, now) for number, texts in taken.rows]


def _seen(clinic: Clinic, number: int, texts: dict[str, str], double: set[str], now: datetime) -> RowSeen:
    values, problems = values_of(texts, _LANGUAGES)
    if texts.get("mrn", "").casefold() in double:
        problems["mrn"] = [gettext("This MRN stands in more than one row of the list.")]
    if problems:
        return RowSeen(number, texts, values, _sentences(problems))
    patient = Patient(clinic=clinic, **values)
    try:
        refuse_birth(values, clinic.day_of(now))
        records.check(patient)
    except InvalidInput as error:
        return RowSeen(number, texts, values, _sentences(error.data["fields"]))
    return RowSeen(number, texts, values, [], look_alikes(clinic=clinic, identity=identity_of(patient)))


def _sentences(problems: dict[str, list[str]]) -> list[str]:
    """Each with the column it is about."""
    names = {name: str(Patient._meta.get_field(name).verbose_name) for name in problems if name != "__all__"}  # type: ignore[union-attr]
    return [
        f"{names[name].capitalize()}: {sentence}" if name in names else sentence
        for name, sentences in problems.items()
        for sentence in sentences
    ]


@transaction.atomic
def confirm_list(
    *, taken: PatientImport, other_people: set[int], actor: User, now: datetime
) -> PatientImport:
    """Register what can be; the report says of each row what became of it.

    ``other_people``: rows that look like somebody who is registered, of which somebody says that they are not.
    Raises Conflict where it was ended before.
    """
    locked = _lock(taken)
    locked.report = [_take(locked.clinic, seen, other_people, actor, now) for seen in look_at(locked, now)]
    registered = sum(row["outcome"] == "registered" for row in locked.report)
    _end(locked, PatientImport.State.DONE, now)
    _record("patients.imported", locked, actor, now, rows=len(locked.report), registered=registered)
    return locked


def _take(
    clinic: Clinic, seen: RowSeen, other_people: set[int], actor: User, now: datetime
) -> dict[str, Any]:
    """What became of one row. What it said is not kept: its line in the file is."""
    if seen.problems:
        return {"row": seen.number, "outcome": "refused", "sentence": " ".join(seen.problems), "patient": ""}
    try:
        with transaction.atomic():
            patient = register_patient(
                clinic=clinic,
                values=seen.values,
                actor=actor,
                now=now,
                look_alike_confirmed=seen.number in other_people,
            )
    except ClinicError as error:
        outcome = "left_out" if error.code == "look_alike" else "refused"
        return {"row": seen.number, "outcome": outcome, "sentence": error.message, "patient": ""}
    return {"row": seen.number, "outcome": "registered", "sentence": "", "patient": patient.code}


@transaction.atomic
def discard_list(*, taken: PatientImport, actor: User, now: datetime) -> PatientImport:
    """Forget what the file said. Raises Conflict where it was ended before."""
    locked = _lock(taken)
    _end(locked, PatientImport.State.DISCARDED, now)
    _record("patients.import_discarded", locked, actor, now)
    return locked


def _lock(taken: PatientImport) -> PatientImport:
    locked = PatientImport.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=taken.pk)
    if locked.state != PatientImport.State.WAITING:
        raise Conflict(
            gettext("This list was taken or discarded already. Its report says what became of it.")
        )
    return locked


def _end(taken: PatientImport, state: str, now: datetime) -> None:
    taken.state, taken.ended_at, taken.rows = state, now, []
    taken.save(update_fields=["state", "ended_at", "rows", "report"])


def _record(action: str, taken: PatientImport, actor: User, now: datetime, **data: int) -> None:
    audit.record(action, subject=f"import:{taken.code}", actor=actor, clinic=taken.clinic, at=now, **data)
