"""Phone numbers: kept as they were typed, shown as they are read.

Pure. A clinic's patients have numbers with extensions, of neighbours and from abroad, so nothing is refused that
somebody could dial; what is clearly a US number (ten digits, area code and exchange not beginning with 0 or 1, North
American Numbering Plan) is shown in one form.
"""

import re

from patients.plain_text import digits

_US = re.compile(r"1?([2-9][0-9]{2})([2-9][0-9]{2})([0-9]{4})")
_PLAIN_TYPING = re.compile(r"[0-9\s().+/-]*")
FEWEST_DIGITS = 7


def check_phone(text: str) -> str:
    """``text`` with its outer spaces removed. Raises ValueError with a sentence where nobody could dial it."""
    if text.strip() and len(digits(text)) < FEWEST_DIGITS:
        raise ValueError(
            "This is too short to be dialled: a phone number has at least seven digits, such as 312-555-0199. "
            "Leave the field empty where the number is not known."
        )
    return text.strip()


def shown_phone(text: str) -> str:
    """``(312) 555-0199`` for a US number without more to it; anything else as it was typed."""
    match = _US.fullmatch(digits(text))
    if match is None or not _PLAIN_TYPING.fullmatch(text):
        return text
    return "({}) {}-{}".format(*match.groups())
