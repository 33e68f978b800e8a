"""What a fact may be: each kind reads one value (from JSON or from Python) and refuses in a sentence.

A kind never repairs a value into another meaning: ``"4"`` is not 4, and ``true`` is not 1.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol


class FactKind(Protocol):
    """Reads a value and says what may be given."""

    def read(self, value: Any) -> Any:
        """The value as Python holds it. Raises ValueError with the end of a sentence: "must be ..."."""

    def describe(self) -> str:
        """The allowed values, for refusals and for the documentation."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from ``low`` to ``high``, both included; ``high`` None means no upper end."""

    low: int
    high: int | None = None

    def read(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"must be {self.describe()}, not {value!r}")
        if value < self.low or (self.high is not None and value > self.high):
            raise ValueError(f"must be {self.describe()}, not {value}")
        return value

    def describe(self) -> str:
        if self.high is None:
            return f"a whole number, {self.low} or more"
        return f"a whole number from {self.low} to {self.high}"


@dataclass(frozen=True, slots=True)
class Number:
    """A number from ``low`` to ``high``, both included."""

    low: float
    high: float

    def read(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"must be {self.describe()}, not {value!r}")
        # Written so that NaN is refused too.
        if not self.low <= value <= self.high:
            raise ValueError(f"must be {self.describe()}, not {value}")
        return float(value)

    def describe(self) -> str:
        return f"a number from {self.low:g} to {self.high:g}"


class YesNo:
    """True or false."""

    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError(f"must be {self.describe()}, not {value!r}")
        return value

    def describe(self) -> str:
        return "true or false"


class Day:
    """A calendar date, in the clinic's zone, as a ``date`` or as ISO text."""

    def read(self, value: Any) -> date:
        if isinstance(value, datetime):
            raise ValueError("must be a date without a time of day")
        if isinstance(value, date):
            return value
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise ValueError(f"must be {self.describe()}; {value} is not in the calendar") from None
        raise ValueError(f"must be {self.describe()}, not {value!r}")

    def describe(self) -> str:
        return "a date written year-month-day, such as 2026-09-09"


class Text:
    """A short text that is not blank."""

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"must be {self.describe()}, not {value!r}")
        return value.strip()

    def describe(self) -> str:
        return "a text that is not blank"


@dataclass(frozen=True, slots=True)
class OneOf:
    """One code of a list."""

    codes: type[StrEnum]

    def read(self, value: Any) -> StrEnum:
        try:
            return self.codes(value)
        except ValueError:
            raise ValueError(f"must be {self.describe()}, not {value!r}") from None

    def describe(self) -> str:
        return "one of " + ", ".join(self.codes)


def _as_list(value: Any, expected: str) -> Iterable[Any]:
    if isinstance(value, str) or not isinstance(value, list | tuple | set | frozenset):
        raise ValueError(f"must be {expected}, not {value!r}")
    return value


@dataclass(frozen=True, slots=True)
class SomeOf:
    """Any number of codes of a list, without an order of their own."""

    codes: type[StrEnum]

    def read(self, value: Any) -> frozenset[StrEnum]:
        one = OneOf(self.codes)
        return frozenset(one.read(item) for item in _as_list(value, self.describe()))

    def describe(self) -> str:
        return "a list with any of " + ", ".join(self.codes)


class Diagnoses:
    """ICD-10-CM codes, with or without the dot, read into the dotted form and sorted."""

    _CODE = re.compile(r"[A-TV-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?")

    def read(self, value: Any) -> tuple[str, ...]:
        return tuple(sorted({self._code(item) for item in _as_list(value, self.describe())}))

    def _code(self, item: Any) -> str:
        if not isinstance(item, str):
            raise ValueError(f"must be {self.describe()}, not {item!r}")
        text = item.strip().upper()
        dotted = f"{text[:3]}.{text[3:]}" if "." not in text and len(text) > 3 else text
        if not self._CODE.fullmatch(dotted):
            raise ValueError(f"must be {self.describe()}; {item!r} is not written as such a code")
        return dotted

    def describe(self) -> str:
        return "a list of ICD-10-CM codes, such as I25.118"
