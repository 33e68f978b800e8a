"""The page of the clinic's figures: what the database counts, and the rows behind each figure."""

import csv
import io
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from courses.models import Course, TreatmentEvent
from courses.progress.clinic_figures import DEFINITIONS
from courses.progress.figure_facts import Period
from courses.progress.figure_rows import rows_of
from courses.progress.figures_page import counted, figures_page
from devices.models import Device
from eecp_clinic.models import Clinic, User
from tests import factories
from tests.conftest import client_of
from tests.courses.progress.figures_given import ended_course

PAGE = {"from": "2026-09", "to": "2026-10"}


@pytest.fixture
def device(clinic: Clinic) -> Device:
    return factories.make_device(clinic, "Device 1")


@pytest.fixture
def period(clinic: Clinic, physician: User, nurse: User, device: Device) -> Period:
    """Six completed courses, one of them a class worse, and five that were stopped; one hour in three missed."""
    for number in range(6):
        worse = number == 0
        ended_course(
            clinic,
            physician,
            nurse,
            device,
            number,
            ccs=(3, 4) if worse else (3, 1),
            event=worse,
            ds=1.6 if number % 2 else 1.2,
        )
    for number in range(6, 11):
        stopped = Course.State.DISCONTINUED
        ended_course(
            clinic,
            physician,
            nurse,
            device,
            number,
            state=stopped,
            ccs=(3, None),
            ds=None,
            minutes=None,
            missed=1,
        )
    return Period(clinic, date(2026, 9, 1), date(2026, 11, 1))


def totals(period: Period) -> dict[str, tuple[int | None, float | None]]:
    found = counted(period, nurses=True).figures
    return {one.definition.code: (one.total.n, one.total.value) for one in found}


@pytest.mark.parametrize(
    ("code", "n", "value"),
    [
        ("completion", 11, 100 * 6 / 11),
        ("class_gain", 6, 100 * 5 / 6),
        ("class_gain_two", 6, 100 * 5 / 6),
        ("class_gain_not_completed", 0, None),
        ("ds_at_end", 6, 50),
        ("hours", 6, 2 * 58 / 60),
        ("courses_with_event", 11, 100 / 11),
        ("no_shows", 27, 100 * 5 / 27),
        ("minutes", 12, 100 * 58 / 60),
        ("effective", 12, 100 * 58 / 60),
        ("ds_target", 12, 50),
        ("events", 22, 1000 / 22),
        ("severe_events", 22, 0),
    ],
)
def test_database_counts_by_the_definition(period: Period, code: str, n: int, value: float | None) -> None:
    assert totals(period)[code] == (n, None if value is None else pytest.approx(value))


@pytest.mark.parametrize("code", sorted(DEFINITIONS))
def test_rows_of_a_figure_are_as_many_as_it_says(period: Period, code: str) -> None:
    found = rows_of(DEFINITIONS[code], period)
    counts = [row.counts for row in found.write(list(found.found)) if row.counts]
    assert len(counts) == totals(period)[code][0]


def test_struck_event_and_other_clinics_are_not_counted(
    period: Period, outsider: User, nurse: User, now: object
) -> None:
    other = outsider.memberships.all()[0].clinic
    assert set(totals(Period(other, period.first, period.after)).values()) == {(0, None)}
    assert totals(Period(period.clinic, date(2026, 1, 1), date(2026, 3, 1)))["completion"] == (0, None)
    assert TreatmentEvent.objects.count() == 1


def test_months_split_what_the_total_joins(period: Period) -> None:
    figures = {one.definition.code: one for one in counted(period, nurses=False).figures}
    assert [cell.n for cell in figures["completion"].by_month] == [0, 11]


def test_page_leads_from_each_figure_to_its_rows(period: Period, physician_client: Client) -> None:
    page = physician_client.get(reverse("courses:figures"), PAGE).content.decode()
    for code in ("completion", "no_shows", "minutes", "events"):
        address = f"/figures/{code}/rows/?from=2026-09&amp;to=2026-10"
        assert address in page
        assert physician_client.get(address.replace("&amp;", "&")).status_code == 200
    assert "IEPR registry" in page


def test_rows_say_what_each_adds(period: Period, physician_client: Client) -> None:
    answer = physician_client.get(reverse("courses:figure-rows", args=["class_gain"]), PAGE)
    page = answer.content.decode()
    assert "III to I, 2 classes better" in page
    assert page.count("Left out</span>") == 5


def test_nurses_are_beside_each_other_for_physicians_only(
    period: Period, physician: User, nurse: User
) -> None:
    assert (
        "By the nurse who signed"
        in client_of(physician).get(reverse("courses:figures"), PAGE).content.decode()
    )
    for address in ("courses:figures", "courses:figure-csv"):
        assert "NURSE-EXAMPLE" not in client_of(nurse).get(reverse(address), PAGE).content.decode()


def test_table_says_what_the_page_says(period: Period, physician_client: Client) -> None:
    answer = physician_client.get(reverse("courses:figure-csv"), PAGE)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    (completion,) = (row for row in rows if row["figure"] == "completion" and row["by"] == "clinic")
    assert (completion["value"], completion["cases"], completion["published"]) == ("54.5", "11", "86.5")
    assert {row["group"] for row in rows if row["by"] == "month"} == {"2026-09", "2026-10"}
    assert answer["Content-Disposition"].endswith('"clinic-figures-2026-09-to-2026-10.csv"')


def test_page_costs_the_same_queries_with_more_courses(
    period: Period, physician: User, nurse: User, device: Device, clinic: Clinic
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            figures_page(period, nurses=True)
        return len(seen)

    before = queries()
    for number in range(20, 24):
        ended_course(clinic, physician, nurse, factories.make_device(clinic, f"Device {number}"), number)
    assert queries() == before


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"from": "2026-10", "to": "2026-09"}, "months in order"),
        ({"from": "2015-01", "to": "2026-09"}, "at most 60"),
        ({"to": "last"}, "year and month"),
    ],
)
def test_months_that_cannot_be_are_refused(
    physician_client: Client, asked: dict[str, str], said: str
) -> None:
    answer = physician_client.get(reverse("courses:figures"), asked)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_figure_that_is_none_is_not_found(physician_client: Client) -> None:
    assert physician_client.get(reverse("courses:figure-rows", args=["luck"])).status_code == 404


def test_clinic_without_a_course_says_so(physician_client: Client) -> None:
    page = physician_client.get(reverse("courses:figures")).content.decode()
    assert "Not known" in page
