"""Settings that know what they may be: one check for every dataclass of the simulator.

A field is declared with ``number``, ``choice``, ``switch``, ``steps`` or the metadata ``INTERVALS``; ``check`` then refuses what
lies outside in a sentence that names the field and what is allowed.
"""

import itertools
import math
from dataclasses import Field, field, fields
from typing import Any

#: Stretches of the recording, (from, to) in seconds, ascending and apart.
Intervals = tuple[tuple[float, float], ...]


def number(default: float | None, low: float, high: float) -> Any:
    """A number from ``low`` to ``high``; None, where it is the default, means: not set."""
    return field(default=default, metadata={"kind": "number", "low": low, "high": high})


def choice(default: str, *others: str) -> Any:
    return field(default=default, metadata={"kind": "choice", "words": (default, *others)})


def switch(default: bool) -> Any:
    return field(default=default, metadata={"kind": "switch"})


#: Metadata of a field that holds ``Intervals``.
INTERVALS = {"kind": "intervals"}


def steps(low: float, high: float) -> Any:
    """[[time in seconds, value], ...] with values from ``low`` to ``high``."""
    return field(default=(), metadata={"kind": "steps", "low": low, "high": high})


def check(settings: Any) -> None:
    """Refuse impossible values.

    Raises
    ------
    ValueError
        Names the field, what is allowed and what was given.
    """
    for each in fields(settings):
        value = getattr(settings, each.name)
        if value is None and each.default is None:
            continue
        if problem := _problem(each, value):
            raise ValueError(f"{each.name} {problem}, not {_shown(value)}.")


def _problem(each: "Field[Any]", value: Any) -> str | None:
    rule = each.metadata
    match rule.get("kind"):
        case "number":
            ok = _within(value, rule["low"], rule["high"])
            return None if ok else f"must lie within {rule['low']:g} to {rule['high']:g}"
        case "choice":
            return None if value in rule["words"] else f"must be one of {', '.join(map(repr, rule['words']))}"
        case "switch":
            return None if isinstance(value, bool) else "must be true or false"
        case "intervals":
            ok = _pairs(value) and _ascending([t for pair in value for t in pair])
            return None if ok else "must be [from, to] pairs in seconds, in order and apart"
        case "steps":
            ok = _pairs(value) and all(_within(size, rule["low"], rule["high"]) for _, size in value)
            return (
                None if ok else f"must be [seconds, value] pairs, values {rule['low']:g} to {rule['high']:g}"
            )
        case _:
            return None


def _within(value: Any, low: float, high: float) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and low <= value <= high


def _pairs(value: Any) -> bool:
    return isinstance(value, tuple) and all(
        isinstance(pair, tuple) and len(pair) == 2 and all(_within(x, 0, 1e6) for x in pair) for pair in value
    )


def _ascending(times: list[float]) -> bool:
    return all(a < b for a, b in itertools.pairwise(times))


def _shown(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else repr(value)
