"""How a patient of the demo comes to a stage: each step is the service that the screen would call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from courses.models import Appointment, Course
from courses.ordering.services import sign_order, write_order
from courses.scheduling.plan import Slot
from courses.scheduling.services.booking import book
from devices.models import Device
from eecp_clinic.demo import workups
from eecp_clinic.demo.calendar import at
from eecp_clinic.demo.clinic import DemoClinic
from eecp_clinic.demo.people import PASSWORD, Person
from patients.models import Coverage, EligibilityAssessment, Patient, Payer
from patients.services.benefits import add_authorization, record_verification
from patients.services.coverage import add_coverage
from patients.services.decision import assess, sign_assessment
from patients.services.people import register_patient
from patients.services.workup import record_workup

#: Letters that may stand in an MBI, for invented member ids of the right form.
_LETTERS = "ACDEFGHJKMNPQRTUVWXY"


def member_id(number: int) -> str:
    """An invented Medicare number of the published form, another for each number."""
    letters = [_LETTERS[(number // 20**place) % 20] for place in range(4)]
    a, b, c, d = letters
    return f"9{a}{b}0{c}{d}9ZZ00".replace("Z", "Y")


@dataclass(frozen=True)
class Referred:
    """A patient with a coverage, on the way to a decision."""

    patient: Patient
    person: Person


def refer(demo: DemoClinic, person: Person, number: int, now: datetime) -> Referred:
    """Register the patient with a coverage."""
    values: dict[str, Any] = {
        "mrn": f"D-{number:05}",
        "family_name": person.family_name,
        "given_name": person.given_name,
        "birth_date": person.birth_date,
        "sex": person.sex,
        "phone": f"312-555-01{number:02}",
        "alerts": person.alerts,
        "allergies": person.allergies,
        "address": f"{number} Invented Street",
        "city": "Sampleton",
        "state": "IL",
        "postal_code": "60000",
        "from_accident": False,
    }
    patient = register_patient(clinic=demo.clinic, values=values, actor=demo.staff["desk"], now=now)
    payer = demo.payers[person.payer]
    medicare = payer.kind in {"original_medicare", "medicare_advantage"}
    coverage: dict[str, Any] = {
        "payer": payer,
        "priority": 1,
        "member_id": _member_id(payer, number),
        "starts_on": date(person.birth_date.year + 65, person.birth_date.month, 1),
        "medicare_beneficiary": medicare or None,
    }
    added = add_coverage(patient=patient, values=coverage, actor=demo.staff["desk"], now=now)
    if payer.kind in {Payer.Kind.MEDICARE_ADVANTAGE, Payer.Kind.COMMERCIAL}:
        _approve(demo, added, number, now)
    return Referred(patient, person)


def _approve(demo: DemoClinic, coverage: Coverage, number: int, now: datetime) -> None:
    """Billing calls the plan, which approves 35 sessions."""
    call: dict[str, Any] = {
        "way": "phone",
        "outcome": "active",
        "spoken_with": "Operator 12",
        "said": "In force. EECP needs a prior authorization; 35 sessions approved on this call.",
        "reference": f"EX-REF-{number:04}",
    }
    record_verification(coverage=coverage, values=call, actor=demo.staff["billing"], now=now)
    today = demo.clinic.day_of(now)
    approval: dict[str, Any] = {
        "number": f"EX-PA-{number:04}",
        "starts_on": today,
        "ends_on": today + timedelta(days=180),
        "sessions_approved": 35,
    }
    add_authorization(coverage=coverage, values=approval, actor=demo.staff["billing"], now=now)


def _member_id(payer: Payer, number: int) -> str:
    if payer.kind == Payer.Kind.ORIGINAL_MEDICARE:
        return member_id(number)
    return "" if payer.kind == Payer.Kind.SELF_PAY else f"EX{number:07}"


def work_up(
    demo: DemoClinic, referred: Referred, values: dict[str, Any], now: datetime
) -> EligibilityAssessment:
    """Record a workup and let the policy of the coverage decide."""
    workup = record_workup(patient=referred.patient, values=values, actor=demo.nurse, now=now)
    coverage = referred.patient.coverages.get()
    today = demo.clinic.day_of(now)
    return assess(workup=workup, coverage=coverage, as_of=today, actor=demo.nurse, now=now)


def order(demo: DemoClinic, referred: Referred, now: datetime, *, days_per_week: int = 5) -> Course:
    """A workup that meets the policy, the signed decision, the signed order."""
    today = demo.clinic.day_of(now)
    decision = work_up(demo, referred, workups.complete(today), now)
    decision = sign_assessment(assessment=decision, password=PASSWORD, actor=demo.physician, now=now)
    values = {
        "sessions": 35,
        "session_minutes": 60,
        "sessions_per_day": 1,
        "days_per_week": days_per_week,
        "pressure_target_mmhg": 260,
        "diagnoses": decision.workup.diagnoses,
        "goals": "Fewer angina episodes, one CCS class better, walk to the shop without stopping.",
    }
    written = write_order(
        patient=referred.patient, assessment=decision, values=values, actor=demo.physician, now=now
    )
    return sign_order(order=written, password=PASSWORD, actor=demo.physician, now=now)


def slots_on(demo: DemoClinic, days: Sequence[date], start: time, device: Device) -> list[Slot]:
    """The same hour of one device on each of ``days``."""
    starts = [at(demo.clinic, day, start).astimezone(UTC) for day in days]
    return [Slot(begin, begin + timedelta(hours=1), device.code, True) for begin in starts]


def book_days(
    demo: DemoClinic, course: Course, days: Sequence[date], start: time, device: Device, now: datetime
) -> list[Appointment]:
    """Book one hour on each of ``days``, all or none."""
    return book(course=course, slots=slots_on(demo, days, start, device), actor=demo.nurse, now=now)
