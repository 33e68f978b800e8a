"""Rows of the treatment stage. The session is a draft; what needs another state answers 409 to whoever is let in."""

from datetime import timedelta

from django.utils import timezone

from courses.models import Session, TreatmentEvent
from tests import factories
from tests.permissions.table import Row, only
from tests.permissions.world import World

CLINICAL = ("nurse", "physician")
READS = (*CLINICAL, "billing", "administrator")


def extend(world: World) -> None:
    """A second patient's hour of today, a draft session, and a recording without a session."""
    patient = factories.make_patient(world.clinic, given_name="Tilda")
    course = factories.make_course(patient, world.users["physician"])
    device = factories.make_device(world.clinic, "Device of treatment")
    hour = factories.make_appointment(course, device, timezone.now())
    world.things["hour_to_open"] = hour
    world.things["unmatched"] = factories.make_recording(device)
    recording = factories.make_recording(device, timezone.now() - timedelta(days=3))
    earlier = factories.make_appointment(course, device, recording.started_at)
    nurse = world.users["nurse"]
    world.things["judged"] = factories.make_session(earlier, nurse, Session.State.ENDED, recording=recording)
    world.things["event"] = TreatmentEvent.objects.create(
        session=world["judged"],
        at=earlier.starts_at,
        kind="skin",
        severity="mild",
        actions=["observed"],
        recorded_by=nurse,
        recorded_at=earlier.starts_at,
    )
    minutes = [{"minute": 0, "grade": "A", "reasons": []}]
    world.things["report"] = factories.make_report(recording, report={"minutes": minutes})


def code(world: World) -> list[str]:
    return [world["session"].code]


def report(world: World) -> list[str]:
    return [world["judged"].code, world["report"].code]


def patient(world: World) -> dict[str, str]:
    return {"patient": world["session"].course.patient.code}


def step(name: str, status: int) -> Row:
    return Row(
        f"courses:session-{name}", only(*CLINICAL, status=status), method="post", args=code, data=patient
    )


ROWS = [
    Row("courses:wall", only(*CLINICAL)),
    Row(
        "courses:wall-names",
        only("physician", status=302),
        method="post",
        data=lambda world: {"shows": "initials"},
        outsider=302,
    ),
    Row(
        "courses:open-session",
        only(*CLINICAL, status=302),
        method="post",
        args=lambda world: [world["hour_to_open"].code],
        data=lambda world: {"patient": world["hour_to_open"].patient.code},
    ),
    Row("courses:session", only(*READS), args=code),
    step("again", 409),
    Row("courses:session-replay", only(*CLINICAL, "administrator"), args=code),
    Row("courses:session-figures", only(*READS), args=code),
    step("ready", 302),
    step("start", 200),
    step("hold", 200),
    Row("courses:session-hold-seen", only("physician", status=409), method="post", args=code, data=patient),
    Row(
        "courses:session-hold-release", only("physician", status=409), method="post", args=code, data=patient
    ),
    Row("courses:limits", only(*CLINICAL, "administrator")),
    Row("courses:limit", only("physician", "administrator"), args=lambda _: ["systolic_high"], outsider=200),
    Row(
        "courses:limit",
        only("physician", "administrator", status=422),
        method="post",
        args=lambda _: ["systolic_high"],
        data=lambda _: {"standing": ""},
        outsider=422,
    ),
    Row("courses:treatment-rules", only(*READS)),
    Row("courses:treatment-rules", only("administrator", status=422), method="post", outsider=422),
    step("pause", 200),
    step("resume", 409),
    step("end", 200),
    step("after", 409),
    step("readings", 200),
    step("events", 200),
    step("changes", 200),
    Row(
        "courses:session-event-outcome",
        only(*CLINICAL, status=302),
        method="post",
        args=lambda world: [world["judged"].code, world["event"].code],
        data=lambda world: {"patient": world["judged"].course.patient.code},
    ),
    Row(
        "courses:session-strike",
        only(*CLINICAL),
        args=lambda world: [world["judged"].code, "event", world["event"].pk],
    ),
    step("sign", 200),
    step("detach", 409),
    Row(
        "courses:session-recording",
        only(*CLINICAL, status=409),
        method="post",
        args=lambda world: [world["session"].code, world["unmatched"].pk],
        data=patient,
    ),
    Row("courses:session-analysis", only(*READS, status=302), args=code),
    Row("courses:session-report", only(*READS), args=report),
    Row("courses:session-minute", only(*READS), args=lambda world: [*report(world), 1]),
    Row("courses:unmatched", only(*CLINICAL)),
    Row(
        "courses:attach-recording",
        only(*CLINICAL),
        method="post",
        args=lambda world: [world["unmatched"].pk],
    ),
]
