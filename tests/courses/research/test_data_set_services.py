"""The data set as it leaves the clinic: what is in it, what is not, who may take it, and that it is told."""

import csv
import io
import json
import random
import zipfile
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from courses.models import Course, OutcomeMeasure
from courses.progress.figure_facts import Period
from courses.research.data_set import TABLES
from courses.research.data_set_services import DataSet, make_data_set
from eecp_clinic.errors import InvalidInput, NotAllowed
from eecp_clinic.models import AuditEvent, Clinic, User
from tests import factories
from tests.courses.progress.figures_given import ENDED_AT, ended_course

MONTHS = {"from": "2026-09", "to": "2026-10"}


@pytest.fixture
def period(clinic: Clinic, physician: User, nurse: User) -> Period:
    device = factories.make_device(clinic)
    for number in range(5):
        course = ended_course(clinic, physician, nurse, device, number, event=number == 2)
    OutcomeMeasure.objects.create(
        course=course,
        point="six_months",
        measured_on=ENDED_AT.date() + timedelta(days=180),
        ccs_class=1,
        recorded_by=nurse,
    )
    return Period(clinic, date(2026, 9, 1), date(2026, 11, 1))


def made(period: Period, actor: User, now: datetime, seed: int = 1) -> DataSet:
    return make_data_set(
        period=period,
        reason="Registry of the region",
        actor=actor,
        now=now,
        chance=random.Random(seed),  # noqa: S311  # the same draw in each run
    )


def files(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name.split("/", 1)[1]: packed.read(name).decode() for name in packed.namelist()}


def rows(found: dict[str, str], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(found[name])))


def test_data_set_has_a_row_a_course_and_a_row_a_session(
    period: Period, physician: User, now: datetime
) -> None:
    found = files(made(period, physician, now).data)
    courses = rows(found, "courses.csv")
    assert [row["subject"] for row in courses] == ["C00001", "C00002", "C00003", "C00004", "C00005"]
    assert {(row["sessions_given"], row["days"], row["ccs_gain"], row["hours_given"]) for row in courses} == {
        ("2", "0", "1", "1.93")
    }
    assert sorted(row["events"] for row in courses) == ["0", "0", "0", "0", "1"]
    assert sorted(row["ccs_six_months"] for row in courses) == ["", "", "", "", "1"]
    sessions = rows(found, "sessions.csv")
    assert len(sessions) == 10
    assert {(row["day"], row["minutes_delivered"], row["ds_peak"]) for row in sessions} == {
        ("0", "58.0", "1.6")
    }
    assert {row["subject"] for row in sessions} == {row["subject"] for row in courses}


def test_dictionary_has_every_column_and_the_manifest_every_file(
    period: Period, physician: User, now: datetime
) -> None:
    found = files(made(period, physician, now).data)
    told = [(row["file"], row["column"]) for row in rows(found, "data-dictionary.csv")]
    assert told == [(name, column.name) for name, columns in TABLES.items() for column in columns]
    manifest = json.loads(found["manifest.json"])
    assert set(manifest["files"]) | {"manifest.json"} == set(found)
    assert manifest["k"] == 5


def test_nothing_in_it_leads_back(period: Period, physician: User, now: datetime) -> None:
    whole = "\n".join(files(made(period, physician, now).data).values())
    for course in Course.objects.select_related("patient", "order"):
        patient = course.patient
        secrets = [course.code, patient.code, patient.mrn, patient.family_name, course.order.code]
        secrets += [session.code for session in course.sessions.all()]
        for hidden in secrets:
            assert hidden not in whole
    for year in ("2026", "1951"):
        assert year not in whole


def test_numbers_of_courses_are_drawn_anew(period: Period, physician: User, now: datetime) -> None:
    def with_event(seed: int) -> str:
        found = rows(files(made(period, physician, now, seed).data), "courses.csv")
        return next(row["subject"] for row in found if row["events"] == "1")

    assert len({with_event(seed) for seed in range(8)}) > 1


def test_who_took_it_what_for_and_which_bytes_are_in_the_audit_trail(
    period: Period, physician: User, now: datetime
) -> None:
    data_set = made(period, physician, now)
    event = AuditEvent.objects.get(action="research.data_set")
    assert event.actor == physician
    assert event.data["reason"] == "Registry of the region"
    assert (event.data["courses"], event.data["sessions"], event.data["k"]) == (5, 10, 5)
    assert event.data["sha256"] == data_set.sha256


def test_nurse_takes_no_data_set(period: Period, nurse: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        made(period, nurse, now)


def test_no_data_set_without_a_reason_or_with_four_courses(
    period: Period, physician: User, now: datetime
) -> None:
    with pytest.raises(InvalidInput, match="what the data set is for"):
        make_data_set(period=period, reason=" ", actor=physician, now=now)
    with pytest.raises(InvalidInput, match="at least 5 courses"):
        made(Period(period.clinic, date(2026, 1, 1), date(2026, 2, 1)), physician, now)
    assert not AuditEvent.objects.filter(action="research.data_set").exists()


def test_page_tells_how_coarsely_and_hands_it_out(period: Period, physician_client: Client) -> None:
    url = reverse("courses:data-set", query=MONTHS)
    page = physician_client.get(url).content.decode()
    assert "age in bands of 5 years, and sex" in page
    assert "5 courses share it" in page
    answer = physician_client.post(url, {"reason": "Registry"})
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="eecp-data-set-2026-09-to-2026-10.zip"'
    )
    assert "courses.csv" in files(b"".join(answer.streaming_content))  # type: ignore[attr-defined]


def test_page_without_courses_says_why_there_is_none(physician_client: Client) -> None:
    page = physician_client.get(reverse("courses:data-set")).content.decode()
    assert "there are 0. Choose more months." in page
