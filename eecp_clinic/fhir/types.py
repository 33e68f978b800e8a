"""A type of resource that the API offers: who may read it, how it is searched, and where its rows are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import Model, Q, QuerySet

from eecp_clinic.fhir.parameters import Columns, Given, Parameter
from eecp_clinic.fhir.resources import Json, Page, tidy
from eecp_clinic.models import Clinic
from eecp_clinic.roles import Role

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Asked:
    """One parameter of a search with its values, any of which may hold."""

    parameter: Parameter
    values: tuple[Given, ...]

    def condition(self, on: Columns) -> Q:
        found = self.parameter.condition(self.values[0], on)
        for value in self.values[1:]:
            found |= self.parameter.condition(value, on)
        return found


class Rows(Protocol):
    """Where resources come from, always those of one clinic."""

    def page(self, clinic: Clinic, asked: Iterable[Asked], start: int, count: int | None) -> Page:
        """The resources for which everything asked holds; ``count`` None means all from ``start`` on."""
        ...


@dataclass(frozen=True, slots=True)
class TableRows(Generic[M]):
    """One row of a table is one resource. ``rows`` gives the clinic's, with all that ``resource`` reads."""

    rows: Callable[[Clinic], QuerySet[M]]
    resource: Callable[[M], Json]
    columns: Mapping[str, Any]

    def page(self, clinic: Clinic, asked: Iterable[Asked], start: int, count: int | None) -> Page:
        found = self.rows(clinic)
        for one in asked:
            found = found.filter(one.condition(self.columns))
        total = found.count()
        # Ordered by the row besides, so that pages never show a resource twice.
        ordered = found.order_by(*(found.query.order_by or found.model._meta.ordering or ()), "pk")
        stop = None if count is None else start + count
        return Page(total, [tidy(self.resource(row)) for row in ordered[start:stop]])


@dataclass(frozen=True, slots=True)
class ResourceType:
    """Name, roles, parameters and rows; ``about`` says in the CapabilityStatement what of the clinic it is."""

    name: str
    about: str
    roles: tuple[Role, ...]
    parameters: tuple[Parameter, ...]
    rows: Rows

    def parameter(self, name: str) -> Parameter | None:
        return next((one for one in self.parameters if one.name == name), None)
