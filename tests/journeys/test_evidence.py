"""A physician follows a line to its session, recording and beats and back; a biller answers a payer's letter and a denial with packets."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from courses.models import Claim, ClaimLine, Packet, RecordsRequest
from courses.tasks import check_evidence, render_packets
from eecp_clinic.models import User
from tests.courses.billing.packets_given import LATER, file_consent, recorded_session, sent_claim
from tests.courses.courses_given import Given, course_given
from tests.journeys.conftest import Login
from tests.journeys.looking import look_at

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages and tasks look at the clock; for them the sessions are over, whenever the tests run."""
    monkeypatch.setattr(timezone, "now", lambda: LATER)


@pytest.fixture
def given(nurse: User, physician: User) -> Given:
    return course_given(nurse.memberships.get().clinic, nurse, physician)


@pytest.fixture
def denied(given: Given, biller: User) -> Claim:
    """Of two recorded sessions."""
    file_consent(given)
    claim = sent_claim(given, biller, *(recorded_session(given, index) for index in range(2)))
    Claim.objects.filter(pk=claim.pk).update(state=Claim.State.DENIED)
    return claim


def follow(page: Page, line: ClaimLine) -> None:
    """From the line to each link of its chain, and back."""
    page.goto(reverse("courses:claim-line", args=[line.code]))
    page.get_by_role("link", name="Evidence").click()
    expect(page.get_by_text("Never checked")).to_be_visible()
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("Being checked")).to_be_visible()
    check_evidence([line.pk])
    expect(page.get_by_text("Every link that there is has its hash.")).to_be_visible()
    look_at(page, "evidence")
    for link, shown in (
        ("Recording", "Waves of session 1"),
        ("Beats", "Gating"),
        ("Sheet", "Session sheet"),
    ):
        page.get_by_role("rowheader", name=link, exact=True).get_by_role("link").click()
        expect(page.get_by_role("heading", name=shown).first).to_be_visible()
        page.go_back()
    page.get_by_role("link", name="The session").click()
    page.get_by_role("link", name="Its claim line").click()
    expect(page.get_by_role("heading", name="Claim line of session 1")).to_be_visible()


def made(page: Page, **which: object) -> None:
    """The page of a packet, before and after a worker made it."""
    expect(page.get_by_role("heading", name="The pages are being made")).to_be_visible()
    render_packets([Packet.objects.get(**which).pk])
    expect(page.get_by_role("link", name="Download the PDF")).to_be_visible()


def answer_letter(page: Page, given: Given) -> None:
    page.goto(given.course.get_absolute_url())
    page.get_by_role("link", name="Record a request for records").click()
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("This field is required").first).to_be_visible()
    look_at(page, "request-new")
    today = timezone.localdate()
    page.locator("[name=number]").fill("ADR-7")
    page.locator("[name=asked_by]").fill("Example Medicare Contractor")
    page.locator("[name=received_on]").fill(today.isoformat())
    page.locator("[name=due_on]").fill((today + timedelta(days=45)).isoformat())
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("45 days left")).to_be_visible()
    look_at(page, "request")
    page.get_by_role("button", name="Make the packet with its letter").click()
    made(page, records_request__number="ADR-7")
    look_at(page, "packet")
    page.get_by_role("link", name="request ADR-7").click()
    page.get_by_label("How the answer was sent").fill("Contractor's portal")
    page.get_by_role("button", name="Note that it was answered").click()
    expect(page.get_by_text("The answer is noted.")).to_be_visible()
    page.get_by_role("link", name="All requests").click()
    expect(page.get_by_text("No request is open.")).to_be_visible()
    look_at(page, "requests")


def appeal(page: Page, claim: Claim) -> None:
    page.goto(reverse("courses:claim", args=[claim.code]))
    form = page.get_by_role("region", name="Appeal")
    form.get_by_role("checkbox").first.uncheck()
    look_at(page, "appeal")
    form.get_by_role("button", name="Make the packet of these lines").click()
    made(page, claim=claim)
    expect(page.get_by_text("only one of its lines")).to_be_visible()


def ask_for_several(page: Page) -> None:
    page.goto(reverse("courses:packets"))
    look_at(page, "packets")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Make the packets").click()
    expect(page.get_by_text("Waiting").first).to_be_visible()
    render_packets([Packet.objects.get(batch__isnull=False).pk])
    expect(page.get_by_text("1 of 1 are ready")).to_be_visible()
    look_at(page, "batch")


def test_line_is_followed_to_its_beats_and_letter_and_denial_are_answered_with_packets(
    login: Login, given: Given, biller: User, denied: Claim, complaints: list[str]
) -> None:
    follow(login(given.physician.username), denied.memberships.get(position=1).line)
    page = login(biller.username)
    answer_letter(page, given)
    appeal(page, denied)
    ask_for_several(page)
    assert RecordsRequest.objects.get().answered_how == "Contractor's portal"
    assert complaints == []
