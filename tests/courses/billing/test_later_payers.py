"""Lines that two payers answered: the last answer says what the patient owes, and nothing counts twice."""

from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given as examples
from hypothesis import strategies as st

from courses.billing.later_payers import Asked, in_turn
from courses.billing.postings import Posting, Reason, balance
from tests.courses.billing.money import usd

AT = datetime(2026, 12, 15, tzinfo=UTC)
CHARGE = Decimal(150)
FIRST, SECOND = 1, 2
CLAIMS = {FIRST: Asked(1, frozenset({7, 8})), SECOND: Asked(2, frozenset({7, 8}))}


def said(
    claim: int, answer: int, paid: int, *reasons: tuple[str, str, int], line: int = 7, back: bool = False
) -> Posting:
    sign = -1 if back else 1
    return Posting(
        claim=claim,
        line=line,
        remittance=answer,
        answer=answer,
        posted_at=AT,
        paid_on=AT.date(),
        charge=sign * CHARGE,
        paid=Decimal(sign * paid),
        reasons=tuple(Reason(group, code, Decimal(sign * amount)) for group, code, amount in reasons),
        is_reversal=back,
    )


#: 96 paid, 30 written off, 24 left to the patient; of which the second payer pays 20.
MEDICARE = said(FIRST, 1, 96, ("CO", "45", 30), ("PR", "2", 24))
SUPPLEMENT = said(SECOND, 2, 20, ("OA", "23", 126), ("PR", "3", 4))


def standing(*postings: Posting) -> tuple[Decimal, Decimal, Decimal, Decimal | None]:
    found = balance(CHARGE, (one for one in in_turn(postings, CLAIMS) if one.line == 7))
    return found.paid, found.adjusted, found.patient_owes, found.open


def test_second_answer_takes_what_it_pays_from_what_the_patient_owed() -> None:
    assert standing(MEDICARE) == usd(96, 30, 24, 0)
    assert standing(MEDICARE, SUPPLEMENT) == usd(116, 30, 4, 0)


def test_what_the_second_payer_writes_off_is_not_left_to_the_patient() -> None:
    denied = said(SECOND, 2, 0, ("CO", "50", 150))
    assert standing(MEDICARE, denied) == usd(96, 54, 0, 0)


def test_second_payer_that_finds_the_first_paid_enough_settles_the_line() -> None:
    assert standing(MEDICARE, said(SECOND, 2, 0, ("OA", "23", 150))) == usd(96, 54, 0, 0)


def test_second_answer_taken_back_leaves_the_first_ones_words() -> None:
    back = said(SECOND, 3, 20, ("OA", "23", 126), ("PR", "3", 4), back=True)
    assert standing(MEDICARE, SUPPLEMENT, back) == usd(96, 30, 24, 0)


def test_first_answer_corrected_later_changes_what_is_paid_and_not_what_the_patient_owes() -> None:
    back = said(FIRST, 3, 96, ("CO", "45", 30), ("PR", "2", 24), back=True)
    anew = said(FIRST, 4, 100, ("CO", "45", 26), ("PR", "2", 24))
    assert standing(MEDICARE, SUPPLEMENT, back, anew) == usd(120, 26, 4, 0)


def test_line_that_the_second_payer_left_out_is_settled_with_its_claim() -> None:
    """The second payer has answered the claim; what it does not name it leaves to nobody."""
    other = said(FIRST, 1, 96, ("CO", "45", 30), ("PR", "2", 24), line=8)
    found = [one for one in in_turn((MEDICARE, other, SUPPLEMENT), CLAIMS) if one.line == 8]
    assert [(one.paid, one.adjusted, one.patient_owes) for one in found] == [usd(96, 30, 24), usd(0, 24, -24)]


def test_what_was_posted_before_the_second_answer_does_not_change() -> None:
    before, after = in_turn((MEDICARE,), CLAIMS), in_turn((MEDICARE, SUPPLEMENT), CLAIMS)
    assert after[: len(before)] == before


amounts = st.integers(0, 150)


@st.composite
def answers(draw: st.DrawFn, claim: int, answer: int) -> Posting:
    paid = draw(amounts)
    owed = draw(st.integers(0, 150 - paid))
    rest = ("CO", "45", 150 - paid - owed) if claim == FIRST else ("OA", "23", 150 - paid - owed)
    return said(claim, answer, paid, rest, ("PR", "2", owed))


@examples(first=answers(FIRST, 1), second=answers(SECOND, 2))
def test_whatever_two_payers_answer_the_charge_is_accounted_for_once(first: Posting, second: Posting) -> None:
    paid, adjusted, owes, still_open = standing(first, second)
    assert (still_open, paid, owes) == (Decimal(0), first.paid + second.paid, second.said_owed)
    assert paid + adjusted + owes == CHARGE
