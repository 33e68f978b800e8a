"""Reading a configuration file so that a mistake is refused with file, line and key.

Rules and thresholds live in TOML files that clinic staff may edit. A file with a mistake must stop the start
with a sentence that says where it is, and a misspelt key must never be passed over in silence.
This module takes the text; it opens nothing.
"""

import re
import tomllib
from datetime import date
from typing import Any, Self, TypeVar

_T = TypeVar("_T", str, int, bool, date)
_KIND_WORDS: dict[type, str] = {
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    date: "a date such as 2006-03-20, without quotes",
}


class TomlError(ValueError):
    """A file that cannot be used; the message names file, line and key."""


class TomlTable:
    """One table of a file, which keeps count of the keys that were read."""

    def __init__(
        self, file: str, lines: list[str], data: dict[str, Any], name: str = "", start: int = 0
    ) -> None:
        self.file = file
        self.data = data
        self._lines = lines
        self._name = name
        self._start = start
        self._read: set[str] = set()

    @classmethod
    def parse(cls, text: str, file: str) -> Self:
        """The whole file as a table. Raises TomlError where the text is not TOML."""
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise TomlError(f"{file}: the file is not TOML: {error}.") from None
        return cls(file, text.splitlines(), data)

    def take(self, key: str, kind: type[_T]) -> _T:
        """The value of a key that must be there. A text must not be blank."""
        if key not in self.data:
            raise self.refusal(None, f"the key {key!r} is missing: give {_KIND_WORDS[kind]}")
        self._read.add(key)
        value = self.data[key]
        if type(value) is not kind or value == "":
            raise self.refusal(key, f"must be {_KIND_WORDS[kind]}, not {value!r}")
        return value

    def take_or_none(self, key: str, kind: type[_T]) -> _T | None:
        return self.take(key, kind) if key in self.data else None

    def number_or_none(self, key: str) -> float | None:
        if key not in self.data:
            return None
        self._read.add(key)
        value = self.data[key]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refusal(key, f"must be a number, not {value!r}")
        return float(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts that must be there and not be empty."""
        if key not in self.data:
            raise self.refusal(None, f"the key {key!r} is missing: give a list of texts")
        self._read.add(key)
        value = self.data[key]
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(item, str) and item for item in value)
        ):
            raise self.refusal(key, f"must be a list of texts with at least one, not {value!r}")
        return tuple(value)

    def tables(self, key: str) -> list["TomlTable"]:
        """The tables under ``[[key]]``, at least one."""
        self._read.add(key)
        value = self.data.get(key)
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            raise self.refusal(None, f"at least one [[{key}]] is needed")
        header = re.compile(rf"\s*\[\[\s*{re.escape(key)}\s*\]\]")
        starts = [number for number, line in enumerate(self._lines) if header.match(line)]
        return [
            TomlTable(self.file, self._lines, item, f"{key} {item.get('id', position + 1)}", start)
            for position, (item, start) in enumerate(zip(value, starts, strict=True))
        ]

    def table(self, key: str) -> "TomlTable":
        """The table under ``[key]``, which must be there."""
        self._read.add(key)
        value = self.data.get(key)
        header = re.compile(rf"\s*\[\s*{re.escape(key)}\s*\]")
        starts = [number for number, line in enumerate(self._lines) if header.match(line)]
        if not isinstance(value, dict) or not starts:
            raise self.refusal(None, f"the table [{key}] is needed")
        return TomlTable(self.file, self._lines, value, key, starts[0])

    def raw(self, key: str) -> Any:
        """The value as it stands, or None; the caller checks it."""
        self._read.add(key)
        return self.data.get(key)

    def finish(self) -> None:
        """Refuse whatever was not read: a misspelt key would otherwise mean nothing."""
        for key in self.data:
            if key not in self._read:
                raise self.refusal(key, "is not a key that is used here; check its spelling")

    def refusal(self, key: str | None, why: str) -> TomlError:
        """The error to raise: file, line, table and key, then why."""
        where = f"{self.file}, line {self._line_of(key) + 1}"
        table = f", {self._name}" if self._name else ""
        return TomlError(f"{where}{table}: {key + ' ' if key else ''}{why}.")

    def _line_of(self, key: str | None) -> int:
        if key is None:
            return self._start
        pattern = re.compile(rf"\s*{re.escape(key)}\s*=")
        for number in range(self._start, len(self._lines)):
            if pattern.match(self._lines[number]):
                return number
        return self._start
