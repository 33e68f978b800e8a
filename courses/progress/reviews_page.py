"""The page of what waits: whose it is, of which kind, and how late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from courses.models import WorkMailOff
from courses.progress.waiting import LABELS, Waiting, loads_of, mine
from courses.progress.work_items import PHYSICIANS_OWN, Kind
from eecp_clinic.roles import StaffRequest

#: More rows than this nobody reads; the kinds above them say how many there are.
MOST_ROWS = 50
KINDS = {str(kind) for kind in Kind}


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter: how many stand behind it, and where it leads."""

    label: Any
    count: int
    late: int
    query: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ReviewsPage:
    """``to_decide`` of one's own is the number that stands beside Reviews in the head of a physician's pages."""

    rows: Sequence[Waiting]
    more: int
    late: int
    all_mine: bool
    mine: Choice
    everybody: Choice
    kinds: tuple[Choice, ...]
    to_decide: int
    has_mail: bool


def reviews_page(request: StaffRequest, rows: list[Waiting], now: datetime) -> ReviewsPage:
    """``whose`` is mine without a choice; a kind that is none shows all kinds."""
    own = mine(rows, request.user, request.roles)
    is_all = request.GET.get("whose") == "all"
    kind = request.GET.get("kind", "")
    chosen = rows if is_all else own
    shown = [row for row in chosen if row.item.fact.kind == kind] if kind in KINDS else chosen
    return ReviewsPage(
        rows=shown[:MOST_ROWS],
        more=max(0, len(shown) - MOST_ROWS),
        late=sum(row.item.is_late for row in shown),
        all_mine=not is_all,
        mine=_whose(own, "mine", kind, not is_all),
        everybody=_whose(rows, "all", kind, is_all),
        kinds=tuple(_kinds(chosen, "all" if is_all else "mine", kind)),
        to_decide=sum(row.item.fact.kind in PHYSICIANS_OWN for row in own),
        has_mail=not WorkMailOff.objects.filter(clinic=request.clinic, person=request.user).exists(),
    )


def _whose(rows: list[Waiting], whose: str, kind: str, is_chosen: bool) -> Choice:
    late = sum(row.item.is_late for row in rows)
    return Choice("", len(rows), late, _query(whose=whose, kind=kind), is_chosen)


def _kinds(rows: list[Waiting], whose: str, kind: str) -> list[Choice]:
    return [
        Choice(
            LABELS[load.kind],
            load.count,
            load.late,
            _query(whose=whose, kind="" if load.kind == kind else load.kind),
            load.kind == kind,
        )
        for load in loads_of(rows)
    ]


def _query(**chosen: str) -> str:
    return urlencode({name: value for name, value in chosen.items() if value and value != "mine"})
