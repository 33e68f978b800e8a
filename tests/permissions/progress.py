"""Rows of the progress stage. A form sent empty is answered with 200: the role was let in, the form refused."""

from datetime import timedelta

from django.utils import timezone

from courses.progress.services import sign_log
from tests import factories
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


def hour(world: World) -> list[str]:
    return [world["hour_of_course"].code, "pressure"]


def session(world: World) -> list[str]:
    return [world["session"].code]


def log(world: World) -> list[str]:
    return [world["supervised_on"].isoformat(), world.users["physician"].username]


def extend(world: World) -> None:
    """A missed hour of the course, whose reason somebody has to choose; a signed log of yesterday."""
    course = world["course"]
    physician, now = world.users["physician"], timezone.now()
    factories.make_supervision(world.clinic, physician, now - timedelta(days=1, hours=2), hours=1)
    signed = sign_log(
        clinic=world.clinic,
        actor=physician,
        day=world.clinic.day_of(now - timedelta(days=1, hours=2)),
        password=factories.PASSWORD,
        now=now,
    )
    world.things["supervised_on"] = signed.day
    device = factories.make_device(world.clinic, "Device of exceptions")
    world.things["hour_of_course"] = factories.make_appointment(
        course, device, timezone.now(), state="missed"
    )


ROWS = [
    Row("courses:diary", only(*CLINICAL, "front_desk"), args=course),
    Row("courses:diary", only(*CLINICAL, "front_desk"), method="post", args=course, data=form),
    Row("courses:diary-paper", only(*CLINICAL, "front_desk"), args=course),
    Row("courses:diary-link-make", only(*CLINICAL, "front_desk"), method="post", args=course, data=form),
    Row(
        "courses:diary-link-revoke",
        only(*CLINICAL, "front_desk", status=302),
        method="post",
        args=course,
        data=form,
    ),
    Row("courses:exceptions", only(*CLINICAL, "administrator")),
    Row("courses:explain", only(*CLINICAL), args=hour),
    Row("courses:explain", only(*CLINICAL), method="post", args=hour, data=form),
    Row("courses:figures", only(*CLINICAL, "administrator")),
    Row("courses:figure-csv", only(*CLINICAL, "administrator")),
    Row(
        "courses:figure-rows",
        only(*CLINICAL, "administrator"),
        args=lambda _world: ["completion"],
        outsider=200,  # the rows of their own clinic
    ),
    Row("courses:outcomes-due", only(*CLINICAL)),
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
    Row("courses:supervision-gap", only(*CLINICAL), args=session),
    Row("courses:supervision-gap", only(*CLINICAL), method="post", args=session, data=form),
    Row("courses:supervision-logs", only(*READS), args=lambda world: log(world)[1:]),
    Row("courses:supervision-logs", only("physician"), method="post", args=lambda world: log(world)[1:]),
    Row("courses:supervision-log", only(*READS), args=log),
    Row("courses:supervision-log", only("physician"), method="post", args=log),
    Row("courses:supervision-log-file", only(*READS), args=lambda world: [*log(world), 1]),
    Row(
        "courses:work-mail",
        only(*CLINICAL, status=302),
        method="post",
        data=lambda world: {"wanted": "no"},
        outsider=302,
    ),
]
