"""Identifiers with a form that can be checked: NPI and MBI.

Pure: text in, the stored form out, or a ValueError whose sentence says what to do.
"""

import re

from stdnum import luhn

#: An MBI by position: C 1-9, N 0-9, A a letter without S, L, O, I, B, Z, X either (CMS, MBI format).
_LETTER = "[AC-HJKMNP-RT-Y]"
_EITHER = "[0-9AC-HJKMNP-RT-Y]"
_MBI = re.compile(f"[1-9]{_LETTER}{_EITHER}[0-9]{_LETTER}{_EITHER}[0-9]{_LETTER}{_LETTER}[0-9][0-9]")


def check_npi(text: str) -> str:
    """A National Provider Identifier: ten digits, the first 1 or 2, Luhn over 80840 and all ten.

    Raises ValueError with a sentence for the person who typed it.
    """
    npi = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[12][0-9]{9}", npi):
        raise ValueError("An NPI has ten digits and begins with 1 or 2. Copy it from the NPI registry.")
    if not luhn.is_valid("80840" + npi):
        raise ValueError(
            "The last digit of this NPI does not fit the others. Look for a mistyped or swapped digit."
        )
    return npi


def check_mbi(text: str) -> str:
    """A Medicare Beneficiary Identifier: 11 characters, stored in capitals without dashes.

    Raises ValueError with a sentence for the person who typed it.
    """
    mbi = re.sub(r"[\s-]", "", text).upper()
    if len(mbi) != 11:
        raise ValueError(
            f"A Medicare number (MBI) has 11 letters and digits; this has {len(mbi)}. Copy it from the Medicare card."
        )
    if not _MBI.fullmatch(mbi):
        raise ValueError(
            "This is not the form of a Medicare number (MBI), such as 1EG4-TE5-MK73. It never has the letters "
            "S, L, O, I, B or Z: what looks like one is a digit. Copy it from the Medicare card."
        )
    return mbi
