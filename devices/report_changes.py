"""What differs between two reports of one recording, figure by figure. PURE."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

#: The smallest difference worth telling, by unit: what a person reads from the page.
SMALLEST = {"ms": 0.5, "mmHg": 0.5, "bpm": 0.5, "min": 0.05, "s": 0.5, "ppm": 1.0, "1": 0.0005}
_RATIO = 0.005


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that moved; None is not known. ``name`` is its place in the report: "inflation.off_inf_ms"."""

    name: str
    unit: str
    before: float | None
    after: float | None

    @property
    def sentence(self) -> str:
        if self.before is None or self.after is None:
            return f"{self.name}: {self._written(self.before)} to {self._written(self.after)}"
        moved = self._written(self.after - self.before, plus=True)
        return f"{self.name}: {self._written(self.before)} to {self._written(self.after)} ({moved})"

    def _written(self, value: float | None, *, plus: bool = False) -> str:
        if value is None:
            return "not known"
        sign = "+" if plus else ""
        if self.unit in {"1", ""}:
            return f"{value:{sign}.2f}" if _is_ratio(self.name) else f"{100 * value:{sign}.1f} %"
        digits = 1 if self.unit == "min" else 0
        return f"{value:{sign}.{digits}f} {self.unit}"


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """The figures that both reports have and that moved, in the order of their names."""
    old, new = dict(_figures(before)), dict(_figures(after))
    return tuple(
        Change(name, str(new[name].get("unit", "")), old[name].get("value"), new[name].get("value"))
        for name in sorted(old.keys() & new.keys())
        if _moved(name, old[name], new[name])
    )


def _figures(report: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, value in report.items():
        if not isinstance(value, Mapping):
            continue
        here = f"{path}.{name}" if path else name
        if "value" in value and "unit" in value:
            yield here, value
        else:
            yield from _figures(value, here)


def _moved(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    before, after = old.get("value"), new.get("value")
    if before is None or after is None:
        return before is not after
    smallest = _RATIO if _is_ratio(name) else SMALLEST.get(str(new.get("unit", "")), 0.0)
    return bool(abs(after - before) >= smallest) if smallest else before != after


def _is_ratio(name: str) -> bool:
    return ".ds_" in name
