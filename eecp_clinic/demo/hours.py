"""One treatment hour as staff and device live it: opened, checked, started, recorded, ended, signed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from courses.models import Appointment, Session, VitalSigns
from courses.treatment.services.charting import add_reading, chart_end, chart_vitals, check_identity
from courses.treatment.services.opening import open_session
from courses.treatment.services.running import end_session, start_session
from courses.treatment.services.signing import sign_session
from eecp_clinic.demo.people import PASSWORD
from eecp_clinic.models import User

BEFORE_AGENT = "The device's agent was not installed yet."


@dataclass(frozen=True)
class Chart:
    """The values of one hour, spread a little by ``seed`` and better as the course goes on."""

    seed: int
    progress: float = 0.0

    def vitals(self, *, after: bool) -> dict[str, Any]:
        wobble = self.seed % 7
        return {
            "systolic_mmhg": 134 - round(8 * self.progress) + wobble - (4 if after else 0),
            "diastolic_mmhg": 76 - wobble % 4,
            "heart_rate_bpm": 64 + self.seed % 9,
            "spo2_percent": 96 + self.seed % 3,
            "respiratory_rate": 14 + self.seed % 3,
            "weight_kg": Decimal("74.0") + Decimal(self.seed % 5) / 10,
            "skin": "Intact" if not after else "",
        } | (
            {}
            if after
            else {"angina_since_last": max(0, 2 - round(3 * self.progress)), "nitroglycerin_since_last": 0}
        )

    def reading(self, minute: int) -> dict[str, Any]:
        return {
            "systolic_mmhg": 130 - self.seed % 6,
            "diastolic_mmhg": 74 - self.seed % 4,
            "spo2_percent": 97 - (minute // 15) % 2,
            "note": "Comfortable" if minute == 30 else "",
        }


def begin(appointment: Appointment, chart: Chart, nurse: User, now: datetime) -> Session:
    """Open, check and start the session."""
    session = open_session(appointment=appointment, actor=nurse, now=now)
    check_identity(session=session, checked=True, actor=nurse, now=now)
    chart_vitals(
        session=session, phase=VitalSigns.Phase.BEFORE, values=chart.vitals(after=False), actor=nurse, now=now
    )
    return start_session(session=session, actor=nurse, now=now)


def finish(session: Session, chart: Chart, nurse: User, now: datetime) -> Session:
    """Chart readings by hand, end the hour and chart how the patient left."""
    started_at = session.started_at or now
    for minute in (15, 30, 45):
        moment = started_at + timedelta(minutes=minute)
        if moment < now:
            add_reading(session=session, at=moment, values=chart.reading(minute), actor=nurse, now=moment)
    ended = end_session(session=session, stop_reason=Session.StopReason.COMPLETED, actor=nurse, now=now)
    chart_vitals(
        session=ended, phase=VitalSigns.Phase.AFTER, values=chart.vitals(after=True), actor=nurse, now=now
    )
    end: dict[str, Any] = {
        "skin_after": "Intact, no pain",
        "symptoms": "None",
        "education": ["skin_care", "symptoms"] if chart.progress < 0.1 else ["nothing_new"],
        "next_confirmed": True,
        "left_how": "as_came",
        "comments": "",
    }
    return chart_end(session=ended, values=end, actor=nurse, now=now)


def treat(
    appointment: Appointment,
    chart: Chart,
    nurse: User,
    record: Callable[[datetime], object] | None,
) -> Session:
    """A whole hour that lies behind, on its own time; ``record`` sends the device's recording of it."""
    start = appointment.starts_at + timedelta(minutes=4)
    session = begin(appointment, chart, nurse, start)
    if record is not None:
        record(start + timedelta(seconds=20))
    return finish(session, chart, nurse, start + timedelta(minutes=60, seconds=40))


def sign(session: Session, nurse: User, now: datetime) -> Session:
    """The nurse signs; an hour without a recording says why it has none."""
    session.refresh_from_db()
    reason = "" if session.recording_id else BEFORE_AGENT
    return sign_session(
        session=session, password=PASSWORD, actor=nurse, now=now, without_recording_reason=reason
    )
