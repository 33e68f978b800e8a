"""Rows of the books: other services, billing setup, overrides, papers for patients, the day sheet."""

from courses.models import OtherService
from tests import factories
from tests.permissions.table import Row, only
from tests.permissions.world import World

NOTES = ("billing", "physician", "nurse")


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
    }


def booked(world: World) -> list[str]:
    return [world["booked"].code]


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
]
