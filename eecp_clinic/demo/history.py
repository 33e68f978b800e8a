"""What lies behind the demo's courses: hours given, recorded, signed, reviewed; outcomes and supervision.

It takes a few minutes, because every recording is simulated, taken in, stored and analysed as if it had come from
a device. It can be interrupted at any point and taken up again: whatever is done is found done.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from courses.models import Appointment, Course, OutcomeMeasure, Review, Session, SupervisionPeriod
from courses.ordering.stopping import stop_course
from courses.progress.services.outcomes import record_outcome
from courses.progress.services.reviews import sign_review
from courses.progress.services.supervision import begin_supervision, end_supervision
from courses.scheduling.services.attendance import mark_missed
from devices.models import GatingReport
from eecp_clinic.demo import telemetry
from eecp_clinic.demo.calendar import STARTS, at, treatment_days_before
from eecp_clinic.demo.clinic import DemoClinic
from eecp_clinic.demo.hours import Chart, sign, treat
from eecp_clinic.demo.people import PASSWORD, PATIENTS, Person, Stage

#: For how many treatment days the agents have been installed; hours before that have no recording.
RECORDED_DAYS = 4
#: Two patients have all their hours recorded, so that a whole course can be looked at.
RECORDED_WHOLLY = {"Testerman", "Endwell"}
#: Whose course was billed week by week; the other one's lines wait on the worklist.
BILLED = "Endwell"


@dataclass(frozen=True)
class Behind:
    """One course with the appointments that lie behind, in order."""

    person: Person
    course: Course
    seed: int

    def appointments(self, until: datetime) -> list[Appointment]:
        return list(
            self.course.appointments.filter(ends_at__lt=until)
            .select_related("course__clinic", "course__order", "device", "patient")
            .order_by("starts_at")
        )


def courses_behind(demo: DemoClinic) -> list[Behind]:
    """Courses with something behind them: those on the devices of the live sessions first, the longest last."""
    people = {(p.family_name, p.given_name): (number, p) for number, p in enumerate(PATIENTS, start=1)}
    found = []
    for course in Course.objects.of(demo.clinic).select_related("patient", "order", "clinic"):
        number, person = people[course.patient.family_name, course.patient.given_name]
        if person.sessions:
            found.append(Behind(person, course, number))
    return sorted(found, key=lambda b: (b.person.device == 2, b.person.sessions > 20, b.seed))


def supervise(demo: DemoClinic, now: datetime) -> None:
    """The physician's days on site, as far back as the longest course."""
    today = demo.clinic.day_of(now)
    for day in treatment_days_before(today, 120):
        start, end = (
            at(demo.clinic, day, STARTS[0]) - timedelta(minutes=10),
            at(demo.clinic, day, STARTS[-1]) + timedelta(minutes=90),
        )
        if not SupervisionPeriod.objects.filter(clinic=demo.clinic, started_at=start).exists():
            begin_supervision(clinic=demo.clinic, practitioner=demo.physician, mode="onsite", now=start)
            end_supervision(clinic=demo.clinic, practitioner=demo.physician, now=end)


def fill(demo: DemoClinic, behind: Behind, now: datetime) -> Iterator[Session]:
    """Give the hours of one course that lie behind, yielding each as it is ended (not yet signed)."""
    person = behind.person
    missed = _missed_days(person, behind.appointments(now))
    first_recorded = _recorded_from(demo, person, now)
    for index, appointment in enumerate(behind.appointments(now)):
        if appointment.state not in {Appointment.State.BOOKED, Appointment.State.ARRIVED}:
            continue
        if appointment.pk in missed:
            mark_missed(
                appointment=appointment,
                reason="Did not come; called, transport",
                actor=demo.nurse,
                now=appointment.ends_at,
            )
            continue
        chart = Chart(seed=behind.seed * 40 + index, progress=min(1.0, index / 30))
        hour = telemetry.Hour(_quality(person, index), chart.progress, chart.seed)
        recorded = demo.clinic.day_of(appointment.starts_at) >= first_recorded
        yield treat(appointment, chart, demo.nurse, _recorder(appointment, hour) if recorded else None)


def sign_ended(demo: DemoClinic, behind: Behind, now: datetime) -> int:
    """Sign what is ended and analysed; how many still wait for their analysis. Today's second row stays unsigned."""
    waiting = 0
    for session in behind.course.sessions.filter(state=Session.State.ENDED).select_related(
        "recording", "course__clinic"
    ):
        ended_at = session.ended_at or now
        if (
            session.recording_id
            and not GatingReport.objects.filter(recording_id=session.recording_id).exists()
        ):
            waiting += 1
        elif demo.clinic.day_of(ended_at) < demo.clinic.day_of(now) or behind.person.row == 0:
            sign(session, demo.nurse, ended_at + timedelta(minutes=6))
    return waiting


def conclude(demo: DemoClinic, behind: Behind, now: datetime) -> None:
    """Outcomes and reviews, and the end of courses that ended early; for a course whose hours are signed."""
    course, person = behind.course, behind.person
    course.refresh_from_db()
    sessions = list(course.sessions.filter(number__isnull=False).order_by("number"))
    if not sessions:
        return
    last = sessions[-1].ended_at or now
    _outcomes(demo, course, [s.ended_at or now for s in sessions])
    if not course.reviews.exists():
        if len(sessions) >= 18:
            _review(
                demo,
                course,
                Review.Kind.MID_COURSE,
                sessions[17].ended_at or now,
                "Fewer episodes; legs well. Continue.",
            )
        elif 8 <= len(sessions) < 17:
            _review(
                demo,
                course,
                Review.Kind.PROGRESS,
                sessions[7].ended_at or now,
                "Tolerates 260 mmHg well. Continue as ordered.",
            )
        if course.state == Course.State.COMPLETED and behind.seed % 2:
            _review(
                demo,
                course,
                Review.Kind.FINAL,
                last,
                "One class better, walks further. Follow-up in six months.",
            )
    if person.stage is Stage.DISCONTINUED and course.state != Course.State.DISCONTINUED:
        stop_course(
            course=course, reason="leg_or_back_pain", actor=demo.physician, now=last + timedelta(hours=2)
        )


def _review(demo: DemoClinic, course: Course, kind: str, when: datetime, text: str) -> None:
    sign_review(
        course=course, kind=kind, text=text, decision=Review.Decision.CONTINUE, password=PASSWORD,
        actor=demo.physician, now=when + timedelta(hours=3),
    )  # fmt: skip


def _outcomes(demo: DemoClinic, course: Course, ends: list[datetime]) -> None:
    clinic = demo.clinic

    def note(point: str, moment: datetime, ccs: int, angina: int, walk: int, dasi: str) -> None:
        if course.outcomes.filter(point=point).exists():
            return
        values = {
            "measured_on": clinic.day_of(moment),
            "ccs_class": ccs,
            "angina_per_week": angina,
            "nitroglycerin_per_week": max(0, angina - 2),
            "walk_6min_m": walk,
            "dasi": dasi,
        }
        record_outcome(course=course, point=point, values=values, actor=demo.nurse, now=moment)

    note(OutcomeMeasure.Point.BASELINE, ends[0], 3, 10, 305, "15.45")
    if len(ends) >= 17:
        note(OutcomeMeasure.Point.MIDDLE, ends[16], 3, 6, 340, "19.95")
    if len(ends) >= 35:
        note(OutcomeMeasure.Point.END, ends[34], 2, 2, 385, "26.95")


def _quality(person: Person, index: int) -> str:
    """Mostly what the person's quality says; a good course has a weaker hour now and then."""
    if person.quality == "good" and index % 9 == 4:
        return "weak"
    return person.quality if person.quality != "early" or index % 2 else "good"


def _recorded_from(demo: DemoClinic, person: Person, now: datetime) -> date:
    if person.family_name in RECORDED_WHOLLY:
        return date.min
    return treatment_days_before(demo.clinic.day_of(now), RECORDED_DAYS)[0]


def _missed_days(person: Person, appointments: list[Appointment]) -> set[int]:
    """The hours that were missed: spread over the middle of what lies behind."""
    step = max(1, len(appointments) // (person.misses + 1))
    return (
        {appointments[min(len(appointments) - 1, step * (n + 1))].pk for n in range(person.misses)}
        if appointments
        else set()
    )


def _recorder(appointment: Appointment, hour: telemetry.Hour) -> Callable[[datetime], object]:
    def record(started_at: datetime) -> object:
        return telemetry.record(device=appointment.device, started_at=started_at, hour=hour, now=started_at)

    return record
