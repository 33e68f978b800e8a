"""What was paid, what was not, who owes the rest, and whether the sums agree."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.billing.x12.balance import imbalances
from courses.billing.x12.pretend_payer import Paid, write_835
from courses.billing.x12.reading import X12Malformed, read
from courses.billing.x12.remittance import Adjustment, ProviderAdjustment, remittance
from tests.courses.billing.x12.claims_given import a_claim, a_line
from tests.courses.billing.x12.judge import complaints
from tests.courses.billing.x12.replies_given import ANSWER, PAID_ON, paid, payment, sent, shared_file

ALLOWED = (Adjustment("CO", "45", Decimal(30)), Adjustment("PR", "2", Decimal(24)))
USUAL = Paid(adjustments={"LINE00": ALLOWED, "LINE01": ALLOWED}, remarks=("MA01", "N386"))
TAKEN = ProviderAdjustment("WO", "OLD1", Decimal(10))
FILE = write_835(
    ANSWER,
    sent(a_claim(2)),
    paid_on=PAID_ON,
    decisions={"CLAIM23456": USUAL},
    provider_adjustments=[TAKEN],
)


def usd(*amounts: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(amount) for amount in amounts)


def test_pretended_remittance_is_accepted_by_the_judge() -> None:
    assert complaints(FILE) == []


def test_partial_payment_keeps_what_the_patient_owes_apart() -> None:
    found = payment(FILE)
    (claim,) = found.claims
    assert (claim.charge, claim.paid, claim.patient_owes, claim.clinic_bears) == usd(300, 192, 48, 60)
    assert (claim.reference, claim.payer_number, claim.remarks) == (
        "CLAIM23456",
        "PAYER7N1",
        ("MA01", "N386"),
    )
    assert (found.amount, found.provider_adjustments, found.paid_on) == (Decimal(182), (TAKEN,), PAID_ON)
    assert (found.payer_name, found.payee_id, found.trace_number) == ("EXAMPLE PAYER", "1245319599", "7")


def test_lines_come_back_under_our_numbers() -> None:
    services = payment(FILE).claims[0].services
    assert [(s.reference, s.hcpcs, s.paid, s.first_date) for s in services] == [
        ("LINE00", "G0166", Decimal(96), date(2026, 11, 30)),
        ("LINE01", "G0166", Decimal(96), date(2026, 12, 1)),
    ]
    assert services[0].adjustments == ALLOWED


def test_sums_that_agree_find_nothing() -> None:
    assert imbalances(payment(FILE)) == ()


def test_denied_line_is_paid_nothing_and_balances() -> None:
    denied = Paid(status="4", adjustments={"LINE00": (Adjustment("CO", "50", Decimal(150)),)})
    found = paid(a_claim(), denied)
    assert (found.claims[0].is_denied, found.claims[0].paid, imbalances(found)) == (True, Decimal(0), ())


def test_reversal_takes_back_and_balances() -> None:
    back = Paid(status="22", adjustments={"LINE00": (Adjustment("CO", "45", Decimal(-30)),)})
    found = paid(a_claim(), back)
    assert found.claims[0].is_reversal
    assert (found.claims[0].charge, found.claims[0].paid) == usd(-150, -120)
    assert imbalances(found) == ()


def test_forwarding_balance_adds_to_the_payment() -> None:
    found = paid(a_claim(), Paid(), ProviderAdjustment("FB", "", Decimal("-12.50")))
    assert (found.amount, imbalances(found)) == (Decimal("162.5"), ())


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        (b"BPR*I*182*", b"BPR*I*183*", {"payment_total"}),
        (b"*1*300*192*48*", b"*1*300*191*48*", {"payment_total", "claim_adjustments", "claim_lines"}),
        (b"*1*300*192*48*", b"*1*300*192*47*", {"patient_responsibility"}),
        (b"*1*300*192*48*", b"*1*310*192*48*", {"claim_adjustments", "claim_charges"}),
        (b"CAS*PR*2*24", b"CAS*PR*2*25", {"claim_adjustments", "line_adjustments", "patient_responsibility"}),
        (b"PLB*1245319599*20271231*WO:OLD1*10~", b"", {"payment_total"}),
    ],
)
def test_sums_that_differ_are_told_with_both_numbers(old: bytes, new: bytes, codes: set[str]) -> None:
    assert old in FILE
    found = imbalances(payment(FILE.replace(old, new)))
    assert {finding.code for finding in found} == codes
    assert all("$" in finding.sentence for finding in found)


def test_patient_responsibility_left_out_stays_unknown() -> None:
    found = payment(FILE.replace(b"*192*48*MB*", b"*192**MB*"))
    assert found.claims[0].stated_responsibility is None
    assert imbalances(found) == ()


def test_several_reasons_in_one_segment_are_several() -> None:
    found = payment(FILE.replace(b"CAS*CO*45*30~CAS*PR*2*24~", b"CAS*CO*45*29**253*1*1~CAS*PR*2*24~", 1))
    reasons = [
        (one.group, one.reason, one.amount, one.quantity) for one in found.claims[0].services[0].adjustments
    ]
    assert reasons == [
        ("CO", "45", Decimal(29), None),
        ("CO", "253", Decimal(1), Decimal(1)),
        ("PR", "2", Decimal(24), None),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"BPR*I*182*", b"BPR*I*lots*", "amount paid is not a number"),
        (b"BPR*I*182*", b"BPR*I*1E3*", "amount paid is not a number"),
        (b"BPR*I*182*", b"BPR*I**", "amount paid is missing"),
        (b"TRN*1*7*", b"TRN*1**", "check or transfer is missing"),
        (b"CLP*CLAIM23456*", b"CLP**", "number of the claim is missing"),
        (b"CAS*PR*2*24", b"CAS*PR**24", "reason of the adjustment is missing"),
        (b"CAS*PR*2*24", b"CAS*PR*2*", "amount of the adjustment is missing"),
    ],
)
def test_money_that_cannot_be_read_is_refused_with_its_segment(old: bytes, new: bytes, said: str) -> None:
    with pytest.raises(X12Malformed, match=f"Segment [0-9]+: .*{said}"):
        payment(FILE.replace(old, new))


def test_mistyped_date_is_left_out_and_told() -> None:
    found = payment(FILE.replace(b"20270104~TRN", b"20271304~TRN"))
    assert found.paid_on is None
    assert ["BPR16" in finding.sentence for finding in found.findings] == [True]


@given(st.lists(st.decimals(0, 150, places=2), min_size=1, max_size=5))
def test_whatever_is_adjusted_the_sums_agree(amounts: list[Decimal]) -> None:
    claim = a_claim(lines=tuple(a_line(n) for n in range(len(amounts))))
    adjustments = {
        f"LINE{n:02}": (Adjustment("CO", "45", amount),) for n, amount in enumerate(amounts) if amount
    }
    found = paid(claim, Paid(adjustments=adjustments))
    assert imbalances(found) == ()
    assert found.claims[0].clinic_bears == sum(amounts)


@pytest.mark.parametrize(
    ("name", "claims", "amount"),
    [
        ("managed-care.835", 2, "945.00"),
        ("medicare-part-a.835", 2, "150000.00"),
        ("secondary-payment.835", 2, "1222.00"),
        ("cob-contractural-adjustment.835", 1, "34.00"),
    ],
)
def test_public_samples_are_read_and_balance(name: str, claims: int, amount: str) -> None:
    (interchange,) = read(shared_file(name))
    found = remittance(interchange.transactions[0])
    assert (len(found.claims), found.amount) == (claims, Decimal(amount))
    assert imbalances(found) == ()
