"""A member id by the format of its plan.

Pure. Only Medicare's is published (``eecp_clinic.identifiers.check_mbi``); of other plans no more is known than that
ids are letters and digits, as they stand on the card.
"""

import re

from eecp_clinic.identifiers import check_mbi

_OTHER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{1,38}[A-Za-z0-9]")
ORIGINAL_MEDICARE, SELF_PAY = "original_medicare", "self_pay"


def check_member_id(plan_kind: str, text: str) -> str:
    """The form in which it is stored. Raises ValueError with a sentence for the person who typed it.

    Original Medicare needs one; elsewhere empty means not known.
    """
    if plan_kind == ORIGINAL_MEDICARE:
        return check_mbi(text)
    member_id = " ".join(text.split())
    if not member_id:
        return ""
    if plan_kind == SELF_PAY:
        raise ValueError("Who pays alone has no member id. Leave it empty, or choose the payer of the card.")
    if not _OTHER.fullmatch(member_id):
        raise ValueError(
            "A member id has 3 to 40 letters, digits, spaces and dashes. Copy it from the plan's card, without what "
            "stands beside it."
        )
    return member_id
