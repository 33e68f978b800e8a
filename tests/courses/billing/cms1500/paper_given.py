"""The plainly invented claim of the 837P tests, on paper."""

from datetime import date
from typing import Any

from courses.billing.cms1500.paper import PaperClaim
from courses.billing.x12.claim import Claim
from tests.courses.billing.x12.claims_given import BILLING, a_claim


def on_paper(claim: Claim | None = None, **fields: Any) -> PaperClaim:
    values: dict[str, Any] = {
        "claim": claim or a_claim(),
        "billing": BILLING,
        "signed_by": "Paul Sample MD",
        "signed_on": date(2027, 1, 20),
        "from_accident": False,
    }
    return PaperClaim(**values | fields)
