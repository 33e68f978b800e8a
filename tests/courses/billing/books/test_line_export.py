"""Claim lines as CSV: stable columns, filters of the address, unknown money left empty."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.billing.books.line_export import COLUMNS
from courses.billing.services import refresh_line
from eecp_clinic.models import AuditEvent, User
from tests.courses.billing.billing_given import make_claim, make_line
from tests.courses.courses_given import FIRST_HOUR, Given

LINES = "courses:claim-lines-csv"


def rows(client: Client, **asked: str) -> list[dict[str, Any]]:
    answer = client.get(reverse(LINES), asked)
    assert answer.status_code == 200
    return list(csv.DictReader(StringIO(answer.content.decode(), newline="")))


def test_line_of_a_sent_claim_without_an_answer_leaves_money_empty(
    given: Given, biller: User, biller_client: Client
) -> None:
    line = make_line(given)
    make_claim(given, biller, line, state="sent", sent_at=FIRST_HOUR)
    (row,) = rows(biller_client)
    assert tuple(row) == COLUMNS
    assert (row["line"], row["service_date"], row["hcpcs"], row["asked_usd"]) == (
        line.code,
        "2026-11-30",
        "G0166",
        "150.00",
    )
    assert (row["paid_usd"], row["patient_owes_usd"]) == ("", "")
    assert AuditEvent.objects.filter(action="claimline.exported", actor=biller).exists()


def test_line_in_no_claim_has_no_charge(given: Given, biller_client: Client) -> None:
    make_line(given)
    (row,) = rows(biller_client)
    assert (row["asked_usd"], row["claim"], row["open_usd"]) == ("", "", "")


def test_name_that_is_a_formula_is_text(given: Given, biller_client: Client) -> None:
    make_line(given)
    patient = given.course.patient
    patient.given_name = "=cmd()"
    patient.save()
    assert rows(biller_client)[0]["given_name"] == "'=cmd()"


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({}, 3),
        ({"from": "2026-12-01"}, 2),
        ({"to": "2026-12-01"}, 2),
        ({"from": "2026-12-01", "to": "2026-12-01"}, 1),
        ({"state": "blocked"}, 1),
    ],
)
def test_address_filters(given: Given, biller_client: Client, asked: dict[str, str], count: int) -> None:
    for index, recorded in enumerate(({}, {}, {"recording": None})):
        refresh_line(session=given.session(index, **recorded), now=FIRST_HOUR + timedelta(days=9))
    assert len(rows(biller_client, **asked)) == count


@pytest.mark.parametrize("asked", [{"from": "30.11.2026"}, {"state": "paid"}])
def test_filter_that_cannot_be_read_is_refused(biller_client: Client, asked: dict[str, str]) -> None:
    assert biller_client.get(reverse(LINES), asked).status_code == 422


def test_export_costs_the_same_queries_for_one_line_as_for_three(given: Given, biller_client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            rows(biller_client)
        return len(seen)

    make_line(given, 0)
    queries()
    before = queries()
    make_line(given, 1)
    make_line(given, 2)
    assert queries() == before
