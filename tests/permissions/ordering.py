"""Rows of the ordering stage."""

from tests import factories
from tests.permissions.table import Row, only
from tests.permissions.world import World

CLINICAL = ("nurse", "physician")
PASSWORD = factories.PASSWORD


def extend(world: World) -> None:
    """A draft, of a patient who has no course."""
    patient = factories.make_patient(world.clinic, given_name="Otto")
    world.things["draft"] = factories.make_order(patient, world.users["physician"], signed=False)
    world.things["draft_patient"] = patient


ROWS = [
    Row("courses:order-new", only(*CLINICAL), args=lambda world: [world["draft_patient"].code]),
    Row(
        "courses:order-new",
        only(*CLINICAL, status=422),
        method="post",
        args=lambda world: [world["draft_patient"].code],
        data=lambda world: {"patient": world["draft_patient"].code},
    ),
    Row("courses:order", only(*CLINICAL, "billing"), args=lambda world: [world["order"].code]),
    Row("courses:order-edit", only(*CLINICAL), args=lambda world: [world["draft"].code]),
    Row(
        "courses:order-sign",
        only("physician", status=302),
        method="post",
        args=lambda world: [world["draft"].code],
        data=lambda world: {"password": PASSWORD, "patient": world["draft_patient"].code},
    ),
    Row("courses:stop", only("physician"), args=lambda world: [world["course"].code]),
    Row(
        "courses:stop",
        only("physician", status=302),
        method="post",
        args=lambda world: [world["course"].code],
        data=lambda world: {"reason": "patient_wish", "patient": world["course"].patient.code},
    ),
]
