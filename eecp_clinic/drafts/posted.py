"""A form that arrives names its own draft, so that what is saved for real is no longer unsaved.

The hidden input ``draft`` says ``subject form life[,life...]``; the browser's script writes it. Without it nothing happens.
"""

from datetime import datetime

from eecp_clinic.drafts import store
from eecp_clinic.roles import StaffRequest

MOST_LIVES = 20


def settle(request: StaffRequest, now: datetime) -> None:
    """Forget the draft of the form that this request has saved; call it within the transaction that saves."""
    named = _named(request)
    if named is not None:
        store.settle(place=named[0], lives=named[1], now=now)
        request.draft_settled = True  # type: ignore[attr-defined]


def was_saved(request: StaffRequest, now: datetime) -> bool:
    """Whether this very form, as it was filled in, was saved before: the answer got lost, and it was sent again.

    Ask it within the transaction that saves.
    """
    named = _named(request)
    return named is not None and any(
        store.is_settled(place=named[0], life=life, now=now) for life in named[1]
    )


def _named(request: StaffRequest) -> tuple[store.Place, list[str]] | None:
    parts = request.POST.get("draft", "").split(" ")
    if len(parts) != 3 or not store.FORM.fullmatch(parts[1]):
        return None
    lives = parts[2].split(",")[:MOST_LIVES]
    if not all(store.LIFE.fullmatch(life) for life in lives) or len(parts[0]) > 80:
        return None
    place = store.Place(clinic=request.clinic, user=request.user, subject=parts[0], form=parts[1])
    return place, lives
