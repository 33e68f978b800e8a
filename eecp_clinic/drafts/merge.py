"""Two people, or two windows, wrote into one form: what of it is whose. PURE.

The three-way merge of version control (base, theirs, mine), with a form's field as the smallest thing that can differ:
a blood pressure of which half is of one person and half of another would be of nobody, but each field of these forms
is one measurement.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conflict:
    """Both changed the field, each to something else: ``mine`` was posted, ``theirs`` is stored."""

    mine: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Merged:
    """``values`` are what may be saved where there is no conflict; ``taken_over`` names what only they changed."""

    values: dict[str, str]
    taken_over: tuple[str, ...]
    conflicts: dict[str, Conflict]


def merge(
    base: Mapping[str, str],
    stored: Mapping[str, str],
    posted: Mapping[str, str],
    choices: Mapping[str, str] | None = None,
) -> Merged:
    """Merge field by field; all values are texts in one canonical writing, "" is empty.

    ``base`` is what stood in the form when it was shown, ``stored`` what the record holds now, ``posted`` what was sent.
    A field that ``base`` does not know was not in the form as it was shown: it is taken as it was posted. ``choices``
    settles a field by naming the very value that the person saw as stored ("theirs") and chose against or for: it
    counts as the field's base, so that a value that was stored since is again a conflict. Raises ValueError where
    ``stored`` and ``posted`` speak of different fields.
    """
    if set(stored) != set(posted):
        odd = ", ".join(sorted(set(stored) ^ set(posted)))
        raise ValueError(
            f"stored and posted values are of different fields: {odd}. Give both for each field."
        )
    seen = {**base, **(choices or {})}
    values: dict[str, str] = {}
    taken_over: list[str] = []
    conflicts: dict[str, Conflict] = {}
    for name, mine in posted.items():
        theirs = stored[name]
        before = seen.get(name, theirs)
        if mine == before != theirs:
            taken_over.append(name)
        elif mine != theirs != before:
            conflicts[name] = Conflict(mine=mine, theirs=theirs)
        values[name] = theirs if name in taken_over else mine
    return Merged(values=values, taken_over=tuple(taken_over), conflicts=conflicts)
