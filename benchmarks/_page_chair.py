"""Two hours at the chair for the pages' benchmark: one that runs, one that ended and is not signed; a reading every minute."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from benchmarks._page_plan import Place

if TYPE_CHECKING:
    from courses.models import Session
    from devices.models import GatingReport

#: The engine's figures of the last minute, as a worker leaves them beside a recording that is open.
LIVE: dict[str, Any] = {
    "grade": "A",
    "sentence": "Gating is on time.",
    "n_beats": 66,
    "hr_bpm": 66.1,
    "ds_peak": 1.42,
    "ds_area": 1.1,
    "running": [[0.0, 3500.0]],
    "inflation_median_ms": -4.0,
    "deflation_lead_ms": 51.0,
    "pressure_mmhg": 259.2,
    "until_s": 3500.0,
    "grades": {str(minute): "AAB"[minute % 3] for minute in range(58)},
}
MINUTES = 58
#: Its booked hour lies where no other page of the benchmark looks.
LONG_AGO = timedelta(days=3000)


def at_the_chair(place: Place, report: "GatingReport", now: datetime) -> None:
    """``place.running`` and ``place.ended``: sessions with ``MINUTES`` readings, the ended one judged by ``report``."""
    from courses.models import Session
    from tests import factories

    begins = now - timedelta(minutes=MINUTES)
    live = factories.make_recording(
        place.devices[1], begins, live=LIVE, live_at=now, closed_at=None, ended_at=None, stored_at=None,
        verified_at=None,
    )  # fmt: skip
    running = _session(place, 1, now, Session.State.IN_PROGRESS, started_at=begins, recording=live)
    over = factories.make_recording(place.devices[2], begins)
    factories.make_report(over, report=report.report, config=report.config)
    ended = _session(
        place, 2, now, Session.State.ENDED, started_at=begins, ended_at=now, recording=over,
        stop_reason="completed", skin_after="Intact", symptoms="None", education=["nothing_new"],
        left_how="as_came",
    )  # fmt: skip
    factories.make_vitals(ended, place.nurse, "after")
    place.running.append(running.code)
    place.ended.append(ended.code)


def _session(place: Place, device: int, now: datetime, state: str, **fields: Any) -> "Session":
    from courses.models import Reading
    from tests import factories

    course = factories.make_course(factories.make_patient(place.clinic, "Atthechair"), place.physician)
    hour = factories.make_appointment(course, place.devices[device], now - LONG_AGO - timedelta(hours=device))
    session = factories.make_session(hour, place.nurse, state, **fields)
    factories.make_vitals(session, place.nurse)
    Reading.objects.bulk_create(
        Reading(
            session=session, at=fields["started_at"] + timedelta(minutes=minute), pressure_mmhg=255 + minute % 9,
            heart_rate_bpm=64 + minute % 7, systolic_mmhg=128, diastolic_mmhg=72, spo2_percent=97, inflation_ms=12,
            from_device=["pressure_mmhg", "heart_rate_bpm", "inflation_ms"], recorded_by=place.nurse,
        )
        for minute in range(1, MINUTES)
    )  # fmt: skip
    return session
