"""The demo's day goes on: on one device, hour after hour, somebody is treated by a nurse and a real agent."""

import subprocess
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from courses.models import Appointment, Session
from devices.models import Device
from eecp_clinic.demo import hours
from eecp_clinic.demo.clinic import DemoClinic
from eecp_clinic.demo.programs import BIN
from eecp_clinic.errors import ClinicError

LOOK_EVERY_S = 20
AHEAD = timedelta(minutes=20)


def go_on(
    demo: DemoClinic, device: Device, source: str, server: str, folder: Path, say: Callable[[str], None]
) -> None:
    """Take up or begin the session that is due on ``device``, run its agent to the end, and again, until stopped."""
    while True:
        session = _running(device) or _begin_next(demo, device, say)
        if session is None:
            time.sleep(LOOK_EVERY_S)
            continue
        _run_agent(session, source, server, folder)
        session.refresh_from_db()
        if session.is_running:
            hours.finish(session, hours.Chart(seed=session.pk), demo.nurse, timezone.now())


def _running(device: Device) -> Session | None:
    return Session.objects.running().filter(device=device).select_related("course__clinic").first()


def _begin_next(demo: DemoClinic, device: Device, say: Callable[[str], None]) -> Session | None:
    now = timezone.now()
    due = (
        Appointment.objects.filter(
            device=device,
            state__in=[Appointment.State.BOOKED, Appointment.State.ARRIVED],
            starts_at__range=(now - timedelta(minutes=75), now + AHEAD),
        )
        .select_related("course__clinic")
        .order_by("-starts_at")
        .first()
    )
    if due is None:
        return None
    try:
        return hours.begin(due, hours.Chart(seed=due.pk), demo.nurse, now)
    except ClinicError as refusal:
        say(f"{device}: {refusal.message}")
        return None


def _run_agent(session: Session, source: str, server: str, folder: Path) -> None:
    """The bedside program at true speed for what is left of the hour."""
    started_at = session.started_at or timezone.now()
    left = 60 - (timezone.now() - started_at).total_seconds() / 60
    if left < 1:
        return
    command = [
        str(BIN / "eecp-agent"), "run", "--source", source, "--server", server, "--minutes", f"{left:.1f}",
        "--key-file", str(folder / "key"), "--spool", str(folder / "spool"), "--seed", str(session.pk),
    ]  # fmt: skip
    with (folder / "agent.log").open("ab") as log:
        subprocess.run(command, stdout=log, stderr=log, check=False)  # noqa: S603  our own program
