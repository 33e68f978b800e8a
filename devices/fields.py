"""Ranges of chunk numbers in one column: what has arrived of a recording, however long it is."""

import re
from collections.abc import Iterable
from typing import Any

from django.db import models
from psycopg.types.multirange import Int4Multirange, Multirange
from psycopg.types.range import Int4Range, Range

SeqRanges = tuple[tuple[int, int], ...]


def seq_ranges(found: Iterable[Range[int]]) -> SeqRanges:
    """First and last of each range, both included; PostgreSQL gives the end as the first that is not."""
    return tuple((r.lower, r.upper - 1) for r in found if r.lower is not None and r.upper is not None)


def ranges_from_text(text: str) -> SeqRanges:
    """The same from PostgreSQL's own spelling, ``{[0,18),[19,23)}``."""
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    return tuple((first, end - 1) for first, end in zip(numbers[::2], numbers[1::2], strict=True))


def multirange(ranges: Iterable[tuple[int, int]]) -> Multirange[int]:
    """For PostgreSQL, of ascending ranges with both ends included; it joins those that touch."""
    return Int4Multirange(Int4Range(first, last + 1) for first, last in ranges)


class SeqRangesField(models.Field):  # type: ignore[type-arg]
    """Ascending ranges of numbers that do not touch, as ``((first, last), ...)``; in the database a multirange.

    PostgreSQL joins and sorts them, so one statement can add numbers without reading what is there.
    """

    def db_type(self, connection: Any) -> str:
        return "int4multirange"

    def from_db_value(
        self, value: Multirange[int] | None, expression: Any, connection: Any
    ) -> SeqRanges | None:
        return None if value is None else seq_ranges(value)

    def get_prep_value(self, value: Iterable[tuple[int, int]] | None) -> Multirange[int] | None:
        return None if value is None else multirange(value)
