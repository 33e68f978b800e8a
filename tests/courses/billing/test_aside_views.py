"""Warnings on the pages: the fold in which one is set aside, where it stands then, and what no longer lights."""

import csv
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from courses.billing.services import refresh_line, set_aside
from courses.models import Claim, ClaimLine, ClaimOverride
from eecp_clinic.models import Clinic, User
from tests.conftest import client_of
from tests.courses.billing.billing_given import make_billable, make_claim, make_line
from tests.courses.courses_given import FIRST_HOUR, Given

NOW = FIRST_HOUR + timedelta(days=7)
CODE, WHY = "place_unusual", "The contractor takes 12."
SAYS = "Place of service 12 is neither 11 nor 49. Check it with the contractor."


@pytest.fixture(autouse=True)
def _week_after(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages look at the clock; and every line of the clinic is warned of its place."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    Clinic.objects.filter(pk=given.clinic.pk).update(place_of_service="12")


def text(answer: object) -> str:
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def page(client: Client, line: ClaimLine) -> str:
    return text(client.get(reverse("courses:claim-line", args=[line.code])))


def send(client: Client, line: ClaimLine, **typed: str) -> str:
    values = {"patient": line.session.course.patient.code, "finding": CODE, "sentence": SAYS, "reason": WHY}
    address = reverse("courses:line-set-aside", args=[line.code])
    return text(client.post(address, values | typed, follow=True))


def test_warning_is_set_aside_and_taken_up_again_on_the_page_of_its_line(
    given: Given, biller: User, biller_client: Client
) -> None:
    line = make_line(given)
    assert "1 warning to look at" in page(biller_client, line)
    after = send(biller_client, line)
    assert "Set aside. It stays on this page" in after
    assert "to look at" not in after.lower()
    assert WHY in after
    assert f"{biller.signing_name}, 07-Dec-2026 09:00" in after
    entry = ClaimOverride.objects.get()
    back = {"patient": given.course.patient.code, "reason": "The letter was withdrawn."}
    address = reverse("courses:line-take-up", args=[line.code, entry.pk])
    again = text(biller_client.post(address, back, follow=True))
    assert "Taken up again: the warning waits" in again
    assert f"Taken up again by {biller.signing_name}, 07-Dec-2026 09:00: The letter was withdrawn." in again
    assert "1 warning to look at" in again


def test_without_a_reason_the_fold_stays_open_and_says_so(given: Given, biller_client: Client) -> None:
    line = make_line(given)
    refused = send(biller_client, line, reason=" ")
    assert "Write the reason: it is what an auditor will ask for." in refused
    assert '<details class="more" open>' in refused
    assert not ClaimOverride.objects.exists()


def test_what_was_typed_stands_at_the_words_that_changed_meanwhile(
    given: Given, biller_client: Client
) -> None:
    line = make_line(given)
    Clinic.objects.update(place_of_service="13")
    refused = send(biller_client, line)
    assert "now says: “Place of service 13 is neither" in refused
    assert f'value="{WHY}"' in refused
    assert 'value="Place of service 13 is neither 11 nor 49. Check it with the contractor."' in refused
    assert not ClaimOverride.objects.exists()


@pytest.mark.parametrize("place", ["11", "22"])
def test_what_was_typed_can_be_read_where_the_warning_is_gone_or_blocks_now(
    given: Given, biller_client: Client, place: str
) -> None:
    line = make_line(given)
    Clinic.objects.update(place_of_service=place)
    refused = send(biller_client, line)
    assert "no longer says this" in refused
    assert f"You had written: “{WHY}”" in refused


def test_second_biller_reads_who_was_first_and_what_they_had_typed(
    given: Given, biller_client: Client, physician_client: Client
) -> None:
    line = make_line(given)
    send(physician_client, line)
    refused = send(biller_client, line, reason="My own reason")
    assert "set this aside on 07-Dec-2026" in refused
    assert "You had written: “My own reason”" in refused
    assert ClaimOverride.objects.count() == 1


def test_refused_taking_up_keeps_what_was_typed(given: Given, biller: User, biller_client: Client) -> None:
    line = make_line(given)
    send(biller_client, line)
    entry = ClaimOverride.objects.get()
    address = reverse("courses:line-take-up", args=[line.code, entry.pk])
    values = {"patient": given.course.patient.code, "reason": ""}
    assert "Write the reason" in text(biller_client.post(address, values))
    biller_client.post(address, values | {"reason": "Look again"})
    late = text(biller_client.post(address, values | {"reason": "I too"}))
    assert "took this up again on" in late
    assert "You had written: “I too”" in late


def test_entry_of_another_line_is_not_found(given: Given, biller_client: Client) -> None:
    first, second = make_line(given), make_line(given, 1)
    send(biller_client, first)
    address = reverse("courses:line-take-up", args=[second.code, ClaimOverride.objects.get().pk])
    values = {"patient": given.course.patient.code, "reason": "Look again"}
    assert biller_client.post(address, values).status_code == 404


def test_lines_of_the_course_that_say_the_same_are_offered_and_set_aside_together(
    given: Given, biller_client: Client
) -> None:
    lines = [make_line(given, n) for n in range(3)]
    assert "Also on 2 other lines of this course that say the same" in page(biller_client, lines[0])
    assert "Also on 2 other lines of this course that say the same" in send(
        biller_client, lines[0], reason=""
    )
    assert "Set aside on 3 lines" in send(biller_client, lines[0], alike="on")
    assert ClaimOverride.objects.count() == 3


def test_single_line_is_offered_no_others(given: Given, biller_client: Client) -> None:
    assert "of this course that say" not in page(biller_client, make_line(given))


def test_administrator_reads_and_is_offered_nothing(
    given: Given, administrator: User, biller_client: Client
) -> None:
    waits, done = make_line(given), make_line(given, 1)
    send(biller_client, done)
    client = client_of(administrator)
    assert "Set this warning aside" not in page(client, waits)
    assert WHY in page(client, done)
    assert "Take up again" not in page(client, done)


def test_ready_line_says_what_there_is_to_look_at_until_it_is_set_aside(
    given: Given, biller_client: Client
) -> None:
    line = make_line(given)
    for address in (reverse("courses:claims"), reverse("courses:claims-by-course")):
        assert SAYS in text(biller_client.get(address))
    send(biller_client, line)
    for address in (reverse("courses:claims"), reverse("courses:claims-by-course")):
        shown = text(biller_client.get(address))
        assert SAYS not in shown
        assert line.code in shown


def test_claim_that_is_not_sent_counts_what_waits_on_its_lines(
    given: Given, biller: User, biller_client: Client
) -> None:
    make_billable(given, biller)
    line = make_line(given)
    claim = make_claim(given, biller, line)
    address = reverse("courses:claim", args=[claim.code])
    assert "1 warning to look at" in text(biller_client.get(address))
    send(biller_client, line)
    assert "to look at" not in text(biller_client.get(address))


def test_claim_that_was_sent_counts_no_warnings(given: Given, biller: User, biller_client: Client) -> None:
    make_billable(given, biller)
    claim = make_claim(given, biller, make_line(given), state=Claim.State.SENT, sent_at=NOW)
    assert "to look at" not in text(biller_client.get(reverse("courses:claim", args=[claim.code])))


def test_export_names_what_was_set_aside_beside_all_warnings(given: Given, biller_client: Client) -> None:
    line = make_line(given)
    make_line(given, 1)
    send(biller_client, line)
    exported = text(biller_client.get(reverse("courses:claim-lines-csv")))
    rows = list(csv.DictReader(StringIO(exported, newline="")))
    assert [(row["warnings"], row["warnings_set_aside"]) for row in rows] == [(CODE, CODE), (CODE, "")]


@pytest.mark.parametrize("name", ["courses:claims", "courses:claims-by-course", "courses:claim-lines-csv"])
def test_lists_cost_the_same_queries_however_much_was_set_aside(
    given: Given, biller: User, biller_client: Client, name: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            text(biller_client.get(reverse(name)))
        return len(seen)

    lines = [make_line(given, n) for n in range(3)]
    queries()
    before = queries()
    set_aside(line=lines[0], finding=CODE, sentence=SAYS, reason=WHY, actor=biller, now=NOW, alike=True)
    for line in lines:
        refresh_line(session=line.session, now=NOW)
    assert queries() == before


def test_line_page_costs_the_same_queries_for_one_line_as_for_four(
    given: Given, biller_client: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            page(biller_client, line)
        return len(seen)

    line = make_line(given)
    make_line(given, 1)
    queries()
    before = queries()
    for n in (2, 3):
        make_line(given, n)
    assert queries() == before
