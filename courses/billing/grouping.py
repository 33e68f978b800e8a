"""Consecutive days on one line, for payers that take it. PURE.

Days may share a line where they follow each other without a gap in one calendar month and everything else is the same:
code, modifiers, charge, place, diagnoses, who rendered and who supervised; the units are then the days (Medicare paper
instructions for item 24A). A weekend is a gap. Two services of one day never share a line.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from courses.billing.x12.claim import ServiceLine

_ONE_DAY = timedelta(days=1)


def group_days(lines: Sequence[ServiceLine]) -> tuple[ServiceLine, ...]:
    """``lines`` in the order of their dates, runs of days joined. A joined line keeps the number of its first.

    A line that has several days or units already, or another payer's judgement, stays as it is.
    """
    grouped: list[ServiceLine] = []
    for line in sorted(lines, key=lambda line: (line.first_date, line.code)):
        if grouped and _follows(grouped[-1], line):
            grouped[-1] = _joined(grouped[-1], line)
        else:
            grouped.append(line)
    return tuple(grouped)


def _follows(before: ServiceLine, line: ServiceLine) -> bool:
    last = before.last_date or before.first_date
    if line.first_date - last != _ONE_DAY or (line.first_date.year, line.first_date.month) != (
        last.year,
        last.month,
    ):
        return False
    days = (last - before.first_date).days + 1
    if before.units != days or line.units != 1 or line.last_date is not None:
        return False
    return _same(before, days) == _same(line, 1) and not before.adjudications and not line.adjudications


def _same(line: ServiceLine, days: int) -> tuple[object, ...]:
    return (
        line.hcpcs,
        line.modifiers,
        line.charge / days,
        line.place_of_service,
        line.pointers,
        line.rendering,
        line.supervising,
    )


def _joined(before: ServiceLine, line: ServiceLine) -> ServiceLine:
    return replace(
        before, last_date=line.first_date, units=before.units + 1, charge=before.charge + line.charge
    )
