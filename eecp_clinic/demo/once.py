"""One patient's thread from referral to packet, without a browser, on real parts: ``manage.py demo --once``.

A real agent process pushes two hours over HTTP to a real server, a real worker stores and analyses them; the rest
are the calls that the screens make, each at the time at which it would have happened.
"""

import hashlib
import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from courses.billing.services import request_packet
from courses.models import Appointment, Course, OutcomeMeasure, Packet, Review, Session
from courses.progress.services.outcomes import record_outcome
from courses.progress.services.reviews import sign_review
from courses.progress.services.supervision import note_supervision
from courses.scheduling.services.booking import book, propose
from devices.models import GatingReport
from devices.services import make_key
from eecp_clinic.demo import clinic as clinics
from eecp_clinic.demo import hours, stages, workups
from eecp_clinic.demo.calendar import STARTS, at, treatment_days_before
from eecp_clinic.demo.clinic import DemoClinic
from eecp_clinic.demo.people import PASSWORD, PATIENTS
from eecp_clinic.demo.programs import BIN

SESSIONS = 2
T = TypeVar("T")
DEADLINE_S = 240


class OnceError(RuntimeError):
    """The thread broke; says where."""


class Once:
    """The steps in order, each said with its time."""

    def __init__(
        self, *, out: Path, private: Path, ecg: str, server: str, say: Callable[[str], None]
    ) -> None:
        self.out = out
        self.private = private  # where the agent's key and spool lie
        self.ecg = ecg
        self.server = server
        self.say = say
        self.began = time.monotonic()
        self.summary: dict[str, Any] = {"ecg": ecg, "sessions": []}

    def run(self, now: datetime) -> None:
        """Walk the whole thread; leaves packet.pdf and summary.json in ``out``."""
        self.out.mkdir(parents=True, exist_ok=True)
        zone = "America/Chicago"
        demo = clinics.build(time_zone=zone, today=now.date(), devices=1)
        days = treatment_days_before(demo.clinic.day_of(now), SESSIONS)
        referral = at(demo.clinic, treatment_days_before(days[0], 5)[0], STARTS[0])
        with self.step("Referral, workup, signed decision, signed order"):
            referred = stages.refer(demo, PATIENTS[0], 1, referral)
            course = stages.order(demo, referred, referral)
            decision = course.order.assessment
            self.summary["decision"] = {
                "verdict": decision.verdict,
                "pathway": decision.pathway,
                "policy": f"{decision.policy_id} version {decision.policy_version}",
                "criteria": len(decision.decision["findings"]),
                "facts_known": sum(
                    value not in (None, [], "") for value in workups.complete(days[0]).values()
                ),
            }
        with self.step("35 hours proposed and booked"):
            appointments = self.plan(demo, course, days, referral)
        record_outcome(
            course=course,
            point=OutcomeMeasure.Point.BASELINE,
            values={
                "measured_on": days[0],
                "ccs_class": 3,
                "angina_per_week": 9,
                "nitroglycerin_per_week": 6,
            },
            actor=demo.nurse,
            now=appointments[0].starts_at,
        )
        key_file = self.key(demo, referral)
        for number, appointment in enumerate(appointments[:SESSIONS], start=1):
            with self.step(f"Session {number}: agent, analysis, signature"):
                self.session(demo, appointment, number, key_file)
        with self.step("Review signed"):
            self.review(demo, course, appointments[SESSIONS - 1].ends_at)
        with self.step("Packet rendered"):
            self.packet(demo, course, now)
        self.summary["seconds"] = round(time.monotonic() - self.began, 1)
        (self.out / "summary.json").write_text(json.dumps(self.summary, indent=2, sort_keys=True) + "\n")
        self.say(f"Wrote {self.out / 'packet.pdf'} and {self.out / 'summary.json'}")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        elapsed, total = time.monotonic() - begun, time.monotonic() - self.began
        self.say(f"{total:7.1f} s  {name} ({elapsed:.1f} s)")

    def plan(self, demo: DemoClinic, course: Course, days: list[Any], now: datetime) -> list[Appointment]:
        plan = propose(
            course=course, start_date=days[0], preferred_time=STARTS[1], devices=demo.devices, now=now
        )
        if not plan.complete:
            raise OnceError(" ".join(problem.sentence for problem in plan.problems))
        booked = book(course=course, slots=plan.slots, actor=demo.nurse, now=now)
        self.summary["appointments"] = {
            "booked": len(booked),
            "in_window": plan.measure.in_window,
            "first": booked[0].starts_at.isoformat(),
            "last": booked[-1].starts_at.isoformat(),
        }
        return booked

    def key(self, demo: DemoClinic, now: datetime) -> Path:
        _, secret = make_key(device=demo.devices[0], actor=demo.staff["admin"], now=now)
        path = self.private / "agent.key"
        path.touch(mode=0o600)
        path.write_text(secret)
        return path

    def session(self, demo: DemoClinic, appointment: Appointment, number: int, key_file: Path) -> None:
        chart = hours.Chart(seed=number)
        start = appointment.starts_at + timedelta(minutes=4)
        note_supervision(
            clinic=demo.clinic,
            practitioner=demo.physician,
            mode="onsite",
            started_at=appointment.starts_at - timedelta(minutes=30),
            ended_at=appointment.ends_at + timedelta(minutes=30),
            now=appointment.ends_at + timedelta(minutes=30),
        )
        session = hours.begin(appointment, chart, demo.nurse, start)
        self.agent(start + timedelta(seconds=20), number, key_file)
        report = wait_for(lambda: report_of(session), "the gating report")
        session = hours.finish(session, chart, demo.nurse, start + timedelta(minutes=60, seconds=40))
        session = hours.sign(session, demo.nurse, start + timedelta(minutes=70))
        self.summary["sessions"].append(figures(session, report))

    def agent(self, started_at: datetime, number: int, key_file: Path) -> None:
        """The bedside program, as it is installed beside a device."""
        command = [
            str(BIN / "eecp-agent"), "run", "--source", self.ecg, "--server", self.server,
            "--key-file", str(key_file), "--speed", "max", "--minutes", "60", "--seed", str(number),
            "--start-at", started_at.isoformat(), "--spool", str(self.private / "spool"),
        ]  # fmt: skip
        result = subprocess.run(  # noqa: S603  our own program
            command, capture_output=True, text=True, check=False, timeout=DEADLINE_S
        )
        if result.returncode != 0:
            raise OnceError(f"eecp-agent ended with {result.returncode}:\n{result.stdout}{result.stderr}")

    def review(self, demo: DemoClinic, course: Course, now: datetime) -> None:
        review = sign_review(
            course=course,
            kind=Review.Kind.PROGRESS,
            text="Two sessions given and tolerated well. Continue as ordered.",
            decision=Review.Decision.CONTINUE,
            password=PASSWORD,
            actor=demo.physician,
            now=now + timedelta(hours=2),
        )
        self.summary["review"] = {"signature_sha256": review.signature.content_sha256}

    def packet(self, demo: DemoClinic, course: Course, now: datetime) -> None:
        asked = request_packet(course=course, actor=demo.biller, now=now)
        packet = wait_for(lambda: finished(asked), "the packet")
        if packet.state != Packet.State.READY:
            raise OnceError(f"The packet could not be made: {packet.failure}")
        with packet.file.open("rb") as file:
            content: bytes = file.read()
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 != packet.sha256:
            raise OnceError("The packet's file does not have the hash that the database keeps.")
        (self.out / "packet.pdf").write_bytes(content)
        self.summary["packet"] = {
            "sha256": sha256,
            "pages": packet.pages,
            "bytes": len(content),
            "missing": packet.missing,
        }


def report_of(session: Session) -> GatingReport | None:
    """The report of the session's recording, once both are there."""
    session.refresh_from_db()
    return (
        GatingReport.objects.filter(recording=session.recording_id).first() if session.recording_id else None
    )


def finished(asked: Packet) -> Packet | None:
    asked.refresh_from_db()
    return asked if asked.state in {Packet.State.READY, Packet.State.FAILED} else None


def wait_for(look: Callable[[], T | None], what: str) -> T:
    """Look until there is something, or say what did not come."""
    limit = time.monotonic() + DEADLINE_S
    while time.monotonic() < limit:
        found = look()
        if found is not None:
            return found
        time.sleep(0.2)
    raise OnceError(f"{what} did not come within {DEADLINE_S} s; the logs of web and worker say why.")


def figures(session: Session, report: GatingReport) -> dict[str, Any]:
    """What the summary says of one session."""
    recording = session.recording
    signature = session.signature
    found = report.report
    return {
        "number": session.number,
        "minutes_delivered": str(session.minutes_delivered),
        "signature_sha256": signature.content_sha256 if signature else None,
        "recording": str(recording.uuid) if recording else None,
        "file_sha256": recording.file_sha256 if recording else None,
        "chunks_sha256": recording.chunks_sha256 if recording else None,
        "chunks": recording.chunks.count() if recording else 0,
        "gap_seconds": recording.gap_seconds if recording else None,
        "grade": report.grade,
        "effective_minutes": report.effective_minutes,
        "ds_peak": report.ds_peak,
        "ds_area": report.ds_area,
        "heart_rate_bpm": found["rhythm"]["hr_bpm"]["value"],
        "trigger_sensitivity": found["triggers"]["sensitivity"]["value"],
        "trigger_ppv": found["triggers"]["ppv"]["value"],
        "inflation_offset_ms": found["inflation"]["off_inf_ms"]["value"],
        "deflation_lead_ms": found["deflation"]["lead_ej_ms"]["value"],
        "engine_version": report.engine_version,
    }
