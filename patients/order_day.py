"""The day on which the order for a patient's course was signed, as the room that keeps orders says it.

This room knows nothing of orders; the one above registers, from its ``AppConfig.ready``, a function that answers.
"""

from collections.abc import Callable
from datetime import date

from patients.models import Patient

OrderDaySource = Callable[[Patient], date | None]
_sources: list[OrderDaySource] = []


def register(source: OrderDaySource) -> OrderDaySource:
    """Have ``source(patient)`` asked for the day; once, however often it registers."""
    if source not in _sources:
        _sources.append(source)
    return source


def order_signed_on(patient: Patient) -> date | None:
    """The clinic's day on which the order of the course that goes on was signed; None where there is none."""
    days = [day for source in _sources if (day := source(patient)) is not None]
    return max(days, default=None)
