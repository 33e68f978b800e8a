"""The worklist: tabs, sums, clocks, what a biller does to many rows, and what must not be missed."""

from datetime import datetime, timedelta
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.billing.services import post_remittance, refresh_line, refresh_lines, take_answers
from courses.billing.services.deposits import enter_deposit, withdraw_deposit
from courses.billing.worklist.attention import ANSWER_WITHIN, alarms
from courses.billing.worklist.worklist import Fees, Tab, fees_of, open_lines, sums_of
from courses.billing.worklist.worklist_rows import appeal_clocks
from courses.billing.x12.pretend_payer import Paid
from courses.billing.x12.remittance import ProviderAdjustment
from courses.models import Amendment, Claim, ClaimFile, ClaimLine, Deposit, PayerProfile, Remittance
from courses.models.billing import NOT_BILLED
from eecp_clinic.errors import Conflict, InvalidInput, NotAllowed
from eecp_clinic.models import User
from eecp_clinic.roles import Role
from patients.models import Payer
from tests import factories
from tests.courses.billing.answers_given import NOW, PAID_ON, SENT, Answering, decided, sent_claim
from tests.courses.billing.billing_given import make_billable, make_line
from tests.courses.courses_given import FIRST_HOUR, Given

State = Claim.State


@pytest.fixture(autouse=True)
def _day_of_the_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages look at the clock; for them it is a day after the sessions, whenever the tests run."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def page(client: Client, **query: str) -> str:
    answer = client.get(reverse("courses:claims"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def codes(given: Given, biller: User, tab: Tab) -> tuple[int, Decimal]:
    found = sums_of(given.clinic, fees_of(given.clinic), None)[tab]
    return found.count, found.amount


def test_ready_lines_stand_with_charge_and_days_left(
    given: Given, biller: User, biller_client: Client
) -> None:
    make_billable(given, biller)
    line = make_line(given)
    text = page(biller_client)
    assert reverse("courses:claim-line", args=[line.code]) in text
    assert "$150.00" in text
    assert "by 30-Nov-2027" in text
    assert codes(given, biller, Tab.READY) == (1, Decimal(150))


def test_blocked_line_says_why_whose_move_and_leads_to_the_field(given: Given, biller_client: Client) -> None:
    line = make_line(given, recording=None)
    text = page(biller_client, tab="blocked")
    assert "Open the session" in text
    assert line.session.get_absolute_url() in text
    assert "Nurse" in text
    assert page(biller_client).count("Nothing here") == 1


def test_charge_that_is_not_known_is_said_and_not_summed(given: Given, biller_client: Client) -> None:
    make_line(given)
    assert "The charge of 1 line is not known" in page(biller_client)
    assert sums_of(given.clinic, Fees(), None)[Tab.READY].unknown == 1


def test_what_the_patient_pays_waits_for_nobody(given: Given, biller_client: Client) -> None:
    session = given.session(0)
    Payer.objects.update(kind=Payer.Kind.SELF_PAY)
    refresh_line(session=session, now=NOW)
    assert "Nothing here" in page(biller_client, tab="blocked")


def test_chosen_lines_become_claims_and_then_a_file_that_is_sent(
    given: Given, biller: User, biller_client: Client
) -> None:
    make_billable(given, biller)
    PayerProfile.objects.update(effective_on=FIRST_HOUR.date())
    lines = [make_line(given, n).code for n in range(2)]
    made = biller_client.post(reverse("courses:claims-make"), {"line": lines}, follow=True)
    claim = Claim.objects.get()
    assert claim.code in made.content.decode()
    answer = biller_client.post(reverse("courses:claim-files-make"), {"claim": [claim.code]}, follow=True)
    file = ClaimFile.objects.get()
    assert reverse("courses:claim-file-download", args=[file.code]) in answer.content.decode()
    content = biller_client.get(reverse("courses:claim-file-download", args=[file.code])).content
    assert content.startswith(b"ISA*")
    biller_client.post(reverse("courses:claim-file-sent", args=[file.code]), {"way": "download"})
    claim.refresh_from_db()
    assert claim.state == State.SENT
    assert claim.code in page(biller_client, tab="sent")


def test_all_ready_lines_of_a_payer_are_claimed_at_once(
    given: Given, biller: User, biller_client: Client
) -> None:
    make_billable(given, biller)
    lines = [make_line(given, n) for n in range(3)]
    refresh_lines(sessions=[line.session_id for line in lines], now=NOW)
    payer = given.course.patient.coverages.get().payer
    biller_client.post(reverse("courses:claims-make"), {"all": "1", "payer": payer.code})
    assert Claim.objects.get().memberships.count() == 3


def test_nothing_chosen_is_refused_with_a_sentence(given: Given, biller_client: Client) -> None:
    answer = biller_client.post(reverse("courses:claims-make"), {})
    assert answer.status_code == 422
    assert "Choose at least one line" in answer.content.decode()


def test_draft_says_what_is_missing(given: Given, biller: User, biller_client: Client) -> None:
    make_billable(given, biller, confirmed_by=None, confirmed_at=None)
    line = make_line(given)
    biller_client.post(reverse("courses:claims-make"), {"line": line.code})
    assert "Nobody has confirmed" in page(biller_client, tab="draft")
    answer = biller_client.post(
        reverse("courses:claim-files-make"), {"claim": Claim.objects.get().code}, follow=True
    )
    assert "Nobody has confirmed" in answer.content.decode()
    assert not ClaimFile.objects.exists()


def test_filter_by_payer_shows_its_rows_alone(given: Given, biller: User, biller_client: Client) -> None:
    make_billable(given, biller)
    line = make_line(given)
    other = Payer.objects.create(clinic=given.clinic, name="Sample Other", kind=Payer.Kind.COMMERCIAL)
    assert line.code in page(biller_client, payer=given.course.patient.coverages.get().payer.code)
    assert line.code not in page(biller_client, payer=other.code)


@pytest.mark.parametrize("tab", list(Tab))
def test_every_tab_opens_with_nothing_in_it(given: Given, biller_client: Client, tab: Tab) -> None:
    assert "Nothing here" in page(biller_client, tab=tab)


def test_list_costs_the_same_queries_for_one_line_as_for_four(
    given: Given, biller: User, biller_client: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            page(biller_client)
        return len(seen)

    make_billable(given, biller)
    make_line(given)
    queries()
    one = queries()
    for n in range(1, 4):
        make_line(given, n)
    assert queries() == one


def test_denied_claim_counts_the_days_to_appeal_of_the_profile(
    given: Given, biller: User, biller_client: Client
) -> None:
    claim = sent_claim(given, biller)
    payer = Answering(ClaimFile.objects.get())
    denied = payer.payment({claim.code: decided(claim, ("CO", "50", "150"))})
    take_answers(clinic=given.clinic, content=denied, actor=biller, now=NOW)
    assert appeal_clocks([claim.pk], PAID_ON)[claim.pk].days is None
    assert "Not known" in page(biller_client, tab="denied")
    PayerProfile.objects.update(appeal_days=120)
    assert appeal_clocks([claim.pk], PAID_ON)[claim.pk].days == 120
    address = reverse("courses:claim", args=[claim.code])
    text = biller_client.get(address).content.decode()
    assert "Not seen as medically necessary" in text
    assert "Billing's move: appeal by Tue 04-May-2027" in unescape(text)
    assert text.index('id="appeal-title"') < text.index("Not seen as medically necessary")
    line = claim.memberships.get(position=1).line.code
    patient = {"patient": given.course.patient.code, "lines": [line]}
    refused = biller_client.post(
        reverse("courses:claim-appeal", args=[claim.code]), patient | {"on": "2199-01-01", "note": "Letter"}
    )
    assert "lies in the future" in refused.content.decode()
    today = timezone.now().date().isoformat()
    biller_client.post(
        reverse("courses:claim-appeal", args=[claim.code]), patient | {"on": today, "note": "Letter by fax"}
    )
    claim.refresh_from_db()
    assert (claim.state, claim.note) == (State.APPEALED, "Letter by fax")
    assert claim.steps.get(event="appeal").lines == [line]
    assert claim.code in page(biller_client, tab="appealed")
    assert "Original Medicare's move" in unescape(biller_client.get(address).content.decode())


def test_claim_that_is_paid_but_for_a_line_names_the_line_and_the_days_to_appeal_it(
    given: Given, biller: User, biller_client: Client
) -> None:
    claim = sent_claim(given, biller)
    whole, denied = decided(claim, ("CO", "45", "30")), decided(claim, ("CO", "50", "150"))
    last = list(whole.adjustments)[-1]
    decision = Paid(adjustments={**whole.adjustments, last: denied.adjustments[last]})
    content = Answering(ClaimFile.objects.get()).payment({claim.code: decision})
    take_answers(clinic=given.clinic, content=content, actor=biller, now=NOW)

    def text() -> str:
        return unescape(biller_client.get(reverse("courses:claim", args=[claim.code])).content.decode())

    assert "Line 3. Billing's move: appeal, or bear it. How long Original Medicare" in text()
    PayerProfile.objects.update(appeal_days=120)
    assert "Line 3. Billing's move: appeal by Tue 04-May-2027" in text()


def test_claim_that_was_paid_has_nothing_to_appeal(given: Given, biller: User, biller_client: Client) -> None:
    claim = sent_claim(given, biller)
    content = Answering(ClaimFile.objects.get()).payment({claim.code: decided(claim, ("CO", "45", "30"))})
    take_answers(clinic=given.clinic, content=content, actor=biller, now=NOW)
    text = biller_client.get(reverse("courses:claim", args=[claim.code])).content.decode()
    assert 'id="appeal-title"' not in text


def test_claim_page_keeps_what_the_patient_owes_apart(
    given: Given, biller: User, biller_client: Client
) -> None:
    claim = sent_claim(given, biller)
    payer = Answering(ClaimFile.objects.get())
    paid = payer.payment({claim.code: decided(claim, ("CO", "45", "30"), ("PR", "2", "24"))})
    take_answers(clinic=given.clinic, content=paid, actor=biller, now=NOW)
    text = biller_client.get(reverse("courses:claim", args=[claim.code])).content.decode()
    for amount in ("$288.00", "$90.00", "$72.00"):
        assert amount in text
    assert "PR-2" in text


def test_paper_is_shown_by_box_and_printed(given: Given, biller: User, biller_client: Client) -> None:
    claim = sent_claim(given, biller)
    text = biller_client.get(reverse("courses:claim-paper", args=[claim.code])).content.decode()
    assert "Form 1 of 1" in text
    printed = biller_client.get(reverse("courses:claim-paper-file", args=[claim.code]))
    assert printed.content.startswith(b"%PDF")


def test_uploaded_answer_is_read_once(
    given: Given, biller: User, biller_client: Client, tmp_path: Path
) -> None:
    claim = sent_claim(given, biller)
    path = tmp_path / "answer.277"
    path.write_bytes(Answering(ClaimFile.objects.get()).status())
    address = reverse("courses:answer-upload")
    with path.open("rb") as file:
        answer = biller_client.post(address, {"file": file}, follow=True)
    assert "277CA read: accepted." in answer.content.decode()
    claim.refresh_from_db()
    assert claim.state == State.ACCEPTED
    with path.open("rb") as file:
        again = biller_client.post(address, {"file": file})
    assert "read already" in again.content.decode()
    acknowledgement = claim.statuses.get().acknowledgement
    text = biller_client.get(reverse("courses:acknowledgement", args=[acknowledgement.code])).content.decode()
    assert claim.code in text


def test_payment_that_waits_is_posted_on_its_page(given: Given, biller: User, biller_client: Client) -> None:
    claim = sent_claim(given, biller)
    content = Answering(ClaimFile.objects.get()).payment(taken=[ProviderAdjustment("WO", "OLD", Decimal(50))])
    take_answers(clinic=given.clinic, content=content, actor=biller, now=NOW)
    found = Remittance.objects.get()
    assert "waits to be posted" in page(biller_client)
    address = reverse("courses:payment", args=[found.code])
    assert "Kept back by the payer" in biller_client.get(address).content.decode()
    biller_client.post(reverse("courses:payment-post", args=[found.code]))
    claim.refresh_from_db()
    assert claim.state == State.PAID
    assert "waits to be posted" not in page(biller_client)


def test_file_without_277ca_after_72_hours_is_an_alarm(given: Given, biller: User) -> None:
    sent_claim(given, biller)

    def silent(now: datetime) -> list[str]:
        return [alarm.code for alarm in alarms(given.clinic, now)]

    assert silent(SENT + ANSWER_WITHIN - timedelta(minutes=1)) == []
    assert silent(SENT + ANSWER_WITHIN) == ["no_277ca"]
    content = Answering(ClaimFile.objects.get()).status()
    take_answers(clinic=given.clinic, content=content, actor=biller, now=NOW)
    assert silent(SENT + ANSWER_WITHIN) == []


def test_session_that_is_amended_after_it_was_billed_is_an_alarm(given: Given, biller: User) -> None:
    claim = sent_claim(given, biller)
    member = claim.memberships.select_related("line__session").first()
    assert member is not None
    Amendment.objects.create(
        session=member.line.session,
        kind="addendum",
        text="Weight was taken after shoes were off.",
        reason="Forgotten",
        author=given.nurse,
        made_at=SENT + timedelta(days=1),
        signature=factories.make_signature(given.clinic, given.nurse, Role.NURSE, "amendment"),
    )
    [alarm] = alarms(given.clinic, SENT + timedelta(days=1))
    assert alarm.code == "amended_since_billed"
    assert "replacement claim" in alarm.sentence


@pytest.fixture
def paid(given: Given, biller: User) -> Remittance:
    sent_claim(given, biller)
    content = Answering(ClaimFile.objects.get()).payment()
    return take_answers(clinic=given.clinic, content=content, actor=biller, now=NOW).remittances[0]


def bank(paid: Remittance, actor: User, amount: str, *codes: str) -> Deposit:
    return enter_deposit(
        clinic=paid.clinic,
        banked_on=NOW.date(),
        amount=Decimal(amount),
        reference="EX 1",
        remittances=codes or [paid.code],
        actor=actor,
        now=NOW,
    )


def test_deposit_that_agrees_is_no_alarm_and_one_that_differs_is(paid: Remittance, biller: User) -> None:
    deposit = bank(paid, biller, "450.00")
    assert alarms(paid.clinic, NOW) == []
    withdraw_deposit(deposit=deposit, reason="Typed wrong", actor=biller, now=NOW)
    bank(paid, biller, "405.00")
    [alarm] = alarms(paid.clinic, NOW)
    assert alarm.code == "deposit_differs"
    assert "$405.00" in alarm.sentence
    assert "$450.00" in alarm.sentence


def test_payment_is_banked_once(paid: Remittance, biller: User) -> None:
    bank(paid, biller, "450.00")
    with pytest.raises(Conflict, match="another deposit"):
        bank(paid, biller, "450.00")


def test_deposit_is_refused_without_payment_reason_or_role(
    paid: Remittance, biller: User, nurse: User
) -> None:
    with pytest.raises(InvalidInput, match="Choose the payments"):
        enter_deposit(
            clinic=paid.clinic,
            banked_on=NOW.date(),
            amount=Decimal(1),
            reference="",
            remittances=[],
            actor=biller,
            now=NOW,
        )
    with pytest.raises(NotAllowed):
        bank(paid, nurse, "450.00")
    with pytest.raises(InvalidInput, match="why it is withdrawn"):
        withdraw_deposit(deposit=bank(paid, biller, "450.00"), reason="", actor=biller, now=NOW)


def test_deposit_is_entered_on_its_page(paid: Remittance, biller_client: Client) -> None:
    address = reverse("courses:deposits")
    assert paid.trace_number in biller_client.get(address).content.decode()
    form = {"banked_on": "2026-11-01", "amount": "451.00", "remittances": [paid.code]}
    text = biller_client.post(reverse("courses:deposit-enter"), form, follow=True).content.decode()
    assert "$1.00" in text
    assert Deposit.objects.get().amount == Decimal(451)


def test_posting_is_a_billers(paid: Remittance, nurse: User) -> None:
    with pytest.raises(NotAllowed):
        post_remittance(remittance=paid, actor=nurse, now=NOW)


def test_line_that_is_not_covered_is_claimed_with_gz_from_its_page(
    given: Given, biller: User, biller_client: Client
) -> None:
    make_billable(given, biller)
    earlier = given.course.order.assessment
    factories.make_assessment(
        given.course.patient,
        given.physician,
        workup=earlier.workup,
        supersedes=earlier,
        pathway="not_covered",
        made_at=earlier.made_at + timedelta(hours=1),
    )
    line = make_line(given)
    address = reverse("courses:claim-line", args=[line.code])
    assert "Make a claim with GZ" in biller_client.get(address).content.decode()
    biller_client.post(reverse("courses:claims-make"), {"line": line.code, "with_gz": "1"})
    assert Claim.objects.get().memberships.get().modifiers == ["GZ"]


def test_covered_line_is_not_offered_gz(given: Given, biller: User, biller_client: Client) -> None:
    make_billable(given, biller)
    address = reverse("courses:claim-line", args=[make_line(given).code])
    assert "Make a claim with GZ" not in biller_client.get(address).content.decode()


@pytest.mark.parametrize(
    ("findings", "is_to_bill"),
    [
        ([], True),
        ([{"code": "coverage_unknown"}, {"sentence": "patient_pays"}], True),
        *(([{"code": "coverage_unknown"}, {"code": code}], False) for code in NOT_BILLED),
    ],
)
def test_line_that_is_not_to_be_billed_stands_in_no_tab(
    given: Given, findings: list[dict[str, str]], is_to_bill: bool
) -> None:
    line = make_line(given)
    ClaimLine.objects.filter(pk=line.pk).update(findings=findings)
    assert open_lines(given.course.clinic).filter(pk=line.pk).exists() is is_to_bill
