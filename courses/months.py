"""Days some months on. PURE."""

from calendar import monthrange
from datetime import date


def months_after(day: date, months: int) -> date:
    """The same day ``months`` later, or the last of a shorter month: 12 after 29 February is 28 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
