"""Where a value came from, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
from django.utils.translation import gettext

from patients.eligibility.wording import day_text
from patients.fhir.reading.elements import day as read_day
from patients.fhir.reading.found import Plain, Source
from patients.models import ValueSource, Workup


def source_text(source: Source) -> str:
    """'Left ventricular ejection fraction 52 %, 03-Feb-2019 (Observation/ab12)'.

    Ids that no person can read are shown by how they begin; the rows of ``ValueSource`` keep them whole.
    """
    day = f", {day_text(source.on)}" if source.on else ""
    kind, slash, code = source.resource.partition("/")
    name = f"{kind}/{code[:8]}…" if slash and len(code) > 20 else source.resource
    return f"{name}{day}" if source.says == kind else f"{source.says}{day} ({name})"


def sources_text(sources: Iterable[Source]) -> str:
    return "; ".join(source_text(source) for source in sources)


@dataclass(frozen=True, slots=True)
class Origin:
    """The source of one value of a record, and whether the value stands as the file gave it."""

    kept: bool
    file_value: Plain
    text: str

    def sentence(self) -> str:
        if self.kept:
            return gettext("From the file: %(source)s") % {"source": self.text}
        return gettext("Typed. The file said %(value)s: %(source)s") % {
            "value": plain_text(self.file_value),
            "source": self.text,
        }


def plain_text(value: Any) -> str:
    """A value of a file as people read it."""
    if isinstance(value, str) and (on := read_day(value)) and len(value) == 10:
        return day_text(on)
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return ", ".join(value) if isinstance(value, list) else str(value)


def origin_of(row: ValueSource) -> Origin:
    sources = msgspec.convert(row.sources, list[Source])
    return Origin(row.kept, row.file_value, sources_text(sources))


def origins_of(workup: Workup) -> dict[str, Origin]:
    """The origins of a workup's values, by field; empty where nothing came from a file."""
    return {row.field: origin_of(row) for row in workup.value_sources.all()}
