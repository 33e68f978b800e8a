"""Text that an X12 file can carry. PURE.

X12 names a basic character set (capitals, digits, space and some marks) and an extended one (small letters and more);
the basic set is what every receiver takes. So names are written in capitals, letters with marks become their plain
letter, as on an insurance card, and the four delimiters become spaces. What has no plain letter is refused: a name
must not lose letters on the way.
"""

import unicodedata

ELEMENT, COMPONENT, REPETITION, TERMINATOR = "*", ":", "^", "~"
_DELIMITERS = frozenset(ELEMENT + COMPONENT + REPETITION + TERMINATOR)
#: X12.6, basic character set, without the delimiters above.
BASIC = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 !\"&'()+,-./;?=")
#: X12.6, extended character set: what an e-mail address needs beside it.
EXTENDED = BASIC | frozenset("abcdefghijklmnopqrstuvwxyz%@[]_{}\\|<>#$`")
#: Letters that Unicode does not take apart, as on a passport (ICAO Doc 9303, part 3, section 6), and marks that office
#: programs put in by themselves. The dot of a Catalan l·l is no letter.
_PLAIN = str.maketrans(
    {
        "Æ": "AE",
        "Œ": "OE",
        "Ø": "O",
        "Ł": "L",
        "Đ": "D",
        "Ð": "D",
        "Ħ": "H",
        "Ŋ": "N",
        "Ŧ": "T",
        "ĸ": "Q",
        "Þ": "TH",
        "ẞ": "SS",
        "ı": "I",
        "·": "",
        "‘": "'",
        "’": "'",
        "ʼ": "'",
        "“": '"',
        "”": '"',
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": "-",
        "−": "-",
    }
)


def plain(text: str) -> tuple[str, str]:
    """``text`` in the basic set, single-spaced, and the characters that have no place in it (each once)."""
    # Nearly everything on a claim is in the set already: looking letter by letter took a third of the time.
    if BASIC.issuperset(capitals := text.upper()):
        return " ".join(capitals.split()), ""
    written = "".join(_one(letter) for letter in unicodedata.normalize("NFC", text).upper())
    lost = "".join(dict.fromkeys(letter for letter in written if letter not in BASIC))
    return " ".join(written.split()), lost


def _one(letter: str) -> str:
    """A letter without its marks; delimiters and whatever is a kind of space become a space."""
    if letter in _DELIMITERS or letter.isspace() or unicodedata.category(letter) in {"Cc", "Cf"}:
        return " "
    taken_apart = unicodedata.normalize("NFKD", letter.translate(_PLAIN))
    kept = "".join(part for part in taken_apart if not unicodedata.combining(part)).translate(_PLAIN)
    return "".join(" " if part in _DELIMITERS else part for part in kept.upper())
