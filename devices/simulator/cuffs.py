"""Cuff pressure: each valve command starts an exponential approach to its target, from wherever the cuff is."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from devices.simulator.console import Stroke

Times = NDArray[np.float64]

DEAD_TIME_S = 0.010  # from the command to the first change of pressure
_FILL_S = 0.045  # time constants: 30 to 60 ms to fill, 30 to 40 ms to empty, our choice
_EMPTY_S = 0.035
_SHARES = np.array([0.1, 0.5, 0.9])


@dataclass(frozen=True, slots=True)
class CuffHistory:
    """Pressure of one cuff as pieces: from ``start_s[k]`` it runs from ``from_mmhg[k]`` towards ``to_mmhg[k]``.

    Attributes
    ----------
    start_s, from_mmhg, to_mmhg, constant_s : ndarray of float64, shape (n,)
        ``constant_s`` is the time constant of the piece.
    """

    start_s: Times
    from_mmhg: Times
    to_mmhg: Times
    constant_s: Times

    def pressure_at(self, time_s: Times) -> Times:
        """Pressure in mmHg at any times; 0 before the first command."""
        if not self.start_s.size:
            return np.zeros_like(time_s)
        piece = np.searchsorted(self.start_s, time_s, side="right") - 1
        k = np.maximum(piece, 0)
        left = np.exp(-np.maximum(time_s - self.start_s[k], 0.0) / self.constant_s[k])
        pressure = self.to_mmhg[k] + (self.from_mmhg[k] - self.to_mmhg[k]) * left
        return np.where(piece < 0, 0.0, pressure)

    def emptied_s(self, release_s: Times, below_mmhg: Times) -> Times:
        """When the cuff, released at these times, falls below these pressures; NaN where it is filled before."""
        if not self.start_s.size:
            return np.full_like(release_s, np.nan)
        begin = release_s + DEAD_TIME_S
        piece = np.searchsorted(self.start_s, begin + 1e-9, side="right") - 1
        k = np.maximum(piece, 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            after = np.maximum(self.constant_s[k] * np.log(self.from_mmhg[k] / below_mmhg), 0)
        until = np.append(self.start_s[1:], np.inf)[k]
        known = (piece >= 0) & (self.to_mmhg[k] == 0) & (begin + after < until)
        return np.where(known, begin + after, np.nan)

    def crossings(self) -> tuple[Times, Times]:
        """When each inflation reaches 10, 50, 90 % of its target, and each release 90, 50, 10 % of its start.

        Two arrays of shape (strokes, 3), in seconds; NaN where the next command came first or the cuff was
        already beyond.
        """
        filling = self.to_mmhg > 0
        goal = np.where(filling, self.to_mmhg, self.from_mmhg)[:, None]
        shares = np.where(filling[:, None], _SHARES, _SHARES[::-1])
        start, end = self.from_mmhg[:, None], self.to_mmhg[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            after = self.constant_s[:, None] * np.log((start - end) / (shares * goal - end))
        times = self.start_s[:, None] + after
        until = np.append(self.start_s[1:], np.inf)[:, None]
        times = np.where((after >= 0) & (times < until), times, np.nan)
        return times[filling], times[~filling]


def history(strokes: Sequence[Stroke], cuff: int) -> CuffHistory:
    """The pressure of cuff number ``cuff`` (0 calf, 1 thigh, 2 hip) under these strokes."""
    commands = sorted(
        command
        for stroke in strokes
        if not np.isnan(stroke.inflate_s[cuff])
        for command in (
            (stroke.inflate_s[cuff] + DEAD_TIME_S, stroke.target_mmhg, _FILL_S),
            (stroke.deflate_s + DEAD_TIME_S, 0.0, _EMPTY_S),
        )
    )
    pressure, came_from = 0.0, []
    for now, following in zip_longest(commands, commands[1:]):
        came_from.append(pressure)
        if following is not None:
            start, goal, constant = now
            pressure = goal + (pressure - goal) * float(np.exp(-(following[0] - start) / constant))
    table = np.array(commands, dtype=np.float64).reshape(-1, 3)
    return CuffHistory(table[:, 0], np.array(came_from), table[:, 1], table[:, 2])
