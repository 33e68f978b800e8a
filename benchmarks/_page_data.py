"""The demo's data once and many times over, for the benchmark of the pages: the same people, hours and rows, in bulk.

The newest generation stands where the demo does: today's hours, fourteen courses under way, five that ended. Every further one lies
further back in the life of the same clinic, two side by side, with as many patients, sessions and papers to sign: a hundred
generations are about seven years with three devices. Of each generation two courses have all their hours recorded, with a
real report of a simulated hour; the others were charted by hand. Triggers are set aside while rows are made.
"""

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from courses.models import Course, Session
    from devices.models import Device
    from eecp_clinic.models import Clinic, Signature, User
    from eecp_clinic.roles import Role
    from patients.models import Coverage, EligibilityAssessment, Patient, Payer

#: Of the fourteen courses that the demo has under way, six went to their end in a generation that lies behind,
#: so that each has about three hundred sessions: the demo's 297.
BEHIND_SESSIONS = (35, 35, 35, 35, 35, 35, 35, 35, 9, 8)
READINGS, OF_THE_HOUR = 3, 60
STARTS = [time(8), time(9, 15), time(10, 30), time(11, 45), time(13, 15), time(14, 30), time(15, 45)]
ENDINGS = (
    "",
    "berg",
    "ini",
    "escu",
    "ova",
    "sen",
    "mann",
    "field",
    "worth",
    "ley",
    "ton",
    "kova",
    "by",
    "stad",
)
DAY = timedelta(days=1)


@dataclass
class Place:
    """The clinic with what rows need at hand, and the codes of pages to open."""

    clinic: "Clinic"
    nurse: "User"
    physician: "User"
    biller: "User"
    devices: list["Device"]
    payer: "Payer"
    facts: dict[str, Any]
    decision: dict[str, Any]
    findings: list[dict[str, Any]]
    report: str
    today: date
    courses: list[str] = field(default_factory=list)
    sessions: list[str] = field(default_factory=list)
    patients: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, tzinfo=self.clinic.zone).astimezone(UTC)


@dataclass(frozen=True)
class Planned:
    """One course to be made: who, on which days at which hour of which device, and how many of them lie behind."""

    patient: "Patient"
    coverage: "Coverage"
    days: Sequence[date]
    start: time
    device: "Device"
    done: int
    state: str
    end_reason: str = ""
    recorded: bool = False


def prepare(now: datetime) -> Place:
    """An empty clinic with staff and devices, a real decision, a real report and what the scrubber really says."""
    from courses.billing.services import refresh_line
    from courses.models import Session
    from devices.models import GatingReport, Recording
    from eecp_clinic.demo import workups
    from eecp_clinic.models import OpeningHours
    from eecp_clinic.roles import Role
    from patients.models import Payer
    from patients.services.decision import assess
    from patients.services.workup import record_workup
    from tests import factories
    from tests.courses.treatment.replayed import make_recorded

    clinic = factories.make_clinic(name="Sampleton Heart Clinic")
    today = clinic.day_of(now)
    OpeningHours.objects.get_or_create(
        clinic=clinic, weekday=today.weekday(), defaults={"opens": time(8), "closes": time(17)}
    )
    nurse = factories.make_user(clinic, Role.NURSE, "nurse", "Rita", "Sample", "RN")
    physician = factories.make_user(
        clinic, Role.PHYSICIAN, "physician", "Paul", "Placebo", "MD", npi="1234567893"
    )
    biller = factories.make_user(clinic, Role.BILLING, "billing", "Bea", "Ledger", "CPC")
    devices = [factories.make_device(clinic, f"Device {number}") for number in (1, 2, 3)]
    payer = factories.make_payer(clinic, Payer.Kind.ORIGINAL_MEDICARE)
    first = factories.make_patient(clinic, "Firstperson", "Test")
    coverage = factories.make_coverage(first, payer)
    workup = record_workup(patient=first, values=workups.complete(today), actor=nurse, now=now)
    decided = assess(workup=workup, coverage=coverage, as_of=today, actor=nurse, now=now)
    recording = make_recorded(devices[0], minutes=60)
    report = GatingReport.objects.get(recording=recording)
    long_ago = now - 5000 * DAY
    Recording.objects.filter(pk=recording.pk).update(
        started_at=long_ago, ended_at=long_ago + timedelta(hours=1)
    )
    order = factories.make_order(first, physician, assessment=decided)
    course = factories.make_course(
        first, physician, order=order, state="completed", ended_on=(now - 30 * DAY).date()
    )
    hour = factories.make_appointment(course, devices[0], now - 30 * DAY, state="done")
    session = factories.make_session(hour, nurse, Session.State.SIGNED)
    line = refresh_line(session=session, now=now)
    return Place(
        clinic, nurse, physician, biller, devices, payer, decided.facts, decided.decision, line.findings, report.code, today
    )  # fmt: skip


def generations(place: Place, first: int, after: int) -> None:
    """Add the generations from ``first`` until before ``after``; 0 is the one of today."""
    import pgtrigger
    from django.db import connection, transaction

    for number in range(first, after):
        # Rows are made as they stood in the end, not step by step as people may change them.
        with transaction.atomic(), pgtrigger.ignore():
            _generation(place, number)
    with connection.cursor() as cursor, pgtrigger.ignore():
        # The same body for each report: copied by the database, which is quicker than sent to it each time.
        cursor.execute(
            "UPDATE devices_gatingreport SET report = real.report FROM devices_gatingreport real"
            " WHERE real.code = %s AND devices_gatingreport.report = '{}'::jsonb",
            [place.report],
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _generation(place: Place, number: int) -> None:
    people = _people(place, number)
    coverages = _coverages(place, people)
    plans = list(_plans(place, number, people, coverages))
    courses = _courses(place, plans)
    _waiting_for_decision(place, number, people[len(plans) :], coverages[len(plans) :])
    sessions = _hours(place, plans, courses)
    _chart(place, sessions)
    _lines(place, sessions)
    _progress(place, plans, courses, number)
    recorded = [
        (course, plan)
        for course, plan in zip(courses, plans, strict=True)
        if plan.recorded and plan.done == 35
    ]
    place.courses += [course.code for course, _ in recorded]
    place.sessions += [s.code for s, plan in sessions if plan.recorded and s.number == 20 and plan.done == 35]
    place.patients += [person.code for person in people]
    place.names += sorted({person.family_name for person in people})


def _people(place: Place, number: int) -> "list[Patient]":
    from eecp_clinic.demo.people import PATIENTS
    from patients.models import Patient

    ending = ENDINGS[number % len(ENDINGS)]
    staged = sorted(PATIENTS, key=lambda person: -person.sessions)
    return Patient.objects.bulk_create(
        Patient(
            clinic=place.clinic,
            mrn=f"D-{next(place.numbers):06}",
            family_name=person.family_name + ending,
            given_name=person.given_name,
            birth_date=person.birth_date,
            sex=person.sex,
            phone=f"312-555-{next(place.numbers) % 10_000:04}",
            alerts=person.alerts,
            allergies=person.allergies,
        )
        for person in staged
    )


def _coverages(place: Place, people: "Sequence[Patient]") -> "list[Coverage]":
    from patients.models import Coverage

    return Coverage.objects.bulk_create(
        Coverage(patient=person, payer=place.payer, member_id="1EG4TE5MK73", starts_on=date(2016, 3, 1))
        for person in people
    )


def _plans(
    place: Place, number: int, people: "Sequence[Patient]", coverages: "Sequence[Coverage]"
) -> Iterator[Planned]:
    from eecp_clinic.demo.people import PATIENTS, Stage

    if number:
        begins = place.today - (180 + 49 * ((number - 1) // 2 + 1)) * DAY
        for index, done in enumerate(BEHIND_SESSIONS):
            slot = index + 10 * ((number - 1) % 2)
            days = _weekdays_from(begins, done)
            whole = done == 35
            yield Planned(
                people[index], coverages[index], days, STARTS[slot // 3], place.devices[slot % 3], done,
                "completed" if whole else "discontinued", "" if whole else "leg_or_back_pain", recorded=index < 2,
            )  # fmt: skip
        return
    staged = sorted(PATIENTS, key=lambda person: -person.sessions)
    for index, person in enumerate(staged):
        device, start = place.devices[person.device], STARTS[person.row]
        if person.stage in {Stage.ACTIVE, Stage.PLANNED}:
            past = _weekdays_before(place.today, person.sessions)
            days = [*past, *_weekdays_from(place.today, 35 - person.sessions)]
            state = "active" if person.sessions else "planned"
            yield Planned(
                people[index],
                coverages[index],
                days,
                start,
                device,
                person.sessions,
                state,
                recorded=index == 5,
            )
        elif person.sessions:
            days = _weekdays_before(place.today - (60 if index < 3 else 120) * DAY, person.sessions)
            slot = index % 15
            whole = person.stage is Stage.COMPLETED
            yield Planned(
                people[index], coverages[index], days, STARTS[slot // 3], place.devices[slot % 3], person.sessions,
                "completed" if whole else "discontinued", "" if whole else "leg_or_back_pain", recorded=index < 2,
            )  # fmt: skip


def _weekdays_from(first: date, count: int) -> list[date]:
    days = (first + offset * DAY for offset in itertools.count())
    return list(itertools.islice((day for day in days if day.weekday() < 5 or day == first), count))


def _weekdays_before(day: date, count: int) -> list[date]:
    days = (day - offset * DAY for offset in itertools.count(1))
    return list(itertools.islice((one for one in days if one.weekday() < 5), count))[::-1]


def _signatures(
    place: Place, signer: "User", role: "Role", subject: str, count: int, at: datetime
) -> "list[Signature]":
    from eecp_clinic.models import Signature
    from eecp_clinic.signing import canonical, sha256_of

    text = canonical({"subject": subject, "values": {f"field_{n}": "what was signed" for n in range(60)}})
    digest = sha256_of(text)
    return Signature.objects.bulk_create(
        Signature(
            clinic=place.clinic, signer=signer, name=signer.get_full_name(), credentials=signer.credentials, role=role,
            meaning="Signed", signed_at=at, authentication="password", subject=subject, content=text, content_sha256=digest,
        )
        for _ in range(count)
    )  # fmt: skip


def _assessments(
    place: Place, coverages: "Sequence[Coverage]", at: datetime, *, signed: bool
) -> "list[EligibilityAssessment]":
    from eecp_clinic.demo import workups
    from eecp_clinic.roles import Role
    from patients.models import EligibilityAssessment, Workup

    known = workups.complete(place.clinic.day_of(at))
    made = Workup.objects.bulk_create(
        Workup(patient=c.patient, recorded_by=place.nurse, recorded_at=at, **known) for c in coverages
    )
    names = (
        _signatures(place, place.physician, Role.PHYSICIAN, "assessment", len(made), at)
        if signed
        else itertools.repeat(None)
    )
    return EligibilityAssessment.objects.bulk_create(
        EligibilityAssessment(
            patient=coverage.patient, coverage=coverage, workup=workup, policy_id="ncd-20.20", policy_version="2",
            facts=place.facts, decision=place.decision, verdict="covered", pathway="covered", made_by=place.nurse,
            made_at=at, signature=signature,
        )
        for coverage, workup, signature in zip(coverages, made, names, strict=False)
    )  # fmt: skip


def _waiting_for_decision(
    place: Place, number: int, people: "Sequence[Patient]", coverages: "Sequence[Coverage]"
) -> None:
    """Two wait for a signature, six were decided against, the others are little known; as in the demo."""
    at = place.at(place.today - (3 + number) * DAY, STARTS[0])
    if people:
        _assessments(place, coverages[:2], at, signed=False)
        _assessments(place, coverages[2:8], at, signed=True)


def _courses(place: Place, plans: Sequence[Planned]) -> "list[Course]":
    from courses.models import Course, TreatmentOrder
    from eecp_clinic.roles import Role

    decided, at = [], place.at(min(plan.days[0] for plan in plans) - 6 * DAY, STARTS[3])
    decided = _assessments(place, [plan.coverage for plan in plans], at, signed=True)
    names = _signatures(place, place.physician, Role.PHYSICIAN, "order", len(plans), at)
    orders = TreatmentOrder.objects.bulk_create(
        TreatmentOrder(
            patient=plan.patient, assessment=assessment, ordered_by=place.physician, ordered_at=at, diagnoses=["I25.112"],
            signature=signature, goals="Fewer angina episodes, one CCS class better.",
        )
        for plan, assessment, signature in zip(plans, decided, names, strict=True)
    )  # fmt: skip
    return Course.objects.bulk_create(
        Course(
            clinic=place.clinic, patient=plan.patient, order=order, state=plan.state, end_reason=plan.end_reason,
            ended_on=plan.days[plan.done - 1] if plan.state in {"completed", "discontinued"} else None,
        )
        for plan, order in zip(plans, orders, strict=True)
    )  # fmt: skip


def _hours(
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
    names = _signatures(place, place.nurse, Role.NURSE, "session", len(given), given[-1][0].ends_at)
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
                report={}, made_at=recording.ended_at, grade=chance.choice("AAAABBC"),
                effective_minutes=chance.uniform(48, 60), ds_peak=chance.uniform(0.9, 1.9), ds_area=chance.uniform(0.9, 1.9),
            )
            for recording in recordings
        ),
        batch_size=50,
    )  # fmt: skip
    return list(zip(recordings, reports, strict=True))


def _chart(place: Place, sessions: "Sequence[tuple[Session, Planned]]") -> None:
    """Vital signs before and after, three readings, and of one hour a course a reading every minute."""
    from courses.models import Reading, VitalSigns

    VitalSigns.objects.bulk_create(
        VitalSigns(
            session=session, phase=phase, systolic_mmhg=128 + session.number % 9, diastolic_mmhg=72, heart_rate_bpm=66,
            spo2_percent=97, respiratory_rate=15, weight_kg=Decimal("71.5"), recorded_by=place.nurse,
            recorded_at=session.started_at, skin="Intact" if phase == "before" else "",
            angina_since_last=max(0, 2 - session.number // 12) if phase == "before" else None,
        )
        for session, _ in sessions
        for phase in ("before", "after")
    )  # fmt: skip
    Reading.objects.bulk_create(
        Reading(
            session=session, at=session.started_at + timedelta(minutes=minute), pressure_mmhg=250 + minute % 12,
            heart_rate_bpm=64 + minute % 7, systolic_mmhg=128, diastolic_mmhg=72, spo2_percent=97,
            ds_peak=Decimal("1.31"), inflation_ms=12, note="Comfortable" if minute == 30 else "",
            from_device=["pressure_mmhg", "heart_rate_bpm", "ds_peak", "inflation_ms"], recorded_by=place.nurse,
        )
        for session, plan in sessions
        for minute in (range(1, OF_THE_HOUR) if plan.recorded and session.number == 20 else (15, 30, 45))
    )  # fmt: skip


def _lines(place: Place, sessions: "Sequence[tuple[Session, Planned]]") -> None:
    from courses.models import ClaimLine

    ClaimLine.objects.bulk_create(
        ClaimLine(
            session=session, state="blocked" if (session.number or 0) % 17 == 5 else "ready", findings=place.findings,
            scrubbed_at=session.ended_at,
        )
        for session, _ in sessions
    )  # fmt: skip


def _progress(place: Place, plans: Sequence[Planned], courses: "Sequence[Course]", number: int) -> None:
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
        names = _signatures(
            place, place.physician, Role.PHYSICIAN, "review", len(wanted), place.at(place.today, STARTS[0])
        )
        Review.objects.bulk_create(
            Review(
                course=course, kind=kind, sessions_done=plan.done, text="Fewer episodes; legs well.", decision="continue",
                reviewed_at=place.at(plan.days[17], STARTS[6]), signature=signature,
            )
            for (plan, course, kind), signature in zip(wanted, names, strict=True)
        )  # fmt: skip
