"""Observation: measured values of workups, of outcomes and of sessions, as one list."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet

from courses.fhir.observation_kinds import KINDS, Kind, Table, name_of, sort_moment
from courses.fhir.shared import of_patient
from eecp_clinic.fhir.given import read_token
from eecp_clinic.fhir.parameters import NOTHING, Columns, Given, Parameter, date
from eecp_clinic.fhir.resources import Json, Page, concept, day, moment, staff_reference, tidy
from eecp_clinic.fhir.types import Asked, ResourceType
from eecp_clinic.models import Clinic
from patients.fhir import codes
from patients.fhir.resources import patient_reference
from patients.roles import READS_CLINICAL


def observation_resource(kind: Kind, row: Any) -> Json:
    table = kind.table
    patient = row
    for step in table.patient.removesuffix("__code").split("__"):
        patient = getattr(patient, step)
    measured = getattr(row, kind.at) if kind.at else None
    is_preliminary = table.preliminary is not None and row.session.signature_id is None
    return {
        "resourceType": "Observation",
        "id": f"{kind.name}.{table.key(row)}",
        "status": "preliminary" if is_preliminary else "final",
        "category": [{"coding": [{"system": codes.OBSERVATION_CATEGORY, "code": kind.category}]}],
        "code": concept(kind.text, *kind.codings),
        "subject": patient_reference(patient),
        "effectiveDateTime": day(measured) if kind.is_day else moment(measured),
        "issued": moment(getattr(row, table.issued)) if table.issued else None,
        "performer": [staff_reference(row.recorded_by)],
        "partOf": [{"reference": f"Procedure/{row.session.code}"}] if table.name == "vitals" else None,
        **kind.value(row),
    }


def _with_id(given: Given, on: Columns) -> Q:
    name, _, key = given.text.partition(".")
    kind: Kind = on["kind"]
    return kind.table.find(key) if name == kind.name else NOTHING


def _with_code(given: Given, on: Columns) -> Q:
    token, kind = read_token(given.text), on["kind"]
    return Q() if any(token.matches(system, code) for system, code in kind.codings) else NOTHING


def _with_words(given: Given, on: Columns) -> Q:
    """``code:text``: for what has words and no code."""
    return Q() if given.text.casefold() in on["kind"].text.casefold() else NOTHING


def _by_code(given: Given, on: Columns) -> Q:
    return _with_words(given, on) if given.modifier == "text" else _with_code(given, on)


def _in_category(given: Given, on: Columns) -> Q:
    token = read_token(given.text)
    return Q() if token.matches(codes.OBSERVATION_CATEGORY, on["kind"].category) else NOTHING


def _with_status(given: Given, on: Columns) -> Q:
    preliminary, status = on["kind"].table.preliminary, read_token(given.text).code
    if status == "preliminary":
        return NOTHING if preliminary is None else preliminary
    if status == "final":
        return Q() if preliminary is None else ~preliminary
    return NOTHING


class Measured:
    """Rows of three tables, each row several observations: one UNION names and orders them, by kind and row.

    However long the page, it takes one query to count, one for the names, and one for the rows of each table.
    """

    def page(self, clinic: Clinic, asked: Iterable[Asked], start: int, count: int | None) -> Page:
        conditions = list(asked)
        parts = [part for kind in KINDS if (part := self._part(kind, clinic, conditions)) is not None]
        if not parts:
            return Page(0, [])
        union = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
        total = union.count()
        stop = None if count is None else start + count
        named = list(union.order_by("-sorted_by", "kind", "row")[start:stop]) if stop != start else []
        rows = self._rows(clinic, named)
        by_name = {kind.name: kind for kind in KINDS}
        return Page(
            total,
            [
                tidy(observation_resource(by_name[name], rows[by_name[name].table.name][pk]))
                for name, pk, _ in named
            ],
        )

    @staticmethod
    def _part(kind: Kind, clinic: Clinic, conditions: list[Asked]) -> QuerySet[Any, Any] | None:
        """The rows that hold this kind and for which everything asked holds; None where that is plain."""
        found = kind.table.rows(clinic).filter(kind.present)
        columns = {**kind.columns, "kind": kind}
        for one in conditions:
            condition = one.condition(columns)
            if condition == NOTHING:
                return None
            found = found.filter(condition)
        annotated = found.order_by().annotate(kind=name_of(kind), row=F("pk"), sorted_by=sort_moment(kind))
        part: QuerySet[Any, Any] = annotated.values_list("kind", "row", "sorted_by")
        return part

    @staticmethod
    def _rows(clinic: Clinic, named: list[tuple[str, int, Any]]) -> dict[str, dict[int, Any]]:
        tables: dict[str, Table] = {kind.name: kind.table for kind in KINDS}
        wanted: dict[str, set[int]] = defaultdict(set)
        for name, pk, _ in named:
            wanted[tables[name].name].add(pk)
        return {
            table.name: table.rows(clinic).select_related(*table.related).in_bulk(wanted[table.name])
            for table in set(tables.values())
            if wanted[table.name]
        }


OBSERVATION = ResourceType(
    "Observation",
    "Measured values: vital signs before and after a session, outcomes of a course, and what a workup holds.",
    READS_CLINICAL,
    (
        Parameter("_id", "token", "The id of the resource", _with_id),
        *of_patient(),
        Parameter("code", "token", "The code; with :text, words of what has no code", _by_code, ("text",)),
        Parameter("category", "token", "vital-signs, exam, survey or imaging", _in_category),
        Parameter("status", "token", "final, or preliminary before the session is signed", _with_status),
        date("date", "When it was measured"),
    ),
    Measured(),
)
