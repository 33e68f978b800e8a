"""The demo's beginning: every patient at a stage, with booked hours; what lies behind is filled by ``history``."""

from datetime import datetime, timedelta

from django.db import transaction

from courses.models import Appointment, Course, SupervisionPeriod
from courses.progress.services.supervision import begin_supervision
from courses.scheduling.services.attendance import mark_arrived
from devices.models import Device
from devices.services import make_key
from eecp_clinic.demo import clinic as clinics
from eecp_clinic.demo import stages, workups
from eecp_clinic.demo.calendar import (
    STARTS,
    at,
    treatment_days_after,
    treatment_days_before,
    zone_for,
)
from eecp_clinic.demo.clinic import DemoClinic
from eecp_clinic.demo.people import PASSWORD, PATIENTS, Person, Stage
from patients.services.decision import sign_assessment
from patients.services.workup import record_workup

#: For how many treatment days each completed or discontinued course has been over.
ENDED_AGO = {"Endwell": 3, "Fulfilled": 45, "Wholecourse": 52, "Finisher": 60, "Homeward": 70, "Halfway": 12, "Earlystop": 30}  # fmt: skip


@transaction.atomic
def begin(now: datetime) -> DemoClinic:
    """Make the clinic with all its patients, on the day of ``now``."""
    demo = clinics.build(time_zone=zone_for(now), today=now.date())
    # The weekday that counts is the clinic's own, which is known once it stands.
    today = demo.clinic.day_of(now)
    if not demo.clinic.opening_hours.filter(weekday=today.weekday()).exists():
        hours = demo.clinic.opening_hours.get(weekday=0)
        demo.clinic.opening_hours.create(weekday=today.weekday(), opens=hours.opens, closes=hours.closes)
    for number, person in enumerate(PATIENTS, start=1):
        _place(demo, person, number, now)
    return demo


def open_day(demo: DemoClinic, now: datetime) -> None:
    """Make it today: whoever has no hour today moves the next booked one here, and the physician is on site."""
    today = demo.clinic.day_of(now)
    start = at(demo.clinic, today, STARTS[0])
    going_on = Course.objects.of(demo.clinic).filter(state__in=[Course.State.ACTIVE, Course.State.PLANNED])
    for course in going_on.exclude(appointments__starts_at__range=(start, start + timedelta(hours=12))):
        _move_to_today(demo, course, now)
    if not SupervisionPeriod.objects.filter(practitioner=demo.physician, ended_at__isnull=True).exists():
        first = min(now, start - timedelta(minutes=10))
        begin_supervision(
            clinic=demo.clinic,
            practitioner=demo.physician,
            mode="onsite",
            now=max(first, _last_end(demo) or first),
        )
    soon = Appointment.objects.of(demo.clinic).filter(
        state=Appointment.State.BOOKED,
        starts_at__range=(now - timedelta(minutes=30), now + timedelta(minutes=30)),
    )
    for appointment in soon:
        mark_arrived(appointment=appointment, actor=demo.staff["desk"], now=now)


def _last_end(demo: DemoClinic) -> datetime | None:
    last = demo.physician.supervision_periods.filter(ended_at__isnull=False).order_by("-ended_at").first()
    return last.ended_at if last else None


def _move_to_today(demo: DemoClinic, course: Course, now: datetime) -> None:
    """On a later day of the demo its calendar follows: hours that nobody gave are hours of today."""
    person = next(p for p in PATIENTS if p.family_name == course.patient.family_name)
    booked = course.appointments.filter(state=Appointment.State.BOOKED).order_by("starts_at").first()
    if booked is None or person.stage is not Stage.ACTIVE:
        return
    booked.starts_at = at(demo.clinic, demo.clinic.day_of(now), STARTS[person.row])
    booked.ends_at = booked.starts_at + timedelta(hours=1)
    booked.save(update_fields=["starts_at", "ends_at"])


def _place(demo: DemoClinic, person: Person, number: int, now: datetime) -> None:
    today = demo.clinic.day_of(now)
    match person.stage:
        case Stage.REFERRED:
            referred = stages.refer(demo, person, number, now - timedelta(days=number % 5))
            record_workup(patient=referred.patient, values=workups.begun(today), actor=demo.nurse, now=now)
        case Stage.BLOCKED:
            referred = stages.refer(demo, person, number, now - timedelta(days=3 + number % 5))
            decision = stages.work_up(demo, referred, workups.blocked(person.why, today), now)
            if person.why == "ccs_2":
                sign_assessment(assessment=decision, password=PASSWORD, actor=demo.physician, now=now)
        case Stage.TO_SIGN:
            referred = stages.refer(demo, person, number, now - timedelta(days=4))
            stages.work_up(demo, referred, workups.complete(today), now - timedelta(days=number % 3))
        case Stage.PLANNED:
            referred = stages.refer(demo, person, number, now - timedelta(days=6))
            course = stages.order(demo, referred, now - timedelta(days=2))
            days = treatment_days_after(today, 36)[1:]
            stages.book_days(demo, course, days, STARTS[person.row], demo.devices[person.device], now)
        case _:
            _in_treatment(demo, person, number, now)


def _in_treatment(demo: DemoClinic, person: Person, number: int, now: datetime) -> None:
    """Order and book a course so that ``person.sessions`` (and misses) lie behind and one hour is today."""
    today = demo.clinic.day_of(now)
    ended_ago = ENDED_AGO.get(person.family_name)
    behind = person.sessions + person.misses
    if ended_ago is None:
        past = treatment_days_before(today, behind)
        days = [*past, today, *treatment_days_after(today, 35)][:35]
    else:
        past = treatment_days_before(today, ended_ago + behind)[:behind]
        days = past
    ordered_at = at(demo.clinic, treatment_days_before(past[0], 4)[0], STARTS[3])
    referred = stages.refer(demo, person, number, ordered_at - timedelta(days=7))
    # Six days a week where today is a weekend day, which the demo's clinic works by exception.
    course = stages.order(demo, referred, ordered_at, days_per_week=5 if today.weekday() < 5 else 6)
    row = person.row if ended_ago is None or ended_ago < 40 else number % len(STARTS)
    device = demo.devices[person.device if ended_ago is None or ended_ago < 40 else -1]
    stages.book_days(demo, course, days, STARTS[row], device, ordered_at)


def key_for_agent(demo: DemoClinic, device: Device, now: datetime) -> str:
    """A fresh key for the agent of one device."""
    return make_key(device=device, actor=demo.staff["admin"], now=now)[1]
