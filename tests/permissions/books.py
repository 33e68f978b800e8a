"""Rows of the books: other services, billing setup, overrides, papers for patients, the day sheet."""

import hashlib

from django.core.files.base import ContentFile

from courses.models import BillingPaper, Course, FeeSchedule, OtherService, PatientPayment
from eecp_clinic.models import User
from tests import factories
from tests.permissions.table import Row, only
from tests.permissions.world import World

A_FILE = b"%PDF-1.7"
NOTES = ("billing", "physician", "nurse")
SETUP = ("billing", "administrator")
ACCOUNTS = ("billing", "front_desk")


def extend(world: World) -> None:
    """A course with another service of a day, of a patient of its own."""
    physician = world.users["physician"]
    course = factories.make_course(factories.make_patient(world.clinic, "Booked"), physician)
    world.things |= {
        "booked": course,
        "other_service": OtherService.objects.create(
            course=course,
            service_date=factories.MONDAY_NINE.date(),
            hcpcs="99213",
            billed_by=OtherService.BilledBy.CLINIC,
            recorded_by=physician,
            recorded_at=factories.MONDAY_NINE,
        ),
        "paper": a_paper(course, physician),
        "payment": PatientPayment.objects.create(
            course=course,
            amount=24,
            received_on=factories.MONDAY_NINE.date(),
            method=PatientPayment.Method.CASH,
            recorded_by=physician,
            recorded_at=factories.MONDAY_NINE,
        ),
        "billed_payer": factories.make_payer(world.clinic, name="Payer of claims"),
        "fees": FeeSchedule.objects.create(
            clinic=world.clinic,
            kind=FeeSchedule.Kind.CHARGE,
            year=2026,
            sha256="0" * 64,
            imported_by=physician,
            imported_at=factories.MONDAY_NINE,
        ),
    }


def a_paper(course: Course, by: User) -> BillingPaper:
    """A statement, of which the file is kept."""
    paper = BillingPaper(
        kind=BillingPaper.Kind.STATEMENT,
        patient=course.patient,
        course=course,
        facts={},
        made_by=by,
        made_at=factories.MONDAY_NINE,
        sha256=hashlib.sha256(A_FILE).hexdigest(),
        pages=1,
    )
    paper.file.save("papers/permissions.pdf", ContentFile(A_FILE), save=True)
    return paper


def booked(world: World) -> list[str]:
    return [world["booked"].code]


def payer(world: World) -> list[str]:
    return [world["billed_payer"].code]


def paper(world: World) -> list[str]:
    return [world["paper"].code]


def form(world: World) -> dict[str, str]:
    return {"patient": world["booked"].patient.code, "reason": "Wrong day"}


ROWS = [
    Row("courses:other-services", only(*NOTES, "administrator"), args=booked),
    Row(
        "courses:other-service-strike",
        only(*NOTES, status=302),
        method="post",
        args=lambda world: [*booked(world), world["other_service"].code],
        data=form,
    ),
    Row("courses:account", only(*ACCOUNTS, "administrator"), args=booked),
    Row("courses:account-pay", only(*ACCOUNTS, status=422), method="post", args=booked, data=form),
    Row("courses:account-estimate", only(*ACCOUNTS, status=422), method="post", args=booked, data=form),
    Row("courses:account-statement", only(*ACCOUNTS, status=409), method="post", args=booked, data=form),
    Row("courses:account-invoice", only(*ACCOUNTS, status=409), method="post", args=booked, data=form),
    Row(
        "courses:account-withdraw",
        only(*ACCOUNTS, status=302),
        method="post",
        args=lambda world: [*booked(world), world["payment"].code],
        data=form,
    ),
    Row("courses:billing-paper", only(*ACCOUNTS, "administrator"), args=paper),
    Row("courses:billing-paper-cancel", only(*ACCOUNTS, status=409), method="post", args=paper, data=form),
    Row("courses:day-sheet", only(*SETUP)),
    Row("courses:setup", only(*SETUP)),
    Row("courses:setup-provider", only(*SETUP)),
    Row("courses:setup-practitioners", only(*SETUP)),
    Row("courses:setup-profile", only(*SETUP), args=payer),
    Row("courses:setup-confirm", only(*SETUP, status=404), method="post", args=payer),
    Row("courses:setup-fees", only(*SETUP)),
    Row("courses:setup-fees-keep", only(*SETUP, status=422), method="post", outsider=422),
    Row("courses:fee-schedule", only(*SETUP), args=lambda world: [world["fees"].code]),
    Row("courses:claim-lines-csv", only(*SETUP)),
    Row("courses:overrides", only("administrator", "physician")),
    Row("courses:overrides-csv", only("administrator", "physician")),
    Row("courses:billing-rules", only(*SETUP, "physician")),
    Row("courses:billing-rules", only("administrator", status=422), method="post", outsider=422),
]
