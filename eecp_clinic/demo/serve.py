"""The demo as a whole: a clinic that moves, until Ctrl-C. ``make demo`` and ``make run`` end up here."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from courses.models import Session
from eecp_clinic.demo import claims, history, live, story
from eecp_clinic.demo import clinic as clinics
from eecp_clinic.demo.clinic import DemoClinic
from eecp_clinic.demo.people import PASSWORD, STAFF
from eecp_clinic.demo.programs import HOST, is_free, part, web, worker
from eecp_clinic.embedded.supervisor import Supervisor

#: What plays on the two live devices: five minutes of real ECG over and over, and a made-up ECG.
LIVE_SOURCES = {"live-1": "sample", "live-2": "simulator"}
Say = Callable[[str], None]


def folder_of(name: str) -> Path:
    """Where a live device keeps its key, spool and log."""
    return Path(settings.VAR_DIR) / "demo" / name


def serve(*, port: int, seed: bool, say: Say) -> int:
    """Migrate, seed where nothing is there, start all programs and watch over them; the exit status."""
    if not is_free(port):
        say(f"Something else answers on port {port}. Stop it, or choose another: manage.py demo --port 8001")
        return 1
    call_command("migrate", verbosity=0)
    programs = [web(port), worker(Path(settings.VAR_DIR))]
    if seed:
        demo = prepare(say)
        programs += [part(name, "--port", str(port)) for name in ["history", *LIVE_SOURCES]]
        say(f"Clinic: {demo.clinic.name}, local time {demo.clinic.local(timezone.now()):%H:%M}")
    with Supervisor(programs, Path(settings.VAR_DIR), say=say) as supervisor:
        say(f"\nOpen http://{HOST}:{port}\n")
        if seed:
            for line in accounts():
                say(line)
            say(
                "\nWhat lies behind the courses is being recorded and analysed now; pages fill for a few minutes."
            )
        say("Ctrl-C stops everything; the data stay.")
        return supervisor.watch()


def prepare(say: Say) -> DemoClinic:
    """The demo clinic, made where it is not there yet, with its calendar on today and keys for its agents."""
    now = timezone.now()
    demo = clinics.find()
    if demo is None:
        begun = time.monotonic()
        demo = story.begin(now)
        say(f"Made the demo clinic in {time.monotonic() - begun:.0f} s")
    story.open_day(demo, now)
    for name, device in zip(LIVE_SOURCES, demo.devices, strict=False):
        folder = folder_of(name)
        if not (folder / "key").exists():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "key").touch(mode=0o600)
            (folder / "key").write_text(story.key_for_agent(demo, device, now))
    return demo


def accounts() -> Iterator[str]:
    """The accounts of each role, as lines of a table."""
    yield f"{'account':<12} {'password':<20} role"
    for member in STAFF:
        yield f"{member.username:<12} {PASSWORD:<20} {clinics.ROLE_LABELS[member.username]}"


def run_part(name: str, port: int, say: Say) -> None:
    """What a program of its own does: fill the history, or keep one device busy."""
    demo = clinics.find()
    if demo is None:
        raise RuntimeError("There is no demo clinic: start with make demo.")
    if name == "history":
        fill_history(demo, say)
        return
    index = list(LIVE_SOURCES).index(name)
    ready = folder_of("history") / f"device-{index}"
    while not ready.exists():  # an hour that lies behind runs for a moment on the same device
        time.sleep(1)
    live.go_on(demo, demo.devices[index], LIVE_SOURCES[name], f"http://{HOST}:{port}", folder_of(name), say)


def fill_history(demo: DemoClinic, say: Say) -> None:
    """Give, record, sign and review what lies behind, course by course; marks each device that is free again."""
    now = timezone.now()
    marks = folder_of("history")
    shutil.rmtree(marks, ignore_errors=True)
    marks.mkdir(parents=True)
    history.supervise(demo, now)
    behind = history.courses_behind(demo)
    for index, one in enumerate(behind):
        for session in history.fill(demo, one, now):
            say(f"{one.person.family_name}: {session}")
        later = {other.person.device for other in behind[index + 1 :]}
        for device in {0, 1} - later:
            (marks / f"device-{device}").touch()
    for device in (0, 1):
        (marks / f"device-{device}").touch()
    while any(history.sign_ended(demo, one, now) for one in behind):
        time.sleep(2)
    for one in behind:
        history.conclude(demo, one, now)
    claims.set_up(demo, now)
    for one in behind:
        if one.person.family_name == history.BILLED:
            claims.bill(demo, one.course, now)
    ended = Session.objects.of(demo.clinic).completed().count()
    say(f"History complete: {ended} sessions")
