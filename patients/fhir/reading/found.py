"""What a file says, value by value, each with where it came from. PURE.

``to_plain`` and ``from_plain`` are the JSON form in which it waits until somebody has looked at it.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

#: What a field of a record may hold; dates as ISO text.
Plain = str | int | bool | list[str]


@dataclass(frozen=True, slots=True)
class Source:
    """One resource of the file ("Observation/ab12"), what it says in words, and the day it speaks of."""

    resource: str
    says: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """The value for the field ``name`` of a record, and every source it rests on."""

    name: str
    value: Plain
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class FoundCoverage:
    """One insurance: who pays in the file's own words, the kind where a code says it, and the values known."""

    payer_name: str
    kind: str
    values: tuple[Value, ...]
    sources: tuple[Source, ...]

    def value(self, name: str) -> Plain | None:
        return next((value.value for value in self.values if value.name == name), None)


@dataclass(frozen=True, slots=True)
class Broken:
    """An entry that could not be read: its number in the file (the first is 1), its type, and why."""

    number: int
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """How many resources of each type were read, how many were passed over, and what was broken."""

    read: dict[str, int]
    passed_over: dict[str, int]
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was found of one person. ``remarks`` say what no field could take, and why."""

    person: tuple[Value, ...]
    deceased: str
    coverages: tuple[FoundCoverage, ...]
    workup: tuple[Value, ...]
    remarks: tuple[Source, ...]
    report: Report

    def person_value(self, name: str) -> Plain | None:
        return next((value.value for value in self.person if value.name == name), None)


def to_plain(findings: Findings) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(findings)
    return plain


# Two threads that read the first of a kind at the same time would end the process: see ``devices.protocol``.
msgspec.json.Decoder(Findings)


def from_plain(plain: Any) -> Findings:
    return msgspec.convert(plain, Findings)
