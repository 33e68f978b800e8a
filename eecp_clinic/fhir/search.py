"""A search: from the query of an address to a page of resources in a searchset Bundle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from urllib.parse import urlencode

from eecp_clinic.errors import ClinicError
from eecp_clinic.fhir.given import ParameterError, alternatives
from eecp_clinic.fhir.outcomes import issue, outcome
from eecp_clinic.fhir.parameters import Given
from eecp_clinic.fhir.resources import Json, Page
from eecp_clinic.fhir.types import Asked, ResourceType
from eecp_clinic.models import Clinic

USUAL_COUNT = 20
MOST_COUNT = 100
#: Parameters of every search; ``_offset`` is how this server writes its own links.
COUNT, OFFSET, SUMMARY = "_count", "_offset", "_summary"
_ELSEWHERE = {"_format", "_pretty"}  # read before, or without effect on what is found


class BadSearch(ClinicError):
    """A search that cannot be understood; the message says which parameter and what it may be."""

    status = 400
    default_code = "invalid"


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked and could be understood, in the order given, and what could not."""

    asked: tuple[Asked, ...]
    used: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    start: int = 0
    count: int = USUAL_COUNT

    @property
    def is_count_only(self) -> bool:
        return self.count == 0


def read_search(
    kind: ResourceType, query: Sequence[tuple[str, str]], *, zone: tzinfo, base: str, strict: bool
) -> Search:
    """Raises BadSearch: a wrong value, an unknown modifier, and with ``strict`` also an unknown parameter."""
    asked: list[Asked] = []
    used: list[tuple[str, str]] = []
    ignored: list[str] = []
    start, count = 0, USUAL_COUNT
    for name, text in query:
        if name == COUNT:
            count = min(_whole(name, text), MOST_COUNT)
        elif name == OFFSET:
            start = _whole(name, text)
        elif name == SUMMARY and text == "count":
            count = 0
        elif one := _asked(kind, name, text, zone, base):
            asked.append(one)
            used.append((name, text))
        elif name not in _ELSEWHERE and kind.parameter(name.partition(":")[0]) is None:
            # A parameter that is known and holds nothing asks nothing.
            ignored.append(name)
    if ignored and strict:
        raise BadSearch(
            f"{kind.name} cannot be searched by {', '.join(ignored)}. It can by: {', '.join(names_of(kind))}."
        )
    return Search(tuple(asked), tuple(used), tuple(ignored), start, count)


def names_of(kind: ResourceType) -> list[str]:
    return [parameter.name for parameter in kind.parameters]


def _whole(name: str, text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise BadSearch(f"{name} is a whole number, 0 or more, not {text!r}.")
    return int(text)


def _asked(kind: ResourceType, name: str, text: str, zone: tzinfo, base: str) -> Asked | None:
    plain, _, modifier = name.partition(":")
    parameter = kind.parameter(plain)
    if parameter is None:
        return None
    if modifier and modifier not in parameter.modifiers:
        raise BadSearch(f"{plain} does not know the modifier {modifier!r}.")
    if "\x00" in text:
        raise BadSearch(f"{plain} holds a character that no text has.")
    values = tuple(Given(value, modifier, zone, base) for value in alternatives(text))
    return Asked(parameter, values) if values else None


def run(kind: ResourceType, clinic: Clinic, search: Search) -> Page:
    """The page that was asked for. Raises BadSearch where a value is wrong."""
    try:
        return kind.rows.page(clinic, search.asked, search.start, search.count)
    except ParameterError as error:
        raise BadSearch(str(error)) from error


def searchset(kind: ResourceType, search: Search, page: Page, base: str) -> Json:
    """The Bundle of one page, with links, the total, and a word on what was ignored."""
    entries: list[Json] = [
        {
            "fullUrl": f"{base}{kind.name}/{resource['id']}",
            "resource": resource,
            "search": {"mode": "match"},
        }
        for resource in page.resources
    ]
    if search.ignored:
        said = f"Ignored, because {kind.name} cannot be searched by it: {', '.join(search.ignored)}."
        entries.append(
            {
                "resource": outcome(issue("not-supported", said, severity="warning")),
                "search": {"mode": "outcome"},
            }
        )
    bundle: Json = {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": page.total,
        "link": _links(kind, search, page, base),
    }
    return bundle | ({"entry": entries} if entries else {})


def _links(kind: ResourceType, search: Search, page: Page, base: str) -> list[Json]:
    links = [{"relation": "self", "url": _address(kind, search, search.start, base)}]
    if search.is_count_only:
        return links
    after = search.start + search.count
    if after < page.total:
        links.append({"relation": "next", "url": _address(kind, search, after, base)})
    if search.start > 0:
        before = max(0, search.start - search.count)
        links.append({"relation": "previous", "url": _address(kind, search, before, base)})
    return links


def _address(kind: ResourceType, search: Search, start: int, base: str) -> str:
    query = [*search.used, (COUNT, str(search.count))]
    if start:
        query.append((OFFSET, str(start)))
    return f"{base}{kind.name}?{urlencode(query)}"
