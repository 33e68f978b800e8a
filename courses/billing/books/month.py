"""One month of a clinic's calendar, as an address names it: 2026-11."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.translation import gettext

from courses.months import months_after
from eecp_clinic.errors import InvalidInput
from eecp_clinic.models import Clinic


@dataclass(frozen=True, slots=True)
class Month:
    """From the first of the month to the first of the next, in the clinic's zone."""

    first: date
    start: datetime
    end: datetime

    @property
    def previous(self) -> str:
        return f"{months_after(self.first, -1):%Y-%m}"

    @property
    def next(self) -> str:
        return f"{months_after(self.first, 1):%Y-%m}"


def month_asked(text: str | None, clinic: Clinic, now: datetime) -> Month:
    """The month of an address, or the one of ``now``. Raises InvalidInput."""
    first = clinic.day_of(now).replace(day=1)
    if text:
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError as error:
            raise InvalidInput(gettext("Write the month as 2026-11.")) from error
    start, end = midnight(first, clinic), midnight(months_after(first, 1), clinic)
    return Month(first, start, end)


def midnight(day: date, clinic: Clinic) -> datetime:
    """When ``day`` begins at the clinic."""
    return datetime.combine(day, time(), tzinfo=clinic.zone)
