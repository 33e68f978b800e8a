"""Search parameters: what each is called, and the condition that a value of it makes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.db.models import Q

from eecp_clinic.fhir.given import Token, read_moment, read_reference, read_token

NOTHING = Q(pk__in=[])
#: What a parameter speaks of, in words of the table it is asked of: a path, or whatever the parameter needs.
Columns = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """One value of a parameter with its modifier, and what is needed to understand it."""

    text: str
    modifier: str
    zone: tzinfo
    base: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A search parameter of FHIR: ``kind`` is its type there, ``condition`` what a value of it asks of the rows."""

    name: str
    kind: str
    about: str
    condition: Callable[[Given, Columns], Q]
    modifiers: tuple[str, ...] = ()


def token(name: str, about: str, condition: Callable[[Token, Columns], Q]) -> Parameter:
    return Parameter(name, "token", about, lambda given, on: condition(read_token(given.text), on))


def coded(name: str, about: str, states: Mapping[str, Q]) -> Parameter:
    """A code of FHIR for which rows are in one of these states; a code that no row can have finds nothing."""
    return token(name, about, lambda asked, on: states.get(asked.code or "", NOTHING))


def row_id(about: str = "The id of the resource") -> Parameter:
    return token("_id", about, lambda asked, on: Q(**{on["_id"]: asked.code or ""}))


def reference(name: str, target: str, column: str) -> Parameter:
    return Parameter(
        name,
        "reference",
        f"{target}: its id, {target}/id or its address here",
        lambda given, on: Q(**{on[column]: read_reference(given.text, target, given.base)}),
    )


def words(name: str, about: str, *columns: str) -> Parameter:
    """Text at the beginning of any of the columns; ``:contains`` anywhere, ``:exact`` all of it, case and all."""
    lookup = {"": "istartswith", "contains": "icontains", "exact": "exact"}

    def condition(given: Given, on: Columns) -> Q:
        found = NOTHING
        for column in columns:
            found |= Q(**{f"{column}__{lookup[given.modifier]}": given.text})
        return found

    return Parameter(name, "string", about, condition, ("exact", "contains"))


def date(name: str, about: str) -> Parameter:
    """A date, or a period from ``on["start"]`` to ``on["end"]``; ``on["days"]`` where the columns hold days."""
    return Parameter(name, "date", about, _in_time)


@dataclass(frozen=True, slots=True)
class _Edge:
    """A moment, or where columns hold days the first day that begins from it on and the one that it falls on."""

    begins: Any
    falls: Any


def _edge(moment: datetime, zone: tzinfo, days: bool) -> _Edge:
    if not days:
        return _Edge(moment, moment)
    local = moment.astimezone(zone)
    is_midnight = (local.hour, local.minute, local.second) == (0, 0, 0)
    return _Edge(local.date() + timedelta(days=0 if is_midnight else 1), local.date())


def _in_time(given: Given, on: Columns) -> Q:
    """FHIR compares ranges: what was asked for with what the resource covers (a day, a moment, or a period)."""
    moment = read_moment(given.text, given.zone)
    start, days = on["start"], on.get("days", False)
    if start is None:
        return NOTHING
    end = on.get("end", start)
    low, high = _edge(moment.low, given.zone, days), _edge(moment.high, given.zone, days)
    known = Q(**{f"{start}__isnull": False})
    begins_before = Q(**{f"{start}__lt": low.begins})
    inside = Q(**{f"{start}__gte": low.begins, f"{end}__lt": high.falls})
    ends_after = Q(**{f"{end}__gte": high.falls})
    if end != start:
        # A period without an end goes on.
        inside &= Q(**{f"{end}__isnull": False})
        ends_after |= Q(**{f"{end}__isnull": True})
    made = {
        "eq": inside,
        "ne": ~inside,
        "gt": ends_after,
        "ge": ends_after | inside,
        "lt": begins_before,
        "le": begins_before | inside,
        "sa": Q(**{f"{start}__gte": high.begins}),
        "eb": Q(**{f"{end}__lt": low.falls}),
    }
    return known & made[moment.prefix]
