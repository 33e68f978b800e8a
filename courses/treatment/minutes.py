"""Minutes of treatment delivered, by the device's own clock.

PURE. What counts is the time in which the device ran and was gated by the ECG. Pauses, gaps in the recording
and ungated running never count, whatever they overlap; where a stop is not known, neither is the sum.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

MS_PER_MINUTE = 60_000


class StretchKind(StrEnum):
    """What the device, or the lack of its data, says about a stretch of time."""

    RUN = "run"  # counterpulsation on
    PAUSE = "pause"  # stopped by the operator or by an alarm
    GAP = "gap"  # nothing was recorded: what happened then is not known
    UNGATED = "ungated"  # the cuffs ran without an ECG trigger


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``start_ms`` to ``end_ms`` on the device's clock; ``end_ms`` None where the stop is not known."""

    kind: StretchKind
    start_ms: int
    end_ms: int | None

    def __post_init__(self) -> None:
        if self.end_ms is not None and self.end_ms < self.start_ms:
            raise ValueError(
                f"A stretch ({self.kind}) ends before it begins by the device's clock. "
                "Check the recording's times; do not turn them round."
            )


@dataclass(frozen=True, slots=True)
class Delivered:
    """What was delivered, in milliseconds of device time.

    ``delivered_ms`` and ``wall_clock_ms`` are None where a stop is not known; ``at_least_ms`` is what is
    certain even then. ``not_counted_ms`` is time inside runs that was paused, missing or ungated.
    """

    delivered_ms: int | None
    at_least_ms: int
    not_counted_ms: int | None
    wall_clock_ms: int | None
    reason: str

    @property
    def minutes(self) -> int | None:
        """Whole minutes delivered; a minute that was not completed is not one."""
        return None if self.delivered_ms is None else self.delivered_ms // MS_PER_MINUTE


def delivered(stretches: Iterable[Stretch]) -> Delivered:
    """Sum the running time that nothing takes away.

    Stretches may overlap and come in any order; time that two runs share counts once. A pause, gap or
    ungated stretch without a known stop takes away all that follows it.
    """
    known = tuple(stretches)
    runs = [s for s in known if s.kind is StretchKind.RUN]
    if not runs:
        return Delivered(None, 0, None, _wall_clock(known), "No running of the device was recorded.")
    horizon = max(chain((s.start_ms for s in known), (s.end_ms for s in known if s.end_ms is not None)))
    closed_runs = _union([(s.start_ms, s.end_ms) for s in runs if s.end_ms is not None])
    away = _union(
        [
            (s.start_ms, horizon if s.end_ms is None else s.end_ms)
            for s in known
            if s.kind is not StretchKind.RUN
        ]
    )
    counted = _length(closed_runs) - _shared(closed_runs, away)
    unknown = [s for s in known if s.end_ms is None]
    if unknown:
        kinds = ", ".join(sorted({str(s.kind) for s in unknown}))
        reason = f"The stop is not known for: {kinds}. A person who was there must state it."
        return Delivered(None, counted, None, None, reason)
    return Delivered(counted, counted, _shared(closed_runs, away), _wall_clock(known), "")


def _wall_clock(stretches: Sequence[Stretch]) -> int | None:
    """From the first start to the last stop, or None where one is not known or nothing was recorded."""
    ends = [s.end_ms for s in stretches if s.end_ms is not None]
    if not stretches or len(ends) < len(stretches):
        return None
    return max(ends) - min(s.start_ms for s in stretches)


Span = tuple[int, int]


def _union(spans: Iterable[Span]) -> list[Span]:
    """The same time in spans that neither touch nor overlap, in order."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _length(spans: Iterable[Span]) -> int:
    return sum(end - start for start, end in spans)


def _shared(some: Sequence[Span], others: Sequence[Span]) -> int:
    """Time that lies in both, each already free of overlaps of its own."""
    return sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in some for b in others)
