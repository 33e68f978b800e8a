"""Which warnings of a line wait to be looked at, and which somebody has set aside: the one definition, for page and list.

An entry of the ledger holds for the words that its writer read: for a finding of the same code and the same sentence.
When the facts change, the sentence does, and the warning waits again. Two findings in the same words need two entries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from courses.billing.findings import Severity
from courses.models import ClaimLine, ClaimOverride


@dataclass(frozen=True, slots=True)
class LineWarning:
    """One warning as the line says it. ``aside`` None: it waits to be looked at.

    Of one that waits: ``before`` is an entry from when it said something else, ``taken_up`` the entry by which somebody
    took it up again.
    """

    finding: Mapping[str, Any]
    aside: ClaimOverride | None = None
    before: ClaimOverride | None = None
    taken_up: ClaimOverride | None = None

    @property
    def waits(self) -> bool:
        return self.aside is None


def key_of(finding: Mapping[str, Any]) -> tuple[str, str]:
    return finding["code"], finding["sentence"]


def warnings_of(line: ClaimLine) -> list[LineWarning]:
    """The warnings of ``line`` in its order. Reads ``line.overrides``: lists prefetch them."""
    said = [finding for finding in line.findings if finding["severity"] == Severity.WARN]
    entries = list(line.overrides.all()) if said else []
    taken_up = {entry.withdraws_id: entry for entry in entries if entry.withdraws_id is not None}
    own = [entry for entry in reversed(entries) if entry.withdraws_id is None]  # the oldest first
    holding = [entry for entry in own if entry.pk not in taken_up]
    asides = [_taken(holding, key_of(finding)) for finding in said]
    said_now = {key_of(finding) for finding in said}
    outdated = [entry for entry in holding if _key(entry) not in said_now]
    return [
        LineWarning(finding, aside=aside)
        if aside
        else LineWarning(
            finding,
            before=_last(one for one in outdated if one.finding == finding["code"]),
            taken_up=_last(
                taken_up[one.pk] for one in own if one.pk in taken_up and _key(one) == key_of(finding)
            ),
        )
        for finding, aside in zip(said, asides, strict=True)
    ]


def waiting(line: ClaimLine) -> list[Mapping[str, Any]]:
    """The findings of the warnings that nobody has set aside."""
    return [warning.finding for warning in warnings_of(line) if warning.waits]


def waits(line: ClaimLine, key: tuple[str, str]) -> bool:
    """Whether a warning of that code and sentence waits on ``line``."""
    return any(key_of(finding) == key for finding in waiting(line))


def _key(entry: ClaimOverride) -> tuple[str, str]:
    return entry.finding, entry.sentence


def _taken(holding: list[ClaimOverride], key: tuple[str, str]) -> ClaimOverride | None:
    """The first entry in these words, which then holds for no other finding."""
    found = next((entry for entry in holding if _key(entry) == key), None)
    if found is not None:
        holding.remove(found)
    return found


def _last(entries: Iterable[ClaimOverride]) -> ClaimOverride | None:
    return next(iter(reversed(list(entries))), None)
