"""A month of exceptions: how many sessions were beyond each threshold, and why people said so. PURE."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from courses.progress.exceptions import DeliveryException

PARAMETERS = ("minutes", "pressure", "ds_ratio", "timing", "interruptions", "attendance")
OTHERS = ("gating", "no_recording")


@dataclass(frozen=True, slots=True)
class ParameterMonth:
    """``beyond`` of the ``of`` that could be judged; ``unexplained`` are those whose reason nobody chose; ``whys`` the
    most frequent first."""

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
    found: Iterable[DeliveryException], whys: dict[tuple[str, str], str], *, of: Mapping[str, int]
) -> tuple[ParameterMonth, ...]:
    """Each parameter in its order. ``whys`` maps (hour, parameter) to the chosen code.

    ``of`` is what each is counted against: the sessions in which it could be judged, of attendance the hours in which
    the patient came or was expected; a parameter that it lacks was judged in none.

    Raises
    ------
    ValueError
        More exceptions of a parameter than there are hours to have them.
    """
    by_parameter: dict[str, list[DeliveryException]] = {name: [] for name in (*PARAMETERS, *OTHERS)}
    for one in found:
        by_parameter[one.kind.parameter].append(one)
    return tuple(_month(name, ones, whys, of.get(name, 0)) for name, ones in by_parameter.items())


def _month(
    name: str, ones: list[DeliveryException], whys: dict[tuple[str, str], str], of: int
) -> ParameterMonth:
    if len(ones) > of:
        raise ValueError(
            f"{name}: {len(ones)} exceptions of {of} that were judged. Count again what was judged."
        )
    chosen = Counter(whys.get((one.hour, name), "") for one in ones)
    unexplained = chosen.pop("", 0)
    return ParameterMonth(name, len(ones), of, unexplained, tuple(chosen.most_common()))
