"""How many sessions were given under an authorization: counted by a room above, each time anew.

This room knows nothing of sessions; ``courses`` registers, from its ``AppConfig.ready``, the function that counts them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from patients.authorized import Finding, Standing, finding_of
from patients.models import PriorAuthorization


@dataclass(frozen=True, slots=True)
class Used:
    """Sessions given, and hours booked that are still to come."""

    given: int
    booked: int


#: Answers for all of the authorizations at once, by their keys; the coverages and patients are fetched.
Counter = Callable[[Sequence[PriorAuthorization], datetime], dict[int, Used]]
_counters: list[Counter] = []


def register(counter: Counter) -> Counter:
    """Have ``counter`` asked; a later one takes the place of an earlier."""
    _counters[:] = [counter]
    return counter


@dataclass(frozen=True, slots=True)
class Counted:
    """An authorization with how it stands."""

    authorization: PriorAuthorization
    standing: Standing
    finding: Finding


def counted(authorizations: Sequence[PriorAuthorization], now: datetime) -> list[Counted]:
    """Each authorization with its count, in a number of queries that does not depend on how many there are."""
    used = _counters[0](authorizations, now) if _counters and authorizations else {}
    return [_counted(authorization, used.get(authorization.pk), now) for authorization in authorizations]


def _counted(authorization: PriorAuthorization, used: Used | None, now: datetime) -> Counted:
    standing = Standing(
        approved=authorization.sessions_approved,
        starts_on=authorization.starts_on,
        ends_on=authorization.ends_on,
        used=used.given if used else None,
        booked=used.booked if used else None,
    )
    today = authorization.coverage.patient.clinic.day_of(now)
    return Counted(authorization, standing, finding_of(standing, today))
