"""Rows of the progress stage. A form sent empty is answered with 200: the role was let in, the form refused."""

from tests.permissions.table import Row, only
from tests.permissions.world import World

CLINICAL = ("nurse", "physician")
READS = (*CLINICAL, "billing", "administrator")


def course(world: World) -> list[str]:
    return [world["course"].code]


def outcome(world: World) -> list[str]:
    return [world["course"].code, "baseline"]


def form(world: World) -> dict[str, str]:
    return {"patient": world["course"].patient.code}


ROWS = [
    Row("courses:reviews", only(*CLINICAL)),
    Row("courses:detail", only(*READS), args=course),
    Row("courses:review", only("physician"), args=course),
    Row("courses:review", only("physician"), method="post", args=course, data=form),
    Row("courses:outcome", only(*CLINICAL), args=outcome),
    Row("courses:outcome", only(*CLINICAL), method="post", args=outcome, data=form),
    Row("courses:supervision", only(*CLINICAL, "administrator")),
    Row(
        "courses:supervision-begin",
        only("physician", status=302),
        method="post",
        data=lambda world: {"mode": "onsite"},
        outsider=302,
    ),
    Row("courses:supervision-end", only("physician", status=404), method="post", outsider=404),
    Row("courses:supervision-note", only("physician"), method="post"),
]
