"""Rows of research exports: whoever answers for a course leaving the clinic, and nobody else."""

from courses.models import ResearchExport
from tests.factories import MONDAY_NINE
from tests.permissions.table import Row, only
from tests.permissions.world import World

MAKES = ("physician", "administrator")


def extend(world: World) -> None:
    world.things["research_export"] = ResearchExport.objects.create(
        course=world["session"].course,
        requested_by=world.users["physician"],
        requested_at=MONDAY_NINE,
        reason="Augmentation over the course",
    )


def course(world: World) -> list[str]:
    return [world["session"].course.code]


def export(world: World) -> list[str]:
    return [world["research_export"].code]


ROWS = [
    Row("courses:data-set", only(*MAKES)),
    Row("courses:data-set", only(*MAKES, status=422), method="post"),
    Row("courses:research", only(*MAKES), args=course),
    Row(
        "courses:research",
        only(*MAKES, status=422),  # no reason is given
        method="post",
        args=course,
        data=lambda world: {"patient": world["session"].course.patient.code},
    ),
    Row("courses:research-export", only(*MAKES), args=export),
    Row("courses:research-file", only(*MAKES, status=409), args=export),
]
