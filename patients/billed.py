"""What a payer was asked with: whether a coverage or an approval stands on a claim that went out.

This room knows nothing of claims; ``courses`` registers, from its ``AppConfig.ready``, the function that answers. What
a claim rests on is corrected with a reason, which leads to a replacement claim; what it does not rest on is edited freely.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from eecp_clinic.errors import Conflict
from eecp_clinic.models import Clinic, User
from eecp_clinic.roles import require_role
from patients.models import Coverage, PriorAuthorization
from patients.models.coverage import SUBSCRIBER_FIELDS
from patients.roles import KEEPS_COVERAGES

#: What a claim tells the payer of each. An end is no part of it, as long as the days that were billed stay within.
TOLD_OF_COVERAGE = (
    "payer",
    "priority",
    "member_id",
    "group_number",
    "relationship",
    *SUBSCRIBER_FIELDS,
    "secondary_reason",
)
TOLD_OF_AUTHORIZATION = ("number",)


@dataclass(frozen=True, slots=True)
class Billed:
    """One claim that a payer has: its number, and its first and last day of service."""

    code: str
    first_day: date
    last_day: date


Source = Callable[[Coverage | PriorAuthorization], Sequence[Billed]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Have ``source`` asked; a later one takes the place of an earlier."""
    _sources[:] = [source]
    return source


def refuse_unless_corrected(
    thing: Coverage | PriorAuthorization, values: Mapping[str, Any], because: str
) -> list[str]:
    """The numbers of the claims that the change touches; ``because`` says why it is right although they went out.

    Raises Conflict (``billed``) where there are any and no reason is given.
    """
    told = TOLD_OF_COVERAGE if isinstance(thing, Coverage) else TOLD_OF_AUTHORIZATION
    changes = any(name in values and values[name] != getattr(thing, name) for name in told)
    starts, ends = values.get("starts_on", thing.starts_on), values.get("ends_on", thing.ends_on)
    moved = (starts, ends) != (thing.starts_on, thing.ends_on)
    if not changes and not moved:
        return []
    touched = [
        one.code
        for source in _sources
        for one in source(thing)
        if changes or one.first_day < starts or (ends is not None and one.last_day > ends)
    ]
    if touched and not because.strip():
        raise Conflict(
            gettext(
                "Claim %(codes)s went out with this. Write why it is corrected all the same; then replace or void the"
                " claim, so that the payer learns of it."
            )
            % {"codes": ", ".join(touched)},
            code="billed",
        )
    return touched


def correction(touched: Sequence[str], because: str, actor: User, clinic: Clinic) -> dict[str, Any]:
    """What the audit trail keeps of a correction; nothing where no claim is touched."""
    if not touched:
        return {}
    role = require_role(actor, clinic, *KEEPS_COVERAGES)
    return {"billed": list(touched), "because": because.strip(), "role": role}
