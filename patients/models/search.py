"""What a patient is found by, computed by the database from the row itself, so that no writer can forget it."""

from typing import Any

from django.db.models import Func, TextField, Value
from django.db.models.functions import Concat, Lower

from patients.plain_text import LEFT_OUT, MARKS, PARTING, UNDECOMPOSED


class Normalized(Func):
    """Unicode decomposition: letters and their accents apart."""

    template = "NORMALIZE(%(expressions)s, NFKD)"
    output_field = TextField()
    arity = 1


class Replaced(Func):
    """All matches of a pattern in ``text`` replaced by another text."""

    function = "REGEXP_REPLACE"
    output_field = TextField()

    def __init__(self, text: Any, pattern: str, by: str) -> None:
        super().__init__(text, Value(pattern), Value(by), Value("g"))


class Translated(Func):
    """Each of some letters replaced by its counterpart; what has none is left out."""

    function = "TRANSLATE"
    output_field = TextField()

    def __init__(self, text: Any, letters: str, by: str) -> None:
        super().__init__(text, Value(letters), Value(by))


def plain(text: Any) -> Func:
    """``patients.plain_text.plain`` in SQL; all of it immutable, as a generated column needs."""
    letters, by = UNDECOMPOSED
    bare = Replaced(Normalized(Translated(text, letters + LEFT_OUT, by)), MARKS, "")
    return Lower(Replaced(bare, PARTING, " "))


def search_text() -> Func:
    """Names, MRN (also without its punctuation) and the digits of phones; each word after a space."""
    names = plain(Concat(Value(" "), "family_name", Value(" "), "given_name", Value(" "), "mrn"))
    return Concat(
        names,
        Value(" "),
        Lower(Replaced("mrn", "[^A-Za-z0-9]", "")),
        Value(" "),
        Replaced("phone", "[^0-9]", ""),
        Value(" "),
        Replaced("other_phone", "[^0-9]", ""),
        output_field=TextField(),
    )
