"""Whether a signed session in the database still says what was signed, and what differs, in words.

The signature keeps its content as canonical JSON. Here the same content is built again from the rows and compared value
by value. Triggers keep the session and the rows under it as they were, so a difference there means that somebody went
around them. What stands around the session may lawfully grow: supervision noted later, samples that came later, a new
name of a patient; that is told apart, because the signed content keeps what was true when it was signed.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext

from courses.models import Session
from courses.treatment.amendable import PARTS, plain, values_of
from courses.treatment.dose import delivered_in
from courses.treatment.services.signing import signed_content
from eecp_clinic.signing import canonical, is_intact

#: What stands around the session and may change lawfully after signing, by the first word of its path.
AROUND = frozenset(
    {
        "patient",
        "clinic",
        "device",
        "supervision",
        "other_recordings",
        "opened_by",
        "minutes_not_known_because",
    }
)
#: Of the recording only which one it is was fixed; samples that came later make another version of its file.
FIXED_OF_RECORDING = frozenset({"recording/uuid"})
#: A column with a name as a person signs, wherever it stands: credentials and names of staff change.
OF_A_PERSON = "_by"
EMPTY: tuple[Any, ...] = (None, "", [], {}, False)


class Verdict(StrEnum):
    VERIFIED = "verified"
    GROWN = "grown"  # the session is as signed; what stands around it says more now
    DIFFERS = "differs"
    BROKEN = "broken"  # the kept content no longer has its hash
    UNSIGNED = "unsigned"


@dataclass(frozen=True, slots=True)
class Difference:
    """One value: what was signed and what the database says now, as plain text."""

    path: str
    label: str
    signed: str
    now: str
    is_around: bool


@dataclass(frozen=True, slots=True)
class Verification:
    verdict: Verdict
    content_sha256: str
    differences: tuple[Difference, ...]
    sentence: str

    @property
    def is_good(self) -> bool:
        return self.verdict in {Verdict.VERIFIED, Verdict.GROWN}

    @property
    def changed(self) -> tuple[Difference, ...]:
        return tuple(difference for difference in self.differences if not difference.is_around)


def verify(session: Session) -> Verification:
    """Build the content of a signed session again and compare it with what its signature keeps."""
    signature = session.signature
    if signature is None:
        return Verification(Verdict.UNSIGNED, "", (), gettext("The session is not signed."))
    signed = json.loads(signature.content)
    again = json.loads(
        canonical(
            signed_content(session, signature.signed_at)
            | {"minutes_not_known_because": delivered_in(session).reason}
        )
    )
    differing = list(_differing(signed, again))
    values = values_of(session) if differing else {}
    labels = {value.path: f"{value.group}: {value.label}" for value in values.values()}
    found = tuple(
        Difference(path, labels.get(path, _words(path)), plain(before), plain(after), _is_around(path))
        for path, before, after in differing
    )
    verdict = _verdict(found, intact=is_intact(signature))
    return Verification(verdict, signature.content_sha256, found, _sentence(verdict, found))


def _verdict(found: tuple[Difference, ...], *, intact: bool) -> Verdict:
    if not intact:
        return Verdict.BROKEN
    if any(not difference.is_around for difference in found):
        return Verdict.DIFFERS
    return Verdict.GROWN if found else Verdict.VERIFIED


def _sentence(verdict: Verdict, found: tuple[Difference, ...]) -> str:
    if verdict is Verdict.BROKEN:
        return gettext("The content that was signed no longer has its hash. Tell the administrator.")
    if verdict is Verdict.DIFFERS:
        names = ", ".join(difference.label for difference in found if not difference.is_around)
        return gettext("The record differs from what was signed: %(what)s. Tell the administrator.") % {
            "what": names
        }
    if verdict is Verdict.GROWN:
        names = ", ".join(sorted({_words(difference.path.split("/")[0]) for difference in found}))
        return gettext(
            "The session is as it was signed. What stands around it has changed since: %(what)s."
        ) % {"what": names}
    return gettext("The content was verified against its signature.")


def _is_around(path: str) -> bool:
    words = path.split("/")
    if words[0] == "recording":
        return path not in FIXED_OF_RECORDING
    return words[0] in AROUND or words[-1].endswith(OF_A_PERSON)


def _differing(signed: dict[str, Any], again: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """The path of each value that differs, what was signed and what there is now, in the order of the content.

    A column that came into the program later was no part of what was signed and is no difference of it; a row that came
    later is one.
    """
    old, new = dict(_flat(signed)), dict(_flat(again))
    rows = {path.rpartition("/")[0] for path in old}
    for path in [*old, *(path for path in new if path not in old)]:
        before, after = old.get(path), new.get(path)
        came_later = path not in old and path.rpartition("/")[0] in rows
        if before != after and not came_later and not (path not in old and after in EMPTY):
            yield path, before, after


def _flat(content: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    keys = {part.name: part.key for part in PARTS}
    for name, value in content.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _flat(value, f"{path}/")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, row in enumerate(value):
                key = row.get(keys.get(name, ""), number)
                yield from _flat(row, f"{path}/{key}/")
        else:
            yield path, value


def _words(path: str) -> str:
    return path.replace("/", ", ").replace("_", " ")
