"""Rows of the room ``patients``. Forms are sent empty: 422 means that the role was let in and the form refused."""

from django.utils import timezone

from patients.fhir.services import take_chart
from tests.patients.fhir.bundles import a_patient, bundle_bytes
from tests.permissions.table import Row, everybody, only
from tests.permissions.world import World

REGISTERS = ("nurse", "physician", "front_desk", "administrator")
EDITS = ("nurse", "physician", "front_desk")
CLINICAL = ("nurse", "physician")
READS_CLINICAL = ("nurse", "physician", "billing", "administrator")
KEEPS_PAYERS = ("billing", "administrator")


def patient(world: World) -> list[str]:
    return [world["patient"].code]


def coverage(world: World) -> list[str]:
    return [*patient(world), world["coverage"].code]


def workup(world: World) -> list[str]:
    return [*patient(world), world["assessment"].workup.code]


def decision(world: World) -> list[str]:
    return [*patient(world), world["assessment"].code]


def payer(world: World) -> list[str]:
    return [world["coverage"].payer.code]


def form(world: World) -> dict[str, str]:
    return {"patient": world["patient"].code}


def extend(world: World) -> None:
    """A file that waits to be looked at."""
    world.things["chart"] = take_chart(
        clinic=world.clinic,
        file_name="sample.json",
        data=bundle_bytes(a_patient()),
        actor=world.users["nurse"],
        now=timezone.now(),
    )


def chart(world: World) -> list[str]:
    return [world["chart"].code]


ROWS = [
    Row("patients:list", everybody()),
    Row("patients:chart-upload", only(*CLINICAL)),
    Row("patients:chart-upload", only(*CLINICAL, status=422), method="post", outsider=422),
    Row("patients:chart", only(*CLINICAL), args=chart),
    Row("patients:chart", only(*CLINICAL, status=422), method="post", args=chart),
    Row("patients:chart-discard", only(*CLINICAL, status=302), method="post", args=chart),
    Row("patients:register", only(*REGISTERS)),
    Row("patients:register", only(*REGISTERS, status=422), method="post", outsider=422),
    Row("patients:detail", everybody(), args=patient),
    Row("patients:edit", only(*EDITS), args=patient),
    Row("patients:edit", only(*EDITS, status=422), method="post", args=patient, data=form),
    Row("patients:coverage-add", only(*EDITS), args=patient),
    Row("patients:coverage-add", only(*EDITS, status=422), method="post", args=patient, data=form),
    Row("patients:coverage-edit", only(*EDITS), args=coverage),
    Row("patients:coverage-edit", only(*EDITS, status=422), method="post", args=coverage, data=form),
    Row("patients:payers", everybody()),
    Row("patients:payer-add", only(*KEEPS_PAYERS)),
    Row("patients:payer-add", only(*KEEPS_PAYERS, status=422), method="post", outsider=422),
    Row("patients:payer-edit", only(*KEEPS_PAYERS), args=payer),
    Row("patients:payer-edit", only(*KEEPS_PAYERS, status=422), method="post", args=payer),
    Row("patients:workup-add", only(*CLINICAL), args=patient),
    Row("patients:workup-add", only(*CLINICAL, status=422), method="post", args=patient, data=form),
    Row("patients:workup", only(*READS_CLINICAL), args=workup),
    Row("patients:assess", only(*CLINICAL), args=patient),
    Row("patients:assess", only(*CLINICAL, status=422), method="post", args=patient, data=form),
    Row("patients:assessment", only(*READS_CLINICAL), args=decision),
    Row("patients:assessment-sign", only("physician", status=422), method="post", args=decision, data=form),
]
