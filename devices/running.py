"""When a device ran, and whether the ECG triggered it: read from its own trigger and valve events. PURE.

A valve is moved by the console, so its events say when the cuffs worked; a trigger shortly before an inflation says
that the ECG asked for it. What no event shows is not called running: a stretch without valve events longer than
``STILL_S`` is a standstill, whoever stopped the device. Gaps are not known here; whoever sums takes them off.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from devices.waveform import Event, EventKind

STILL_S = 5.0  # [E] as in devices.gating.telemetry: a shorter silence is an ordinary missed beat or two
#: [E] R to the last cuff's inflation is below 0.8 s at any rate that is treated; more than a second later it is not its.
TRIGGERED_WITHIN_S = 1.0

Spans = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Running:
    """The cuffs worked from ``from_s`` to ``to_s``, seconds of device time from the first sample."""

    from_s: float
    to_s: float
    gated: bool


def running_in(events: Iterable[Event]) -> tuple[Running, ...]:
    """Stretches of running, in order and free of overlaps; none where no inflation is among the events.

    An ungated inflation is one without a trigger in the second before it; it and the time to the next valve event
    are a stretch of their own.
    """
    found: list[Running] = []
    triggered_s = valve_s = float("-inf")
    gated = False
    for event in sorted(events):
        if event.kind is EventKind.TRIGGER:
            triggered_s = event.t_s
            continue
        if event.t_s - valve_s <= STILL_S:
            _extend(found, valve_s, event.t_s, gated)
        elif event.kind is EventKind.DEFLATE:
            continue  # a valve that empties the cuffs after a standstill is no running
        if event.kind is EventKind.INFLATE:
            gated = event.t_s - triggered_s <= TRIGGERED_WITHIN_S
        valve_s = event.t_s
    return tuple(found)


def _extend(found: list[Running], from_s: float, to_s: float, gated: bool) -> None:
    last = found[-1] if found else None
    if last is not None and last.gated == gated and last.to_s == from_s:
        found[-1] = Running(last.from_s, to_s, gated)
    elif to_s > from_s:
        found.append(Running(from_s, to_s, gated))


def standstills(running: Sequence[Running], until_s: float) -> Spans:
    """From and to of each stretch up to ``until_s`` in which the cuffs did not work."""
    edges = [(0.0, 0.0), *((r.from_s, r.to_s) for r in running), (until_s, until_s)]
    return tuple((a[1], b[0]) for a, b in pairwise(edges) if b[0] > a[1])


def joined(spans: Iterable[Sequence[float]]) -> Spans:
    """The same time in spans that neither touch nor overlap, in order."""
    found: list[tuple[float, float]] = []
    for from_s, to_s in sorted((float(a), float(b)) for a, b in spans):
        if found and from_s <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], to_s))
        else:
            found.append((from_s, to_s))
    return tuple(found)


def to_plain(running: Iterable[Running]) -> list[list[float | bool]]:
    """As JSON can hold it, to the millisecond."""
    return [[round(r.from_s, 3), round(r.to_s, 3), r.gated] for r in running]


def from_plain(rows: Iterable[Sequence[float | bool]]) -> tuple[Running, ...]:
    return tuple(Running(float(from_s), float(to_s), bool(gated)) for from_s, to_s, gated in rows)
