"""Answers of a payer that is none."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from courses.billing.x12.claim import Claim
from courses.billing.x12.claim_837p import write
from courses.billing.x12.pretend_payer import Paid, write_835
from courses.billing.x12.reading import Interchange, read
from courses.billing.x12.remittance import ProviderAdjustment, Remittance, remittance
from tests.courses.billing.x12.claims_given import ENVELOPE, a_batch

ANSWER = replace(ENVELOPE, sender_id="EXAMPLECH", receiver_id="EXAMPLEHEART", control_number=7)
PAID_ON = date(2027, 1, 4)
SHARED = Path(os.environ.get("EECP_SHARED", Path(__file__).parents[5] / "shared")) / "data" / "x12"


def sent(*claims: Claim) -> Interchange:
    """Our file, as the payer reads it."""
    return read(write(a_batch(*claims), ENVELOPE))[0]


def payment(content: bytes) -> Remittance:
    return remittance(read(content)[0].transactions[0])


def paid(claim: Claim, decision: Paid, *taken: ProviderAdjustment) -> Remittance:
    """That claim alone, decided so."""
    content = write_835(
        ANSWER,
        sent(claim),
        paid_on=PAID_ON,
        decisions={claim.code.upper(): decision},
        provider_adjustments=taken,
    )
    return payment(content)


def shared_file(name: str) -> bytes:
    """A public sample; the test is skipped where it is not at hand."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{path} is not there.")
    return path.read_bytes()
