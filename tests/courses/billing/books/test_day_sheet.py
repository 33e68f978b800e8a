"""The arithmetic of a day: opening and entries make the closing, or the difference is named."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from courses.billing.books.day_sheet import SUMS, Difference, Kind, Movement, Position, day_sheet
from tests.courses.billing.books.money_given import usd

AMOUNTS = st.decimals(-10_000, 10_000, places=2)
MOVEMENTS = st.lists(st.builds(Movement, st.sampled_from(Kind), AMOUNTS, st.just("SAMPLE Joan")))


def closing_of(opening: Position, movements: list[Movement]) -> Position:
    sums = {str(kind): sum((m.amount for m in movements if m.kind is kind), Decimal(0)) for kind in Kind}
    return opening.plus(Position(**sums))


@given(MOVEMENTS, MOVEMENTS)
def test_sheet_whose_entries_are_all_there_balances(before: list[Movement], day: list[Movement]) -> None:
    opening = closing_of(Position(), before)
    sheet = day_sheet(opening, day, closing_of(opening, day))
    assert sheet.balances
    assert sheet.closing.owed == sheet.closing.payers_owe + sheet.closing.patients_owe
    assert sheet.closing.owed - sheet.opening.owed == sheet.day.owed


@given(MOVEMENTS.filter(lambda found: any(one.amount for one in found)))
def test_entry_that_is_missing_is_named_with_its_amount(day: list[Movement]) -> None:
    lost = next(one for one in day if one.amount)
    rest = list(day)
    rest.remove(lost)
    sheet = day_sheet(Position(), rest, closing_of(Position(), day))
    assert [(one.what, one.amount) for one in sheet.differences] == [(SUMS[lost.kind], lost.amount)]


def test_money_left_to_the_patient_moves_between_the_accounts_and_not_out_of_them() -> None:
    moved = [Movement(Kind.CHARGED, Decimal(150), "A"), Movement(Kind.TO_PATIENT, Decimal(24), "A")]
    sheet = day_sheet(Position(), moved, closing_of(Position(), moved))
    assert (sheet.day.payers_owe, sheet.day.patients_owe, sheet.day.owed) == usd(126, 24, 150)


def test_difference_found_elsewhere_stands_beside_the_others() -> None:
    found = Difference("Payment 1", counted=Decimal(5), expected=Decimal(0))
    nothing = Difference("Payment 2", counted=Decimal(5), expected=Decimal(5))
    sheet = day_sheet(Position(), [], Position(), others=[found, nothing])
    assert sheet.differences == (found,)
    assert not sheet.balances
