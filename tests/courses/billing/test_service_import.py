"""Other services from a file: matched to the sessions of those days, looked at, then noted."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from courses.billing.service_csv import MOST_ROWS, ServiceFileError, read_services
from courses.billing.services import import_other_services
from courses.billing.services.service_import import match_services
from courses.models import OtherService
from eecp_clinic.errors import InvalidInput, NotAllowed
from eecp_clinic.models import User
from tests import factories
from tests.courses.billing.billing_given import make_line
from tests.courses.courses_given import FIRST_HOUR, Given

LATER = FIRST_HOUR + timedelta(days=14)
HEADING = "MRN,Date of service,CPT,Billed by\n"


def a_file(*rows: str) -> bytes:
    return (HEADING + "".join(f"{row}\n" for row in rows)).encode()


def test_rows_are_read_and_each_that_cannot_be_is_told() -> None:
    taken, left = read_services(
        a_file(
            "T-1,2026-11-30,99213,clinic",
            "T-1,2026-11-30,93040,",
            "T-1,30.11.2026,99213,",
            ",2026-11-30,99213,",
            "T-1,2026-11-30,office,",
            "T-1,2026-11-30,99213,somebody",
            "",
        )
    )
    assert [(row.row, row.code, row.billed_by) for row in taken] == [
        (2, "99213", "clinic"),
        (3, "93040", "unknown"),
    ]
    assert [row.row for row in left] == [4, 5, 6, 7]


@pytest.mark.parametrize(
    "content", [b"", b"mrn,date\n", b"\xff\xfe", a_file(*["T-1,2026-11-30,99213,"] * (MOST_ROWS + 1))]
)
def test_file_of_which_nothing_can_be_taken_is_refused(content: bytes) -> None:
    with pytest.raises(ServiceFileError):
        read_services(content)


def test_row_of_a_day_with_a_session_is_noted_and_its_line_looked_at(given: Given, biller: User) -> None:
    line = make_line(given)
    content = a_file(f"{given.course.patient.mrn},2026-11-30,99213,elsewhere")
    (made,) = import_other_services(clinic=given.clinic, content=content, actor=biller, now=LATER)
    assert (made.origin, made.billed_by, made.course) == ("imported", "elsewhere", given.course)
    line.refresh_from_db()
    assert "same_day_codes" in {finding["code"] for finding in line.findings}


def test_rows_without_a_session_twice_or_of_the_session_itself_are_named(given: Given) -> None:
    given.session(0)
    mrn = given.course.patient.mrn
    matched, left = match_services(
        given.clinic,
        a_file(
            f"{mrn},2026-11-30,99213,",
            f"{mrn},2026-11-30,99213,",
            f"{mrn},2026-11-29,99213,",
            f"{mrn},2026-11-30,G0166,",
            "T-nobody,2026-11-30,99213,",
        ),
    )
    assert [one.row.row for one in matched] == [2]
    assert [row.row for row in left] == [3, 4, 5, 6]
    assert "noted already" in left[0].sentence


def test_same_file_again_notes_nothing(given: Given, biller: User) -> None:
    given.session(0)
    content = a_file(f"{given.course.patient.mrn},2026-11-30,99213,")
    import_other_services(clinic=given.clinic, content=content, actor=biller, now=LATER)
    with pytest.raises(InvalidInput, match="No row"):
        import_other_services(clinic=given.clinic, content=content, actor=biller, now=LATER)
    assert OtherService.objects.count() == 1


def test_nurse_imports_no_file(given: Given, nurse: User) -> None:
    with pytest.raises(NotAllowed):
        import_other_services(clinic=given.clinic, content=a_file(), actor=nurse, now=LATER)


def test_another_clinics_patient_is_not_matched(given: Given) -> None:
    given.session(0)
    elsewhere = factories.make_clinic(name="Elsewhere")
    matched, _left = match_services(elsewhere, a_file(f"{given.course.patient.mrn},2026-11-30,99213,"))
    assert matched == []


def test_page_shows_every_row_before_it_notes(given: Given, biller_client: Client) -> None:
    session = given.session(-10)  # pages look at the clock, and take no day to come
    assert session.started_at is not None
    day = given.clinic.day_of(session.started_at)
    content = a_file(f"{given.course.patient.mrn},{day},99213,", f"T-nobody,{day},99213,")
    page = reverse("courses:other-services-import")
    preview = biller_client.post(page, {"file": SimpleUploadedFile("s.csv", content)})
    assert "Note 1 service" in preview.content.decode()
    assert "Nobody with this MRN" in preview.content.decode()
    assert not OtherService.objects.exists()
    keep = reverse("courses:other-services-keep")
    answer = biller_client.post(keep, {"seen": preview.context["seen"]}, follow=True)
    assert "1 service noted." in answer.content.decode()


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"\xff\xfe"])
def test_file_that_cannot_be_read_is_refused_on_the_page(
    given: Given, biller_client: Client, content: bytes
) -> None:
    page = reverse("courses:other-services-import")
    answer = biller_client.post(page, {"file": SimpleUploadedFile("s.csv", content)})
    assert answer.status_code == 422
