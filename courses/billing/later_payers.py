"""Lines that several payers answered, one after the other: what each answer changes. PURE.

Each answer accounts for the whole charge: the second payer's names what the first paid among its adjustments (OA 23).
Added up as they stand, the answers would count that twice. So the last payer in line that has answered says what the
patient owes; what its answer changes of that, and what it pays, it takes from what was owed or adjusted before:

- patient owes = what the answers of the claims leave to the patient after which no later payer has answered;
- adjusted = what the first payer did not pay, less what later payers paid, less what the patient owes.

The past does not change: until a later payer answers, the first one's answer counts as it stands.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import groupby

from courses.billing.postings import NOTHING, Effect, Posting

#: A line, or for what belongs to none the claim.
_Key = tuple[int | None, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """One claim: which payer in line it asks (1 is the first), and for which lines, by their keys."""

    rank: int
    lines: frozenset[int]


def in_turn(postings: Sequence[Posting], claims: Mapping[int, Asked]) -> list[Posting]:
    """Postings with what each changes; where a later answer moves other lines too, entries of nothing but that follow.

    ``postings``: all of those lines, from the first, in the order in which they were posted, those of one answer
    together. ``claims``: by key, every claim that they belong to.
    """
    so_far = _SoFar(claims)
    return [
        one for _, answer in groupby(postings, lambda one: one.answer) for one in so_far.take(list(answer))
    ]


@dataclass(slots=True)
class _SoFar:
    """Where the lines stand after the answers that were taken."""

    claims: Mapping[int, Asked]
    answers: Counter[int] = field(default_factory=Counter)
    owed: defaultdict[int, dict[_Key, Decimal]] = field(default_factory=lambda: defaultdict(dict))

    def take(self, answer: list[Posting]) -> Iterator[Posting]:
        first = answer[0]
        before = self._owed_around(first.claim)
        self.answers[first.claim] += -1 if first.is_reversal else 1
        for one in answer:
            key = _key(one)
            self.owed[first.claim][key] = self.owed[first.claim].get(key, NOTHING) + one.said_owed
        after = self._owed_around(first.claim)
        changes = {key: after.get(key, NOTHING) - before.get(key, NOTHING) for key in {*before, *after}}
        for one in answer:
            yield replace(one, effect=self._effect(one, changes.pop(_key(one), NOTHING)))
        for (line, _), change in sorted(changes.items(), key=lambda item: str(item[0])):
            if change:
                yield replace(
                    first,
                    line=line,
                    charge=NOTHING,
                    paid=NOTHING,
                    allowed=None,
                    reasons=(),
                    remarks=(),
                    effect=Effect(adjusted=-change, patient_owes=change),
                )

    def _effect(self, one: Posting, change: Decimal) -> Effect:
        if self.claims[one.claim].rank == 1:
            return Effect(one.said_adjusted + one.said_owed - change, change)
        return Effect(-one.paid - change, change)

    def _owed_around(self, claim: int) -> dict[_Key, Decimal]:
        """What patients owe of the lines of this claim, and of claims that share some of them."""
        found: dict[_Key, Decimal] = {}
        for other, asked in self.claims.items():
            if asked.lines & self.claims[claim].lines and not self._is_answered_later(other):
                for key, amount in self.owed[other].items():
                    found[key] = found.get(key, NOTHING) + amount
        return found

    def _is_answered_later(self, claim: int) -> bool:
        mine = self.claims[claim]
        return any(
            asked.rank > mine.rank and asked.lines & mine.lines and self.answers[other] > 0
            for other, asked in self.claims.items()
        )


def _key(one: Posting) -> _Key:
    """Of a line its own, whichever claim asks for it."""
    return (None, one.claim) if one.line is None else (one.line, 0)
