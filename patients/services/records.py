"""Writing one record: checked as a whole, only what changed, and refused in words.

A refusal is an InvalidInput or Conflict whose ``data["fields"]`` maps names of fields to sentences, so that a
form can show each beneath its field; ``NON_FIELD_ERRORS`` holds what belongs to no single one.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext

from eecp_clinic.errors import Conflict, InvalidInput
from patients.eligibility.wording import day_text

Problems = dict[str, list[str]]


def refusal(problems: Problems) -> InvalidInput:
    sentences = [sentence for texts in problems.values() for sentence in texts]
    return InvalidInput(" ".join(sentences), fields=problems)


def check(record: models.Model) -> None:
    """``full_clean`` whose refusal is an InvalidInput."""
    try:
        record.full_clean()
    except ValidationError as error:
        raise refusal(error.message_dict) from error


def insert(record: models.Model) -> None:
    """Check and write a new record; one written in the same moment that excludes it is a Conflict."""
    check(record)
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(
            gettext(
                "Somebody else saved the same in this moment. Open the page again and look before you save."
            ),
            fields={},
        ) from error


def change(record: models.Model, values: dict[str, Any]) -> list[str]:
    """Set and save those of ``values`` that differ; the names of what changed.

    ``record`` must have been read under a lock in this transaction.
    """
    before = {name: getattr(record, name) for name in values}
    for name, value in values.items():
        setattr(record, name, value)
    check(record)
    changed = [name for name in values if getattr(record, name) != before[name]]
    if changed:
        record.save(update_fields=changed)
    return sorted(changed)


def unless_stale(
    record: models.Model, values: dict[str, Any], opened: Mapping[str, Any], *, who: str
) -> dict[str, Any]:
    """What to save of a form that showed the values ``opened``: only what its reader changed.

    So nothing that somebody else saved meanwhile is lost. Where both changed the same field to something different
    it is a Conflict with the code ``stale``, whose ``data["theirs"]`` holds what is saved now; ``who`` saved it.
    """
    mine = {name: value for name, value in values.items() if name not in opened or value != opened[name]}
    theirs = {
        name: now
        for name in mine.keys() & opened.keys()
        if (now := getattr(record, name)) != opened[name] and now != mine[name]
    }
    if theirs:
        raise Conflict(
            gettext(
                "%(who)s saved this while you had it open. Nothing of yours is saved yet, and nothing is lost: both "
                "values stand side by side. Keep yours or type theirs, then save again."
            )
            % {"who": who or gettext("Somebody else")},
            code="stale",
            theirs=theirs,
        )
    return mine


def future_days(
    model: type[models.Model], values: dict[str, Any], names: Iterable[str], today: date
) -> Problems:
    """A sentence for each date among ``names`` that is later than ``today`` and cannot be."""
    problems: Problems = {}
    for name in names:
        day = values.get(name)
        if day is not None and day > today:
            label = str(model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
            problems[name] = [
                gettext("%(day)s is in the future, and so cannot be the %(label)s. Correct the date.")
                % {"day": day_text(day), "label": label}
            ]
    return problems


def whole(sentence: str) -> Problems:
    """A problem of the whole record."""
    return {NON_FIELD_ERRORS: [sentence]}
