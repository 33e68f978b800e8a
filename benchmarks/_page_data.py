"""The demo's data once and many times over, for the benchmark of the pages: the same people, hours and rows, in bulk.

The newest generation stands where the demo does: today's hours, fourteen courses under way, five that ended. Every further one lies
further back in the life of the same clinic, two side by side, with as many patients, sessions and papers to sign: a hundred
generations are about seven years with three devices. Of each generation two courses have all their hours recorded, with a
real report of a simulated hour; the others were charted by hand. Triggers are set aside while rows are made.
"""

import itertools
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from benchmarks import _page_hours
from benchmarks._page_chair import at_the_chair
from benchmarks._page_plan import DAY, STARTS, Place, Planned, signatures

if TYPE_CHECKING:
    from courses.models import Course
    from patients.models import Coverage, EligibilityAssessment, Patient

#: What a generation that lies behind was given: eight whole courses and two that were stopped, 297 sessions as in the demo.
BEHIND_SESSIONS = (35, 35, 35, 35, 35, 35, 35, 35, 9, 8)
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
    place = Place(
        clinic, nurse, physician, biller, devices, payer, decided.facts, decided.decision, line.findings, report.code, today
    )  # fmt: skip
    at_the_chair(place, report, now)
    return place


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
    sessions = _page_hours.hours(place, plans, courses)
    _page_hours.chart(place, sessions)
    _page_hours.happenings(place, sessions)
    _page_hours.lines(place, sessions)
    _page_hours.progress(place, plans, courses)
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
        signatures(place, place.physician, Role.PHYSICIAN, "assessment", len(made), at)
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

    at = place.at(min(plan.days[0] for plan in plans) - 6 * DAY, STARTS[3])
    decided = _assessments(place, [plan.coverage for plan in plans], at, signed=True)
    names = signatures(place, place.physician, Role.PHYSICIAN, "order", len(plans), at)
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
