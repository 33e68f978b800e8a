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


#: First two digits of an EIN that the IRS has never given out.
_NO_EIN_PREFIX = frozenset(
    ["00", "07", "08", "09", "17", "18", "19", "28", "29", "49", "69", "70", "78", "79", "89", "96", "97"]
)
_TAXONOMY = re.compile(r"[0-9]{2,3}[0-9A-Z]{6,7}X")


def check_tax_id(text: str, kind: str = "EI") -> str:
    """A US tax id: nine digits, stored without dashes. ``kind`` is EI (employer) or SY (social security).

    Neither has a check digit; an EIN begins with a prefix that the IRS gives out (irs.gov, "How EINs are assigned").
    Raises ValueError with a sentence for the person who typed it.
    """
    digits = re.sub(r"[\s-]", "", text)
    if not re.fullmatch(r"[0-9]{9}", digits):
        raise ValueError("A tax id has nine digits, such as 36-0000000. Copy it from the IRS letter.")
    if kind == "EI" and digits[:2] in _NO_EIN_PREFIX:
        raise ValueError(
            f"No EIN begins with {digits[:2]}. Look for a mistyped digit, or say that it is a social security number."
        )
    return digits


def check_taxonomy(text: str) -> str:
    """A provider taxonomy code of the NUCC: ten characters, digits first, X last, such as 207RC0000X.

    Raises ValueError with a sentence for the person who typed it.
    """
    code = re.sub(r"\s", "", text).upper()
    if len(code) != 10 or not _TAXONOMY.fullmatch(code):
        raise ValueError(
            "A taxonomy code has ten characters and ends with X, such as 207RC0000X (cardiovascular disease). "
            "Copy it from the NPI registry."
        )
    return code
