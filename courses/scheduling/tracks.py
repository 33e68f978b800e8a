"""When something is taken, as bits of a day: a free start is found by looking at one bit. PURE.

A week of six devices offers some 1,500 starts, each to be held against each booking; a day written as one
integer, a bit a minute, answers all of them with a shift.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from courses.intervals import Interval

DAY_MINUTES = 24 * 60
#: The longest local day, with the hour that the clocks give back.
LONGEST_DAY = DAY_MINUTES + 60


def epoch_minute(moment: datetime) -> int:
    """Whole minutes since 1970, rounded down."""
    return int(moment.timestamp() // 60)


class Track:
    """Stretches of time that are taken; answers which minutes of a day cannot be the start of a session."""

    def __init__(self, taken: Iterable[Interval]) -> None:
        self._by_day: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._masks: dict[tuple[int, int, int], int] = {}
        for interval in taken:
            # Rounded outwards: half a minute that is taken takes the minute.
            begin = epoch_minute(interval.start)
            end = -int(-interval.end.timestamp() // 60)
            for day in range(begin // DAY_MINUTES, (end - 1) // DAY_MINUTES + 1):
                self._by_day[day].append((begin, end))

    def blocked(self, base: int, length: int, apart: int) -> int:
        """Bit ``n`` is set where a session of ``length`` minutes from ``base + n`` would come too near.

        ``base`` is the day's midnight in minutes since 1970; ``apart`` is what must lie between.
        """
        key = (base, length, apart)
        mask = self._masks.get(key)
        if mask is None:
            mask = self._masks[key] = self._mask(base, length, apart)
        return mask

    def _mask(self, base: int, length: int, apart: int) -> int:
        mask = 0
        first = (base - apart) // DAY_MINUTES
        last = (base + LONGEST_DAY + length + apart) // DAY_MINUTES
        for day in range(first, last + 1):
            for begin, end in self._by_day.get(day, ()):
                low = max(0, begin - apart - length + 1 - base)
                high = min(LONGEST_DAY, end + apart - base)
                if high > low:
                    mask |= ((1 << (high - low)) - 1) << low
        return mask
