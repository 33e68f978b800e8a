"""Drafts in the database: keep what is typed, hand it back to its writer, and forget it once it is saved for real.

A field of a draft is ``{"v": [texts], "at": ms, "life": id, "label": words, "was": [texts], "base": token}``: the values as
a form would send them, when they were typed (by the browser's clock, put right by the server's), the life of the form they
were typed in (one loading of the page, until it is saved), the field's label, and what the page had shown there.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from eecp_clinic.errors import InvalidInput, TooLarge
from eecp_clinic.models import Clinic, Draft, User

#: A draft that nobody came back to is let go.
KEPT = timedelta(days=14)
MAX_FIELDS = 200
MAX_CHARACTERS = 100_000
#: Lives whose late messages are still known to be late.
REMEMBERED_LIVES = 200
PARTS = {"v", "at", "life", "label", "was", "base"}
#: The browser leaves secrets out by the type of their input; whatever still has such a name is not kept either.
SECRET = re.compile(r"passw|secret|token|csrf|otp", re.IGNORECASE)
FORM = re.compile(r"[a-z0-9_-]{1,40}")
LIFE = re.compile(r"[a-z0-9-]{1,40}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a draft belongs: whose it is, and of which form of which record."""

    clinic: Clinic
    user: User
    subject: str
    form: str

    def drafts(self) -> Any:
        return Draft.objects.filter(clinic=self.clinic, user=self.user, subject=self.subject, form=self.form)


def keep(*, place: Place, fields: Mapping[str, Any], gone: Collection[str], now: datetime) -> Draft:
    """Merge the changed fields into the draft, the later typed of two wins; ``gone`` are as the record has them again.

    Raises InvalidInput for what is no draft, TooLarge for more than a form holds.
    """
    changed = {name: checked(name, field) for name, field in fields.items() if not SECRET.search(name)}
    if not FORM.fullmatch(place.form):
        raise InvalidInput(gettext("This form has no name that a draft can be kept under."), code="draft")
    with transaction.atomic():
        draft = _locked(place, now)
        kept = {name: field for name, field in draft.fields.items() if name not in set(gone)}
        for name, field in changed.items():
            if field["life"] not in draft.settled and field["at"] >= kept.get(name, field)["at"]:
                kept[name] = field
        _refuse_too_much(kept)
        draft.fields, draft.updated_at = kept, now
        draft.save(update_fields=["fields", "updated_at"])
    return draft


def settle(*, place: Place, lives: Collection[str], now: datetime) -> None:
    """The form was saved for real: forget what was typed in these lives of it, also what of them comes late."""
    with transaction.atomic():
        draft = _locked(place, now)
        draft.fields = {
            name: field for name, field in draft.fields.items() if field["life"] not in set(lives)
        }
        draft.settled = [*(life for life in draft.settled if life not in set(lives)), *lives]
        draft.settled = draft.settled[-REMEMBERED_LIVES:]
        draft.updated_at = now
        draft.save(update_fields=["fields", "settled", "updated_at"])


def is_settled(*, place: Place, life: str, now: datetime) -> bool:
    """Whether this very form was saved already. Locks the draft, so that of two at once the second is told yes."""
    return life in _locked(place, now).settled


def drafts_of(*, clinic: Clinic, user: User, subject: str) -> list[Draft]:
    """What this person has typed of the record, form by form, and nobody else's."""
    return list(Draft.objects.filter(clinic=clinic, user=user, subject=subject))


def prune(*, now: datetime) -> int:
    """Let go of drafts to which nobody came back; how many."""
    return Draft.objects.filter(updated_at__lt=now - KEPT).delete()[0]


def checked(name: str, field: Any) -> dict[str, Any]:
    """The field of a draft if it has the right shape. Raises InvalidInput."""
    fits = (
        isinstance(field, dict)
        and {"v", "at", "life"} <= set(field) <= PARTS
        and isinstance(field["at"], int)
        and isinstance(field["life"], str)
        and LIFE.fullmatch(field["life"])
        and all(isinstance(field.get(part, []), list) for part in ("v", "was"))
        and all(isinstance(text, str) for part in ("v", "was") for text in field.get(part, []))
        and all(isinstance(field.get(part, ""), str) for part in ("label", "base"))
    )
    if not fits:
        raise InvalidInput(gettext("This is not the draft of a form. Load the page again."), code="draft")
    return dict(field)


def _locked(place: Place, now: datetime) -> Draft:
    place.drafts().get_or_create(
        clinic=place.clinic,
        user=place.user,
        subject=place.subject,
        form=place.form,
        defaults={"updated_at": now},
    )
    draft: Draft = place.drafts().select_for_update(no_key=True).get()
    return draft


def _refuse_too_much(fields: Mapping[str, dict[str, Any]]) -> None:
    length = sum(
        len(text) for field in fields.values() for part in ("v", "was") for text in field.get(part, [])
    )
    if len(fields) > MAX_FIELDS or length > MAX_CHARACTERS:
        raise TooLarge(gettext("This is more than a draft can hold. Save the form."), code="draft")
