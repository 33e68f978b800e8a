"""The hours of the pages' benchmark: booked, given, recorded, charted, told of and claimed, in bulk."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from benchmarks._page_plan import STARTS, Place, Planned, signatures

if TYPE_CHECKING:
    from courses.models import Course, Session
    from devices.models import Device


def hours(
    place: Place, plans: Sequence[Planned], courses: "Sequence[Course]"
) -> "list[tuple[Session, Planned]]":
    """Booked hours, and a signed session of each that lies behind, recorded where the plan says so."""
    from courses.models import Appointment, Session
    from eecp_clinic.roles import Role

    hours = Appointment.objects.bulk_create(
        Appointment(
            course=course, patient=plan.patient, device=plan.device, starts_at=place.at(day, plan.start),
            ends_at=place.at(day, plan.start) + timedelta(hours=1), state="done" if index < plan.done else "booked",
        )
        for plan, course in zip(plans, courses, strict=True)
        for index, day in enumerate(plan.days)
    )  # fmt: skip
    given = [
        (hour, plan, index + 1)
        for hour, (plan, index) in zip(
            hours, ((plan, index) for plan in plans for index in range(len(plan.days))), strict=True
        )
        if index < plan.done
    ]
    if not given:
        return []
    names = signatures(place, place.nurse, Role.NURSE, "session", len(given), given[-1][0].ends_at)
    reports = iter(
        _reports(place, [(hour.device, hour.starts_at) for hour, plan, _ in given if plan.recorded])
    )
    sessions = []
    for (hour, plan, number), signature in zip(given, names, strict=True):
        recording, report = next(reports) if plan.recorded else (None, None)
        starts = hour.starts_at + timedelta(minutes=4)
        sessions.append(
            Session(
                course=hour.course, appointment=hour, device=hour.device, number=number, state="signed", opened_by=place.nurse,
                started_at=starts, ended_at=starts + timedelta(minutes=60, seconds=40), stop_reason="completed",
                identity_checked=True, skin_after="Intact, no pain", symptoms="None", education=["nothing_new"],
                left_how="as_came", next_confirmed=True, recording=recording, gating_report=report,
                without_recording_reason="" if recording else "The device's agent was not installed yet.",
                minutes_delivered=Decimal("60.0"), signature=signature,
            )
        )  # fmt: skip
    made = Session.objects.bulk_create(sessions)
    return [(session, plan) for session, (_, plan, _n) in zip(made, given, strict=True)]


def _reports(place: Place, hours: "Sequence[tuple[Device, datetime]]") -> list[tuple[Any, Any]]:
    from devices.models import GatingReport, Recording

    chance = random.Random(len(hours))  # noqa: S311 - invented figures
    recordings = Recording.objects.bulk_create(
        Recording(
            uuid=uuid4(), device=device, manifest={"channels": []}, started_at=at + timedelta(minutes=4), opened_at=at,
            closed_at=at + timedelta(minutes=65), ended_at=at + timedelta(minutes=64), stored_at=at + timedelta(minutes=66),
            verified_at=at + timedelta(minutes=66), file_sha256="ab" * 32, clock_offset_ms=0,
            running=[[0.0, 3600.0, True]], gap_seconds=0.0,
        )
        for device, at in hours
    )  # fmt: skip
    reports = GatingReport.objects.bulk_create(
        (
            GatingReport(
                recording=recording, engine_version="1.0.0", config={}, config_sha256="cd" * 32, input_sha256="ab" * 32,
                report={}, made_at=recording.opened_at, grade=chance.choice("AAAABBC"),
                effective_minutes=chance.uniform(48, 60), ds_peak=chance.uniform(0.9, 1.9), ds_area=chance.uniform(0.9, 1.9),
            )
            for recording in recordings
        ),
        batch_size=50,
    )  # fmt: skip
    return list(zip(recordings, reports, strict=True))


def chart(place: Place, sessions: "Sequence[tuple[Session, Planned]]") -> None:
    """Vital signs before and after, three readings, and of one hour a course a reading every minute."""
    from courses.models import Reading, VitalSigns

    VitalSigns.objects.bulk_create(
        VitalSigns(
            session=session, phase=phase, systolic_mmhg=128 + (session.number or 0) % 9, diastolic_mmhg=72, heart_rate_bpm=66,
            spo2_percent=97, respiratory_rate=15, weight_kg=Decimal("71.5"), recorded_by=place.nurse,
            recorded_at=session.appointment.starts_at, skin="Intact" if phase == "before" else "",
            angina_since_last=max(0, 2 - (session.number or 0) // 12) if phase == "before" else None,
        )
        for session, _ in sessions
        for phase in ("before", "after")
    )  # fmt: skip
    Reading.objects.bulk_create(
        Reading(
            session=session, at=session.appointment.starts_at + timedelta(minutes=4 + minute), pressure_mmhg=250 + minute % 12,
            heart_rate_bpm=64 + minute % 7, systolic_mmhg=128, diastolic_mmhg=72, spo2_percent=97,
            ds_peak=Decimal("1.31"), inflation_ms=12, note="Comfortable" if minute == 30 else "",
            from_device=["pressure_mmhg", "heart_rate_bpm", "ds_peak", "inflation_ms"], recorded_by=place.nurse,
        )
        for session, plan in sessions
        for minute in (range(1, 60) if plan.recorded and session.number == 20 else (15, 30, 45))
    )  # fmt: skip


def happenings(place: Place, sessions: "Sequence[tuple[Session, Planned]]") -> None:
    """An adverse event in one session of seventy, and an hour missed by one in sixty."""
    from courses.models import Appointment, TreatmentEvent

    TreatmentEvent.objects.bulk_create(
        TreatmentEvent(
            session=session, at=session.appointment.starts_at + timedelta(minutes=20), kind="skin",
            severity="severe" if place_in % 210 == 0 else "mild", actions=["padded"], recorded_by=place.nurse,
            recorded_at=session.appointment.starts_at,
        )
        for place_in, (session, _) in enumerate(sessions)
        if place_in % 70 == 0
    )  # fmt: skip
    Appointment.objects.bulk_create(
        Appointment(
            course=session.course, patient=plan.patient, device=session.device, state="missed", reason="Transport",
            starts_at=session.appointment.ends_at, ends_at=session.appointment.ends_at + timedelta(hours=1),
        )
        for place_in, (session, plan) in enumerate(sessions)
        if place_in % 60 == 30
    )  # fmt: skip


def lines(place: Place, sessions: "Sequence[tuple[Session, Planned]]") -> None:
    from courses.models import ClaimLine

    ClaimLine.objects.bulk_create(
        ClaimLine(
            session=session, state="blocked" if (session.number or 0) % 17 == 5 else "ready", findings=place.findings,
            scrubbed_at=session.appointment.ends_at,
        )
        for session, _ in sessions
    )  # fmt: skip


def progress(place: Place, plans: Sequence[Planned], courses: "Sequence[Course]") -> None:
    """Outcomes at three points; reviews but, as in the demo, of every second course no summary yet."""
    from courses.models import OutcomeMeasure, Review
    from eecp_clinic.roles import Role

    points = (("baseline", 1, 3, 10, 305), ("middle", 17, 3, 6, 340), ("end", 35, 2, 2, 385))
    pairs = list(zip(plans, courses, strict=True))
    OutcomeMeasure.objects.bulk_create(
        OutcomeMeasure(
            course=course, point=point, measured_on=plan.days[session - 1], ccs_class=ccs, angina_per_week=angina,
            nitroglycerin_per_week=max(0, angina - 2), walk_6min_m=walk, recorded_by=place.nurse,
        )
        for plan, course in pairs
        for point, session, ccs, angina, walk in points
        if plan.done >= session
    )  # fmt: skip
    wanted = [
        (plan, course, kind)
        for index, (plan, course) in enumerate(pairs)
        for kind, session in (("mid_course", 18), ("final", 35))
        if plan.done >= session and (kind == "mid_course" or index % 2)
    ]
    if wanted:
        names = signatures(
            place, place.physician, Role.PHYSICIAN, "review", len(wanted), place.at(place.today, STARTS[0])
        )
        Review.objects.bulk_create(
            Review(
                course=course, kind=kind, sessions_done=plan.done, text="Fewer episodes; legs well.", decision="continue",
                reviewed_at=place.at(plan.days[17], STARTS[6]), signature=signature,
            )
            for (plan, course, kind), signature in zip(wanted, names, strict=True)
        )  # fmt: skip
