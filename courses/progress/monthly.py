"""A month of exceptions: how many sessions were beyond each threshold, and why people said so. PURE."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from courses.progress.exceptions import DeliveryException

PARAMETERS = ("minutes", "pressure", "ds_ratio", "timing", "interruptions", "attendance")
OTHERS = ("gating", "no_recording")


@dataclass(frozen=True, slots=True)
class ParameterMonth:
    """``beyond`` of ``of`` hours; ``unexplained`` are those whose reason nobody chose; ``whys`` the most frequent first."""

    parameter: str
    beyond: int
    of: int
    unexplained: int
    whys: tuple[tuple[str, int], ...]

    @property
    def percent(self) -> float | None:
        """Share beyond, in per cent; None where there was nothing to judge."""
        return 100 * self.beyond / self.of if self.of else None


def month_of(
    found: Iterable[DeliveryException], whys: dict[tuple[str, str], str], *, sessions: int, hours: int
) -> tuple[ParameterMonth, ...]:
    """Each parameter in its order. ``whys`` maps (hour, parameter) to the chosen code.

    ``sessions`` is how many were given, which all are counted against but attendance, which is counted against the
    ``hours`` that were booked and came.

    Raises
    ------
    ValueError
        More exceptions of a parameter than there are hours to have them.
    """
    by_parameter: dict[str, list[DeliveryException]] = {name: [] for name in (*PARAMETERS, *OTHERS)}
    for one in found:
        by_parameter[one.kind.parameter].append(one)
    return tuple(
        _month(name, ones, whys, hours if name == "attendance" else sessions)
        for name, ones in by_parameter.items()
    )


def _month(
    name: str, ones: list[DeliveryException], whys: dict[tuple[str, str], str], of: int
) -> ParameterMonth:
    if len(ones) > of:
        raise ValueError(f"{name}: {len(ones)} exceptions in {of} hours. Count the hours again.")
    chosen = Counter(whys.get((one.hour, name), "") for one in ones)
    unexplained = chosen.pop("", 0)
    return ParameterMonth(name, len(ones), of, unexplained, tuple(chosen.most_common()))
