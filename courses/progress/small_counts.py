"""Small counts are not shown, and cannot be worked out from what is. PURE.

A group of one to four cases is hidden. Where a total is shown beside its groups, a hidden group would be the total less the
others; so at least two groups are hidden together, and together they have at least five cases: then every hidden group
may have been one to four or more, and no figure of it can be worked out. A group without any case is shown as such.
Five is the clinic's choice; it is the least count that is commonly asked of published health tables.
"""

from collections.abc import Sequence

LEAST = 5


def hidden_groups(counts: Sequence[int]) -> frozenset[int]:
    """Which of the groups, by their place, are not shown beside their total.

    Raises
    ------
    ValueError
        A count below 0.
    """
    if any(count < 0 for count in counts):
        raise ValueError("A group cannot have fewer than no cases. Count again.")
    hidden = {place for place, count in enumerate(counts) if 0 < count < LEAST}
    if not hidden:
        return frozenset()
    others = sorted((count, place) for place, count in enumerate(counts) if count >= LEAST)
    for _, place in others:
        if len(hidden) > 1 and sum(counts[one] for one in hidden) >= LEAST:
            break
        hidden.add(place)
    return frozenset(hidden)


def total_is_hidden(counts: Sequence[int]) -> bool:
    """Whether the total of the groups is itself too small to be shown."""
    return 0 < sum(counts) < LEAST
