"""Rows of the FHIR API. It answers 401 to a stranger, because no program reads a login page."""

from collections.abc import Callable

from tests.permissions.table import Row, everybody, only
from tests.permissions.world import World

READS_CLINICAL = ("nurse", "physician", "billing", "administrator")
#: Types that everybody of the clinic may read, and those that need a clinical role, with a resource of each.
OPEN = {"Patient": "patient", "Coverage": "coverage", "Appointment": "appointment", "Device": "device"}
CLINICAL = {"ServiceRequest": "order", "CarePlan": "course", "Procedure": "session"}


def code_of(name: str) -> Callable[[World], list[str]]:
    return lambda world: [world[name].code]


def patient(world: World) -> list[str]:
    return [world["patient"].code]


def condition(world: World) -> list[str]:
    return [f"{world['patient'].code}.I25.112"]


def observation(world: World) -> list[str]:
    return [f"ccs.{world['assessment'].workup.code}"]


ROWS = [
    *(Row(f"fhir:{kind}-search", everybody(), stranger=401) for kind in OPEN),
    *(Row(f"fhir:{kind}-read", everybody(), args=code_of(name), stranger=401) for kind, name in OPEN.items()),
    *(
        Row(f"fhir:{kind}-search", only(*READS_CLINICAL), stranger=401)
        for kind in [*CLINICAL, "Condition", "Observation"]
    ),
    *(
        Row(
            f"fhir:{kind}-read",
            only(*READS_CLINICAL),
            args=code_of(name),
            stranger=401,
        )
        for kind, name in CLINICAL.items()
    ),
    Row("fhir:Condition-read", only(*READS_CLINICAL), args=condition, stranger=401),
    Row("fhir:Observation-read", only(*READS_CLINICAL), args=observation, stranger=401),
    Row("fhir:everything", only(*READS_CLINICAL), args=patient, stranger=401),
    Row("fhir:export", only(*READS_CLINICAL), args=patient, stranger=401),
    Row(
        "fhir:nothing",
        everybody(404),
        args=lambda world: ["Spaceship"],
        stranger=401,
    ),
]
