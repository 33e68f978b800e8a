"""A month's money in a browser: signed sessions become claims and a file, the payer answers, and the books balance."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from courses.billing.balances import balances_of_lines
from courses.billing.postings import total
from courses.billing.services import refresh_lines
from courses.billing.x12.pretend_payer import Paid
from courses.models import Claim, ClaimFile, ClaimLine, Remittance
from eecp_clinic.models import Clinic, User
from tests.courses.billing.answers_given import Answering, decided
from tests.courses.billing.billing_given import make_billable, make_line
from tests.courses.billing.x12.judge import complaints as complaints_of
from tests.courses.courses_given import FIRST_HOUR, course_given
from tests.journeys.conftest import Login
from tests.journeys.looking import look_at

#: Twenty working days of sessions, and the day after them.
SESSIONS = 20
MONTH_OVER = FIRST_HOUR + timedelta(days=30)


@pytest.fixture
def month_over(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Pages look at the clock; for them the month of the sessions is over, whenever the tests run."""
    monkeypatch.setattr(timezone, "now", lambda: MONTH_OVER)
    return MONTH_OVER


def bring(page: Page, path: Path, content: bytes, said: str) -> None:
    """Upload an answer on its page, and see what is said of it."""
    path.write_bytes(content)
    page.goto("/claims/answers/")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_text(said)).to_be_visible()


def tab(page: Page, name: str) -> None:
    page.goto("/claims/")
    page.get_by_role("navigation", name="Where claims stand").get_by_role("link", name=name).click()


@pytest.mark.django_db(transaction=True)
def test_month_runs_from_signed_sessions_to_balanced_books(
    clinic: Clinic,
    nurse: User,
    physician: User,
    biller: User,
    month_over: datetime,
    login: Login,
    complaints: list[str],
    tmp_path: Path,
) -> None:
    given = course_given(clinic, nurse, physician)
    make_billable(given, biller, appeal_days=120)
    lines = [make_line(given, n) for n in range(SESSIONS)]
    refresh_lines(sessions=[line.session_id for line in lines], now=month_over)
    page = login("bill")

    expect(page.get_by_role("heading", name="Claims")).to_be_visible()
    expect(page.get_by_text("20 · $3,000.00")).to_be_visible()
    page.get_by_role("button", name="Make claims of the chosen lines").click()
    expect(page.get_by_text("1 claim was made.")).to_be_visible()
    page.get_by_role("button", name="Make the 837P file").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    sent = Path(download.value.path()).read_bytes()
    assert complaints_of(sent) == []
    assert sent.count(b"SV1*HC:G0166*150*UN*1") == SESSIONS
    page.get_by_role("button", name="Mark as sent").click()
    expect(page.get_by_text("count as sent")).to_be_visible()

    claim, payer = Claim.objects.get(), Answering(ClaimFile.objects.get())
    bring(page, tmp_path / "answer.999", payer.syntax(), "999 read: accepted.")
    bring(page, tmp_path / "answer.277", payer.status(), "277CA read: accepted.")
    tab(page, "Accepted")
    expect(page.get_by_role("link", name=claim.code)).to_be_visible()

    whole = decided(claim, ("CO", "45", "30"), ("PR", "2", "24"))
    denied = decided(claim, ("CO", "50", "150"))
    last = list(whole.adjustments)[-1]
    decision = Paid(adjustments={**whole.adjustments, last: denied.adjustments[last]})
    paid = payer.payment({claim.code: decision})
    bring(page, tmp_path / "answer.835", paid, "Payment of $1,824.00 read and posted.")
    tab(page, "Paid")
    page.get_by_role("link", name=claim.code).click()
    expect(page.get_by_text("Not seen as medically necessary").first).to_be_visible()
    expect(page.get_by_role("cell", name="$1,824.00")).to_be_visible()
    expect(page.get_by_role("cell", name="$456.00")).to_be_visible()

    look_at(page, "claim")
    tab(page, "Paid")
    look_at(page, "worklist")
    page.goto("/claims/answers/")
    look_at(page, "answers")
    page.goto("/claims/deposits/")
    look_at(page, "deposits")
    page.get_by_label("On the statement on").fill("2026-12-29")
    page.get_by_label("Amount").fill("1824.00")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Keep the deposit").click()
    expect(page.get_by_text("Agrees")).to_be_visible()

    page.goto("/billing/day/")
    expect(page.get_by_text("It balances")).to_be_visible()
    look_at(page, "month-day-sheet")
    page.goto(f"/courses/{given.course.code}/account/")
    expect(page.get_by_text("The patient owes $456.00")).to_be_visible()
    page.get_by_role("button", name="Make a statement").click()
    expect(page.get_by_role("link", name="Statement of the course")).to_be_visible()
    look_at(page, "month-account")

    books = total(balances_of_lines(list(ClaimLine.objects.values_list("pk", flat=True))).values())
    assert books.asked == books.paid + books.adjusted + books.patient_owes == Decimal(3000)
    assert books.paid == Remittance.objects.get().amount == Decimal(1824)
    assert books.open == 0
    assert complaints == []
