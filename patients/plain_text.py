"""Names as they are searched: without accents, case and punctuation.

Pure. ``plain`` does in Python what ``patients.models.search.Plain`` does in the database; a test holds the two together.
"""

import re
import unicodedata

#: Letters that have no decomposition in Unicode, and what they are typed as.
UNDECOMPOSED = ("øØłŁđĐðÐþÞı", "oOlLdDdDtTi")
#: Signs inside a name that are left out (O'Neil is typed ONeil), and those that part words.
LEFT_OUT = "'’‘`´"
PARTING = r"[\s\-‐‑.,;:/()_+]+"
#: Combining marks, which remain of accents after decomposition.
MARKS = "[\u0300-\u036f]+"

_TABLE = str.maketrans(*UNDECOMPOSED, LEFT_OUT)


def plain(text: str) -> str:
    """``text`` in lower case, with one space between words, without accents and apostrophes."""
    bare = re.sub(MARKS, "", unicodedata.normalize("NFKD", text.translate(_TABLE)))
    return re.sub(PARTING, " ", bare).lower().strip()


def digits(text: str) -> str:
    """The digits of a phone number, as they are searched."""
    return re.sub(r"[^0-9]", "", text)
